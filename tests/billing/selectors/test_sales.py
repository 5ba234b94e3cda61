"""What an author's listings sold."""

from datetime import timedelta

import time_machine

from billing.selectors.sales import Sales, sales_of
from marketplace.core.clock import now
from tests.factories.billing import entitled, make_call, make_plan
from tests.factories.catalog import author_of, published_listing

PER_REQUEST = {
    "currency": "USD",
    "charges": [{"kind": "unit", "meter": "requests", "price": "0.10"}],
}
ONE = {"requests": 1}
DIME = 100_000_000


def test_sums_the_calls_that_others_made(harbor, as_alice, as_charlie, lantern) -> None:
    make_plan(lantern, PER_REQUEST)
    for by in (as_alice, as_charlie):
        entitled(by.organization, lantern)
    for by in (as_alice, as_alice, as_charlie, author_of(harbor)):
        make_call(by, lantern, maximum=ONE, used=ONE)

    assert sales_of(harbor, currency="USD") == {lantern.pk: Sales(3, 2, 3 * DIME)}


def test_leaves_out_old_calls_other_money_and_other_authors(harbor, as_alice, lantern) -> None:
    theirs = published_listing(organization=as_alice.organization)
    make_plan(lantern, PER_REQUEST)
    entitled(as_alice.organization, lantern)
    make_call(as_alice, lantern, maximum=ONE, used=ONE)

    assert sales_of(harbor, currency="EUR") == {}
    assert sales_of(harbor, currency="USD", is_test=True) == {}
    assert sales_of(theirs.organization, currency="USD") == {}
    with time_machine.travel(now() + timedelta(days=31)):
        assert sales_of(harbor, currency="USD") == {}
