"""Who is resident: least recently used leaves, bases stay under their adapters."""

import json
import struct
import threading
import time

import pytest

from inference.engine import EngineFull, ModelTooLarge
from inference.engine.memory import estimate_bytes
from tests.inference.engine.fakes import MIB, asking, ref

BASE = ref("base")
LEFT, RIGHT = ref("left", BASE), ref("right", BASE)


def eventually(holds, seconds=5.0):
    """Wait until ``holds()``; false when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def call(engine, *refs):
    for one in refs:
        assert engine.submit(one, asking()).result(5).output == "hello"


def digests(engine):
    return sorted(one.digest for one in engine.residents())


def test_the_least_recently_used_version_leaves(make_engine, loader):
    engine = make_engine(mib=25)

    call(engine, ref("a"), ref("b"), ref("a"), ref("c"))

    assert digests(engine) == ["a", "c"]
    assert loader.closed == ["b"]
    assert engine.used_bytes == 20 * MIB


def test_a_version_that_left_comes_back(make_engine, loader):
    engine = make_engine(mib=15)

    call(engine, ref("a"), ref("b"), ref("a"))

    assert loader.loaded == ["a", "b", "a"]


def test_adapters_share_one_base(engine, loader):
    call(engine, LEFT, RIGHT, BASE)

    assert loader.loaded == ["base", "left", "right"]
    assert {one.digest: one.base_digest for one in engine.residents()} == {
        "base": None,
        "left": "base",
        "right": "base",
    }


def test_a_family_lives_on_one_thread(engine):
    call(engine, LEFT, RIGHT, BASE)

    models = [member.model for lane in engine._lanes.values() for member in lane.members.values()]
    assert len(set().union(*(model.threads for model in models))) == 1


def test_a_base_stays_while_an_adapter_is_resident(make_engine, loader):
    engine = make_engine(mib=35)
    call(engine, LEFT, ref("other"))

    call(engine, ref("third"))

    assert loader.closed == ["left"]
    assert digests(engine) == ["base", "other", "third"]


def test_an_adapter_leaves_for_another_of_its_family(make_engine, loader):
    engine = make_engine(mib=20)

    call(engine, LEFT, RIGHT)

    assert loader.closed == ["left"]
    assert digests(engine) == ["base", "right"]


def test_a_version_in_use_leaves_only_after_its_batch(make_engine, loader):
    engine = make_engine(mib=15)
    holding = engine.submit(ref("a"), asking("held", hold=True))
    loader.running.wait(5)
    coming = engine.submit(ref("b"), asking("next"))

    threading.Timer(0.05, loader.gate.set).start()

    assert coming.result(5).output == "next"
    assert holding.result(0).output == "held"
    assert loader.closed == ["a"]


def test_gives_up_when_nothing_leaves_in_time(make_engine, loader, monkeypatch):
    monkeypatch.setattr("inference.engine.lane.MEMORY_PATIENCE_S", 0.05)
    engine = make_engine(mib=15)
    engine.submit(ref("a"), asking("held", hold=True))
    loader.running.wait(5)

    failure = engine.submit(ref("b"), asking()).exception(5)
    loader.gate.set()

    assert isinstance(failure.reason, EngineFull)
    call(engine, ref("b"))


def test_refuses_a_version_larger_than_the_whole_budget(make_engine, loader):
    loader.size_of["huge"] = 200 * MIB
    engine = make_engine(mib=100)
    call(engine, ref("a"))

    failure = engine.submit(ref("huge"), asking()).exception(5)

    assert isinstance(failure.reason, ModelTooLarge)
    assert digests(engine) == ["a"]
    assert engine.used_bytes == 10 * MIB


def test_many_families_under_a_small_budget_all_get_answers(make_engine):
    engine = make_engine(mib=35)
    refs = [ref(f"{n}") for n in range(6)] + [LEFT, RIGHT]

    futures = [engine.submit(one, asking(str(n))) for n in range(20) for one in refs]

    assert [one.result(20).output for one in futures] == [str(n) for n in range(20) for _ in refs]
    assert engine.used_bytes <= 35 * MIB


def test_threads_of_families_that_left_end(make_engine):
    engine = make_engine(mib=15)

    call(engine, ref("a"), ref("b"), ref("c"), ref("d"))

    assert eventually(lambda: list(engine._lanes) == ["d"])


@pytest.mark.parametrize(("dtype", "expected"), [("F32", 24), ("BF16", 24), ("I8", 6), ("I64", 48)])
def test_estimates_memory_from_the_header(tmp_path, dtype, expected):
    header = json.dumps({"w": {"dtype": dtype, "shape": [2, 3], "data_offsets": [0, 0]}}).encode()
    (tmp_path / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)

    assert estimate_bytes(tmp_path) == expected


def test_estimates_a_broken_file_by_its_size(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not a header")

    assert estimate_bytes(tmp_path) == 12
