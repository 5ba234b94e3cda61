"""Server-sent events through the real WSGI server."""

import json
import time

import pytest
import requests

from accounts.services.api_keys import create_key
from inference.models import Prediction
from inference.services.working import work
from tests.factories.inference import ATTACK, HELLO, waiting_prediction
from tests.inference.engine.test_memory import eventually

pytestmark = pytest.mark.django_db(transaction=True)
LONG = {**HELLO, "max_tokens": 400, "seed": 1, "temperature": 1.0}


@pytest.fixture
def session(as_alice):
    _, token = create_key(by=as_alice, name="streams")
    with requests.Session() as made:
        made.headers["Authorization"] = f"Bearer {token}"
        yield made


def events_of(response):
    """Yield (name, data) as they arrive."""
    name = ""
    for line in response.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def call(session, server, listing, value=HELLO, **given):
    body = {"model": listing.model_id, "input": value, **given}
    return session.post(f"{server.url}/api/v1/predictions", json=body, stream=True, timeout=30)


def test_streams_the_answer_as_it_is_made(session, live_server, chat):
    with call(session, live_server, chat, stream=True) as response:
        events = list(events_of(response))

    names = [name for name, _ in events]
    text = "".join(data["text"] for name, data in events if name == "output")
    assert response.headers["Content-Type"] == "text/event-stream"
    assert (response.status_code, names[0], names[-1]) == (200, "start", "done")
    assert set(names[1:-1]) == {"output"}
    assert text == events[-1][1]["output"]["message"]["content"]


def test_characters_that_no_database_holds_are_replaced_in_pieces_and_output_alike(
    session, live_server, chat
):
    with call(session, live_server, chat, LONG, stream=True) as response:
        events = list(events_of(response))

    text = "".join(data["text"] for name, data in events if name == "output")
    assert events[-1][0] == "done"
    assert "\N{REPLACEMENT CHARACTER}" in text
    assert "\0" not in text
    assert text == events[-1][1]["output"]["message"]["content"]


def test_the_last_event_comes_after_the_bill(session, live_server, chat):
    with call(session, live_server, chat, stream=True) as response:
        *_, (_, last) = events_of(response)

    row = Prediction.objects.get()
    assert (row.status, last["status"], last["id"]) == ("succeeded", "succeeded", str(row.pk))
    assert last["cost"]["nano"] == row.cost_nano > 0


def test_the_accept_header_asks_for_events_too(session, live_server, shield):
    session.headers["Accept"] = "text/event-stream"

    with call(session, live_server, shield, ATTACK) as response:
        events = list(events_of(response))

    assert [name for name, _ in events] == ["start", "output", "done"]
    assert events[1][1] == events[2][1]["output"]


def test_a_refusal_is_a_problem_and_no_stream(session, live_server, chat):
    response = call(session, live_server, chat, {"messages": []}, stream=True)

    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (422, "request.invalid")
    assert Prediction.objects.count() == 0


def test_streams_cannot_be_repeated_by_key(session, live_server, chat):
    session.headers["Idempotency-Key"] = "one"

    assert call(session, live_server, chat, stream=True).status_code == 400
    assert Prediction.objects.count() == 0


def test_hanging_up_cancels_and_bills_what_was_delivered(session, live_server, chat):
    response = call(session, live_server, chat, LONG, stream=True)
    for name, _ in events_of(response):
        if name == "output":
            break
    response.close()

    assert eventually(lambda: Prediction.objects.get().is_final, seconds=20)
    row = Prediction.objects.get()
    assert (row.status, row.finish_reason) == ("canceled", "canceled")
    assert 0 < row.usage["output_tokens"] < 400
    assert row.cost_nano > 0


def test_canceling_from_elsewhere_ends_the_stream(session, live_server, chat):
    with call(session, live_server, chat, LONG, stream=True) as response:
        events = events_of(response)
        _, start = next(events)
        time.sleep(0.05)
        session.post(start["urls"]["cancel"].replace("http://127.0.0.1:8000", live_server.url))
        *_, (name, last) = events

    assert (name, last["status"]) == ("done", "canceled")


def test_a_failed_stream_ends_with_its_error(session, live_server, shield, monkeypatch):
    monkeypatch.setattr("inference.services.admission.validate_input", lambda value, schema: None)

    with call(session, live_server, shield, {"texts": [7]}, stream=True) as response:
        *_, (name, data) = events_of(response)

    assert (name, data["code"], data["fault"]) == ("error", "inference.input_refused", "caller")
    assert data["prediction"]["status"] == "failed"


def test_follows_a_prediction_that_is_over(session, live_server, as_alice, chat):
    waiting = waiting_prediction(as_alice, chat, value=HELLO)
    work(waiting.pk)

    url = f"{live_server.url}/api/v1/predictions/{waiting.pk}/stream"
    with session.get(url, stream=True, timeout=30) as response:
        events = list(events_of(response))

    text = "".join(data["text"] for name, data in events if name == "output")
    assert (events[0][0], events[-1][0]) == ("start", "done")
    assert text == events[-1][1]["output"]["message"]["content"]
    assert response.headers["Stoa-Prediction-Id"] == str(waiting.pk)


def test_a_call_that_takes_longer_than_the_caller_waits_goes_on(
    session, live_server, chat, as_alice
):
    session.headers["Prefer"] = "wait=0"

    response = call(session, live_server, chat, LONG)

    assert (response.status_code, response.json()["status"]) == (202, "processing")
    assert eventually(lambda: Prediction.objects.get().is_final, seconds=20)
    assert Prediction.objects.get().status == "succeeded"
