"""Celery: the application, its queues, and what runs by the clock."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "remove-expired-answers": {"task": "accounts.remove_expired_answers", "schedule": 600.0},
    "sweep-predictions": {"task": "inference.sweep", "schedule": 2.0},
    "deliver-webhooks": {"task": "inference.deliver_due_webhooks", "schedule": 5.0},
    "record-call-facets": {"task": "inference.record_call_facets", "schedule": 60.0},
    "remove-bodies": {"task": "inference.remove_expired_bodies", "schedule": 60.0},
    "release-holds": {"task": "billing.release_expired_holds", "schedule": 60.0},
    "close-periods": {"task": "billing.close_periods", "schedule": 300.0},
    "sweep-submissions": {"task": "authoring.sweep", "schedule": 10.0},
}
for entry in app.conf.beat_schedule.values():
    # Rounds that nobody ran in time are not made up for.
    entry["options"] = {"expires": 4 * entry["schedule"]}
