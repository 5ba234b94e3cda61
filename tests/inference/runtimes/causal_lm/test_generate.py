"""Rows join, move and leave a stepper without disturbing each other."""

from typing import Any

import pytest

from inference.runtimes.base import RunRequest
from inference.runtimes.causal_lm import generate
from inference.runtimes.causal_lm.generate import Row, Stepper
from inference.runtimes.causal_lm.loaded import CausalLm
from tests.inference.runtimes.causal_lm.conftest import chat


def row(model: CausalLm, text: str = "Tell me about the sea", **options: Any) -> Row:
    options = {"temperature": 0.0, "max_tokens": 12, **options}
    return model.row_for(RunRequest(text, chat(text, **options)))


def finish(stepper: Stepper) -> int:
    steps = 0
    while stepper.is_busy:
        stepper.step()
        steps += 1
    return steps


def alone(model: CausalLm, text: str, **options: Any) -> str:
    stepper = Stepper(model.decoder, slots=1)
    lonely = row(model, text, **options)
    stepper.add(lonely)
    finish(stepper)
    return lonely.stream.text


def test_a_row_takes_one_token_from_its_prompt_and_one_per_step(model: CausalLm) -> None:
    stepper = Stepper(model.decoder, slots=1)
    only = row(model, max_tokens=5)
    stepper.add(only)

    stepper.step()

    assert only.output_tokens == 2
    assert finish(stepper) == 3
    assert (only.output_tokens, only.finish_reason) == (5, "length")


def test_rows_may_join_in_the_middle(model: CausalLm) -> None:
    stepper = Stepper(model.decoder, slots=3)
    rows = [row(model, text) for text in ("one", "two of them", "three of them here")]
    for late in rows:
        stepper.add(late)
        stepper.step()
        stepper.step()
    finish(stepper)

    assert [late.stream.text for late in rows] == [
        alone(model, text) for text in ("one", "two of them", "three of them here")
    ]


def test_a_dropped_row_leaves_at_once(model: CausalLm) -> None:
    stepper = Stepper(model.decoder, slots=2)
    first, second = row(model, "one"), row(model, "two")
    stepper.add(first)
    stepper.add(second)
    stepper.step()

    stepper.drop(first)
    finish(stepper)

    assert (first.finish_reason, first.output_tokens) == ("canceled", 2)
    assert second.stream.text == alone(model, "two")


def test_a_waiting_row_can_be_dropped(model: CausalLm) -> None:
    stepper = Stepper(model.decoder, slots=1)
    waiting = row(model)
    stepper.add(waiting)

    stepper.drop(waiting)

    assert not stepper.is_busy
    assert (waiting.finish_reason, waiting.output_tokens) == ("canceled", 0)


def test_a_row_without_a_slot_waits_for_one(model: CausalLm) -> None:
    stepper = Stepper(model.decoder, slots=1)
    first, second = row(model, "one", max_tokens=4), row(model, "two", max_tokens=4)
    stepper.add(first)
    stepper.add(second)

    stepper.step()

    assert (first.output_tokens, second.output_tokens) == (2, 0)
    finish(stepper)
    assert second.stream.text == alone(model, "two", max_tokens=4)


def test_rows_wait_while_the_cache_is_full(
    model: CausalLm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "MOST_CACHED_TOKENS", 2 * 64)
    stepper = Stepper(model.decoder, slots=8)
    rows = [row(model, "one", max_tokens=6) for _ in range(3)]
    for each in rows:
        stepper.add(each)

    stepper.step()

    assert [each.output_tokens for each in rows] == [2, 2, 0]
    finish(stepper)
    assert {each.stream.text for each in rows} == {alone(model, "one", max_tokens=6)}


def test_a_long_row_runs_alone_however_long(
    model: CausalLm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "MOST_CACHED_TOKENS", 1)
    stepper = Stepper(model.decoder, slots=2)
    rows = [row(model, "one", max_tokens=3), row(model, "two", max_tokens=3)]
    for each in rows:
        stepper.add(each)

    finish(stepper)

    assert [each.output_tokens for each in rows] == [3, 3]


def test_fills_the_context_to_its_last_token(model: CausalLm) -> None:
    long = row(model, "x" * 480, max_tokens=1024)
    stepper = Stepper(model.decoder, slots=1)
    stepper.add(long)

    finish(stepper)

    assert len(long.prompt) + long.output_tokens == model.decoder.config.context
    assert long.finish_reason == "length"
