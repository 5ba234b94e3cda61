"""Sign-up, sign-in, second factors and sessions, as allauth is set up here."""

import re

import pytest
import time_machine
from allauth.account.forms import SignupForm
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import AuditEvent, Membership, Organization, User
from tests.conftest import browser_of, person

PASSWORD = "correct horse battery"
SIGNUP = {"name": "Dora", "email": "Dora@New.Example", "password1": PASSWORD}
WRONG = "The email address and/or password you specified are not correct."


@pytest.fixture(autouse=True)
def no_earlier_attempts():
    cache.clear()


def sign_in(browser: Client, email: str, password: str = PASSWORD, **more: str):
    return browser.post("/accounts/login/", {"login": email, "password": password, **more})


def test_sign_up_asks_for_name_address_and_password(client, db):
    page = client.get("/accounts/signup/").content.decode()

    asked = re.findall(r'<input[^>]*name="(\w+)"', page)
    assert [name for name in asked if name in {"name", "email", "password1", "password2"}] == [
        "name",
        "email",
        "password1",
    ]


def test_who_signs_up_is_signed_in_with_a_personal_organization(client, db):
    client.post("/accounts/signup/", SIGNUP)

    membership = Membership.objects.get(user__email="dora@new.example")
    assert (membership.role, membership.organization.is_personal) == ("owner", True)
    assert membership.organization.slug == "dora"
    assert client.get("/members/").context["organization"] == membership.organization
    assert AuditEvent.objects.get().action == "organization.create"


def test_of_two_sign_ups_at_one_moment_the_later_is_told_to_sign_in(client, db, monkeypatch):
    clean = SignupForm.clean

    def clean_slowly(form):
        cleaned = clean(form)
        User.objects.create_user("dora@new.example", PASSWORD)
        return cleaned

    monkeypatch.setattr(SignupForm, "clean", clean_slowly)

    answer = client.post("/accounts/signup/", SIGNUP)

    assert answer.status_code == 409
    assert "Sign in instead" in answer.content.decode()
    assert User.objects.count() == 1
    assert not Organization.objects.exists()


def test_sign_up_goes_on_where_it_began(client, db):
    page = client.get("/accounts/signup/?next=/keys/new/").content.decode()
    back = client.post("/accounts/signup/", {**SIGNUP, "next": "/keys/new/"})

    assert 'name="next" value="/keys/new/"' in page
    assert back["Location"] == "/keys/new/"
    assert client.get("/keys/new/").status_code == 200


def test_sign_in_goes_on_where_it_began_but_nowhere_else(client, alice, acme):
    there = sign_in(client, alice.email, next="/members/")
    client.logout()
    elsewhere = sign_in(client, alice.email, next="https://evil.example/")

    assert (there["Location"], elsewhere["Location"]) == ("/members/", "/")


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"email": "dora"}, {"password1": "short"}, {"password1": "password1"}],
)
def test_a_wrong_sign_up_leaves_nothing_behind(client, db, change):
    answer = client.post("/accounts/signup/", {**SIGNUP, **change})

    assert answer.status_code == 200
    assert (User.objects.count(), Organization.objects.count()) == (0, 0)


def test_a_failing_organization_leaves_no_person_behind(client, db, monkeypatch):
    def fail(**fields):
        raise RuntimeError("no organization today")

    monkeypatch.setattr("accounts.adapter.create_organization", fail)

    with pytest.raises(RuntimeError):
        client.post("/accounts/signup/", SIGNUP)

    assert User.objects.count() == 0


def test_unknown_addresses_and_wrong_passwords_read_the_same(client, alice):
    unknown = sign_in(client, "nobody@acme.example").content.decode()
    wrong = sign_in(client, alice.email, "wrong password").content.decode()

    assert WRONG in unknown
    assert WRONG in wrong


def test_resetting_a_password_does_not_say_who_is_known(client, alice):
    known = client.post("/accounts/password/reset/", {"email": alice.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@acme.example"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert "/accounts/password/reset/key/" in mail.outbox[0].body
    assert "/accounts/password/reset/key/" not in mail.outbox[1].body


def test_where_addresses_are_proved_sign_up_does_not_say_who_is_known(client, alice, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    known = client.post("/accounts/signup/", {**SIGNUP, "email": alice.email})
    unknown = Client().post("/accounts/signup/", SIGNUP)

    assert known["Location"] == unknown["Location"] == "/accounts/confirm-email/"
    assert User.objects.filter(email=alice.email).count() == 1


def test_guesses_are_stopped_after_five(client, alice):
    for _ in range(5):
        sign_in(client, alice.email, "wrong password")

    answer = sign_in(client, alice.email)

    assert "Too many failed login attempts" in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated


def test_guesses_from_one_address_are_stopped_whoever_they_are_about(client, db):
    answers = [sign_in(client, f"person-{n}@acme.example") for n in range(11)]

    assert "Too many failed login attempts" in answers[-1].content.decode()


def second_factor(user: User) -> str:
    """Give a person an authenticator app and recovery codes; return the app's secret."""
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06}"


def test_an_authenticator_app_is_set_up_after_giving_the_password_again(client, alice, acme):
    sign_in(client, alice.email)
    asked = client.get("/accounts/2fa/totp/activate/")
    client.post(asked["Location"], {"password": PASSWORD})

    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    kinds = set(Authenticator.objects.filter(user=alice).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}


def test_with_an_app_the_password_is_not_enough(client, alice, acme):
    secret = second_factor(alice)

    halfway = sign_in(client, alice.email)
    before = client.get("/members/")
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})

    assert halfway["Location"] == "/accounts/2fa/authenticate/"
    assert before["Location"].startswith("/accounts/login/")
    assert client.get("/members/").status_code == 200


@pytest.mark.parametrize("disguise", ["{}", " {}", "{} "])
def test_a_code_works_once_however_it_is_written(alice, acme, disguise):
    secret = second_factor(alice)
    with time_machine.travel("2026-11-24T10:00:05Z", tick=False):
        code = code_of(secret)
        first, second = Client(), Client()
        for browser, written in ((first, code), (second, disguise.format(code))):
            sign_in(browser, alice.email)
            browser.post("/accounts/2fa/authenticate/", {"code": written})

        assert first.get("/members/").status_code == 200
        assert second.get("/members/").status_code == 302


def test_a_recovery_code_works_once(alice, acme):
    second_factor(alice)
    found = Authenticator.objects.get(user=alice, type="recovery_codes").wrap()
    code = found.get_unused_codes()[0]

    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser, alice.email)
        browser.post("/accounts/2fa/authenticate/", {"code": code})

    assert first.get("/members/").status_code == 200
    assert second.get("/members/").status_code == 302


def test_a_person_sees_and_ends_other_sessions(alice, acme):
    here, there = browser_of(alice), browser_of(alice)
    for browser in (here, there):
        browser.get("/members/")
    assert UserSession.objects.filter(user=alice).count() == 2

    here.post("/accounts/sessions/", {"action": "end_others"})

    assert here.get("/members/").status_code == 200
    assert there.get("/members/").status_code == 302


def test_a_new_password_ends_other_sessions(alice, acme):
    here, there = Client(), browser_of(alice)
    sign_in(here, alice.email)

    changed = {"oldpassword": PASSWORD, "password1": "another horse", "password2": "another horse"}
    here.post("/accounts/password/change/", changed)

    assert there.get("/members/").status_code == 302
    assert sign_in(Client(), alice.email, "another horse").status_code == 302


def test_changing_the_address_needs_the_password_and_the_new_mailbox(client, alice, acme):
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    sign_in(client, alice.email)

    asked = client.post("/accounts/email/", {"action_add": "", "email": "alice@new.example"})
    client.post(asked["Location"], {"password": PASSWORD})
    before = User.objects.get(pk=alice.pk).email
    link = re.search(r"/accounts/confirm-email/[^/\s]+/", mail.outbox[-1].body)[0]
    client.post(link)

    assert before == "alice@acme.example"
    assert User.objects.get(pk=alice.pk).email == "alice@new.example"


def test_an_inactive_person_is_not_signed_in(client, db):
    person("gone@acme.example", is_active=False)

    answer = sign_in(client, "gone@acme.example")

    assert answer["Location"] == "/accounts/inactive/"
    assert not answer.wsgi_request.user.is_authenticated


def test_signing_out_needs_a_form(client, alice, acme):
    sign_in(client, alice.email)

    client.get("/accounts/logout/")
    still = client.get("/members/").status_code
    client.post("/accounts/logout/")

    assert (still, client.get("/members/").status_code) == (200, 302)
