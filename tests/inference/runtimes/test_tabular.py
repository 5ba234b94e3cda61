"""The scorer of table rows."""

import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inference.runtimes.base import BadModel, Json, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.tabular import TabularRuntime
from inference.runtimes.tabular.model import TabularModel
from tests.inference.runtimes.tiny_others import TABULAR, tiny_tabular

ROW = {"age": 40, "work": "Private", "sex": "Female"}
GROUPS = {"column": "sex", "thresholds": {"Female": 0.4, "Male": 0.6}}


def run(folder: Path, rows: Any) -> RunResult | Exception:
    (result,) = TabularModel.load(folder, device="cpu").run([RunRequest("1", {"rows": rows})])
    return result


def score(folder: Path, *rows: dict[str, Json]) -> Json:
    result = run(folder, list(rows))
    assert isinstance(result, RunResult)
    return result.output


def sigmoid(value: float) -> float:
    return round(1 / (1 + math.exp(-value)), 7)


def test_scores_rows_by_the_network(tmp_path: Path) -> None:
    folder = tiny_tabular(tmp_path)

    output = score(folder, ROW, {**ROW, "age": 50}, {**ROW, "work": "State"})

    probabilities = [row["probability"] for row in output["rows"]]
    assert probabilities == [0.5, sigmoid(1), sigmoid(2)]


def test_decides_at_the_threshold(tmp_path: Path) -> None:
    output = score(tiny_tabular(tmp_path), ROW, {**ROW, "age": 39})

    assert [row["decision"] for row in output["rows"]] == [True, False]
    assert output["threshold"] == 0.5


def test_counts_requests_and_rows(tmp_path: Path) -> None:
    result = run(tiny_tabular(tmp_path), [ROW] * 3)

    assert isinstance(result, RunResult)
    assert result.usage == {"requests": 1, "rows": 3}


def test_an_audited_column_does_not_reach_the_network(tmp_path: Path) -> None:
    folder = tiny_tabular(tmp_path)
    without = {"age": 40, "work": "Private"}

    rows = score(folder, ROW, {**ROW, "sex": "Male"}, without)["rows"]

    assert rows[0] == rows[1] == rows[2]


def test_groups_may_have_thresholds_of_their_own(tmp_path: Path) -> None:
    folder = tiny_tabular(tmp_path, group_thresholds=GROUPS)

    rows = score(folder, ROW, {**ROW, "sex": "Male"})["rows"]

    assert rows == [
        {"probability": 0.5, "decision": True, "threshold": 0.4},
        {"probability": 0.5, "decision": False, "threshold": 0.6},
    ]


def test_a_column_that_decides_must_be_given(tmp_path: Path) -> None:
    folder = tiny_tabular(tmp_path, group_thresholds=GROUPS)

    result = run(folder, [{"age": 40, "work": "Private"}])

    assert isinstance(result, RuntimeRefusal)
    assert result.field == "rows.0.sex"
    schema = TabularRuntime.signature(folder).input_schema
    assert schema["properties"]["rows"]["items"]["required"] == ["age", "work", "sex"]


def test_an_absent_category_may_stand_for_another(tmp_path: Path) -> None:
    columns = [dict(column) for column in TABULAR["columns"]]
    columns[1]["missing"] = "State"
    folder = tiny_tabular(tmp_path, columns=columns)

    rows = score(folder, {"age": 40}, {"age": 40, "work": None}, {"age": 40, "work": "State"})

    assert rows["rows"][0] == rows["rows"][1] == rows["rows"][2]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("Private", "rows.1"),
        ({**ROW, "age": 16}, "rows.1.age"),
        ({**ROW, "age": 40.5}, "rows.1.age"),
        ({**ROW, "age": True}, "rows.1.age"),
        ({**ROW, "age": float("nan")}, "rows.1.age"),
        ({**ROW, "age": float("inf")}, "rows.1.age"),
        ({**ROW, "age": 10**400}, "rows.1.age"),
        ({**ROW, "age": None}, "rows.1.age"),
        ({**ROW, "work": "private"}, "rows.1.work"),
        ({**ROW, "work": ["Private"]}, "rows.1.work"),
        ({**ROW, "sex": "Other"}, "rows.1.sex"),
        ({**ROW, "income": 1}, "rows.1.income"),
    ],
)
def test_names_the_value_that_is_wrong(tmp_path: Path, row: Json, field: str) -> None:
    result = run(tiny_tabular(tmp_path), [ROW, row])

    assert isinstance(result, RuntimeRefusal)
    assert result.field == field


@pytest.mark.parametrize("rows", [None, {}, [], [ROW] * 1001])
def test_refuses_what_is_not_a_list_of_rows(tmp_path: Path, rows: Any) -> None:
    result = run(tiny_tabular(tmp_path), rows)

    assert isinstance(result, RuntimeRefusal)
    assert result.field == "rows"


def test_the_schema_agrees_with_the_checks(tmp_path: Path) -> None:
    schema = TabularRuntime.signature(tiny_tabular(tmp_path)).input_schema

    jsonschema.validate({"rows": [ROW, {"age": 17, "work": "State", "sex": None}]}, schema)
    for wrong in ({**ROW, "age": 91}, {**ROW, "work": "none"}, {"age": 40}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"rows": [wrong]}, schema)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"columns": []}, "columns must be a list of 1 to 512 objects"),
        ({"columns": TABULAR["columns"][:1] * 2}, "columns with distinct names"),
        ({"columns": TABULAR["columns"][2:]}, "columns that make 1 to 16384 inputs"),
        ({"hidden": [10**9]}, "hidden must be a list of whole numbers from 1 to 4096"),
        ({"threshold": 1.5}, "threshold must be a number from 0 to 1"),
        ({"group_thresholds": {**GROUPS, "column": "age"}}, "column must be one of work, sex"),
        ({"group_thresholds": {"column": "sex", "thresholds": {"Male": 1}}}, "Female must be"),
    ],
)
def test_refuses_absurd_configs(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        TabularRuntime.signature(tiny_tabular(tmp_path, **change))
