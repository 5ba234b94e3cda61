"""Where the time and the money of a prediction went."""

import pytest

from inference.models import Prediction
from inference.selectors.predictions import get_prediction
from inference.selectors.traces import trace_of
from inference.services.predictions import create
from marketplace.core.ui import readable_ms
from tests.factories.inference import request_of, waiting_prediction

pytestmark = pytest.mark.django_db
TIMES = {"dispatch": 5.0, "load": 20.0, "queue": 0.01, "run": 10.0, "total": 40.0}


def trace(as_alice, prediction, **changes):
    Prediction.objects.filter(pk=prediction.pk).update(**changes)
    return trace_of(get_prediction(as_alice, prediction.pk), viewer=as_alice)


def test_stretches_follow_each_other_and_fill_the_whole(as_alice, shield):
    made = create(by=as_alice, request=request_of(shield))

    found = trace(as_alice, made, timings_ms=TIMES)

    stretches = [(one.name, one.start_ms, one.duration_ms) for one in found.spans]
    assert stretches == [
        ("Waits for a worker", 0.0, 5.0),
        ("Loads the model", 5.0, 20.0),
        ("Runs", 25.0, 10.0),
        ("Settles", 35.0, 5.0),
    ]


def test_tells_when_the_first_output_came(as_alice, shield):
    made = create(by=as_alice, request=request_of(shield))

    found = trace(as_alice, made, timings_ms={**TIMES, "first_output": 3.0})

    assert found.spans[2].detail == f"first output after {readable_ms(3.0)}"


def test_opens_the_cost_into_its_parts(as_alice, shield):
    made = create(by=as_alice, request=request_of(shield))

    found = trace_of(made, viewer=as_alice)

    assert str(found.cost.total) == "$0.002"
    assert sum(line.amount.nano for line in found.cost.lines) == made.cost_nano


def test_what_is_not_finished_has_no_cost_and_can_be_canceled(as_alice, shield):
    found = trace_of(waiting_prediction(as_alice, shield), viewer=as_alice)

    assert (found.cost, found.is_running, found.can_cancel) == (None, True, True)
    assert list(found.spans) == []


def test_tells_that_earlier_workers_died(as_alice, shield):
    found = trace(as_alice, create(by=as_alice, request=request_of(shield)), attempt=3)

    assert ("Attempts", 3) in [(pair.label, pair.value) for pair in found.served_by]


def test_names_who_called(as_alice, shield):
    found = trace_of(create(by=as_alice, request=request_of(shield)), viewer=as_alice)

    assert "alice@acme.example" in {pair.label: pair.value for pair in found.call}["By"]


def test_a_caller_that_is_gone_is_said_so(as_alice, shield):
    made = create(by=as_alice, request=request_of(shield))

    found = trace(as_alice, made, user=None)

    assert {pair.label: pair.value for pair in found.call}["By"] == "a key that is gone"
