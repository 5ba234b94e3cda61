"""What stands within a line."""

from datetime import UTC, datetime

import pytest
import time_machine

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_a_badge_has_a_tone(rendered):
    assert rendered('{% badge "warning" %} Late {% endbadge %}') == (
        '<span class="badge badge--warning">Late</span>'
    )


def test_the_content_of_a_badge_is_escaped(rendered):
    shown = rendered("{% badge %}{{ name }}{% endbadge %}", name="<i>")

    assert "&lt;i&gt;" in shown
    assert "<i>" not in shown


def test_a_status_says_its_state_in_words_and_with_an_icon(rendered):
    shown = rendered("{% status state %}", state="succeeded")

    assert 'class="badge badge--success badge--state" data-state="succeeded"' in shown
    assert shown.endswith("Succeeded</span>")


def test_a_status_may_be_named_otherwise(rendered):
    assert rendered('{% status "failed" "Refused" %}').endswith("Refused</span>")


def test_measured_and_stated_differ_in_words(rendered):
    assert "Measured by Stoa" in rendered('{% mark "measured" %}')
    assert "Stated by author" in rendered('{% mark "stated" %}')


def test_a_mark_leads_to_its_evidence(rendered):
    shown = rendered('{% mark "measured" url="/evidence/1/" is_short=True %}')

    assert shown.startswith('<a class="mark mark--measured" href="/evidence/1/"')
    assert shown.endswith("Measured</a>")


def test_a_price_says_what_it_is_for(rendered):
    shown = rendered('{% price amount per="request" note="first 100 free" %}', amount="$0.0004")

    assert '<span class="price__amount">$0.0004</span>' in shown
    assert "per request" in shown
    assert "first 100 free" in shown


def test_an_avatar_is_decoration(rendered):
    shown = rendered('{% avatar "Harbor Works" 40 %}')

    assert 'aria-hidden="true">HW<' in shown
    assert "avatar--40" in shown


def test_a_task_without_its_own_icon_gets_a_box(rendered):
    assert "icon--box" in rendered('{% task_tile "never heard of" %}')
    assert "icon--chat" in rendered('{% task_tile "text-generation" %}')


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 20, 11, 59, 30, tzinfo=UTC), "just now"),
        (datetime(2026, 11, 20, 11, 0, tzinfo=UTC), "1\xa0hour ago"),
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "in 3\xa0days"),
    ],
)
def test_a_moment_is_told_from_now(rendered, moment, text):
    with time_machine.travel(NOON, tick=False):
        shown = rendered("{% when moment %}", moment=moment)

    assert shown.endswith(f">{text}</time>")
    assert f'datetime="{moment.isoformat()}"' in shown


def test_a_moment_that_never_was_is_said_so(rendered):
    assert rendered('{% when None missing="not used yet" %}') == "not used yet"


def test_filters_write_numbers_short(rendered):
    assert rendered("{{ a|ms }} {{ b|compact }}", a=1240, b=12_345) == "1.24 s 12.3k"
    assert rendered("{{ a|ms }} {{ a|compact }}", a=None) == "— —"
