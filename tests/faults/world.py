"""What the fault tests do inside Django, in processes of their own.

``python -m tests.faults.world prepare FOLDER`` makes a model on sale, ``call N`` makes N
asynchronous calls of it, ``report`` says how they stand, as one line of JSON.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
django.setup()

from django.db.models import Count, Sum  # noqa: E402

from accounts.models import Membership, Organization, User  # noqa: E402
from accounts.selectors import caller_for  # noqa: E402
from accounts.services.organizations import create_organization  # noqa: E402
from billing.models import CreditAccount, Hold, UsageEvent  # noqa: E402
from catalog.models import Listing  # noqa: E402
from inference.models import FINAL, Prediction  # noqa: E402
from inference.services.predictions import create  # noqa: E402
from inference.types import Mode  # noqa: E402
from tests.factories.inference import request_of, served_listing  # noqa: E402


def prepare(folder: str) -> None:
    """Make a buyer, an author and a tiny model at $0.002 a request."""
    buyer = create_organization(name="Buyer", owner=_person("buyer"))
    author = create_organization(name="Author", owner=_person("author"), is_author=True)
    served_listing(author, Path(folder), slug="shield", buyer=buyer)


def _person(name: str) -> User:
    return User.objects.create_user(f"{name}@example.org", "correct horse battery", name=name)


def call(count: str) -> None:
    """Make calls, a message for each."""
    by = caller_for(Membership.objects.get(organization__name="Buyer"))
    request = request_of(Listing.objects.get(), mode=Mode.ASYNC)
    for _ in range(int(count)):
        create(by=by, request=request)


def report() -> None:
    """Print how the calls stand."""
    sys.stdout.write(f"{json.dumps(standing())}\n")


def standing() -> dict[str, Any]:
    """Return what a bookkeeper would ask."""
    rows, usage = Prediction.objects.all(), UsageEvent.objects.all()
    twice = usage.values("prediction_id").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "made": rows.count(),
        "final": rows.filter(status__in=FINAL).count(),
        "succeeded": rows.filter(status="succeeded").count(),
        "tried_again": rows.filter(attempt__gt=1).count(),
        "usage_events": usage.count(),
        "billed_twice": twice.count(),
        "open_holds": Hold.objects.filter(state="open").count(),
        "charged": usage.aggregate(sum=Sum("cost_nano"))["sum"] or 0,
        "held": sum(CreditAccount.objects.values_list("held_nano", flat=True)),
        "balance": _balance(),
    }


def _balance() -> int:
    buyer = Organization.objects.filter(name="Buyer")
    rows = CreditAccount.objects.filter(organization__in=buyer, is_test=False)
    return sum(rows.values_list("balance_nano", flat=True))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
