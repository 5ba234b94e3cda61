"""An answer for people: bars, boxes, a forecast, a decision, or text."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inference.selectors.documents import cost_of
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


@dataclass(frozen=True, slots=True)
class ResultView:
    """A finished call for the page; ``charts`` and ``picture`` suit the task."""

    prediction: "Prediction"
    is_well: bool
    problem: str
    text: str
    charts: Sequence[Any]
    picture: Picture | None
    pairs: Sequence[Pair]
    facts: Sequence[Pair]
    raw: str


def result_view(prediction: "Prediction") -> ResultView:
    """Return the view of a finished prediction."""
    output = prediction.output if isinstance(prediction.output, dict) else {}
    sent = prediction.input if isinstance(prediction.input, dict) else {}
    return ResultView(
        prediction=prediction,
        is_well=prediction.status == "succeeded",
        problem=str((prediction.error or {}).get("detail", "")),
        text=str(output.get("message", {}).get("content", "")),
        charts=list(_charts(sent, output)),
        picture=_picture(sent, output),
        pairs=_pairs(sent, output),
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
    facts += [
        Pair(name.replace("_", " ").capitalize(), f"{count:,}")
        for name, count in prediction.usage.items()
    ]
    return facts


def _charts(sent: Json, output: Json) -> Any:
    for text, labels in zip(sent.get("texts", ()), output.get("results", ()), strict=False):
        yield _bars(text[:80], labels)
    if "labels" in output:
        yield _bars("What the picture shows", output["labels"])
    if "median" in output:
        yield _forecast(sent["series"], output)


def _bars(title: str, labels: Sequence[Json]) -> HorizontalBars:
    return HorizontalBars(
        title=title,
        description="The likeliest labels and their scores.",
        rows=[(str(one["label"]), float(one["score"])) for one in labels[:SHOWN_LABELS]],
        maximum=1.0,
        format=lambda value: f"{value:.3f}",
    )


def _forecast(series: Sequence[Any], output: Json) -> Fan:
    past = [float(value) for value in series if value is not None][-SHOWN_PAST:]
    quantiles = output["quantiles"]
    return Fan(
        title="Forecast",
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


def _pairs(sent: Json, output: Json) -> list[Pair]:
    if "embeddings" in output:
        return _similarities(sent["texts"], output["embeddings"])
    rows = output.get("rows", ())
    return [pair for row in rows for pair in _decision(row)]


def _decision(row: Json) -> list[Pair]:
    return [
        Pair("Probability", f"{row['probability']:.3f}"),
        Pair("Decision", "Yes" if row["decision"] else "No"),
    ]


def _similarities(texts: Sequence[str], vectors: Sequence[Sequence[float]]) -> list[Pair]:
    first = vectors[0]
    found = [
        Pair(text[:80], f"{sum(a * b for a, b in zip(first, vector, strict=True)):.3f}")
        for text, vector in zip(texts[1:], vectors[1:], strict=True)
    ]
    size = Pair("Dimensions", str(len(first)))
    return [size, *found]
