"""Forms of billing."""

from collections.abc import Mapping, Sequence

from django import forms

from billing.selectors.estimates import USUAL_CALLS, MeterInput


class CalculatorForm(forms.Form):
    """How many calls a month, and what an ordinary one uses."""

    calls = forms.IntegerField(
        min_value=1,
        max_value=10**9,
        label="Calls a month",
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )

    def __init__(self, inputs: Sequence[MeterInput], answers: Mapping[str, str]) -> None:
        usual = {"calls": str(USUAL_CALLS), **{one.code: str(one.value) for one in inputs}}
        given = {name: answers.get(name, value) for name, value in usual.items()}
        super().__init__(given)
        for one in inputs:
            self.fields[one.code] = forms.IntegerField(
                min_value=0,
                max_value=10**12,
                label=one.label,
                widget=forms.NumberInput({"inputmode": "numeric"}),
            )

    def answers(self) -> tuple[int, dict[str, int]]:
        """Return the calls, and what one of them uses by meter."""
        given = dict(self.cleaned_data)
        return given.pop("calls"), given
