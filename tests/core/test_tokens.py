"""Colors: every ink reads on every surface, in light and in dark."""

import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
COLORS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS
    )
}
SURFACES = ("page", "surface", "sunken", "raised", "hover")
INKS = ("ink", "ink-soft", "ink-faint", "accent-ink", "clay-ink", "success-ink", "warning-ink")
PAIRS = [
    *((ink, surface) for ink in (*INKS, "danger-ink", "violet-ink") for surface in SURFACES),
    *((f"{tone}-ink", f"{tone}-soft") for tone in ("accent", "clay", "success", "warning")),
    *((f"{tone}-ink", f"{tone}-soft") for tone in ("danger", "violet")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *((ink, "code-page") for ink in COLORS if ink.startswith("code-") and ink != "code-page"),
]
SHAPES = [
    *((f"chart-{place}", surface) for place in range(1, 7) for surface in ("page", "surface")),
    *((shape, surface) for shape in ("line-strong", "focus") for surface in SURFACES[:4]),
    *((shape, "surface") for shape in ("success", "warning", "danger", "clay", "accent")),
]


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "surface"), PAIRS)
def test_text_reads_on_its_surface(ink, surface, theme):
    assert contrast(COLORS[ink][theme], COLORS[surface][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "surface"), SHAPES)
def test_shapes_stand_out_from_their_surface(shape, surface, theme):
    assert contrast(COLORS[shape][theme], COLORS[surface][theme]) >= 3


def test_components_take_colors_from_tokens():
    loose = []
    for sheet in (settings.BASE_DIR / "static/css/ui").glob("*.css"):
        text = sheet.read_text().replace("light-dark(#", "light-dark(")
        if sheet.name in {"try.css", "form.css", "walk.css"}:
            continue  # pictures and codes keep one color on any theme
        loose += [(sheet.name, color) for color in re.findall(r": (#[0-9a-f]{3,8});", text)]

    assert loose == []
