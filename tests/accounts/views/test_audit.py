import re

from accounts.services import audit
from accounts.services.api_keys import create_key
from accounts.services.organizations import update_organization


def times(page: str, action: str) -> int:
    return page.count(f'<span class="mono">{action}</span>')


def test_events_are_shown_with_who_and_what(alice_browser, as_alice):
    update_organization(by=as_alice, name="Acme Inc")

    page = alice_browser.get("/audit/").content.decode()

    assert times(page, "organization.update") == 1
    assert "alice@acme.example" in page
    assert "fields: name" in page


def test_details_leave_out_what_is_empty_and_shorten_digests(alice_browser, as_alice):
    moved = [{"number": "1.0.0", "digest": "ab" * 32}]
    audit.record(
        "channel.point",
        by=as_alice,
        target=as_alice.organization,
        targets=moved,
        reason="",
        at=None,
    )

    page = alice_browser.get("/audit/?action=channel.point").content.decode()

    assert '<span class="table__sub">targets: digest abababababab…; number 1.0.0</span>' in page


def test_one_kind_of_event_is_shown_when_asked_for(alice_browser, as_alice):
    create_key(by=as_alice, name="Laptop")

    page = alice_browser.get("/audit/?action=api_key.create").content.decode()

    assert (times(page, "api_key.create"), times(page, "organization.create")) == (1, 0)


def test_older_events_are_on_the_next_page_of_the_same_kind(alice_browser, as_alice):
    for number in range(51):
        create_key(by=as_alice, name=f"Key {number}")

    first = alice_browser.get("/audit/?action=api_key.create").content.decode()
    address = re.search(r'href="([^"]+)"[^>]*rel="next"', first)
    second = alice_browser.get("/audit/" + address[1].replace("&amp;", "&")).content.decode()

    assert (times(first, "api_key.create"), times(second, "api_key.create")) == (50, 1)


def test_a_made_up_cursor_is_refused(alice_browser):
    answer = alice_browser.get("/audit/?cursor=abc")

    assert answer.status_code == 422


def test_events_of_others_are_not_shown(charlie_browser, as_alice):
    create_key(by=as_alice, name="Laptop")

    assert "Laptop" not in charlie_browser.get("/audit/").content.decode()
