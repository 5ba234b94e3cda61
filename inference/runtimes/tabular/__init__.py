"""Scores rows of a table with a small network whose whole schema stands in the config."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inference.runtimes.base import Json, Runtime, Schema, Signature
from inference.runtimes.config_file import Section, is_number, read_config

MOST_ROWS = 1000
_MOST_COLUMNS = 512
_MOST_FEATURES = 16_384
_BIGGEST = 1e15


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a number with its scaling, or a category with its known values.

    ``protected`` marks what fairness reports group by; an ``audit_only`` column is taken with
    a row but never reaches the network. ``missing`` is the category of an absent value.
    """

    name: str
    title: str
    description: str
    categories: tuple[str, ...]
    minimum: float
    maximum: float
    whole: bool
    mean: float
    scale: float
    protected: bool
    audit_only: bool
    missing: str | None
    example: Json

    @property
    def width(self) -> int:
        """How many inputs of the network this column fills."""
        return 0 if self.audit_only else max(1, len(self.categories))

    @property
    def is_required(self) -> bool:
        """Whether a row must give this column."""
        return self.missing is None and not self.audit_only

    @classmethod
    def read(cls, section: Section) -> Self:
        """Read one entry of ``columns``."""
        is_category = section.choice("kind", "number", "category") == "category"
        categories = section.texts("categories", most=2000) if is_category else ()
        minimum = 0.0 if is_category else section.number("minimum", -_BIGGEST, _BIGGEST)
        maximum = 0.0 if is_category else section.number("maximum", minimum, _BIGGEST)
        missing = section.choice("missing", *categories) if "missing" in section.values else None
        name = section.text("name", longest=64)
        return cls(
            name=name,
            title=section.text("title", default=name),
            description=section.text("description", longest=1000, default=name),
            categories=categories,
            minimum=minimum,
            maximum=maximum,
            whole=section.flag("whole", default=False),
            mean=section.number("mean", -_BIGGEST, _BIGGEST, default=0.0),
            scale=section.number("scale", 1e-12, _BIGGEST, default=1.0),
            protected=section.flag("protected", default=False),
            audit_only=section.flag("audit_only", default=False),
            missing=missing,
            example=_read_example(section, categories, minimum, maximum),
        )

    def schema(self) -> Schema:
        """Return the JSON Schema of a value of this column."""
        texts: Schema = {"title": self.title, "description": self.description}
        if not self.categories:
            kind = "integer" if self.whole else "number"
            return texts | {"type": kind, "minimum": self.minimum, "maximum": self.maximum}
        choices: list[Json] = list(self.categories)
        if self.is_required:
            return texts | {"type": "string", "enum": choices}
        return texts | {"type": ["string", "null"], "enum": [*choices, None]}


@dataclass(frozen=True, slots=True)
class TabularConfig:
    """The schema, the layers and the decision rule of a tabular version."""

    columns: tuple[Column, ...]
    hidden: tuple[int, ...]
    positive: str
    threshold: float
    group_column: str | None
    group_thresholds: Mapping[str, float]

    @property
    def features(self) -> int:
        """The width of the network's first layer."""
        return sum(column.width for column in self.columns)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read and check ``config.json``; raises ``BadModel``."""
        config = read_config(folder, runtime="tabular-mlp")
        columns = tuple(map(Column.read, config.sections("columns", most=_MOST_COLUMNS)))
        if len({column.name for column in columns}) != len(columns):
            raise config.bad("columns", "a list of columns with distinct names")
        group_column, group_thresholds = _read_groups(config, columns)
        read = cls(
            columns=columns,
            hidden=config.integers("hidden", most=8, low=1, high=4096),
            positive=config.text("positive", default="positive"),
            threshold=config.number("threshold", 0, 1, default=0.5),
            group_column=group_column,
            group_thresholds=group_thresholds,
        )
        if not 0 < read.features <= _MOST_FEATURES:
            raise config.bad("columns", f"columns that make 1 to {_MOST_FEATURES} inputs")
        return read


class TabularRuntime(Runtime):
    """Serves ``tabular-mlp`` versions."""

    name = "tabular-mlp"
    loader = "inference.runtimes.tabular.model.TabularModel"
    optional_files = ("training_record.json",)

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        config = TabularConfig.read(folder)
        return Signature(
            task="tabular-classification",
            input_schema=_input_schema(config),
            output_schema=_output_schema(config),
            meters=("requests", "rows"),
            example={"rows": [{column.name: column.example for column in config.columns}]},
        )


def _read_groups(
    config: Section, columns: tuple[Column, ...]
) -> tuple[str | None, Mapping[str, float]]:
    if "group_thresholds" not in config.values:
        return None, {}
    section = config.section("group_thresholds")
    categories = {column.name: column.categories for column in columns if column.categories}
    name = section.choice("column", *categories)
    thresholds = section.section("thresholds")
    return name, {group: thresholds.number(group, 0, 1) for group in categories[name]}


def _read_example(
    section: Section, categories: tuple[str, ...], minimum: float, maximum: float
) -> Json:
    if categories:
        return section.choice("example", *categories, default=categories[0])
    example = section.values.get("example", minimum)
    if not is_number(example) or not minimum <= example <= maximum:
        raise section.bad("example", "a number within the bounds of the column")
    return example


def _input_schema(config: TabularConfig) -> Schema:
    row: Schema = {
        "type": "object",
        "title": "Row",
        "properties": {column.name: column.schema() for column in config.columns},
        "required": [
            column.name
            for column in config.columns
            if column.is_required or column.name == config.group_column
        ],
        "additionalProperties": False,
    }
    rows: Schema = {
        "type": "array",
        "title": "Rows",
        "description": "Each row is scored on its own.",
        "items": row,
        "minItems": 1,
        "maxItems": MOST_ROWS,
    }
    return {
        "type": "object",
        "title": "Rows to score",
        "properties": {"rows": rows},
        "required": ["rows"],
        "additionalProperties": False,
    }


def _output_schema(config: TabularConfig) -> Schema:
    share: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    scored: dict[str, Schema] = {
        "probability": share | {"title": f"Probability of {config.positive}"},
        "decision": {"type": "boolean", "title": f"Decided as {config.positive}"},
    }
    if config.group_column:
        scored["threshold"] = share | {"title": f"Threshold for this {config.group_column}"}
    row: Schema = {"type": "object", "properties": scored, "required": list(scored)}
    return {
        "type": "object",
        "title": "Scores",
        "properties": {
            "rows": {"type": "array", "title": "Scored rows", "items": row},
            "threshold": share | {"title": "Decision threshold"},
        },
        "required": ["rows", "threshold"],
        "additionalProperties": False,
    }
