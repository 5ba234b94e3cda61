"""Charts: safe, readable without color, and honest about their numbers."""

import re

import pytest

from marketplace.core.charts import (
    Fan,
    HorizontalBars,
    LineChart,
    Series,
    StackedBars,
    axis_words,
    fan_range,
    label_words,
    scale_top,
)

DAYS = ["Nov 1", "Nov 2"]
COSTS = [Series("Chat", [3, 1]), Series("Tags", [1, 0])]


def stacked(series: list[Series]) -> str:
    return StackedBars("Cost", "Two days.", DAYS, series, lambda value: f"${value:g}").render()


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1.0), (4, 4.0), (4.1, 6.0), (7.6, 8.0), (93, 100.0), (0.0031, 0.004)]
)
def test_the_axis_ends_at_a_round_number(most, top):
    assert scale_top(most) == pytest.approx(top)


def test_the_axis_has_five_words_from_the_top_down():
    assert axis_words(0, 8, lambda value: f"{value:g}") == ["8", "6", "4", "2", "0"]


def test_of_many_labels_five_are_shown():
    assert label_words([str(day) for day in range(1, 31)]) == ["1", "8", "15", "23", "30"]
    assert label_words(DAYS) == DAYS


def test_parts_are_stacked_from_the_base():
    shown = stacked(COSTS)
    bars = re.findall(
        r'chart__bar series-(\d)" x="\S+" y="(\S+)" width="\S+" height="(\S+)"', shown
    )

    assert bars == [("1", "25", "75"), ("2", "0", "25"), ("1", "75", "25")]


def test_a_column_says_its_values():
    shown = stacked(COSTS)

    assert 'data-tip="Nov 1\nChat: $3\nTags: $1"' in shown
    assert 'data-tip="Nov 2\nChat: $1"' in shown


def test_the_same_numbers_stand_in_a_table():
    shown = stacked(COSTS)

    assert '<th scope="row">Nov 1</th><td class="number">$3</td><td class="number">$1</td>' in shown


def test_the_drawing_has_a_name_in_words():
    assert 'role="img" aria-label="Cost. Two days."' in stacked(COSTS)


@pytest.mark.parametrize("series", [[], [Series("Chat", [0, 0])]])
def test_nothing_to_draw_is_said(series):
    shown = stacked(series)

    assert "Nothing in this time" in shown
    assert "chart__plot" not in shown


def test_names_are_escaped():
    shown = stacked([Series("<script>", [1, 2])])

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_charts_have_no_inline_style():
    assert "style=" not in stacked(COSTS)


def test_a_seventh_series_shares_the_last_color():
    shown = stacked([Series(str(place), [1, 1]) for place in range(8)])

    assert "series-6" in shown
    assert "series-7" not in shown


def test_a_line_goes_through_every_value():
    shown = LineChart("Latency", "", DAYS, [Series("p50", [2, 4])]).render()

    assert 'class="chart__line series-1" d="M0 50L100 0"' in shown


def test_a_line_chart_without_values_says_so():
    assert "Nothing in this time" in LineChart("Latency", "", [], []).render()


def fan() -> Fan:
    band = ("90 %", [8.0, 6.0], [12.0, 14.0])
    return Fan("Sales", "", ["1", "2", "3", "4"], [10.0, 11.0], [10.0, 10.0], [band])


def test_a_forecast_begins_where_the_past_ends():
    shown = fan().render()

    assert 'class="chart__now" d="M33.33 0V100"' in shown
    assert 'class="chart__band series-1" d="M33.33 ' in shown


def test_a_forecast_keeps_every_value_inside_its_axis():
    low, high = fan_range(fan())

    assert low <= 6
    assert high >= 14


def test_a_forecast_tells_its_bands_in_numbers():
    shown = fan().render()

    assert '<th scope="col" class="number">90 % from</th>' in shown
    assert '<th scope="row">3</th><td class="number">10</td><td class="number">8</td>' in shown


def test_a_forecast_that_is_flat_can_be_drawn():
    flat = Fan("Sales", "", ["1", "2"], [5.0], [5.0])

    assert "chart__line" in flat.render()


def test_an_empty_forecast_says_so():
    assert "No forecast yet" in Fan("Sales", "", [], [], []).render()


def test_rows_are_measured_against_the_longest():
    shown = HorizontalBars("Tags", "", [("cat", 0.8), ("dog", 0.2)], lambda v: f"{v:.0%}").render()

    assert re.findall(r'width="(\S+)%" height', shown) == ["100", "100", "100", "25"]
    assert '<span class="chart__amount">20%</span>' in shown


def test_rows_are_measured_against_a_given_maximum():
    shown = HorizontalBars("Tags", "", [("cat", 0.8)], maximum=1).render()

    assert 'width="80%"' in shown


def test_no_rows_say_so():
    assert "No values" in HorizontalBars("Tags", "", []).render()


def test_rows_may_have_a_visible_caption_and_whiskers():
    rows, between = [("cat", 0.4)], [(0.2, 0.8)]

    shown = HorizontalBars("Tags", "", rows, intervals=between, caption="<b>").render()

    assert '<figcaption class="chart__caption">&lt;b&gt;</figcaption>' in shown
    assert '<line class="bar__whisker" x1="25%" x2="100%" y1="50%" y2="50%">' in shown
    assert 'width="50%"' in shown
    assert "figcaption" not in HorizontalBars("Tags", "", rows).render()
