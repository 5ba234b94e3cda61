"""Bounded reads of JSON files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inference.runtimes.base import BadModel
from inference.runtimes.config_file import Section, is_number, read_config, read_json, read_object


def section(**values: Any) -> Section:
    return Section(values, "config.json")


@pytest.mark.parametrize("value", [None, True, 1.0, "3", 0, 11, [3]])
def test_refuses_what_is_not_a_whole_number_within_bounds(value: Any) -> None:
    with pytest.raises(BadModel, match=r"config\.json: size must be a whole number from 1 to 10"):
        section(size=value).integer("size", 1, 10)


@pytest.mark.parametrize("value", [None, True, "0.5", -0.1, 1.1, float("nan"), 10**400])
def test_refuses_what_is_not_a_number_within_bounds(value: Any) -> None:
    with pytest.raises(BadModel, match="share must be a number from 0 to 1"):
        section(share=value).number("share", 0, 1)


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (lambda found: found.flag("a", default=False), "true or false"),
        (lambda found: found.text("a"), "a text of 1 to 200 characters"),
        (lambda found: found.choice("a", "x", "y"), "one of x, y"),
        (lambda found: found.texts("a", most=2), "a list of 1 to 2 texts"),
        (lambda found: found.integers("a", most=2, low=0, high=9), "1 to 2 whole numbers"),
        (lambda found: found.numbers("a", most=2, low=0, high=9), "a list of 1 to 2 numbers"),
        (lambda found: found.section("a"), "an object"),
        (lambda found: list(found.sections("a", most=2)), "a list of 1 to 2 objects"),
    ],
)
def test_says_what_was_expected(read: Callable[[Section], Any], expected: str) -> None:
    with pytest.raises(BadModel, match=f"a must be .*{expected}"):
        read(section(a=7))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["a", ""], "1 to 200 characters"), (["a", 1], "1 to 200"), (["a", "a"], "without repeats")],
)
def test_looks_at_every_text_of_a_list(value: list[Any], expected: str) -> None:
    with pytest.raises(BadModel, match=expected):
        section(a=value).texts("a", most=3)


@pytest.mark.parametrize("value", [[1, 10], [1, True], [1, 2.5], [1, float("inf")]])
def test_looks_at_every_number_of_a_list(value: list[Any]) -> None:
    with pytest.raises(BadModel, match="a list of whole numbers from 0 to 9"):
        section(a=value).integers("a", most=3, low=0, high=9)


def test_reads_what_is_right() -> None:
    found = section(n=3, x=0.5, on=True, name="a", list=["a", "b"], sizes=[1, 2.0], inner={"n": 1})

    assert found.integer("n", 1, 3) == 3
    assert found.number("x", 0, 1) == 0.5
    assert found.flag("on", default=False) is True
    assert found.texts("list", most=2) == ("a", "b")
    assert found.integers("sizes", most=2, low=1, high=2) == (1, 2)
    assert found.section("inner").integer("n", 0, 1) == 1


def test_an_absent_value_takes_its_default() -> None:
    assert section().integer("n", 1, 9, default=4) == 4
    assert section().text("name", default="none") == "none"


def test_errors_name_the_place_of_a_nested_value() -> None:
    inner = list(section(columns=[{"n": 1}, {"n": "1"}]).sections("columns", most=2))

    with pytest.raises(BadModel, match=r"config\.json: columns\.1: n must be"):
        inner[1].integer("n", 0, 9)


@pytest.mark.parametrize("content", ['{"a": Infinity}', '{"a": -Infinity}', "{'a': 1}", "\xff"])
def test_refuses_what_is_not_json(tmp_path: Path, content: str) -> None:
    path = tmp_path / "labels.json"
    path.write_bytes(content.encode("latin-1"))

    with pytest.raises(BadModel, match=r"labels\.json cannot be read as JSON"):
        read_json(path)


def test_refuses_a_large_file_before_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"a": "x" * 100}))

    with pytest.raises(BadModel, match=r"config\.json is larger than 50 bytes"):
        read_object(path, largest=50)


def test_refuses_the_config_of_another_runtime(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"runtime": "encoder"}')

    assert read_config(tmp_path, runtime="encoder").path == "config.json"
    with pytest.raises(BadModel, match="runtime must be one of detector"):
        read_config(tmp_path, runtime="detector")


@pytest.mark.parametrize("value", [0, -1.5, 10**300])
def test_numbers_are_numbers(value: Any) -> None:
    assert is_number(value)


@pytest.mark.parametrize("value", [True, None, "1", [1], float("nan"), float("-inf"), 10**400])
def test_everything_else_is_not(value: Any) -> None:
    assert not is_number(value)
