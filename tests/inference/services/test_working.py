"""What a worker does with a prediction: run it once, whoever asks how often."""

import pytest

from billing.models import UsageEvent
from inference.dispatch.messages import Reply
from inference.models import Prediction, PredictionPiece
from inference.selectors.predictions import pieces_after
from inference.services import working
from inference.services.predictions import follow
from inference.services.working import work
from inference.types import Mode, StreamKind
from tests.factories.inference import HELLO, waiting_prediction

pytestmark = pytest.mark.django_db


@pytest.fixture
def replies(monkeypatch):
    """Collect replies instead of sending them."""
    found: list[tuple[str, Reply]] = []
    monkeypatch.setattr(working, "send_reply", lambda to, reply: found.append((to, reply)))
    return found


def test_runs_and_settles(as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)

    assert work(waiting.pk) is True

    row = Prediction.objects.get()
    assert (row.status, row.attempt, row.cost_nano) == ("succeeded", 1, 2_000_000)


def test_a_duplicate_message_does_nothing(as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)

    assert [work(str(waiting.pk)) for _ in range(3)] == [True, False, False]
    assert UsageEvent.objects.count() == 1


def test_tells_who_waits_that_it_is_over(as_alice, shield, replies):
    waiting = waiting_prediction(as_alice, shield, mode=Mode.SYNC)

    work(waiting.pk, reply_to="web-1")

    assert replies == [("web-1", Reply(str(waiting.pk), "final"))]


def test_sends_the_pieces_of_a_stream(as_alice, chat, replies):
    waiting = waiting_prediction(as_alice, chat, value=HELLO, mode=Mode.STREAM)

    work(waiting.pk, reply_to="web-1")

    events = [reply.event for _, reply in replies]
    text = "".join(piece["text"] for _, reply in replies for piece in reply.pieces)
    assert (events[0], events[-1], set(events[1:-1])) == ("started", "final", {"pieces"})
    assert text == Prediction.objects.get().output["message"]["content"]


def test_numbers_the_pieces_in_their_order(as_alice, chat, replies):
    waiting = waiting_prediction(as_alice, chat, value=HELLO, mode=Mode.STREAM)

    work(waiting.pk, reply_to="web-1")

    place = 0
    for _, reply in replies[1:-1]:
        assert reply.first == place
        place += len(reply.pieces)


def test_keeps_pieces_for_those_who_follow_later(as_alice, chat):
    waiting = waiting_prediction(as_alice, chat, value=HELLO)

    work(waiting.pk)

    events = [one for one in follow(waiting.pk) if one.kind is not StreamKind.IDLE]
    text = "".join(one.piece["text"] for one in events if one.kind is StreamKind.OUTPUT)
    assert [events[0].kind, events[-1].kind] == [StreamKind.START, StreamKind.DONE]
    assert text == events[-1].prediction.output["message"]["content"]


def test_keeps_no_pieces_of_a_call_that_waits_for_the_whole(as_alice, chat):
    work(waiting_prediction(as_alice, chat, value=HELLO, mode=Mode.SYNC).pk)

    assert PredictionPiece.objects.count() == 0


def test_only_the_last_attempt_has_pieces(as_alice, chat):
    waiting = waiting_prediction(as_alice, chat, value=HELLO)
    PredictionPiece.objects.create(prediction=waiting, attempt=0, sequence=0, content=["old"])

    work(waiting.pk)

    assert "old" not in pieces_after(Prediction.objects.get(), 0)


def test_follows_an_answer_that_never_came_in_pieces(as_alice, shield):
    waiting = waiting_prediction(as_alice, shield)
    work(waiting.pk)

    events = [one for one in follow(waiting.pk) if one.kind is not StreamKind.IDLE]

    assert [one.kind for one in events] == [StreamKind.START, StreamKind.OUTPUT, StreamKind.DONE]
    assert events[1].piece == events[2].prediction.output


def test_follows_to_a_bad_end(as_alice, shield, monkeypatch):
    monkeypatch.setattr("inference.services.admission.validate_input", lambda value, schema: None)
    waiting = waiting_prediction(as_alice, shield, value={"texts": [7]})
    work(waiting.pk)

    *_, last = follow(waiting.pk)

    assert last.kind is StreamKind.ERROR
    assert last.prediction.error["field"] == "input.texts.0"
