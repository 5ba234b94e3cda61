"""Events on the wire."""

import json

import pytest

from inference.protocols import events
from inference.protocols.events import EventStreamRenderer, WireEvents, encode, event_stream
from inference.services.predictions import create
from inference.types import StreamEvent, StreamKind
from tests.factories.inference import request_of


class Source:
    """Events that can be closed."""

    def __init__(self, *kinds):
        self.left = [StreamEvent(kind, piece={"text": "größer\n\n"}) for kind in kinds]
        self.is_closed = False

    def __iter__(self):
        return iter(self.left)

    def close(self):
        self.is_closed = True


def test_an_event_is_one_line_of_json():
    wire = encode(StreamEvent(StreamKind.OUTPUT, piece={"text": "größer\n\nevent: done"}))

    name, data, *rest = wire.decode().split("\n")
    assert (name, rest) == ("event: output", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == {"text": "größer\n\nevent: done"}


def test_a_quiet_moment_is_not_sent():
    assert list(WireEvents(Source(StreamKind.IDLE, StreamKind.IDLE))) == []


def test_a_long_silence_is_a_comment(monkeypatch):
    monkeypatch.setattr(events, "COMMENT_SECONDS", -1)

    assert list(WireEvents(Source(StreamKind.IDLE))) == [b": waiting\n\n"]


def test_closing_the_answer_closes_the_source():
    source = Source(StreamKind.OUTPUT)

    WireEvents(source).close()

    assert source.is_closed


def test_a_source_without_an_end_of_its_own_may_be_closed():
    WireEvents(iter(())).close()


def test_is_not_kept_by_proxies():
    response = event_stream(Source())

    assert response["Content-Type"] == "text/event-stream"
    assert response["Cache-Control"] == "no-cache"
    assert response["X-Accel-Buffering"] == "no"


def test_what_is_refused_is_json_all_the_same():
    assert EventStreamRenderer().render({"code": "x"}) == b'{"code":"x"}'


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "has_output"), [("start", False), ("done", True)])
def test_the_end_has_the_whole_prediction(as_alice, shield, kind, has_output):
    prediction = create(by=as_alice, request=request_of(shield))

    data = encode(StreamEvent(StreamKind(kind), prediction)).decode().partition("data: ")[2]

    assert ("output" in json.loads(data)) is has_output
