"""Small drawings beside text."""

import pytest

from marketplace.core.drawing import number, path_through, share, sparkline, tone_of_use
from marketplace.core.drawing import render_trace as draw_trace
from marketplace.core.ui import Span


@pytest.mark.parametrize(
    ("value", "maximum", "expected"), [(1, 4, 0.25), (5, 4, 1.0), (-1, 4, 0.0), (1, 0, 0.0)]
)
def test_a_share_stays_between_nothing_and_all(value, maximum, expected):
    assert share(value, maximum) == expected


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (0.5, "0.5"), (33.3333, "33.33"), (0, "0")])
def test_coordinates_are_short(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("used", "tone"), [(0.79, "accent"), (0.8, "warning"), (0.99, "warning"), (1, "danger")]
)
def test_the_tone_of_a_limit_rises_with_its_use(used, tone):
    assert tone_of_use(used) == tone


def test_a_path_goes_through_its_points():
    assert path_through([(0, 1), (50, 2.5)]) == "M0 1L50 2.5"
    assert path_through([]) == ""


def test_a_sparkline_reaches_from_low_to_high():
    assert 'd="M0 26L100 4"' in sparkline([3, 9])


def test_a_flat_sparkline_lies_in_the_middle():
    assert 'd="M0 15L100 15"' in sparkline([3, 3])


def test_one_value_makes_no_line():
    assert sparkline([3]) == ""


def test_a_sparkline_with_a_label_is_a_picture():
    assert 'role="img" aria-label="rises"' in sparkline([1, 2], "rises")
    assert 'aria-hidden="true"' in sparkline([1, 2])


def test_a_very_short_span_can_still_be_seen():
    shown = draw_trace([Span("Run", 0, 1000), Span("Settle", 1000, 0.01)], label="Trace")

    assert 'x="99.6%" width="0.4%"' in shown


def test_a_trace_without_spans_is_empty():
    assert "trace__row" not in draw_trace([], label="Trace").replace("trace__rows", "")
