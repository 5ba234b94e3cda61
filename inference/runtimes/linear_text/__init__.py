"""Linear classifiers of text: a vectorizer, one weight matrix, a softmax."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, cast

from inference.runtimes.base import Runtime, Schema, Signature
from inference.runtimes.config_file import Section, read_config

MOST_TEXTS = 64
LONGEST_TEXT = 20_000
_MOST_FEATURES = 2_000_000
Analyzer = Literal["word", "char_wb"]


@dataclass(frozen=True, slots=True)
class Block:
    """The n-grams of one analyzer, weighted by tf-idf and scaled to unit length."""

    analyzer: Analyzer
    shortest: int
    longest: int
    sublinear: bool
    size: int

    @classmethod
    def read(cls, section: Section) -> Self:
        """Read one entry of ``vectorizer.blocks``."""
        shortest = section.integer("shortest", 1, 8)
        return cls(
            analyzer=cast(Analyzer, section.choice("analyzer", "word", "char_wb")),
            shortest=shortest,
            longest=section.integer("longest", shortest, 8),
            sublinear=section.flag("sublinear", default=False),
            size=section.integer("size", 1, _MOST_FEATURES),
        )


@dataclass(frozen=True, slots=True)
class Automaton:
    """The size of a byte automaton whose states count features."""

    states: int
    outputs: int
    size: int

    @classmethod
    def read(cls, section: Section) -> Self:
        """Read ``vectorizer``."""
        return cls(
            states=section.integer("states", 1, 65_536),
            outputs=section.integer("outputs", 1, 10_000_000),
            size=section.integer("size", 1, _MOST_FEATURES),
        )


@dataclass(frozen=True, slots=True)
class Flag:
    """Flags a text when all labels but ``safe`` together reach ``threshold``."""

    safe: str
    threshold: float


@dataclass(frozen=True, slots=True)
class LinearTextConfig:
    """Labels and vectorizer of a version; exactly one of blocks and automaton is there."""

    task: str
    labels: tuple[str, ...]
    blocks: tuple[Block, ...]
    automaton: Automaton | None
    flag: Flag | None
    top_k: int
    examples: tuple[str, ...]

    @property
    def features(self) -> int:
        """How many features the weight matrix has."""
        if self.automaton:
            return self.automaton.size
        return sum(block.size for block in self.blocks)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read and check ``config.json``; raises ``BadModel``."""
        config = read_config(folder, runtime="linear-text")
        labels = config.texts("labels", most=10_000)
        vectorizer = config.section("vectorizer")
        is_tfidf = vectorizer.choice("kind", "tfidf", "byte-automaton") == "tfidf"
        read = cls(
            task=config.choice(
                "task",
                "text-classification",
                "language-identification",
                default="text-classification",
            ),
            labels=labels,
            blocks=tuple(map(Block.read, vectorizer.sections("blocks", most=8)))
            if is_tfidf
            else (),
            automaton=None if is_tfidf else Automaton.read(vectorizer),
            flag=_read_flag(config, labels),
            top_k=config.integer("top_k", 1, len(labels), default=min(5, len(labels))),
            examples=config.texts("examples", most=8, longest=2000),
        )
        if read.features * len(labels) > 500_000_000:
            raise config.bad("labels", "fewer, for so many features")
        return read


class LinearTextRuntime(Runtime):
    """Serves ``linear-text`` versions."""

    name = "linear-text"
    loader = "inference.runtimes.linear_text.model.LinearText"
    optional_files = ("vocabulary.json",)

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        config = LinearTextConfig.read(folder)
        return Signature(
            task=config.task,
            input_schema=_input_schema(config),
            output_schema=_output_schema(config),
            meters=("requests", "input_characters"),
            example={"texts": list(config.examples)},
        )


def _read_flag(config: Section, labels: tuple[str, ...]) -> Flag | None:
    if "flag" not in config.values:
        return None
    section = config.section("flag")
    return Flag(section.choice("safe", *labels), section.number("threshold", 0, 1))


def _input_schema(config: LinearTextConfig) -> Schema:
    return {
        "type": "object",
        "title": "Texts to classify",
        "properties": {
            "texts": {
                "type": "array",
                "title": "Texts",
                "description": "Each text is classified on its own.",
                "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
                "minItems": 1,
                "maxItems": MOST_TEXTS,
            },
            "top_k": {
                "type": "integer",
                "title": "Labels to return",
                "description": "How many of the most likely labels are returned for each text.",
                "minimum": 1,
                "maximum": len(config.labels),
                "default": config.top_k,
            },
        },
        "required": ["texts"],
        "additionalProperties": False,
    }


def _output_schema(config: LinearTextConfig) -> Schema:
    score: Schema = {"type": "number", "title": "Score", "minimum": 0, "maximum": 1}
    label: Schema = {"type": "string", "title": "Label", "enum": list(config.labels)}
    ranked = _list_of("Labels, most likely first", {"label": label, "score": score})
    properties = {"results": {"type": "array", "title": "Results", "items": ranked}}
    if config.flag:
        flagged: Schema = {"type": "boolean", "title": "Flagged"}
        properties["flags"] = _list_of(
            f"Texts flagged as other than {config.flag.safe}", {"flagged": flagged, "score": score}
        )
    return {
        "type": "object",
        "title": "Labels",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(title: str, properties: dict[str, Schema]) -> Schema:
    item: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "array", "title": title, "items": item}
