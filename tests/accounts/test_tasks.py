from datetime import timedelta

import time_machine

from accounts.models import IdempotencyRecord
from accounts.services.idempotency import begin
from accounts.tasks import remove_expired_answers


def test_answers_are_forgotten_after_their_day(as_alice):
    for day, key in (("23", "old"), ("24", "new")):
        with time_machine.travel(f"2026-11-{day}T10:00:00Z"):
            begin(by=as_alice, key=key, request_sha256="0", lock_for=timedelta(seconds=1))

    with time_machine.travel("2026-11-24T11:00:00Z"):
        remove_expired_answers()

    assert IdempotencyRecord.objects.get().key == "new"
