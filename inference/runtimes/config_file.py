"""Bounded reads of the JSON files of a version: every value is checked before it is used."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from inference.runtimes.base import BadModel, Json

_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Section:
    """An object of a JSON file, with the path that errors name."""

    values: Mapping[str, Json]
    path: str

    def bad(self, key: str, expected: str) -> BadModel:
        """Return the error for a value that is not what was expected."""
        return BadModel(f"{self.path}: {key} must be {expected}.")

    def integer(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        """Read a whole number within bounds."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.bad(key, f"a whole number from {low} to {high}")
        return value

    def number(self, key: str, low: float, high: float, *, default: float | None = None) -> float:
        """Read a finite number within bounds."""
        value = self.values.get(key, default)
        if not is_number(value) or not low <= value <= high:
            raise self.bad(key, f"a number from {low:g} to {high:g}")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.bad(key, "true or false")
        return value

    def text(self, key: str, *, longest: int = 200, default: str | None = None) -> str:
        """Read a short non-empty text."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise self.bad(key, f"a text of 1 to {longest} characters")
        return value

    def choice(self, key: str, *choices: str, default: str | None = None) -> str:
        """Read one of a few words."""
        value = self.values.get(key, default)
        if value not in choices:
            raise self.bad(key, "one of " + ", ".join(choices))
        return str(value)

    def texts(self, key: str, *, most: int, longest: int = 200) -> tuple[str, ...]:
        """Read a list of distinct, non-empty texts."""
        value = self.values.get(key)
        if not isinstance(value, list) or not 0 < len(value) <= most:
            raise self.bad(key, f"a list of 1 to {most} texts")
        if not all(isinstance(item, str) and 0 < len(item) <= longest for item in value):
            raise self.bad(key, f"a list of texts of 1 to {longest} characters")
        if len(set(value)) != len(value):
            raise self.bad(key, "a list without repeats")
        return tuple(value)

    def integers(self, key: str, *, most: int, low: int, high: int) -> tuple[int, ...]:
        """Read a list of whole numbers within bounds."""
        value = self.values.get(key)
        if not isinstance(value, list) or not 0 < len(value) <= most:
            raise self.bad(key, f"a list of 1 to {most} whole numbers")
        if not all(is_number(item) and item == int(item) and low <= item <= high for item in value):
            raise self.bad(key, f"a list of whole numbers from {low} to {high}")
        return tuple(int(item) for item in value)

    def numbers(self, key: str, *, most: int, low: float, high: float) -> tuple[float, ...]:
        """Read a list of finite numbers within bounds."""
        value = self.values.get(key)
        if not isinstance(value, list) or not 0 < len(value) <= most:
            raise self.bad(key, f"a list of 1 to {most} numbers")
        if not all(is_number(item) and low <= item <= high for item in value):
            raise self.bad(key, f"a list of numbers from {low:g} to {high:g}")
        return tuple(float(item) for item in value)

    def section(self, key: str) -> "Section":
        """Read an object inside this one."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.bad(key, "an object")
        return Section(value, f"{self.path}: {key}")

    def sections(self, key: str, *, most: int) -> Iterator["Section"]:
        """Read a list of objects."""
        value = self.values.get(key)
        if not isinstance(value, list) or not 0 < len(value) <= most:
            raise self.bad(key, f"a list of 1 to {most} objects")
        for place, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.bad(f"{key}.{place}", "an object")
            yield Section(item, f"{self.path}: {key}.{place}")


def read_config(folder: Path, *, runtime: str) -> Section:
    """Read ``config.json`` of a version and check that it is meant for this runtime."""
    section = Section(read_object(folder / "config.json"), "config.json")
    section.choice("runtime", runtime)
    return section


def read_object(path: Path, *, largest: int = _LARGEST) -> dict[str, Json]:
    """Read a JSON file that must hold an object."""
    value = read_json(path, largest=largest)
    if not isinstance(value, dict):
        raise BadModel(f"{path.name} must hold a JSON object.")
    return value


def read_json(path: Path, *, largest: int = _LARGEST) -> Json:
    """Read a JSON file of bounded size, refusing NaN, infinities and deep nesting."""
    try:
        if path.stat().st_size > largest:
            raise BadModel(f"{path.name} is larger than {largest} bytes.")
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except FileNotFoundError:
        raise BadModel(f"{path.name} is missing.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BadModel(f"{path.name} cannot be read as JSON: {error}") from None


def is_number(value: Json) -> bool:
    """Say whether a JSON value is a finite number, not a boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
