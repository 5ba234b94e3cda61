"""The author's pages of plans."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from billing.errors import AmountTooLarge
from billing.forms.plans import (
    EXAMPLE,
    DateForm,
    PlanForm,
    TariffForm,
    TariffJsonForm,
    fields_of,
    json_of,
    usual_fields,
)
from billing.models import Plan, Price
from billing.pricing import (
    Tariff,
    amount_in_words,
    describe,
    formula,
    meter_of,
    monthly_bill,
    read_tariff,
)
from billing.selectors.plans import ChargeView, PlanView, author_views, charge_view
from billing.selectors.prices import tariff_of
from billing.selectors.subscribers import subscriber_counts
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import Money
from marketplace.core.navigation import listing_tabs
from marketplace.core.ui import Crumb, Tab

if TYPE_CHECKING:
    from catalog.models import Listing

EXAMPLE_CALLS = 1000


@dataclass(frozen=True, slots=True)
class Preview:
    """A tariff as buyers will see it, and what a thousand usual calls would come to."""

    price_line: str = ""
    charges: Sequence[ChargeView] = ()
    formulas: Sequence[str] = ()
    total: Money | None = None
    calls: int = EXAMPLE_CALLS
    problems: Sequence[str] = ()


@dataclass
class Editor:
    """The forms of a new plan, or of a plan's next price."""

    mode: str
    tariff_form: TariffForm | TariffJsonForm
    plan_form: PlanForm | None
    date_form: DateForm
    problems: list[str] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether each form is filled in as it asks."""
        # Each one is asked, so that all problems are shown at once.
        return not [one for one in self._forms() if not one.is_valid()]

    def show(self, refusal: InvalidInput) -> None:
        """Put problems beside their fields, or above the form."""
        for problem in refusal.problems:
            place = self.tariff_form.place_of(problem.field)
            form = next((one for one in self._forms() if place in one.fields), None)
            if form is not None:
                form.add_error(place, problem.message)
            else:
                self.problems.append(_sentence(problem))

    def _forms(self) -> list[Any]:
        return [one for one in (self.plan_form, self.tariff_form, self.date_form) if one]


def editor(
    *,
    mode: str,
    data: QueryDict | None,
    tariff: Tariff | None = None,
    has_plan: bool = False,
    meters: Sequence[str] = (),
) -> Editor:
    """Prepare the forms: filled with what was sent, else with the tariff in force.

    A first tariff begins with the ``meters`` of the model.
    """
    plan_form = None if has_plan else PlanForm(data)
    if mode == "json":
        shown = json_of(tariff or read_tariff(EXAMPLE))
        form: TariffForm | TariffJsonForm = TariffJsonForm(data, initial={"tariff_json": shown})
    else:
        usual = usual_fields(meters)
        form = TariffForm(data, initial=(fields_of(tariff) if tariff else usual) or usual)
    return Editor(mode, form, plan_form, DateForm(data))


def modes(path: str, mode: str) -> list[Tab]:
    """Return the switch between fields and JSON."""
    return [
        Tab("Common prices", path, mode != "json", icon="sliders"),
        Tab("Advanced JSON", f"{path}?mode=json", mode == "json", icon="code"),
    ]


def starting_mode(asked: str, tariff: Tariff | None) -> str:
    """Return the mode asked for; a tariff that fields cannot say is shown as JSON."""
    if asked in {"json", "fields"} or tariff is None:
        return "json" if asked == "json" else "fields"
    return "fields" if fields_of(tariff) is not None else "json"


def preview(form: TariffForm | TariffJsonForm) -> Preview:
    """Return what buyers will see, or what is wrong with it.

    A form that nobody has sent yet is shown with its first values.
    """
    form = form if form.is_bound else type(form)(form.initial)
    if not form.is_valid():
        return Preview(
            problems=[f"{_label(form, name)}: {one[0]}" for name, one in form.errors.items()]
        )
    try:
        tariff = form.tariff()
        return preview_of(tariff)
    except InvalidInput as refusal:
        return Preview(problems=[_sentence(one) for one in refusal.problems])
    except AmountTooLarge as refusal:
        return Preview(problems=[refusal.detail])


def _label(form: TariffForm | TariffJsonForm, name: str) -> str:
    return str(form[name].label) if name in form.fields else "Price"


def _sentence(problem: FieldProblem) -> str:
    return f"{problem.field.removeprefix('tariff.')}: {problem.message}"


def preview_of(tariff: Tariff) -> Preview:
    """Return what buyers will see of a tariff, with an example bill."""
    usual = {one.meter: meter_of(one.meter).typical * EXAMPLE_CALLS for one in tariff.charges}
    bill = monthly_bill(tariff, usual, calls=EXAMPLE_CALLS)
    return Preview(
        price_line=describe(tariff),
        charges=[charge_view(charge, tariff.currency) for charge in tariff.charges],
        formulas=[*(formula(line, tariff.currency) for line in bill.lines), *_dues(tariff, bill)],
        total=Money(bill.total_nano, tariff.currency),
    )


def _dues(tariff: Tariff, bill: Any) -> list[str]:
    found = []
    if bill.fee_nano:
        found.append(f"fee = {Money(bill.fee_nano, bill.currency)}")
    if bill.true_up_nano:
        found.append(f"up to the minimum = {Money(bill.true_up_nano, bill.currency)}")
    if tariff.license:
        found.append(f"license, once = {amount_in_words(tariff.license.fee, tariff.currency)}")
    return found


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A plan in the author's list."""

    plan: PlanView
    subscribers: int
    url: str


@dataclass(frozen=True, slots=True)
class DeskPlans:
    """The author's list of plans."""

    rows: Sequence[DeskRow]
    crumbs: Sequence[Crumb]
    tabs: Sequence[Tab]
    url: str


def desk_plans(listing: "Listing") -> DeskPlans:
    """Prepare the author's list of plans."""
    counts = subscriber_counts(listing)
    url = plans_url(listing)
    return DeskPlans(
        rows=[
            DeskRow(plan, counts.get(plan.id, 0), f"{url}{plan.code}/")
            for plan in author_views(listing)
        ],
        crumbs=crumbs(listing),
        tabs=listing_tabs(listing.slug, "desk-plans"),
        url=url,
    )


def plans_url(listing: "Listing") -> str:
    """Return the address of the author's list of plans."""
    return f"/desk/listings/{listing.slug}/plans/"


def crumbs(listing: "Listing", *more: Crumb) -> list[Crumb]:
    """Return the trail to the author's pages of plans."""
    trail = [Crumb("Listings", "/desk/"), Crumb(listing.name, f"/desk/listings/{listing.slug}/")]
    return [*trail, Crumb("Plans", plans_url(listing) if more else ""), *more]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price in the history of a plan."""

    price: Price
    price_line: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """The author's page of one plan."""

    plan: PlanView
    prices: Sequence[PriceRow]
    subscribers: int
    crumbs: Sequence[Crumb]
    url: str


def desk_plan(listing: "Listing", plan: Plan) -> DeskPlan:
    """Prepare the author's page of one plan, whose prices are loaded."""
    view = next(one for one in author_views(listing) if one.code == plan.code)
    return DeskPlan(
        plan=view,
        prices=[
            PriceRow(one, describe(tariff_of(one)), one.number == view.price_number)
            for one in plan.prices.all()
        ],
        subscribers=subscriber_counts(listing).get(plan.pk, 0),
        crumbs=crumbs(listing, Crumb(plan.name)),
        url=f"{plans_url(listing)}{plan.code}/",
    )
