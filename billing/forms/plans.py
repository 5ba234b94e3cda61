"""The author's plan editor: common prices as fields, every price as JSON."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.forms import BoundField

from billing.models import PlanKind
from billing.pricing import METERS, PerUnit, Tariff, read_tariff, tariff_as_json
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import NANO_EXPONENT

ROWS = range(1, 5)
# A private offer needs a buyer, which only the API can name so far.
KINDS = [choice for choice in PlanKind.choices if choice[0] != PlanKind.PRIVATE_OFFER]
METER_CHOICES = [
    ("", "Nothing"),
    *((one.code, f"{one.many[0].upper()}{one.many[1:]}") for one in METERS.values()),
]
PRICE = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
CHARGE = re.compile(r"tariff\.charges\.(\d+)\.(meter|price|per)")
PLACES = {
    "tariff.currency": "currency",
    "tariff.recurring.fee": "fee",
    "tariff.minimum": "minimum",
    "tariff.license.fee": "license_fee",
}
# Whole numbers of a charge: field, label, and what stands for an empty one.
NUMBERS = (("per", "For so many", "usual"), ("free", "Free each month", "none"))
AMOUNT_HELP = "An exact decimal, such as 0.25."


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """The fields of one charge."""

    meter: BoundField
    price: BoundField
    per: BoundField
    free: BoundField

    @property
    def cells(self) -> tuple[BoundField, ...]:
        """Return the fields in their order."""
        return (self.meter, self.price, self.per, self.free)


def _number(placeholder: str) -> forms.TextInput:
    attributes = {"inputmode": "decimal", "autocomplete": "off", "placeholder": placeholder}
    return forms.TextInput(attributes)


class TariffForm(forms.Form):
    """A tariff of charges by the unit, allowances, fee, minimum and license.

    What these fields cannot say (tiers, volumes, packages) is said in JSON.
    """

    currency = forms.ChoiceField(choices=[(code, code) for code in NANO_EXPONENT])
    fee = forms.CharField(
        required=False, max_length=28, widget=PRICE, label="Subscription fee", help_text=AMOUNT_HELP
    )
    interval = forms.ChoiceField(
        required=False, choices=(("month", "a month"), ("year", "a year")), label="Due"
    )
    minimum = forms.CharField(
        required=False,
        max_length=28,
        widget=PRICE,
        label="Minimum of calls a month",
        help_text="For a commitment: what a quiet month is raised to.",
    )
    license_fee = forms.CharField(
        required=False,
        max_length=28,
        widget=PRICE,
        label="License fee",
        help_text="Due once, when the license is bought.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in ROWS:
            self.fields[f"meter_{row}"] = forms.ChoiceField(
                required=False, choices=METER_CHOICES, label="What is charged"
            )
            self.fields[f"price_{row}"] = forms.CharField(
                required=False, max_length=28, widget=_number("0.25"), label="Price"
            )
            for name, label, usual in NUMBERS:
                self.fields[f"{name}_{row}"] = forms.IntegerField(
                    required=False,
                    min_value=1,
                    max_value=10**15,
                    widget=_number(usual),
                    label=label,
                )

    @property
    def rows(self) -> list[ChargeRow]:
        """Return the fields of the charges."""
        names = ("meter", "price", "per", "free")
        return [ChargeRow(*(self[f"{name}_{row}"] for name in names)) for row in ROWS]

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        for row in ROWS:
            meter, price = sent.get(f"meter_{row}"), (sent.get(f"price_{row}") or "").strip()
            if meter and not price and f"price_{row}" not in self.errors:
                self.add_error(f"price_{row}", "Give a price, such as 0.25.")
            elif price and not meter and f"meter_{row}" not in self.errors:
                self.add_error(f"meter_{row}", "Say what this price is for.")
        return sent

    def place_of(self, path: str) -> str:
        """Return the field that a part of the tariff was read from."""
        found = CHARGE.fullmatch(path)
        if found:
            charged = [row for row in ROWS if self.cleaned_data.get(f"meter_{row}")]
            return f"{found[2]}_{charged[int(found[1])]}"
        return PLACES.get(path, path)

    def tariff(self) -> Tariff:
        """Return the tariff; raises ``InvalidInput`` naming its fields."""
        given = self.cleaned_data
        form: dict[str, Any] = {"currency": given["currency"], "charges": list(self._charges())}
        free = {
            given[f"meter_{row}"]: given[f"free_{row}"] for row in ROWS if given.get(f"free_{row}")
        }
        if given["fee"]:
            form["recurring"] = {
                "fee": given["fee"].strip(),
                "interval": given["interval"] or "month",
                "included": free,
            }
        elif free:
            form["free"] = free
        if given["minimum"]:
            form["minimum"] = given["minimum"].strip()
        if given["license_fee"]:
            form["license"] = {"fee": given["license_fee"].strip()}
        return read_tariff(form)

    def _charges(self) -> Iterator[dict[str, Any]]:
        given = self.cleaned_data
        for row in ROWS:
            meter = given.get(f"meter_{row}")
            if meter:
                yield {
                    "kind": "unit",
                    "meter": meter,
                    "price": given[f"price_{row}"].strip(),
                    "per": given.get(f"per_{row}") or METERS[meter].usual_per,
                }


class TariffJsonForm(forms.Form):
    """Any tariff, as JSON."""

    tariff_json = forms.CharField(
        label="Tariff",
        max_length=100_000,
        widget=forms.Textarea({"rows": 18, "class": "mono", "spellcheck": "false"}),
        help_text="Charges of kind unit, flat, package, graduated or volume; free, recurring, "
        "minimum, license. Amounts are decimal strings.",
    )

    def place_of(self, path: str) -> str:
        """Return the path: it says where in the JSON the problem is."""
        return path

    def tariff(self) -> Tariff:
        """Return the tariff; raises ``InvalidInput`` naming its fields."""
        try:
            form = json.loads(self.cleaned_data["tariff_json"])
        except (ValueError, RecursionError) as error:
            problem = FieldProblem("tariff_json", f"This is not JSON: {error}")
            raise InvalidInput([problem]) from None
        return read_tariff(form)


def usual_fields(meters: Sequence[str]) -> dict[str, Any]:
    """Return the first values of a new tariff: what the model measures, beside its requests."""
    known = [meter for meter in meters if meter in METERS]
    charged = [meter for meter in known if meter != "requests"] or known
    charged = charged or ["input_tokens", "output_tokens"]
    fields = {f"meter_{row}": meter for row, meter in zip(ROWS, charged[:2], strict=False)}
    return {"currency": "USD", **fields}


class PlanForm(forms.Form):
    """What a plan is called, and how it is sold."""

    name = forms.CharField(max_length=80)
    code = forms.SlugField(
        max_length=40, help_text="Stands in addresses and in the API; it stays as it is."
    )
    kind = forms.ChoiceField(choices=KINDS, label="Sold as", initial=PlanKind.PAY_AS_YOU_GO)
    summary = forms.CharField(max_length=240, required=False, help_text="One sentence.")
    terms = forms.CharField(
        max_length=5000, required=False, widget=forms.Textarea({"rows": 4}), label="Terms of use"
    )


class DateForm(forms.Form):
    """When a price begins."""

    begins_on = forms.DateField(
        required=False,
        label="Begins on",
        widget=forms.DateInput({"type": "date"}),
        help_text="At midnight UTC; left empty, it begins at once.",
    )

    def effective_from(self) -> datetime | None:
        """Return the moment at which the price begins; ``None`` is at once."""
        day = self.cleaned_data["begins_on"]
        return datetime.combine(day, time.min, UTC) if day else None


def fields_of(tariff: Tariff) -> dict[str, Any] | None:
    """Return a tariff as initial values of ``TariffForm``; ``None`` if it says more."""
    charges = tariff.charges
    is_simple = all(isinstance(charge, PerUnit) and charge.meter in METERS for charge in charges)
    level = tariff.recurring.service_level if tariff.recurring else None
    both = tariff.recurring is not None and tariff.free
    seats = tariff.license.seats if tariff.license else None
    if not is_simple or len(charges) > len(ROWS) or level or both or seats:
        return None
    form = tariff_as_json(tariff)
    recurring = form.get("recurring", {})
    values = {
        "currency": tariff.currency,
        "fee": recurring.get("fee", ""),
        "interval": recurring.get("interval", "month"),
        "minimum": form.get("minimum", ""),
        "license_fee": form.get("license", {}).get("fee", ""),
    }
    for row, charge in zip(ROWS, form["charges"], strict=False):
        values |= {f"{name}_{row}": charge[name] for name in ("meter", "price", "per")}
        values[f"free_{row}"] = tariff.allowance(charge["meter"]) or None
    return values


def json_of(tariff: Tariff) -> str:
    """Return a tariff as JSON for reading and editing."""
    return json.dumps(tariff_as_json(tariff), indent=2)


EXAMPLE = {
    "currency": "USD",
    "charges": [
        {
            "kind": "graduated",
            "meter": "requests",
            "per": 1,
            "tiers": [{"up_to": 1000, "price": "0.01"}, {"up_to": None, "price": "0.008"}],
        }
    ],
    "free": {"requests": 100},
}
