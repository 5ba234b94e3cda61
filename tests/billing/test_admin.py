import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import AuditEvent
from billing.models import CreditAccount, Plan
from billing.services.credit import grant_welcome
from tests.billing.conftest import DOLLAR, account_of
from tests.conftest import browser_of, person
from tests.factories.billing import entitled, make_call

MODELS = ["plan", "price", "entitlement", "creditaccount", "usageevent", "fee", "hold", "quote"]


@pytest.fixture
def operator(db) -> Client:
    return browser_of(person("op@stoa.example", is_staff=True, is_superuser=True))


@pytest.fixture
def world(as_alice, acme, lantern):
    entitled(acme, lantern)
    make_call(as_alice, lantern, maximum={"input_tokens": 10}, used={"input_tokens": 10})


@pytest.mark.parametrize("name", MODELS)
def test_the_operator_sees_everything_and_edits_nothing(operator, world, name):
    listed = operator.get(f"/admin/billing/{name}/")
    model = next(one for one in admin.site._registry if one._meta.model_name == name)
    row = model.objects.first()

    assert listed.status_code == 200
    assert operator.get(f"/admin/billing/{name}/add/").status_code == 403
    if row is not None:
        url = f"/admin/billing/{name}/{row.pk}/change/"
        assert operator.get(url).status_code == 200
        assert operator.post(url, {}).status_code == 403
        assert operator.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_the_operator_gives_credit_through_the_service(operator, acme):
    account = grant_welcome(acme)

    answer = operator.post(
        f"/admin/billing/creditaccount/{account.pk}/grant/", {"amount": "5", "note": "Welcome back"}
    )

    assert answer.status_code == 302
    assert account_of(acme) == (15 * DOLLAR, 0)
    event = AuditEvent.objects.get(action="credit.grant", actor_label="op@stoa.example")
    assert (event.organization, event.data["amount"]) == (acme, "$5.00")


def test_a_wrong_gift_is_refused(operator, acme):
    account = grant_welcome(acme)

    answer = operator.post(
        f"/admin/billing/creditaccount/{account.pk}/grant/", {"amount": "-5", "note": ""}
    )

    assert answer.status_code == 200
    assert CreditAccount.objects.get().balance_nano == 10 * DOLLAR


def test_the_operator_withdraws_plans(operator, world):
    plan = Plan.objects.get()
    chosen = {"action": "withdraw", "_selected_action": [plan.pk]}

    operator.post("/admin/billing/plan/", chosen)

    plan.refresh_from_db()
    assert not plan.is_active
    assert AuditEvent.objects.get(action="plan.deactivate").actor_label == "op@stoa.example"


def test_others_stay_outside(alice_browser, world):
    assert alice_browser.get("/admin/billing/plan/").status_code == 302
