import pytest

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent
from governance.errors import EvaluationFailed, NotReproducible
from governance.models import Evidence
from governance.services import evaluations
from governance.suites import SUITES, dataset_digest, suite_digest
from marketplace.core.canonical import json_digest
from marketplace.core.signing import BadSignature, verify_envelope
from tests.factories.accounts import member_as


def test_a_version_gets_the_suites_of_its_task_and_a_latency_profile(encoder_version):
    evidence = evaluations.evaluate_version(str(encoder_version.pk))

    assert [one.suite for one in evidence] == ["paraphrase-ranking", "latency-profile"]
    encoder_version.listing.refresh_from_db()
    assert encoder_version.listing.measured_count == 2


def test_a_result_is_signed_and_names_version_suite_and_data(encoder_version):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    statement = verify_envelope(evidence.envelope)
    predicate = statement["predicate"]
    assert statement["subject"][0]["digest"]["sha256"] == encoder_version.digest
    assert predicate["suite"]["digest"] == suite_digest("paraphrase-ranking")
    assert predicate["dataset"]["digest"] == dataset_digest("paraphrases-1.jsonl")
    assert evidence.digest == json_digest(statement)


def test_an_edited_result_does_not_verify(encoder_version):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])
    envelope = {**evidence.envelope, "payload": evidence.envelope["payload"].replace("A", "B", 1)}

    with pytest.raises(BadSignature):
        verify_envelope(envelope)


def test_a_second_run_gives_the_same_outputs(encoder_version):
    first = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    second = evaluations.reproduce(first)

    assert second.reproduces == first
    assert second.output_digest == first.output_digest
    assert evaluations.agrees(first, second)


def test_a_model_that_cannot_run_a_row_leaves_no_result(encoder_version):
    with pytest.raises(EvaluationFailed, match="row 1"):
        evaluations.run_suite(encoder_version, SUITES["short-answers"])

    assert not Evidence.objects.exists()


def test_a_reproduction_is_asked_for_and_written_down(
    encoder_version, as_alice, django_capture_on_commit_callbacks, sent_tasks
):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    with django_capture_on_commit_callbacks(execute=True):
        evaluations.request_reproduction(by=as_alice, evidence=evidence)

    assert sent_tasks == [("governance.reproduce", {"evidence_id": str(evidence.pk)})]
    assert AuditEvent.objects.filter(action="evidence.reproduce").count() == 1


def test_a_member_without_the_permission_cannot_ask(encoder_version, acme, sent_tasks):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    with pytest.raises(PermissionMissing):
        evaluations.request_reproduction(by=member_as(acme, "viewer"), evidence=evidence)

    assert sent_tasks == []


def test_a_latency_profile_is_not_one_to_reproduce(encoder_version, as_alice):
    profile = evaluations.profile_performance(encoder_version)

    with pytest.raises(NotReproducible):
        evaluations.request_reproduction(by=as_alice, evidence=profile)
