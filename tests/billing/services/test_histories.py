"""Random histories of calls: at rest nothing is held, and the books agree to the last nano-unit."""

import random
from uuid import uuid4

import pytest

from billing.errors import InsufficientCredit, KeyCapReached
from billing.models import CreditAccount, Hold, KeySpending, UsageEvent, UsageTotal
from billing.selectors.sums import sum_of
from billing.services.access import admit, release, release_expired_holds
from tests.billing.conftest import DOLLAR, NOON, account_of, key_of
from tests.factories.billing import entitled, make_plan, settle_call

TARIFF = {
    "currency": "USD",
    "charges": [
        {
            "kind": "graduated",
            "meter": "input_tokens",
            "per": 1000,
            "tiers": [{"up_to": 20_000, "price": "0.03"}, {"up_to": None, "price": "0.01"}],
        },
        {"kind": "package", "meter": "requests", "price": "0.05", "size": 7},
        {"kind": "unit", "meter": "rows", "price": "0.000000001", "per": 3},
    ],
    "free": {"input_tokens": 3_000, "rows": 100},
}
CAP = 4 * DOLLAR


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_calls_leaves_the_books_exact(as_alice, acme, lantern, clock, seed):
    dice = random.Random(seed)
    entitled(acme, lantern, make_plan(lantern, TARIFF))
    key = key_of(as_alice, spending_cap_nano=CAP)
    running: dict = {}
    for _ in range(120):
        step = dice.choice(["admit", "admit", "settle", "settle again", "release", "expire"])
        if step == "admit":
            start(dice, key, lantern, running)
        elif running:
            finish(dice, step, key, lantern, running)
        assert_within_bounds(acme)
    for source_id in list(running):
        release(source_id=source_id)

    assert_at_rest(acme)


def start(dice, key, lantern, running) -> None:
    source_id = uuid4()
    maximum = {"input_tokens": dice.randint(0, 9_000), "rows": dice.randint(0, 500)}
    try:
        admission = admit(by=key, listing=lantern, source_id=source_id, maximum=maximum)
    except (InsufficientCredit, KeyCapReached):
        return
    running[source_id] = admission, maximum


def finish(dice, step, key, lantern, running) -> None:
    source_id = dice.choice(list(running))
    admission, maximum = running.pop(source_id)
    if step == "release":
        release(source_id=source_id)
    elif step == "expire":
        Hold.objects.filter(source_id=source_id).update(expires_at=NOON)
        release_expired_holds()
    else:
        used = {meter: dice.randint(0, most) for meter, most in maximum.items()}
        for _ in range(1 if step == "settle" else 3):
            settle_call(key, lantern, source_id, admission, used)


def assert_within_bounds(acme) -> None:
    spending = KeySpending.objects.filter(organization=acme).first()
    if spending:
        assert spending.spent_nano + spending.held_nano <= CAP
    opened = sum_of(Hold.objects.filter(state="open"), "amount_nano")
    assert sum_of(CreditAccount.objects.all(), "held_nano") == opened


def assert_at_rest(acme) -> None:
    spent = sum_of(UsageEvent.objects.all(), "cost_nano")
    assert account_of(acme) == (10 * DOLLAR - spent, 0)
    assert spent == sum_of(Hold.objects.all(), "captured_nano")
    assert spent == sum(
        line["amount_nano"] for event in UsageEvent.objects.all() for line in event.lines
    )
    assert sum_of(UsageTotal.objects.all(), "open_quantity") == 0
    tokens = sum(event.quantities["input_tokens"] for event in UsageEvent.objects.all())
    assert UsageTotal.objects.get(meter="input_tokens").quantity == tokens
