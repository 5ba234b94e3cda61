"""Calls in this process: refused before anything runs, or run, settled and paid for."""

from decimal import Decimal

import pytest

from accounts.errors import PermissionMissing
from billing.errors import InsufficientCredit, NoEntitlement, OverCeiling
from billing.models import CreditAccount, Hold, UsageEvent
from catalog.errors import NoSuchModel
from catalog.services.channels import point
from inference.errors import DeploymentPaused, TooManyCalls
from inference.models import Prediction
from inference.services.deployments import deploy, set_paused
from inference.services.predictions import create
from inference.types import Mode
from marketplace.core.errors import InvalidInput
from marketplace.core.ids import uuid7
from tests.factories.catalog import make_version
from tests.factories.inference import (
    ATTACK,
    HELLO,
    flip_last_byte,
    request_of,
    signature_of,
)
from tests.inference.runtimes.tiny_others import tiny_linear_text

pytestmark = pytest.mark.django_db


def nothing_happened() -> bool:
    return not (Prediction.objects.exists() or Hold.objects.exists() or UsageEvent.objects.exists())


def test_runs_a_call_and_charges_for_it(as_alice, shield):
    prediction = create(by=as_alice, request=request_of(shield))

    assert prediction.status == "succeeded"
    assert prediction.output["results"][0][0]["label"] == "attack"
    assert prediction.cost_nano == 2_000_000
    event = UsageEvent.objects.get()
    assert (event.prediction_id, event.cost_nano) == (prediction.pk, 2_000_000)
    assert Hold.objects.get().state == "captured"


def test_keeps_what_served_the_call(as_alice, shield):
    prediction = create(by=as_alice, request=request_of(shield))

    version = shield.versions.get()
    assert prediction.version_digest == version.digest
    assert (prediction.channel, prediction.runtime) == ("stable", "linear-text")
    assert (prediction.device, len(prediction.runtime_digest)) == ("cpu", 64)
    assert {"dispatch", "queue", "load", "run", "total"} <= set(prediction.timings_ms)
    assert prediction.attempt == 1
    assert prediction.lease_until is None


def test_names_the_wrong_field_and_writes_nothing(as_alice, chat):
    wrong = {"messages": [{"role": "pope", "content": "hello"}]}

    with pytest.raises(InvalidInput) as refused:
        create(by=as_alice, request=request_of(chat, wrong))

    assert [one.field for one in refused.value.problems] == ["input.messages.0.role"]
    assert nothing_happened()


def test_refuses_an_unknown_model(as_alice, shield):
    with pytest.raises(NoSuchModel):
        create(by=as_alice, request=request_of(shield).__class__("harbor/nothing", ATTACK))
    assert nothing_happened()


def test_refuses_a_viewer(bob, acme, shield):
    from tests.conftest import caller_of

    with pytest.raises(PermissionMissing):
        create(by=caller_of(bob, acme), request=request_of(shield))
    assert nothing_happened()


def test_refuses_who_is_not_subscribed(as_charlie, shield):
    with pytest.raises(NoEntitlement):
        create(by=as_charlie, request=request_of(shield))
    assert nothing_happened()


def test_refuses_a_call_above_its_ceiling(as_alice, shield):
    with pytest.raises(OverCeiling):
        create(by=as_alice, request=request_of(shield, max_cost_nano=1_999_999))
    assert nothing_happened()


def test_refuses_a_call_that_the_credit_does_not_cover(as_alice, shield):
    create(by=as_alice, request=request_of(shield))
    CreditAccount.objects.update(balance_nano=1, held_nano=0)

    with pytest.raises(InsufficientCredit):
        create(by=as_alice, request=request_of(shield))

    assert Prediction.objects.count() == 1


def test_refuses_a_paused_listing(as_alice, as_hana, shield):
    deployment = deploy(by=as_hana, listing=shield)
    set_paused(by=as_hana, deployment=deployment, is_paused=True)

    with pytest.raises(DeploymentPaused):
        create(by=as_alice, request=request_of(shield))
    assert nothing_happened()


def test_refuses_more_calls_than_run_at_once(as_alice, as_hana, shield):
    deploy(by=as_hana, listing=shield, max_concurrency=1)
    create(by=as_alice, request=request_of(shield))
    Prediction.objects.update(status="processing")

    with pytest.raises(TooManyCalls):
        create(by=as_alice, request=request_of(shield))

    assert Prediction.objects.count() == 1


def test_input_that_the_runtime_refuses_costs_nothing(as_alice, shield, monkeypatch):
    monkeypatch.setattr("inference.services.admission.validate_input", lambda value, schema: None)

    prediction = create(by=as_alice, request=request_of(shield, {"texts": [7]}))

    assert prediction.status == "failed"
    assert prediction.error["code"] == "inference.input_refused"
    assert (prediction.error["field"], prediction.error["fault"]) == ("input.texts.0", "caller")
    assert (prediction.cost_nano, UsageEvent.objects.count()) == (0, 0)
    assert Hold.objects.get().state == "released"


def test_a_pinned_version_answers_whatever_the_channel_says(as_alice, as_hana, shield, tmp_path):
    folder = tiny_linear_text(tmp_path / "second", labels=["safe", "danger"])
    second = make_version(
        shield, folder, signature=signature_of("linear-text", folder), number="2.0.0"
    )
    point(by=as_hana, listing=shield, targets=[(second, 100)])

    followed = create(by=as_alice, request=request_of(shield))
    first = request_of(shield).__class__(f"{shield.model_id}:1.0.0", ATTACK)
    pinned = create(by=as_alice, request=first)

    assert (followed.version_id, followed.channel) == (second.pk, "stable")
    assert (pinned.version.number, pinned.channel) == ("1.0.0", "")
    assert pinned.output["results"][0][0]["label"] == "attack"
    assert followed.output["results"][0][0]["label"] == "danger"


def test_an_asynchronous_call_returns_at_once(as_alice, shield):
    prediction = create(by=as_alice, request=request_of(shield, mode=Mode.ASYNC))

    assert (prediction.status, prediction.attempt) == ("starting", 0)
    assert Hold.objects.get().state == "open"


def test_a_repeated_request_finds_the_first_ones_prediction(as_alice, shield):
    identity = uuid7()

    first = create(by=as_alice, request=request_of(shield, identity=identity))
    second = create(by=as_alice, request=request_of(shield, identity=identity))

    assert (first.pk, second.pk) == (identity, identity)
    assert UsageEvent.objects.count() == 1


def test_tokens_are_measured_and_priced(as_alice, chat):
    prediction = create(by=as_alice, request=request_of(chat, HELLO))

    usage = prediction.usage
    price = usage["input_tokens"] * Decimal("100") + usage["output_tokens"] * Decimal("400")
    assert 0 < usage["output_tokens"] <= 8
    assert prediction.cost_nano == int(price)


def test_a_tampered_blob_is_never_served(as_alice, shield, caplog):
    flip_last_byte(shield.versions.get(), "model.safetensors")

    prediction = create(by=as_alice, request=request_of(shield))

    assert (prediction.status, prediction.output) == ("failed", None)
    assert prediction.error["code"] == "inference.artifact_tampered"
    assert prediction.cost_nano == 0
    assert "is not what was signed" in caplog.text
