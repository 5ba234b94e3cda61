"""What components are given: frozen values that a page prepares and a template shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of a tab bar, a side navigation, or a segmented switch between pages."""

    label: str
    url: str
    is_current: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of a breadcrumb trail; the last one has no address."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and its value in a key-value list; ``mark`` is "measured" or "stated"."""

    label: str
    value: Any
    note: str = ""
    mark: str = ""
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a segmented form control."""

    value: str
    label: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A check or a stage: queued, running, passed, warning, failed or skipped."""

    title: str
    state: str = "queued"
    detail: str = ""
    duration: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time inside a trace; ``kind`` chooses its color."""

    name: str
    start_ms: float
    duration_ms: float
    detail: str = ""
    kind: str = "platform"


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a bar list; ``text`` is the value as people read it."""

    label: str
    value: float
    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code in one language; ``language`` is a name Pygments knows."""

    label: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, and how many results it would leave."""

    value: str
    label: str
    count: int | None = None
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of filters that share one query parameter."""

    title: str
    name: str
    values: Sequence[FacetValue] = ()
    is_open: bool = True
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A listing as browse, author and collection pages show it."""

    name: str
    url: str
    author: str
    task: str
    task_label: str
    summary: str = ""
    author_url: str = ""
    price: str = ""
    price_per: str = ""
    latency: str = ""
    license: str = ""
    measured: Sequence[str] = ()
    stated: Sequence[str] = ()
    state: str = ""
    compare_url: str = ""
    updated_at: datetime | None = None
    tags: Sequence[str] = field(default=())


# state: (tone, icon, label)
STATES: Mapping[str, tuple[str, str, str]] = {
    "starting": ("info", "pending", "Starting"),
    "queued": ("neutral", "clock", "Queued"),
    "pending": ("warning", "clock", "Pending"),
    "processing": ("info", "loader", "Processing"),
    "running": ("info", "loader", "Running"),
    "succeeded": ("success", "success", "Succeeded"),
    "passed": ("success", "success", "Passed"),
    "failed": ("danger", "failed", "Failed"),
    "refused": ("danger", "failed", "Refused"),
    "uploading": ("info", "upload", "Uploading"),
    "checking": ("info", "loader", "Checking"),
    "abandoned": ("neutral", "stop", "Abandoned"),
    "quarantined": ("danger", "shield-alert", "Quarantined"),
    "canceled": ("neutral", "stop", "Canceled"),
    "skipped": ("neutral", "minus", "Skipped"),
    "warning": ("warning", "warning", "Warning"),
    "active": ("success", "success", "Active"),
    "live": ("success", "success", "Live"),
    "published": ("success", "success", "Published"),
    "ready": ("success", "success", "Ready"),
    "draft": ("neutral", "pencil", "Draft"),
    "paused": ("warning", "pause", "Paused"),
    "arriving": ("info", "download", "Arriving"),
    "retiring": ("warning", "clock", "Retiring"),
    "retired": ("neutral", "file-x", "Retired"),
    "discarded": ("neutral", "trash", "Discarded"),
    "revoked": ("danger", "failed", "Revoked"),
    "expired": ("neutral", "clock", "Expired"),
    "test": ("violet", "sparkles", "Test"),
    "open": ("info", "pending", "Open"),
    "paid": ("success", "success", "Paid"),
    "overdue": ("danger", "warning", "Overdue"),
}

TASK_ICONS: Mapping[str, str] = {
    "text-generation": "chat",
    "chat": "chat",
    "feature-extraction": "embedding",
    "sentence-similarity": "embedding",
    "embeddings": "embedding",
    "tabular-classification": "table",
    "tabular-regression": "table",
    "text-classification": "text",
    "language-identification": "languages",
    "time-series-forecasting": "forecast",
    "forecasting": "forecast",
    "image-classification": "image",
    "object-detection": "detection",
    "face-detection": "detection",
    "automatic-speech-recognition": "audio",
    "speech-recognition": "audio",
    "voice-activity-detection": "audio",
    "prompt-injection-detection": "shield",
    "moderation": "shield",
}


def state_of(name: str) -> tuple[str, str, str]:
    """Return tone, icon and label of a state; an unknown one is shown as it is named."""
    return STATES.get(name, ("neutral", "pending", name.replace("_", " ").capitalize()))


@lru_cache(maxsize=256)
def icon_paths(name: str) -> SafeString:
    """Return the inside of an icon's SVG; raises ``TemplateDoesNotExist``."""
    return mark_safe(get_template(f"ui/icons/{name}.svg").render().strip())  # noqa: S308 our own files


def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """Return an icon as inline SVG: decoration, unless a label gives it a meaning."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon icon--{}" width="{}" height="{}" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-width="1.75" stroke-linecap="round"'
        ' stroke-linejoin="round" {}>{}</svg>',
        name,
        size,
        size,
        mark_safe(meaning),  # noqa: S308 escaped above
        icon_paths(name),
    )


def html_attributes(values: Mapping[str, Any]) -> SafeString:
    """Write HTML attributes: ``hx_post`` becomes ``hx-post``, True a bare name, False none."""
    given = [
        (name.rstrip("_").replace("_", "-"), value)
        for name, value in values.items()
        if value is not None and value is not False and value != ""
    ]
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in given
        ),
    )


def initials(name: str) -> str:
    """Return one or two letters standing for a name."""
    words = [word for word in name.replace("-", " ").replace(".", " ").split() if word]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters).upper() or "?"


def hue_of(name: str) -> int:
    """Return which of six tones a name always gets."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(name)) % 6 + 1


def readable_ms(milliseconds: float) -> str:
    """Write a duration as people read it: ``0.4 ms``, ``180 ms``, ``1.24 s``, ``2 m 05 s``."""
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.2f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes} m {seconds:02d} s"


def readable_bytes(count: float) -> str:
    """Write a size as people read it, in units of 1000: ``84 bytes``, ``1.5 MB``."""
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} bytes"


def compact_number(number: float) -> str:
    """Write a number short: ``950``, ``12.3k``, ``4.56M``, ``1.2B``."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:,.4g}"
