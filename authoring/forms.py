"""Forms of the author desk."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from authoring.types import RELATIONS
from catalog.types import TASKS
from marketplace.core.errors import InvalidInput

if TYPE_CHECKING:
    from catalog.models import Listing

TASK_CHOICES = [("", "Choose a task"), *((task.id, task.name) for task in TASKS.values())]
# Where a form calls something otherwise than the services do.
FIELDS = {"license_spdx": "license", "files": "chosen"}
RELATION_CHOICES = [("", "Not made from another model"), *RELATIONS.items()]


def add_problems(form: forms.Form, refusal: InvalidInput) -> None:
    """Show what a service refused beside the fields it names."""
    for problem in refusal.problems:
        named = problem.field.split(".")[0]
        field = FIELDS.get(named, named)
        form.add_error(field if field in form.fields else None, problem.message)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class ListingForm(forms.Form):
    """What an author says about a model."""

    name = forms.CharField(max_length=120)
    slug = forms.SlugField(
        max_length=60,
        label="Short name",
        help_text="Calls name the model by it: your-organization/short-name. It stays.",
    )
    task = forms.ChoiceField(choices=TASK_CHOICES)
    license = forms.CharField(
        max_length=64,
        label="License",
        help_text="An SPDX identifier such as Apache-2.0, or LicenseRef-… for your own.",
        widget=forms.TextInput({"list": "licenses", "autocomplete": "off"}),
    )
    summary = forms.CharField(max_length=240, help_text="One sentence: what it does, and for whom.")
    description = forms.CharField(
        max_length=50_000, required=False, widget=_area(10), help_text="Markdown."
    )
    intended_use = forms.CharField(max_length=5_000, required=False, widget=_area(3))
    limitations = forms.CharField(
        max_length=5_000, required=False, widget=_area(3), label="Known limits"
    )
    restrictions = forms.CharField(
        max_length=5_000, required=False, widget=_area(3), label="What it must not be used for"
    )
    tags = forms.CharField(
        max_length=600, required=False, help_text="Up to 12, separated by commas."
    )
    languages = forms.CharField(
        max_length=600, required=False, help_text="Codes separated by commas: en, pt-BR."
    )
    is_exportable = forms.BooleanField(
        required=False, initial=True, label="Buyers may export the weights"
    )

    @classmethod
    def of(cls, listing: "Listing", data: Any = None) -> "ListingForm":
        """Return the form as the listing is now; its short name stays."""
        plain = ("name", "task", "summary", "description", "intended_use", "limitations")
        initial = {name: getattr(listing, name) for name in (*plain, "restrictions")}
        initial |= {
            "license": listing.license.spdx_id,
            "tags": ", ".join(sorted(tag.slug for tag in listing.tags.all())),
            "languages": ", ".join(listing.languages),
            "is_exportable": listing.is_exportable,
        }
        form = cls(data, initial=initial)
        del form.fields["slug"]
        return form

    def facts(self) -> dict[str, Any]:
        """Return what the services of the catalog take."""
        sent = dict(self.cleaned_data)
        sent["license_spdx"] = sent.pop("license")
        for name in ("tags", "languages"):
            sent[name] = [one.strip() for one in sent[name].split(",") if one.strip()]
        return sent


class ManyFilesInput(forms.ClearableFileInput):
    """A picker of several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; each by its own name, without any folder."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = data if isinstance(data, list | tuple) else [data]
        if not any(given):
            if self.required:
                raise forms.ValidationError("Choose the files of the version.")
            return []
        return [one for one in given if one]


class UploadForm(forms.Form):
    """A new version, sent in one form where there is no JavaScript."""

    number = forms.CharField(max_length=32, label="Version number", help_text="Such as 1.0.0.")
    notes = forms.CharField(max_length=10_000, required=False, widget=_area(3), label="What is new")
    relation = forms.ChoiceField(
        choices=RELATION_CHOICES, required=False, label="Made from another model"
    )
    base = forms.CharField(
        max_length=200,
        required=False,
        label="Base version",
        help_text="As calls name it: owner/name:1.0.0.",
    )
    publish_when_passed = forms.BooleanField(
        required=False, label="Publish without asking once every check has passed"
    )
    chosen = ManyFilesField(
        label="Files",
        help_text="model.safetensors, config.json, and what the runtime needs beside them.",
    )

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        if sent.get("relation") and not sent.get("base"):
            self.add_error("base", "Name the version that this one was made from.")
        return sent


class RestForm(forms.Form):
    """Files that an open upload still waits for."""

    chosen = ManyFilesField(label="Files that are not whole yet")


class ChannelForm(forms.Form):
    """A channel's shares: one field for each version that it may point at."""

    reason = forms.CharField(max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, numbers: Sequence[str], shares: dict[str, int], prefix: str
    ) -> None:
        super().__init__(data, prefix=prefix, auto_id=f"{prefix}-%s")
        self.numbers = list(numbers)
        for number in self.numbers:
            self.fields[f"share-{number}"] = forms.IntegerField(
                min_value=0,
                max_value=100,
                label=number,
                initial=shares.get(number, 0),
                widget=forms.NumberInput({"inputmode": "numeric"}),
            )
        self.order_fields([*(f"share-{number}" for number in self.numbers), "reason"])

    def share_fields(self) -> list[forms.BoundField]:
        """Return the fields of the versions."""
        return [self[f"share-{number}"] for number in self.numbers]

    def shares(self) -> dict[str, int]:
        """Return the share of every version that gets some."""
        given = {number: self.cleaned_data[f"share-{number}"] for number in self.numbers}
        return {number: share for number, share in given.items() if share}


class NewChannelForm(forms.Form):
    """A channel beside ``stable``."""

    channel = forms.SlugField(max_length=40, label="Name", help_text="Such as canary.")
    version = forms.ChoiceField(label="Points at")

    def __init__(self, data: Any = None, *, numbers: Sequence[str]) -> None:
        super().__init__(data)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(number, number) for number in numbers]
