"""Forms of billing."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import forms

from billing.selectors.estimates import USUAL_CALLS, MeterInput
from billing.selectors.usage import EventFilter, UsageRange, usage_range
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import NANO_EXPONENT

# What stands for rows without a key or a member.
NOBODY = "none"


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


class RangeForm(forms.Form):
    """From which day to which, and of which money."""

    start = forms.DateField(required=False, label="From")
    end = forms.DateField(required=False, label="To")
    currency = forms.ChoiceField(choices=[(one, one) for one in NANO_EXPONENT], required=False)
    is_test = forms.BooleanField(required=False)
    listing = forms.UUIDField(required=False)
    key = forms.CharField(required=False, max_length=40)
    member = forms.CharField(required=False, max_length=40)

    def range(self) -> UsageRange:
        """Return the range asked for; raises ``InvalidInput`` for an odd one."""
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            raise InvalidInput([FieldProblem(name, str(errors[0]))])
        given = self.cleaned_data
        return usage_range(
            given["start"], given["end"], currency=given["currency"], is_test=given["is_test"]
        )

    def filter(self) -> EventFilter:
        """Return which events of the range are asked for; raises ``InvalidInput``."""
        given = self.cleaned_data
        return EventFilter(
            listing_id=given["listing"],
            api_key_id=_id("key", given["key"]),
            user_id=_id("member", given["member"]),
            is_without_key=given["key"] == NOBODY,
            is_without_member=given["member"] == NOBODY,
        )


def _id(name: str, text: str) -> UUID | None:
    if text in ("", NOBODY):
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput([FieldProblem(name, "This is not an id.")]) from None
