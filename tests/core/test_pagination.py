import base64
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Organization
from marketplace.core.errors import InvalidInput
from marketplace.core.pagination import newest_page

START = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def rows(db):
    """Seven rows, two of them of the same moment."""
    for number in range(7):
        moment = START + timedelta(minutes=min(number, 5))
        Organization.objects.create(name=f"{number}", slug=f"o{number}", created_at=moment)
    return Organization.objects.all()


def names(page):
    return [row.name for row in page.items]


def walk(rows, limit):
    page, pages = newest_page(rows, limit=limit), []
    while True:
        pages.append(names(page))
        if not page.next_cursor:
            return pages
        page = newest_page(rows, cursor=page.next_cursor, limit=limit)


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_every_row_is_seen_once_newest_first(rows, limit):
    pages = walk(rows, limit)

    flat = [name for page in pages for name in page]
    assert sorted(flat[:2], reverse=True) == ["6", "5"]
    assert flat[2:] == ["4", "3", "2", "1", "0"]
    assert all(len(page) <= limit for page in pages)


def test_the_way_back_shows_the_same_pages(rows):
    first = newest_page(rows, limit=3)
    second = newest_page(rows, cursor=first.next_cursor, limit=3)

    back = newest_page(rows, cursor=second.previous_cursor, limit=3)

    assert names(back) == names(first)
    assert (first.previous_cursor, back.previous_cursor) == ("", "")
    assert names(newest_page(rows, cursor=back.next_cursor, limit=3)) == names(second)


def test_new_rows_do_not_shift_the_next_page(rows):
    first = newest_page(rows, limit=2)
    Organization.objects.create(name="new", slug="new", created_at=START + timedelta(days=1))

    second = newest_page(rows, cursor=first.next_cursor, limit=2)

    assert names(second) == ["4", "3"]
    newer = newest_page(rows, cursor=first.items and second.previous_cursor, limit=5)
    assert names(newer)[0] == "new"


def test_no_rows_are_one_empty_page(db):
    page = newest_page(Organization.objects.all())

    assert (page.items, page.next_cursor, page.previous_cursor) == ([], "", "")


def test_links_keep_the_filters(rows):
    page = newest_page(rows, limit=2)

    assert page.link(page.next_cursor, action="a b").startswith("?action=a+b&cursor=")
    assert page.link(page.previous_cursor) == ""


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "abc",
        "é",
        "!!!!",
        encoded("o"),
        encoded("onot-a-date|00"),
        encoded("x2026-11-24T00:00:00+00:00|" + "0" * 32),
        encoded("o0001-01-01T00:00:00+14:00|" + "0" * 32),
        encoded("o2026-11-24T00:00:00+00:00|zz"),
        encoded("o2026-11-24T00:00:00+00:00\0|" + "0" * 32),
    ],
)
def test_made_up_cursors_are_refused(rows, cursor):
    with pytest.raises(InvalidInput, match="not a cursor of this list"):
        newest_page(rows, cursor=cursor)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "", "abc", "9" * 400, "١"])
def test_the_api_refuses_odd_limits(alice_browser, limit):
    answer = alice_browser.get("/api/v1/members", {"limit": limit})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


def test_the_api_links_to_the_pages_around(alice_browser, acme, bob):
    first = alice_browser.get("/api/v1/members?limit=1").json()

    second = alice_browser.get(first["next"]).json()

    emails = [one["email"] for page in (first, second) for one in page["results"]]
    assert emails == ["bob@acme.example", "alice@acme.example"]
    assert (first["previous"], second["next"]) == (None, None)
    assert alice_browser.get(second["previous"]).json()["results"] == first["results"]
