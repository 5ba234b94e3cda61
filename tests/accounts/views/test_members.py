import pytest
from django.core import mail

from accounts.models import ApiKey, Invitation, Membership
from accounts.services import invitations
from accounts.services.api_keys import create_key
from tests.conftest import browser_of
from tests.factories.accounts import mailed_token, member_as, membership_of


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def test_an_invitation_is_sent_from_the_page(alice_browser, committing):
    with committing(execute=True):
        told = alice_browser.post(
            "/members/", {"email": "dora@new.example", "role": "developer"}, follow=True
        )

    assert "An invitation is on its way to dora@new.example" in told.content.decode()
    assert mail.outbox[0].to == ["dora@new.example"]


def test_an_invited_stranger_signs_up_and_joins(as_alice, client, committing, acme):
    with committing(execute=True):
        invitations.invite(by=as_alice, email="dora@new.example", role="developer")
    place = f"/invitations/{mailed_token()}/"

    page = client.get(place).content.decode()
    signup = {
        "name": "Dora",
        "email": "dora@new.example",
        "password1": "correct horse",
        "next": place,
    }
    back = client.post("/accounts/signup/", signup)
    client.post(f"{place}accept/")

    assert f"/accounts/signup/?next={place.replace('/', '%2F')}" in page
    assert back["Location"] == place
    assert (
        Membership.objects.get(organization=acme, user__email="dora@new.example").role
        == "developer"
    )
    assert client.get("/members/").context["organization"] == acme


def test_somebody_else_with_the_link_is_told_so(as_alice, charlie_browser, committing):
    with committing(execute=True):
        invitations.invite(by=as_alice, email="dora@new.example", role="developer")
    place = f"/invitations/{mailed_token()}/"

    page = charlie_browser.get(place).content.decode()
    refused = charlie_browser.post(f"{place}accept/")

    assert "You are signed in with another address" in page
    assert refused.status_code == 410
    assert Membership.objects.filter(organization=as_alice.organization).count() == 1


def test_a_refused_invitation_is_explained_beside_the_field(alice_browser, bob):
    page = alice_browser.post("/members/", {"email": "bob@acme.example", "role": "viewer"})

    assert "bob@acme.example is a member already" in page.content.decode()
    assert Invitation.objects.count() == 0


def test_an_admin_is_not_offered_what_is_above_him(acme, as_alice):
    page = browser_of(member_as(acme, "admin").user).get("/members/").content.decode()

    assert '<option value="owner"' not in page
    assert f"/members/{membership_of(as_alice).pk}/remove/" not in page


def test_the_last_owner_is_told_why_he_stays(alice_browser, as_alice):
    mine = membership_of(as_alice).pk

    told = alice_browser.post(f"/members/{mine}/role/", {"role": "viewer"}, follow=True)

    assert "Acme would have no owner left" in told.content.decode()
    assert membership_of(as_alice).role == "owner"


@pytest.mark.parametrize(("data", "is_kept"), [({"keys": "keep"}, True), ({}, False)])
def test_removing_somebody_may_keep_the_keys(alice_browser, acme, data, is_kept):
    developer = member_as(acme, "developer")
    key, _ = create_key(by=developer, name="Production")

    alice_browser.post(f"/members/{membership_of(developer).pk}/remove/", data)

    assert not Membership.objects.filter(user=developer.user).exists()
    assert (ApiKey.objects.get(pk=key.pk).revoked_at is None) == is_kept


def test_a_removed_member_is_out_at_once(alice_browser, acme):
    viewer = member_as(acme, "viewer")
    browser = browser_of(viewer.user)
    assert browser.get("/members/").status_code == 200

    alice_browser.post(f"/members/{membership_of(viewer).pk}/remove/")

    assert browser.get("/members/")["Location"] == "/organizations/new/"


def test_the_list_reads_the_same_number_of_times_for_more_members(
    alice_browser, acme, django_assert_num_queries
):
    alice_browser.get("/members/")
    for role in ("admin", "viewer", "viewer"):
        member_as(acme, role)

    with django_assert_num_queries(6):
        alice_browser.get("/members/")
