"""An answer for people: bars, boxes, a forecast, a decision, or text."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billing.pricing import meter_of
from catalog.languages import LANGUAGES
from inference.selectors.documents import cost_of
from inference.trying.transcripts import TranscriptView, transcript_of
from marketplace.core.charts import Fan, HorizontalBars
from marketplace.core.money import format_money
from marketplace.core.ui import Pair, readable_ms

if TYPE_CHECKING:
    from inference.models import Prediction

SHOWN_LABELS = 5
SHOWN_PAST = 96
BANDS = (("80 %", "0.1", "0.9"), ("60 %", "0.2", "0.8"), ("40 %", "0.3", "0.7"))
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that was sent, and boxes over it as JSON in shares of its sides."""

    source: str
    boxes: str
    count: int

    @property
    def words(self) -> str:
        """Say how many faces were found."""
        return f"{self.count} face{'' if self.count == 1 else 's'} found"


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """Rows of a table with their scores: ``head`` names columns, scores before inputs."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class ResultView:
    """A finished call for the page; ``charts`` and ``picture`` suit the task."""

    prediction: "Prediction"
    is_well: bool
    problem: str
    text: str
    charts: Sequence[Any]
    picture: Picture | None
    transcript: TranscriptView | None
    rows: ScoredRows | None
    pairs: Sequence[Pair]
    facts: Sequence[Pair]
    raw: str


def result_view(prediction: "Prediction") -> ResultView:
    """Return the view of a finished prediction."""
    output = prediction.output if isinstance(prediction.output, dict) else {}
    sent = prediction.input if isinstance(prediction.input, dict) else {}
    task = str(prediction.version.signature.get("task", ""))
    return ResultView(
        prediction=prediction,
        is_well=prediction.status == "succeeded",
        problem=str((prediction.error or {}).get("detail", "")),
        text=str(output.get("message", {}).get("content", "")),
        charts=list(_charts(task, sent, output)),
        picture=_picture(sent, output),
        transcript=transcript_of(sent, output),
        rows=_rows(prediction.version.signature, sent, output),
        pairs=_pairs(output),
        facts=facts_of(prediction),
        raw=json.dumps(prediction.output, indent=2, ensure_ascii=False)[:20_000],
    )


def facts_of(prediction: "Prediction") -> list[Pair]:
    """Return what a call cost and where it ran."""
    cost = cost_of(prediction)
    facts = [Pair("Version", f"{prediction.version.number}, {prediction.version_digest[:12]}…")]
    if cost:
        money = format_money(cost["nano"], cost["currency"])
        facts.append(Pair("Cost", money, note="test money"))
    run = prediction.timings_ms.get("run") or prediction.timings_ms.get("total")
    if run is not None:
        facts.append(Pair("Time", readable_ms(run)))
    used = [meter_of(code).count(quantity) for code, quantity in prediction.usage.items()]
    if used:
        facts.append(Pair("Used", ", ".join(used)))
    return facts


def _charts(task: str, sent: Json, output: Json) -> Any:
    words = _language if task == "language-identification" else str
    for text, labels in zip(sent.get("texts", ()), output.get("results", ()), strict=False):
        yield _bars(text[:80], labels, words)
    if len(output.get("embeddings", ())) > 1:
        yield _similarities(sent["texts"], output["embeddings"])
    if "labels" in output:
        yield _bars("What the picture shows", output["labels"])
    if "median" in output:
        yield _forecast(sent["series"], output)


def _bars(title: str, labels: Sequence[Json], words: Callable[[str], str] = str) -> HorizontalBars:
    return HorizontalBars(
        title=title,
        caption=title,
        description="The likeliest labels and their scores.",
        rows=[(words(str(one["label"])), float(one["score"])) for one in labels[:SHOWN_LABELS]],
        maximum=1.0,
        format=lambda value: f"{value:.3f}",
    )


def _forecast(series: Sequence[Any], output: Json) -> Fan:
    past = [float(value) for value in series if value is not None][-SHOWN_PAST:]
    quantiles = output["quantiles"]
    return Fan(
        title="Forecast",
        x_title="Steps from the last value given",
        y_title="Value",
        description="The past, the median, and bands that hold the future with their probability.",
        labels=[str(step) for step in range(1 - len(past), len(output["median"]) + 1)],
        past=past,
        median=output["median"],
        bands=[
            (name, quantiles[low], quantiles[high])
            for name, low, high in BANDS
            if low in quantiles and high in quantiles
        ],
    )


def _picture(sent: Json, output: Json) -> Picture | None:
    if "boxes" not in output or "image" not in sent:
        return None
    width, height = output["width"], output["height"]
    boxes = [
        {
            "label": "face",
            "score": round(one["score"], 3),
            "box": [
                one["box"][0] / width,
                one["box"][1] / height,
                one["box"][2] / width,
                one["box"][3] / height,
            ],
        }
        for one in output["boxes"]
    ]
    return Picture(as_data_uri(sent["image"]), json.dumps(boxes), len(boxes))


def as_data_uri(image: str) -> str:
    """Return a picture as a data URI, whichever of the two accepted forms it came in."""
    if image.startswith("data:"):
        return image
    head = base64.b64decode(image[:64] + "=" * (-len(image[:64]) % 4))
    kind = "png" if head[:4] == b"\x89PNG" else "webp" if head[:4] == b"RIFF" else "jpeg"
    return f"data:image/{kind};base64,{image}"


def _pairs(output: Json) -> list[Pair]:
    vectors = output.get("embeddings", ())
    return [Pair("Dimensions", f"{len(vectors[0]):,}")] if vectors else []


def _rows(signature: Mapping[str, Any], sent: Json, output: Json) -> ScoredRows | None:
    """Return the rows that were sent beside what was decided about each."""
    scored, given = output.get("rows"), sent.get("rows")
    if not scored or not given:
        return None
    properties = signature["input_schema"]["properties"]["rows"]["items"]["properties"]
    columns = [name for name in properties if any(name in row for row in given)]
    names = [str(properties[name].get("title") or name) for name in columns]
    return ScoredRows(
        head=["Decision", "Probability", *names],
        rows=[
            [*_decision(after), *(_cell(before.get(name)) for name in columns)]
            for before, after in zip(given, scored, strict=True)
        ],
    )


def _decision(row: Json) -> list[str]:
    return ["Yes" if row["decision"] else "No", f"{row['probability']:.3f}"]


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _similarities(texts: Sequence[str], vectors: Sequence[Sequence[float]]) -> HorizontalBars:
    """Draw how near each text is to the first; vectors have length one."""
    first = vectors[0]
    near = [sum(a * b for a, b in zip(first, vector, strict=True)) for vector in vectors[1:]]
    title = f"Similarity to “{texts[0][:80]}”"
    return HorizontalBars(
        title=title,
        caption=title,
        description="The cosine of each text's vector and the first's: 1 means the same.",
        rows=[(text[:80], value) for text, value in zip(texts[1:], near, strict=True)],
        maximum=1.0,
        format=lambda value: f"{value:.3f}",
    )


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)
