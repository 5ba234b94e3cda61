from accounts.models import Membership, Organization
from tests.conftest import browser_of
from tests.factories.accounts import member_as


def test_a_new_organization_is_the_one_acted_for(alice_browser, alice):
    alice_browser.post("/organizations/new/", {"name": "Blue Sky"})

    made = Organization.objects.get(slug="blue-sky")
    assert Membership.objects.get(organization=made, user=alice).role == "owner"
    assert alice_browser.get("/members/").context["organization"] == made


def test_a_taken_short_name_is_explained(alice_browser, elsewhere):
    page = alice_browser.post("/organizations/new/", {"name": "Mine", "slug": "elsewhere"})

    assert "is taken; choose another" in page.content.decode()
    assert not Organization.objects.filter(name="Mine").exists()


def test_switching_changes_whom_pages_are_about(alice_browser, alice, elsewhere):
    Membership.objects.create(organization=elsewhere, user=alice, role="viewer")

    answer = alice_browser.post(
        "/organizations/switch/", {"organization": "elsewhere", "next": "/members/"}
    )

    assert answer["Location"] == "/members/"
    assert alice_browser.get("/members/").context["organization"] == elsewhere
    assert alice_browser.get("/keys/").context["can_manage"] is False


def test_the_organization_chosen_last_is_the_one_after_the_next_sign_in(
    alice_browser, alice, elsewhere
):
    Membership.objects.create(organization=elsewhere, user=alice, role="viewer")
    alice_browser.post("/organizations/switch/", {"organization": "elsewhere"})

    assert browser_of(alice).get("/members/").context["organization"] == elsewhere

    alice_browser.post("/organizations/switch/", {"organization": "acme"})

    assert browser_of(alice).get("/members/").context["organization"].slug == "acme"


def test_switching_leads_nowhere_else(alice_browser):
    data = {"organization": "acme", "next": "https://evil.example/"}

    assert alice_browser.post("/organizations/switch/", data)["Location"] == "/"


def test_nobody_switches_into_an_organization_of_others(alice_browser, elsewhere):
    answer = alice_browser.post("/organizations/switch/", {"organization": "elsewhere"})

    assert answer.status_code == 404
    assert alice_browser.get("/members/").context["organization"].slug == "acme"


def test_the_menu_offers_the_organizations_of_a_person(alice_browser, alice, elsewhere):
    Membership.objects.create(organization=elsewhere, user=alice, role="viewer")

    page = alice_browser.get("/members/").content.decode()

    assert 'action="/organizations/switch/"' in page
    assert 'value="elsewhere"' in page


def test_the_profile_is_changed(alice_browser, acme):
    data = {"name": "Acme Inc", "description": "Anvils.", "website": "acme.example"}

    told = alice_browser.post("/organization/", data, follow=True)

    acme.refresh_from_db()
    assert "The organization was changed" in told.content.decode()
    assert (acme.name, acme.website, acme.is_author) == ("Acme Inc", "https://acme.example", False)


def test_an_author_keeps_being_one(hana_browser, harbor):
    assert "is_author" not in hana_browser.get("/organization/").content.decode()

    hana_browser.post("/organization/", {"name": "Harbor"})

    harbor.refresh_from_db()
    assert harbor.is_author is True


def test_the_data_policy_is_changed(alice_browser, acme):
    alice_browser.post("/organization/data/", {"body_retention_hours": "0"})

    acme.data_policy.refresh_from_db()
    assert (acme.data_policy.body_retention_hours, acme.data_policy.allows_training) == (0, False)


def test_a_viewer_reads_what_he_cannot_change(acme):
    browser = browser_of(member_as(acme, "viewer").user)

    page = browser.get("/organization/data/").content.decode()

    assert "24 hours" in page
    assert "<textarea" not in page


def test_leaving_ends_in_what_is_left(acme):
    viewer = member_as(acme, "viewer")
    browser = browser_of(viewer.user)

    told = browser.post("/organization/leave/")

    assert told["Location"] == "/"
    assert not Membership.objects.filter(user=viewer.user).exists()


def test_the_last_owner_is_refused_with_a_page(alice_browser, alice, acme):
    answer = alice_browser.post("/organization/leave/")

    assert answer.status_code == 409
    assert "would have no owner left" in answer.content.decode()
    assert Membership.objects.filter(user=alice, organization=acme).exists()
