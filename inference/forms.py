"""Forms of inference's pages."""

from typing import Any

from django import forms

from inference.models import PredictionStatus
from inference.selectors.predictions import PredictionFilter

ANY = ("", "Any")


class PredictionFilterForm(forms.Form):
    """What the list of predictions is narrowed to."""

    status = forms.ChoiceField(choices=[ANY, *PredictionStatus.choices], required=False)
    model = forms.RegexField(
        r"^[a-z0-9-]+/[a-z0-9-]+$",
        required=False,
        max_length=130,
        widget=forms.TextInput({"placeholder": "owner/name"}),
        error_messages={"invalid": "Write it as owner/name."},
    )
    source = forms.ChoiceField(
        choices=[ANY, ("api", "API"), ("playground", "In the browser")], required=False
    )

    def wanted(self) -> PredictionFilter:
        """Return the filter; a field that is wrong narrows nothing."""
        self.full_clean()
        found: dict[str, Any] = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return PredictionFilter(**found)
