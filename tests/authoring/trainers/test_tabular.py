"""The trainer of the income scorer, on a hundred made-up people a group."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from authoring.trainers.adult import AdultRows, NotAdult, read_adult, write_evaluation_rows
from authoring.trainers.tabular import TabularRecipe, derive_parity, measure, train_income_scorer
from inference.runtimes.tabular import TabularConfig, TabularRuntime

RECIPE = TabularRecipe(hidden=(8,), epochs=6, rows=32, learning_rate=2e-2)
PERSON = {
    "age": 40,
    "workclass": "Private",
    "education": "HS-grad",
    "education_num": 9,
    "marital_status": "Divorced",
    "occupation": "?",
    "relationship": "Unmarried",
    "race": "White",
    "sex": "Male",
    "capital_gain": 0,
    "capital_loss": 0,
    "hours_per_week": 40,
    "native_country": "United-States",
}


def people(seed: int, n: int = 400) -> AdultRows:
    """Draw people whose income follows their education, and women's less often."""
    dice = random.Random(seed)
    features, labels = [], []
    for _ in range(n):
        grade, sex = dice.randrange(1, 17), dice.choice(["Female", "Male"])
        workclass = dice.choice(["Private", "?"])
        features.append({**PERSON, "education_num": grade, "sex": sex, "workclass": workclass})
        labels.append(int(grade + (3 if sex == "Male" else -3) + dice.gauss(0, 1) > 9))
    return AdultRows(tuple(features), tuple(labels), f"{seed:064d}")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("income")
    train_income_scorer(people(1), people(2), folder, recipe=RECIPE)
    return folder


def test_learns_what_decides_income(base: Path) -> None:
    quality = measure(base, people(3))

    assert quality.accuracy > 0.9
    assert quality.area_under_curve > 0.97
    assert quality.fairness["sex"]["demographic_parity_ratio"] < 0.8


def test_the_record_tells_how_to_make_it_again(base: Path) -> None:
    record = json.loads((base / "training_record.json").read_text())

    assert record["recipe"]["seed"] == RECIPE.seed
    assert record["training_sha256"] == f"{1:064d}"
    assert record["training_rows"] == 400
    assert record["parameters"] == sum(
        tensor.numel() for tensor in load_file(base / "model.safetensors").values()
    )
    assert record["quality"] == json.loads(json.dumps(record["quality"]))
    assert "seconds" not in json.dumps(record)


def test_training_again_gives_the_same_bytes_with_any_number_of_threads(
    base: Path, tmp_path: Path
) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        train_income_scorer(people(1), people(2), tmp_path, recipe=RECIPE)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)

    for path in base.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_another_seed_gives_other_weights(base: Path, tmp_path: Path) -> None:
    train_income_scorer(people(1), people(2), tmp_path, recipe=replace(RECIPE, seed=1))

    weights = "model.safetensors"
    assert (tmp_path / weights).read_bytes() != (base / weights).read_bytes()


def test_the_schema_is_the_platforms(base: Path) -> None:
    schema = TabularRuntime.signature(base).input_schema["properties"]["rows"]["items"]

    assert list(schema["properties"]) == list(PERSON)
    assert schema["properties"]["sex"]["enum"] == ["Female", "Male"]
    assert "workclass" not in schema["required"]
    assert schema["properties"]["hours_per_week"]["maximum"] == 168


def test_protected_columns_may_be_kept_from_the_network(tmp_path: Path) -> None:
    recipe = replace(RECIPE, uses_protected=False)

    train_income_scorer(people(1), people(2), tmp_path, recipe=recipe)

    columns = {column.name: column for column in TabularConfig.read(tmp_path).columns}
    assert columns["sex"].audit_only
    assert columns["sex"].protected
    assert not columns["age"].audit_only


def test_parity_selects_groups_alike_and_costs_accuracy(base: Path, tmp_path: Path) -> None:
    record = derive_parity(base, people(1), people(1), tmp_path)

    before, after = measure(base, people(1)), record.quality
    assert after.fairness["sex"]["demographic_parity_ratio"] > 0.95
    assert after.accuracy < before.accuracy
    assert after.selection_rate == pytest.approx(before.selection_rate, abs=0.05)
    assert record.thresholds["Female"] < 0.5 < record.thresholds["Male"]


def test_parity_keeps_the_weights_of_its_base(base: Path, tmp_path: Path) -> None:
    derive_parity(base, people(1), people(2), tmp_path)

    weights = "model.safetensors"
    assert (tmp_path / weights).read_bytes() == (base / weights).read_bytes()
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["group_thresholds"]["column"] == "sex"
    assert sorted(config["group_thresholds"]["thresholds"]) == ["Female", "Male"]


def test_only_the_published_bytes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "adult.data"
    path.write_text("39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical\n")

    with pytest.raises(NotAdult, match=r"adult\.data has SHA-256"):
        read_adult(path)


def test_evaluation_rows_carry_label_and_groups(tmp_path: Path) -> None:
    rows = people(5, n=10)

    assert write_evaluation_rows(rows, tmp_path / "rows.jsonl", every=4) == 3
    written = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [row["label"] for row in written] == list(rows.labels[::4])
    assert written[1]["features"] == rows.features[4]
    assert written[1]["groups"] == {"sex": rows.features[4]["sex"], "race": "White"}
