"""Forms of the gallery: one of each control, fresh and refused."""

from django import forms


class SampleForm(forms.Form):
    """Every kind of control."""

    name = forms.CharField(
        label="Key name", help_text="Shown in the list of keys and in the audit trail."
    )
    email = forms.EmailField(label="E-mail", required=False)
    hardware = forms.ChoiceField(
        label="Hardware", choices=[("cpu", "CPU, 2 cores"), ("h200", "NVIDIA H200")]
    )
    text = forms.CharField(
        label="Text", widget=forms.Textarea(attrs={"rows": 4, "placeholder": "Paste a text"})
    )
    limit = forms.IntegerField(label="Requests a minute", min_value=1, max_value=6000, initial=600)
    policy = forms.ChoiceField(
        label="What may be kept",
        widget=forms.RadioSelect,
        choices=[
            ("none", "Nothing"),
            ("day", "Bodies for one day"),
            ("month", "Bodies for 30 days"),
        ],
        initial="none",
    )
    scopes = forms.MultipleChoiceField(
        label="Scopes",
        widget=forms.CheckboxSelectMultiple,
        choices=[("run", "Call models"), ("read", "See calls and their traces")],
        initial=["run"],
    )
    weights = forms.FileField(
        label="Weights", help_text="safetensors, up to 20 GB.", required=False
    )
    agreed = forms.BooleanField(label="I may sell what this model was made from")


def refused_form() -> SampleForm:
    """Return the form as it comes back with errors."""
    form = SampleForm(
        {"name": "", "email": "alice@", "limit": "90000", "hardware": "cpu"}, auto_id="refused_%s"
    )
    form.add_error(None, "This organization already has 50 keys. Revoke one to make another.")
    return form
