"""Buttons and dialogs."""

import pytest

from marketplace.core.components.actions import element_variant


def test_a_button_submits_unless_told_otherwise(rendered):
    shown = rendered('{% button variant="primary" %}Save{% endbutton %}')

    assert shown.startswith('<button class="button button--primary button--md" type="submit">')
    assert "<span>Save</span>" in shown


def test_a_button_with_an_address_is_a_link(rendered):
    shown = rendered('{% button href="/keys/" %}Keys{% endbutton %}')

    assert shown.startswith('<a href="/keys/"')
    assert shown.endswith("</a>")
    assert "type=" not in shown


def test_more_keywords_become_attributes(rendered):
    shown = rendered('{% button hx_post=url aria_label="Go" %}{% endbutton %}', url='/a"b/')

    assert 'hx-post="/a&quot;b/"' in shown
    assert 'aria-label="Go"' in shown
    assert "button--icon" in shown


def test_a_busy_button_says_so(rendered):
    assert 'aria-busy="true"' in rendered("{% button is_busy=True %}Run{% endbutton %}")


def test_a_button_that_opens_a_dialog_does_not_submit(rendered):
    shown = rendered('{% button opens="ask" %}Ask{% endbutton %}')

    assert 'commandfor="ask" command="show-modal"' in shown
    assert 'type="button"' in shown


def test_a_post_button_is_a_form_with_the_token(rendered):
    shown = rendered(
        '{% post_button "/keys/1/revoke/" name="key" value="1" variant="danger" %}'
        "Revoke{% endpost_button %}",
        csrf_token="t0ken",
    )

    assert 'method="post" action="/keys/1/revoke/"' in shown
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="t0ken">' in shown
    assert '<input type="hidden" name="key" value="1">' in shown
    assert "button--danger" in shown


def test_a_confirmation_names_what_it_asks(rendered):
    shown = rendered(
        '{% confirm "ask" title message action="/x/" label="Revoke" %}',
        title="Revoke?",
        message="For good & all",
        csrf_token="t0ken",
    )

    assert '<dialog class="dialog dialog--sm" id="ask" aria-labelledby="ask-title"' in shown
    assert "For good &amp; all" in shown
    assert 'action="/x/"' in shown
    assert 'value="t0ken"' in shown


def test_a_dialog_can_be_closed(rendered):
    shown = rendered('{% dialog "invite" "Invite" %}<p>Body</p>{% enddialog %}')

    assert '<form method="dialog">' in shown
    assert "<p>Body</p>" in shown


def test_a_copy_button_waits_for_its_script(rendered):
    shown = rendered("{% copy_button text %}", text='a "b"')

    assert 'data-copy="a &quot;b&quot;" hidden' in shown


def test_a_tooltip_describes_its_term(rendered):
    shown = rendered('{% tooltip "Counted by the second" id="t1" %}session{% endtooltip %}')

    assert 'aria-describedby="t1"' in shown
    assert 'role="tooltip" id="t1">Counted by the second' in shown


@pytest.mark.parametrize(
    ("tags", "variant"),
    [
        (["danger", "delete"], "danger"),
        (["link", "cancel"], "ghost"),
        (["outline", "primary"], "secondary"),
        (["prominent", "login"], "primary"),
        (None, "primary"),
    ],
)
def test_buttons_of_account_pages_get_our_variants(tags, variant):
    assert element_variant(tags) == variant
