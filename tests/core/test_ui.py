"""Values and marks that components share."""

import pytest
from django.template import TemplateDoesNotExist

from marketplace.core import ui


def test_an_icon_is_decoration_unless_it_is_named():
    assert 'aria-hidden="true"' in ui.icon("check")
    assert 'role="img" aria-label="Done"' in ui.icon("check", label="Done")


def test_the_name_of_an_icon_is_escaped():
    assert 'aria-label="&lt;b&gt;"' in ui.icon("check", label="<b>")


def test_an_unknown_icon_fails_loudly():
    with pytest.raises(TemplateDoesNotExist):
        ui.icon("no-such-icon")


def test_every_icon_that_states_and_tasks_name_exists():
    names = {icon for _, icon, _ in ui.STATES.values()} | set(ui.TASK_ICONS.values())

    assert all(ui.icon_paths(name).startswith("<") for name in names)


@pytest.mark.parametrize("name", ["starting", "processing", "succeeded", "failed", "canceled"])
def test_every_state_of_a_prediction_is_known(name):
    assert name in ui.STATES


def test_an_unknown_state_is_shown_as_it_is_named():
    assert ui.state_of("waiting_for_review") == ("neutral", "pending", "Waiting for review")


def test_attributes_are_written_with_hyphens():
    written = ui.html_attributes({"hx_post": "/keys/", "required": True, "for_": "a"})

    assert written == ' hx-post="/keys/" required for="a"'


def test_attributes_without_a_value_are_left_out():
    assert ui.html_attributes({"id": None, "disabled": False, "name": ""}) == ""


def test_a_zero_is_a_value():
    assert ui.html_attributes({"min": 0}) == ' min="0"'


def test_the_value_of_an_attribute_is_escaped():
    assert ui.html_attributes({"title": '"><script>'}) == ' title="&quot;&gt;&lt;script&gt;"'


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Harbor Language Works", "HW"), ("alice", "A"), ("meridian-analytics", "MA"), ("", "?")],
)
def test_initials_are_the_first_letters_of_the_outer_words(name, letters):
    assert ui.initials(name) == letters


def test_a_name_always_gets_the_same_of_six_tones():
    hues = {ui.hue_of(name) for name in ("a", "b", "c", "d", "e", "f", "Harbor", "")}

    assert hues == {1, 2, 3, 4, 5, 6}
    assert ui.hue_of("Harbor") == ui.hue_of("Harbor")


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0.42, "0.4 ms"), (9.96, "10.0 ms"), (180, "180 ms"), (1240, "1.24 s"), (125_000, "2 m 05 s")],
)
def test_durations_are_written_as_people_read_them(milliseconds, text):
    assert ui.readable_ms(milliseconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (950, "950"), (12_345, "12.3k"), (135_000_000, "135M"), (1.2e9, "1.2B")],
)
def test_numbers_are_written_short(number, text):
    assert ui.compact_number(number) == text
