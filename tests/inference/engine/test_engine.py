"""Requests in, results out: batching, isolation, deadlines, cancel, shutdown."""

import time
from concurrent.futures import wait
from threading import Event

import pytest

from inference.engine import EngineBusy, EngineClosed, LoadFailed, TimedOut
from inference.runtimes.base import RunRequest
from tests.inference.engine.fakes import asking, ref


def test_answers_with_what_the_runtime_gave(engine):
    result = engine.submit(ref("a"), asking("hi")).result(5)

    assert (result.output, result.usage, result.finish_reason) == ("hi", {"requests": 1}, "stop")
    assert set(result.timings_ms) == {"queue", "load", "run", "share"}


def test_loads_a_version_once(engine, loader):
    for text in ("one", "two"):
        engine.submit(ref("a"), asking(text)).result(5)

    assert loader.loaded == ["a"]


def test_batches_everything_that_waits(engine, loader):
    first = engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    others = [engine.submit(ref("a"), asking(f"{n}")) for n in range(10)]
    loader.gate.set()
    wait([first, *others], 5)

    assert [ids for _, ids in loader.batches] == [
        ["first"],
        ["0", "1", "2", "3", "4", "5", "6", "7"],
        ["8", "9"],
    ]


def test_counts_batches_and_runs(engine, loader):
    engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    others = [engine.submit(ref("a"), asking(f"{n}")) for n in range(3)]
    loader.gate.set()
    wait(others, 5)

    (resident,) = engine.residents()
    assert (resident.batches, resident.runs) == (2, 4)


def test_a_failing_request_leaves_its_batch_alone(engine, loader):
    engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    bad, good = engine.submit(ref("a"), asking("bad", fail=True)), engine.submit(ref("a"), asking())
    loader.gate.set()

    assert isinstance(bad.exception(5), KeyError)
    assert good.result(5).output == "hello"


def test_a_batch_that_breaks_is_tried_one_by_one(engine, loader):
    engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    bad = engine.submit(ref("a"), RunRequest(id="bad", input={"break": True}))
    good = engine.submit(ref("a"), asking("good"))
    loader.gate.set()

    assert isinstance(bad.exception(5), ValueError)
    assert good.result(5).output == "good"
    assert [ids for _, ids in loader.batches[1:]] == [["bad", "good"], ["bad"], ["good"]]


def test_a_request_that_streamed_is_not_run_twice(engine, loader):
    pieces = []
    engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    streaming = RunRequest(id="s", input={"break": True}, emit=pieces.append)
    futures = [engine.submit(ref("a"), one) for one in (streaming, asking("other"))]
    loader.gate.set()

    assert isinstance(futures[0].exception(5), ValueError)
    assert futures[1].result(5).output == "other"
    assert pieces == []


def test_passes_pieces_on(engine):
    pieces = []

    engine.submit(ref("a"), RunRequest(id="s", input={}, emit=pieces.append)).result(5)

    assert pieces == ["piece"]


def test_stops_a_running_request_that_was_canceled(engine, loader):
    canceled = Event()
    request = RunRequest(id="s", input={"forever": True}, is_canceled=canceled.is_set)
    future = engine.submit(ref("a"), request)
    loader.running.wait(5)

    canceled.set()

    result = future.result(5)
    assert (result.output, result.finish_reason) == ("so far", "canceled")


def test_never_runs_a_request_canceled_while_it_waited(engine, loader):
    canceled = Event()
    engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    future = engine.submit(ref("a"), RunRequest(id="c", input={}, is_canceled=canceled.is_set))
    canceled.set()
    loader.gate.set()

    result = future.result(5)
    assert (result.output, result.usage, result.finish_reason) == (None, {}, "canceled")
    assert [ids for _, ids in loader.batches] == [["first"]]


def test_drops_a_request_whose_future_was_canceled(engine, loader):
    first = engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    assert engine.submit(ref("a"), asking("second")).cancel()
    loader.gate.set()
    first.result(5)

    assert engine.submit(ref("a"), asking("third")).result(5).output == "third"
    assert [ids for _, ids in loader.batches] == [["first"], ["third"]]


def test_a_request_that_waited_too_long_times_out(engine, loader):
    engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    late = engine.submit(ref("a"), asking("late"), timeout_s=0.01)
    time.sleep(0.02)
    loader.gate.set()

    assert isinstance(late.exception(5), TimedOut)


def test_a_run_that_takes_too_long_times_out(engine):
    future = engine.submit(ref("a"), asking("x", forever=True), timeout_s=0.05)

    assert isinstance(future.exception(5), TimedOut)


def test_reports_why_a_version_does_not_load(engine, loader):
    loader.failures["a"] = ValueError("bad weights")

    failure = engine.submit(ref("a"), asking()).exception(5)

    assert isinstance(failure, LoadFailed)
    assert (failure.digest, str(failure.reason)) == ("a", "bad weights")


def test_remembers_a_failed_load_for_a_while(make_engine, loader):
    engine = make_engine(failure_memory_s=0.2)
    loader.failures["a"] = ValueError("bad weights")
    engine.submit(ref("a"), asking()).exception(5)
    loader.failures.clear()

    assert isinstance(engine.submit(ref("a"), asking()).exception(5), LoadFailed)
    time.sleep(0.25)
    assert engine.submit(ref("a"), asking()).result(5).output == "hello"


def test_a_folder_that_cannot_be_had_is_a_failed_load(make_engine):
    def refuse(ref):
        raise PermissionError("tampered")

    failure = make_engine(folder_of=refuse).submit(ref("a"), asking()).exception(5)

    assert isinstance(failure.reason, PermissionError)


def test_refuses_more_than_may_wait(engine, loader, monkeypatch):
    monkeypatch.setattr("inference.engine.engine.MOST_WAITING", 1)
    engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    second, third = (engine.submit(ref("a"), asking(text)) for text in ("second", "third"))
    loader.gate.set()

    assert isinstance(third.exception(5), EngineBusy)
    assert second.result(5).output == "second"


def test_shutting_down_ends_the_batch_and_fails_the_rest(make_engine, loader):
    engine = make_engine()
    first = engine.submit(ref("a"), asking("first", hold=True))
    loader.running.wait(5)
    second = engine.submit(ref("a"), asking("second"))
    loader.gate.set()

    engine.close(timeout_s=5)

    assert first.result(0).output == "first"
    assert second.done()
    assert loader.closed == ["a"]
    assert isinstance(engine.submit(ref("a"), asking()).exception(0), EngineClosed)


@pytest.mark.parametrize("text", ["a", "b"])
def test_two_versions_run_side_by_side(engine, loader, text):
    holding = engine.submit(ref("slow"), asking("slow", hold=True))
    loader.running.wait(5)

    assert engine.submit(ref("quick"), asking(text)).result(5).output == text
    assert not holding.done()
