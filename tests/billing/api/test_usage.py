from datetime import UTC, datetime, timedelta

import pytest

from accounts.services.api_keys import create_key
from tests.billing.conftest import key_of
from tests.factories.billing import entitled, make_call
from tests.factories.catalog import published_listing

USAGE = "/api/v1/usage"
CALL = {"input_tokens": 1_000, "output_tokens": 10}


@pytest.fixture
def three_calls(as_alice, acme, harbor, lantern, clock):
    """Two calls of Lantern today, one with a key; one of Compass yesterday."""
    compass = published_listing(organization=harbor, name="Compass", slug="compass")
    entitled(acme, lantern)
    entitled(acme, compass)
    clock.shift(timedelta(days=-1))
    make_call(as_alice, compass, maximum=CALL, used={"input_tokens": 1_000})
    clock.shift(timedelta(days=1))
    key = key_of(as_alice)
    return [make_call(by, lantern, maximum=CALL, used=CALL) for by in (as_alice, key)]


def rows(answer) -> list[tuple[str, int, str]]:
    assert answer.status_code == 200
    return [(one["name"], one["calls"], one["cost"]["amount"]) for one in answer.json()["results"]]


def test_usage_by_day(alice_api, three_calls):
    answer = alice_api.get(USAGE)

    assert rows(answer) == [("2026-11-23", 1, "0.0001"), ("2026-11-24", 2, "0.000208")]
    found = answer.json()
    assert (found["start"], found["end"]) == ("2026-10-26", "2026-11-24")
    assert (found["calls"], found["cost"]["amount"]) == (3, "0.000308")
    assert found["fees"]["amount"] == "0"


def test_usage_by_listing_key_and_member(alice_api, three_calls):
    by = {
        group: rows(alice_api.get(USAGE, {"group_by": group}))
        for group in ("listing", "key", "member")
    }

    assert by["listing"] == [("Lantern", 2, "0.000208"), ("Compass", 1, "0.0001")]
    assert by["key"][0][:2] == ("In the browser", 2)
    assert by["member"] == [("Alice", 2, "0.000204"), ("With a key", 1, "0.000104")]


def test_usage_of_some_days(alice_api, three_calls):
    one_day = {"start": "2026-11-23", "end": "2026-11-23"}

    assert rows(alice_api.get(USAGE, one_day)) == [("2026-11-23", 1, "0.0001")]


def test_test_calls_are_apart(alice_api, as_alice, lantern, three_calls):
    make_call(key_of(as_alice, is_test=True), lantern, maximum=CALL, used=CALL)

    assert alice_api.get(USAGE).json()["calls"] == 3
    assert alice_api.get(USAGE, {"is_test": "true"}).json()["calls"] == 1


def test_others_see_none_of_it(charlie_api, three_calls):
    assert charlie_api.get(USAGE).json()["calls"] == 0
    assert charlie_api.get(f"{USAGE}/events").json()["results"] == []


def test_a_key_without_the_scope_sees_none_of_it(as_alice, three_calls):
    from rest_framework.test import APIClient

    _, token = create_key(by=as_alice, name="caller", scopes=["predictions.run"])
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")

    for path in (USAGE, f"{USAGE}/events", "/api/v1/credit"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {"start": "2026-11-24", "end": "2026-11-01"},
        {"start": "2020-01-01"},
        {"start": "never"},
        {"group_by": "moon"},
        {"currency": "usd"},
        {"currency": "AAA"},
        {"start": "0001-01-01"},
        {"end": "0001-01-01"},
        {"end": "9999-12-31"},
    ],
)
def test_refuses_odd_ranges(alice_api, clock, query):
    assert alice_api.get(USAGE, query).status_code == 422


def test_events_open_each_prediction(alice_api, three_calls):
    found = alice_api.get(f"{USAGE}/events").json()["results"]

    event = next(one for one in found if one["prediction_id"] == str(three_calls[0]))
    assert (event["model"], event["plan"]) == ("harbor/lantern", "standard")
    assert event["quantities"] == {"requests": 1, **CALL}
    assert event["cost"] == {"amount": "0.000104", "currency": "USD"}
    assert [line["amount"]["amount"] for line in event["lines"]] == ["0.0001", "0.000004"]
    assert event["occurred_at"] == "2026-11-24T12:00:00Z"


def test_events_come_in_pages_and_can_be_filtered(alice_api, three_calls):
    first = alice_api.get(f"{USAGE}/events", {"limit": 2}).json()
    second = alice_api.get(first["next"]).json()
    lantern = alice_api.get(f"{USAGE}/events", {"model": "harbor/lantern"}).json()["results"]

    assert [len(page["results"]) for page in (first, second)] == [2, 1]
    assert second["next"] is None
    assert len(lantern) == 2


def test_a_page_of_events_takes_few_queries(
    alice_api, as_alice, lantern, three_calls, django_assert_max_num_queries
):
    for _ in range(10):
        make_call(as_alice, lantern, maximum=CALL, used=CALL)

    with django_assert_max_num_queries(8):
        assert len(alice_api.get(f"{USAGE}/events").json()["results"]) == 13


def test_the_last_moment_of_a_day_belongs_to_it(alice_api, as_alice, acme, lantern, clock):
    entitled(acme, lantern)
    clock.move_to(datetime(2026, 11, 24, 23, 59, 59, 999999, tzinfo=UTC))
    make_call(as_alice, lantern, maximum=CALL, used=CALL)
    clock.move_to(datetime(2026, 11, 25, tzinfo=UTC))
    make_call(as_alice, lantern, maximum=CALL, used=CALL)

    assert [row[:2] for row in rows(alice_api.get(USAGE))] == [("2026-11-24", 1), ("2026-11-25", 1)]
