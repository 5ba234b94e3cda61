"""Chats run together as they run alone, stream what they return, and fail one by one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.runtimes.base import RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.causal_lm.generate import Stepper
from inference.runtimes.causal_lm.loaded import CausalLm
from tests.inference.runtimes.causal_lm.conftest import answer, request, text_of
from tests.inference.runtimes.tiny_models import tiny_causal_lm

TEXTS = ("Hi", "Tell me about the sea", "What is 12 and 7?", "x" * 150, "🦊", "and the rest")
GREEDY = {"temperature": 0.0}
DRAWN = {"temperature": 1.3, "seed": 11}
NUCLEUS = {"temperature": 1.0, "top_p": 0.8, "seed": 5}
BEST = {"temperature": 1.0, "top_k": 20, "seed": 6}


def listening(asked: RunRequest, pieces: list[str]) -> RunRequest:
    return replace(asked, emit=lambda piece: pieces.append(piece["text"]))


@pytest.mark.parametrize("options", [GREEDY, DRAWN, NUCLEUS, BEST], ids=lambda o: str(o))
def test_a_batch_says_what_each_says_alone(model: CausalLm, options: dict[str, Any]) -> None:
    asked = [request(text, max_tokens=40, **options) for text in TEXTS]

    together = model.run(asked)

    assert [text_of(result) for result in together] == [
        text_of(answer(model, each)) for each in asked
    ]


def test_rows_of_one_batch_have_options_of_their_own(model: CausalLm) -> None:
    asked = [request(max_tokens=5, **GREEDY), request(max_tokens=30, **DRAWN), request(seed=1)]

    together = model.run(asked)

    assert [text_of(result) for result in together] == [
        text_of(answer(model, each)) for each in asked
    ]


def test_another_seed_says_something_else(model: CausalLm) -> None:
    first, second = (request(temperature=1.0, seed=seed) for seed in (1, 2))

    assert text_of(answer(model, first)) != text_of(answer(model, second))


def test_two_loads_say_the_same(folder: Path, model: CausalLm) -> None:
    again = CausalLm.load(folder, device="cpu")

    assert text_of(answer(again, request(**DRAWN))) == text_of(answer(model, request(**DRAWN)))


def test_reports_usage_and_timings(model: CausalLm) -> None:
    result = answer(model, request("Hi", max_tokens=7, **GREEDY))

    assert result.usage == {"input_tokens": 19, "output_tokens": 7, "requests": 1}
    assert result.finish_reason == "length"
    assert result.output["message"]["role"] == "assistant"
    assert 0 < result.timings_ms["first_output"] <= result.timings_ms["compute"] + 5


@pytest.mark.parametrize("options", [GREEDY, DRAWN])
def test_streams_what_it_returns(model: CausalLm, options: dict[str, Any]) -> None:
    streams: list[list[str]] = [[] for _ in TEXTS]
    asked = [request(text, max_tokens=40, **options) for text in TEXTS]

    results = model.run([listening(*pair) for pair in zip(asked, streams, strict=True)])

    assert ["".join(pieces) for pieces in streams] == [text_of(result) for result in results]
    assert all(piece for pieces in streams for piece in pieces)
    assert min(len(pieces) for pieces in streams) > 3


def test_stops_before_a_stop_string(model: CausalLm) -> None:
    whole = text_of(answer(model, request(max_tokens=40, **GREEDY)))
    stop = whole[9:12]
    pieces: list[str] = []

    stopped = answer(model, listening(request(max_tokens=40, stop=[stop], **GREEDY), pieces))

    assert text_of(stopped) == whole[: whole.index(stop)] == "".join(pieces)
    assert stopped.finish_reason == "stop"
    assert stopped.usage["output_tokens"] < 40


def test_ends_with_the_end_token(tmp_path: Path, model: CausalLm) -> None:
    row = model.row_for(request(max_tokens=3, **GREEDY))
    stepper = Stepper(model.decoder, slots=1)
    stepper.add(row)
    stepper.step()
    ended = CausalLm.load(tiny_causal_lm(tmp_path, eos_token_id=row.last_token), device="cpu")

    result = answer(ended, request(max_tokens=3, **GREEDY))

    assert (result.finish_reason, result.usage["output_tokens"]) == ("stop", 1)


def test_a_canceled_row_leaves_and_keeps_what_it_said(model: CausalLm) -> None:
    pieces: list[str] = []
    asked = request(max_tokens=40, **GREEDY)
    canceled = replace(listening(asked, pieces), is_canceled=lambda: len(pieces) >= 3)
    other = request("Hi", max_tokens=20, **GREEDY)

    first, second = model.run([canceled, other])

    assert isinstance(first, RunResult)
    assert first.finish_reason == "canceled"
    assert text_of(first) == "".join(pieces)
    assert first.usage["output_tokens"] < 10
    assert text_of(second) == text_of(answer(model, other))


def test_a_row_canceled_beforehand_costs_nothing(model: CausalLm) -> None:
    result = answer(model, replace(request(), is_canceled=lambda: True))

    assert result.finish_reason == "canceled"
    assert result.usage == {"input_tokens": 0, "output_tokens": 0, "requests": 1}


def test_a_refused_input_does_not_disturb_the_others(model: CausalLm) -> None:
    asked = request("Hi", **GREEDY)

    refused, served = model.run([request(temperature=7), asked])

    assert isinstance(refused, RuntimeRefusal)
    assert refused.field == "temperature"
    assert text_of(served) == text_of(answer(model, asked))


def test_a_listener_that_fails_ends_its_own_row_only(model: CausalLm) -> None:
    def hang_up(_piece: object) -> None:
        raise BrokenPipeError("gone")

    asked = request("Hi", **GREEDY)

    gone, served = model.run([replace(asked, emit=hang_up), asked])

    assert isinstance(gone, BrokenPipeError)
    assert text_of(served) == text_of(answer(model, asked))


def test_refuses_messages_longer_than_the_context(model: CausalLm) -> None:
    (refusal,) = model.run([request("x" * 600)])

    assert isinstance(refusal, RuntimeRefusal)
    assert refusal.field == "messages"
    assert str(refusal) == (
        "The messages are 617 tokens long; with room for a reply this model takes at most 511."
    )


def test_serves_no_more_context_than_a_cache_may_hold(tmp_path: Path) -> None:
    endless = CausalLm.load(tiny_causal_lm(tmp_path, max_position_embeddings=2**20), device="cpu")

    (refusal,) = endless.run([request("x" * 17_000)])

    assert isinstance(refusal, RuntimeRefusal)
    assert str(refusal).endswith("takes at most 16383.")


def test_a_failed_pass_fails_the_rows_that_were_in_it(
    model: CausalLm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(model.decoder, "forward", fail)

    results = model.run([request("Hi"), request(temperature=7)])

    assert str(results[0]) == "out of memory"
    assert isinstance(results[1], RuntimeRefusal)


def test_takes_eight_at_once_on_a_cpu(model: CausalLm) -> None:
    assert model.max_batch == 8
