"""Fields and controls."""

from django import forms

from marketplace.core.ui import Choice


class KeyForm(forms.Form):
    name = forms.CharField(help_text="Shown in lists.")
    note = forms.CharField(required=False)
    agreed = forms.BooleanField(label="I agree")
    policy = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])


def test_a_form_renders_with_our_fields():
    shown = str(KeyForm())

    assert shown.count('<div class="field">') == 4
    assert '<label class="field__label" for="id_name">Name</label>' in shown


def test_a_field_that_may_stay_empty_says_so():
    assert 'Note <span class="field__optional">optional</span>' in str(KeyForm())


def test_help_is_tied_to_its_control():
    shown = str(KeyForm())

    assert 'aria-describedby="id_name_helptext"' in shown
    assert 'id="id_name_helptext">Shown in lists.' in shown


def test_an_error_is_tied_to_its_control():
    shown = str(KeyForm({"name": ""}))

    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'class="errorlist field__errors" id="id_name_error"' in shown


def test_an_error_of_the_whole_form_is_announced():
    form = KeyForm({"name": "a", "agreed": "on", "policy": "a"})
    form.add_error(None, "Too many <keys>")

    shown = str(form)

    assert '<div role="alert">' in shown
    assert "Too many &lt;keys&gt;" in shown


def test_a_checkbox_stands_inside_its_label():
    assert '<label class="check"><input type="checkbox" name="agreed"' in str(KeyForm())


def test_radios_are_a_group_with_a_legend():
    assert '<legend class="field__label">Policy</legend>' in str(KeyForm())


def test_one_field_renders_alone(rendered):
    shown = rendered("{% field form.name %}", form=KeyForm())

    assert shown.count('class="field"') == 1


def test_a_control_by_hand_names_its_error(rendered):
    shown = rendered(
        '{% control "Slug" id="slug" error=error %}<input id="slug">{% endcontrol %}',
        error="Taken <already>",
    )

    assert '<label class="field__label" for="slug">Slug</label>' in shown
    assert 'id="slug-error"' in shown
    assert "Taken &lt;already&gt;" in shown


def test_a_switch_keeps_its_value(rendered):
    choices = [Choice("day", "Day"), Choice("month", "Month")]
    shown = rendered('{% segmented "period" choices "month" label="Period" %}', choices=choices)

    assert '<legend class="visually-hidden">Period</legend>' in shown
    assert 'value="month" checked' in shown
    assert 'value="day">' in shown


def test_a_checkbox_keeps_its_value(rendered):
    shown = rendered('{% checkbox "yearly" "Billed yearly" is_checked=True %}')

    assert '<input type="checkbox" name="yearly" value="on" checked>' in shown
