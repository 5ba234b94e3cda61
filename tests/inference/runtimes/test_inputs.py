"""Checks of callers' inputs."""

from collections.abc import Callable
from typing import Any

import pytest

from inference.runtimes.base import RuntimeRefusal
from inference.runtimes.inputs import read_integer, read_number, read_texts, refuse_unknown


def field_of(check: Callable[[], Any]) -> str:
    with pytest.raises(RuntimeRefusal) as caught:
        check()
    return caught.value.field


def test_names_the_first_unknown_field() -> None:
    assert field_of(lambda: refuse_unknown({"texts": [], "text": ""}, ("texts",))) == "text"


def test_names_an_unknown_field_within_another() -> None:
    assert field_of(lambda: refuse_unknown({"b": 1}, ("a",), within="rows.3.")) == "rows.3.b"


def test_does_not_repeat_a_long_field_whole() -> None:
    assert len(field_of(lambda: refuse_unknown({"x" * 5000: 1}, ()))) == 200


def test_reads_texts() -> None:
    assert read_texts({"texts": ["one", "zwei", "三"]}, most=3, longest=4) == ["one", "zwei", "三"]


@pytest.mark.parametrize("value", [{}, {"texts": "one"}, {"texts": []}, {"texts": ["a"] * 4}])
def test_refuses_no_texts_and_too_many(value: dict[str, Any]) -> None:
    assert field_of(lambda: read_texts(value, most=3, longest=4)) == "texts"


@pytest.mark.parametrize("text", ["", "12345", None, 1, b"abc", "\udc00"])
def test_names_a_text_that_is_wrong(text: Any) -> None:
    value = {"texts": ["fine", text]}

    assert field_of(lambda: read_texts(value, most=3, longest=4)) == "texts.1"


@pytest.mark.parametrize("number", [0, 11, 1.5, "3", True, None, float("nan"), 10**400])
def test_refuses_what_is_not_a_whole_number_within_bounds(number: Any) -> None:
    assert field_of(lambda: read_integer({"n": number}, "n", 1, 10, 5)) == "n"


@pytest.mark.parametrize("number", [-0.1, 1.1, "0.5", False, None, float("inf")])
def test_refuses_what_is_not_a_number_within_bounds(number: Any) -> None:
    assert field_of(lambda: read_number({"x": number}, "x", 0, 1, 0.5)) == "x"


def test_an_absent_number_takes_its_default() -> None:
    assert read_integer({}, "n", 1, 10, 5) == 5
    assert read_number({}, "x", 0, 1, 0.5) == 0.5


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert read_integer({"n": 3.0}, "n", 1, 10, 5) == 3
