"""From a folder to calls, to a second version, and back, with everything real."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import AuditEvent
from accounts.types import Caller
from authoring.errors import ChecksNotPassed
from authoring.models import Submission
from authoring.services import publishing, submissions
from catalog.errors import NoSuchModel, NoSuchVersion
from catalog.models import Channel, LineageEdge, Listing, Version
from catalog.selectors import resolve
from governance.models import Evidence
from inference.models import Deployment, Prediction
from inference.services import engines, heartbeat, predictions
from inference.types import PredictionRequest
from marketplace.core.errors import Conflict, InvalidInput, NotFound
from marketplace.core.model_signing import verify_bundle
from tests.factories.authoring import (
    all_parts,
    checked,
    failed_check,
    make_listing,
    published,
    states_of,
)
from tests.factories.billing import entitled, make_plan
from tests.inference.runtimes.tiny_models import tiny_causal_lm, tiny_lora
from tests.inference.runtimes.tiny_others import tiny_tabular

PASSED = ["passed"] * 7
PER_REQUEST = {
    "currency": "USD",
    "charges": [{"kind": "unit", "meter": "requests", "price": "0.001"}],
}
ROWS = {"rows": [{"age": 50, "work": "Private", "sex": "Male"}]}


@pytest.fixture(autouse=True)
def own_engine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(heartbeat, "TICK_SECONDS", 60.0)
    yield
    engines.stop_engine(timeout_s=5)


@pytest.fixture
def listing(as_hana: Caller) -> Listing:
    return make_listing(as_hana)


def second(folder: Path) -> Path:
    return tiny_tabular(folder, threshold=0.25)


def on_sale_to(buyer: Caller, listing: Listing) -> None:
    entitled(buyer.organization, listing, make_plan(listing, PER_REQUEST))


def call(by: Caller, model: str) -> Prediction:
    return predictions.create(by=by, request=PredictionRequest(model=model, input=ROWS))


def test_a_sound_model_goes_from_upload_to_calls_and_back(
    as_hana, as_alice, listing, tmp_path, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        submission = checked(as_hana, listing, tiny_tabular(tmp_path / "one"))
    assert (submission.state, states_of(submission)) == ("passed", PASSED)
    assert list(all_parts(tmp_path)) == []
    with pytest.raises(NoSuchModel):
        resolve("harbor/scorer", viewer=as_alice)

    first = submissions.publish(by=as_hana, submission=submission).version
    on_sale_to(as_alice, listing)
    one = call(as_alice, "harbor/scorer")
    newer = published(as_hana, listing, second(tmp_path / "two"), "2.0.0")
    two = call(as_alice, "harbor/scorer")
    publishing.roll_back(by=as_hana, listing=listing)
    back = call(as_alice, "harbor/scorer")

    assert [one.status, two.status, back.status] == ["succeeded"] * 3
    assert [one.version_digest, two.version_digest, back.version_digest] == [
        first.digest,
        newer.digest,
        first.digest,
    ]
    assert [one.output["threshold"], two.output["threshold"]] == [0.5, 0.25]


def test_publishing_signs_deploys_measures_and_shows(as_hana, listing, tmp_path) -> None:
    version = published(as_hana, listing, tiny_tabular(tmp_path / "one"))

    listing.refresh_from_db()
    assert (listing.state, version.state) == ("published", "published")
    files = [(file.path, file.artifact_id) for file in version.files.all()]
    assert verify_bundle(version.bundle, files) == version.digest
    assert (version.runtime, version.parameter_count) == ("tabular-mlp", 21)
    assert version.signature["task"] == "tabular-classification"
    assert Deployment.objects.get(listing=listing).pool.name == "cpu"
    assert Evidence.objects.get(version=version).kind == "performance"
    assert listing.latency_p50_ms > 0
    event = AuditEvent.objects.get(action="submission.publish")
    assert event.data == {"digest": version.digest, "channel": "stable"}


def test_publishes_by_itself_when_the_author_asked_for_it(as_hana, listing, tmp_path) -> None:
    folder = tiny_tabular(tmp_path / "one")

    submission = checked(as_hana, listing, folder, publish_when_passed=True)

    assert (submission.state, submission.version.state) == ("published", "published")
    assert AuditEvent.objects.get(action="submission.publish").actor_kind == "platform"


def test_what_did_not_pass_is_not_published(as_hana, listing, tmp_path) -> None:
    folder = tiny_tabular(tmp_path / "one", runtime="unheard-of")
    submission = checked(as_hana, listing, folder)

    with pytest.raises(ChecksNotPassed):
        submissions.publish(by=as_hana, submission=submission)

    listing.refresh_from_db()
    assert (listing.state, Version.objects.count()) == ("draft", 0)
    assert not Channel.objects.exists()


def test_an_outsider_publishes_and_rolls_back_nothing(
    as_hana, as_charlie, listing, tmp_path
) -> None:
    submission = checked(as_hana, listing, tiny_tabular(tmp_path / "one"))

    with pytest.raises(NotFound):
        submissions.publish(by=as_charlie, submission=submission)
    with pytest.raises(NotFound):
        publishing.roll_back(by=as_charlie, listing=listing)

    assert Submission.objects.get().state == "passed"


def test_the_same_bytes_are_not_two_versions(as_hana, listing, tmp_path) -> None:
    folder = tiny_tabular(tmp_path / "one")
    published(as_hana, listing, folder)

    again = checked(as_hana, listing, folder, "1.0.1")

    check = failed_check(again)
    assert (check.kind, Version.objects.count()) == ("signature", 1)
    assert "These are the very bytes of version 1.0.0." in check.summary


def test_a_canary_takes_its_share_and_ends(as_hana, as_alice, listing, tmp_path) -> None:
    first = published(as_hana, listing, tiny_tabular(tmp_path / "one"))
    newer = published(as_hana, listing, second(tmp_path / "two"), "2.0.0")

    publishing.point(
        by=as_hana, listing=listing, channel="stable", targets=[(first, 90), (newer, 10)]
    )

    chosen = [resolve("harbor/scorer", viewer=as_alice).version.digest for _ in range(400)]
    assert 10 <= chosen.count(newer.digest) <= 90
    assert set(chosen) == {first.digest, newer.digest}
    publishing.roll_back(by=as_hana, listing=listing)
    assert resolve("harbor/scorer", viewer=as_alice).version.digest == newer.digest


def test_a_channel_points_only_at_whole_sums_of_published_versions(
    as_hana, listing, tmp_path
) -> None:
    first = published(as_hana, listing, tiny_tabular(tmp_path / "one"))

    with pytest.raises(InvalidInput, match="sum to 100"):
        publishing.point(by=as_hana, listing=listing, channel="canary", targets=[(first, 99)])
    with pytest.raises(Conflict, match="nothing to go back to"):
        publishing.roll_back(by=as_hana, listing=listing, channel="canary")
    with pytest.raises(NoSuchVersion):
        resolve("harbor/scorer@canary", viewer=None)


@pytest.mark.slow
def test_an_adapter_is_loaded_on_its_base_and_that_is_measured(as_hana, tmp_path) -> None:
    chat = make_listing(as_hana, "chat", task="text-generation")
    base = published(as_hana, chat, tiny_causal_lm(tmp_path / "base"))
    tuned = make_listing(as_hana, "chat-tuned", task="text-generation")

    submission = checked(
        as_hana, tuned, tiny_lora(tmp_path / "lora"), base_version=base, relation="adapter"
    )

    assert states_of(submission) == PASSED, failed_check(submission).summary
    assert submission.version.base == base
    edge = LineageEdge.objects.get(child=submission.version, parent=base)
    assert (edge.relation, edge.is_measured) == ("adapter", True)


class Caller20(threading.Thread):
    """Calls a model now and again until it is told to stop."""

    def __init__(self, run: Callable[[], Prediction], every: float) -> None:
        super().__init__()
        self.run_once, self.every = run, every
        self.done: list[tuple[float, str, str]] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                made = self.run_once()
                self.done.append((began, str(made.status), made.version_digest))
            except Exception as error:
                self.done.append((began, repr(error), ""))
            self.stopping.wait(max(0.0, self.every - (time.monotonic() - began)))
        connection.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_rolls_back_under_20_calls_a_second_without_a_failed_call(
    many_threads, as_hana, as_alice, tmp_path
) -> None:
    listing = make_listing(as_hana)
    first = published(as_hana, listing, tiny_tabular(tmp_path / "one"))
    newer = published(as_hana, listing, second(tmp_path / "two"), "2.0.0")
    on_sale_to(as_alice, listing)
    callers = [Caller20(lambda: call(as_alice, "harbor/scorer"), every=0.5) for _ in range(10)]

    for caller in callers:
        caller.start()
    time.sleep(4)
    publishing.roll_back(by=as_hana, listing=listing)
    moved = time.monotonic()
    time.sleep(4)
    for caller in callers:
        caller.stopping.set()
    for caller in callers:
        caller.join(30)

    calls = sorted(one for caller in callers for one in caller.done)
    assert {status for _, status, _ in calls} == {"succeeded"}
    assert len(calls) >= 20 * 8 * 0.8
    assert {digest for began, _, digest in calls if began < moved - 1} == {newer.digest}
    assert {digest for began, _, digest in calls if began > moved} == {first.digest}
