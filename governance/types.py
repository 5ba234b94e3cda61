"""Results of examinations, as plain Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number with how many rows it rests on and its 95 % interval, where one exists."""

    name: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None
    unit: str = ""
    higher_is_better: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "name": self.name,
            "value": self.value,
            "n": self.n,
            "interval": None if self.low is None else [self.low, self.high],
            "unit": self.unit,
            "higher_is_better": self.higher_is_better,
        }


@dataclass(frozen=True, slots=True)
class Scored:
    """What a suite makes of a model's outputs; ``report`` holds tables for people."""

    metrics: tuple[Metric, ...]
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suite:
    """A fixed examination: rows in, inputs for the model, outputs scored.

    ``dataset`` names a file of ``governance/datasets``; ``to_input`` makes a call of a row;
    ``score`` takes the rows and the outputs in the same order; ``fits`` tells from a
    version's signature and files whether the suite makes sense for it.
    """

    id: str
    version: int
    kind: str
    title: str
    explains: str
    task: str
    dataset: str
    to_input: Callable[[Row], dict[str, Any]]
    score: Callable[[Sequence[Row], Sequence[Any]], Scored]
    fits: Callable[[dict[str, Any]], bool] = lambda signature: True


@dataclass(frozen=True, slots=True)
class CardFact:
    """One line of a model card and whose word it is: ``measured`` by Stoa, or ``stated``."""

    label: str
    value: str
    is_measured: bool
    evidence_id: str = ""


@dataclass(frozen=True, slots=True)
class CardSection:
    """Lines of a model card under a heading."""

    title: str
    facts: tuple[CardFact, ...]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything that is known of a version, each line marked measured or stated."""

    title: str
    digest: str
    sections: tuple[CardSection, ...]

    @property
    def measured(self) -> int:
        """Return how many lines the platform measured."""
        return sum(fact.is_measured for section in self.sections for fact in section.facts)

    @property
    def stated(self) -> int:
        """Return how many lines are the author's word."""
        return sum(not fact.is_measured for section in self.sections for fact in section.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "title": self.title,
            "version_digest": self.digest,
            "sections": [
                {
                    "title": section.title,
                    "facts": [
                        {
                            "label": fact.label,
                            "value": fact.value,
                            "source": "measured" if fact.is_measured else "stated",
                            "evidence": fact.evidence_id or None,
                        }
                        for fact in section.facts
                    ],
                }
                for section in self.sections
            ],
        }

    def as_markdown(self) -> str:
        """Return the card as a document."""
        lines = [f"# {self.title}", "", f"Version digest `{self.digest}`.", ""]
        for section in self.sections:
            lines += [f"## {section.title}", "", "| | | source |", "|---|---|---|"]
            lines += [_markdown_line(fact) for fact in section.facts]
            lines.append("")
        return "\n".join(lines)


def _markdown_line(fact: CardFact) -> str:
    value = fact.value.replace("|", "\\|").replace("\n", " ")
    return f"| {fact.label} | {value} | {'measured' if fact.is_measured else 'stated'} |"
