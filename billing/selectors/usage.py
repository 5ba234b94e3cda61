"""Usage summed by day, listing, key and member; sums are made by the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Organization
from accounts.selectors import keys_of, members_of
from billing.models import UsageEvent
from billing.pricing import decimal_as_text
from billing.selectors.costs import CostLine, breakdown
from billing.selectors.subscriptions import FeeView, fees_of
from billing.selectors.sums import sum_of
from catalog.selectors import listings_by_ids
from marketplace.core import clock
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.money import Money, from_nano

LONGEST_RANGE = timedelta(days=366)
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2199, 12, 31)
USUAL_RANGE = timedelta(days=29)
GROUPS = ("day", "listing", "key", "member")
NO_KEY = "In the browser"


@dataclass(frozen=True, slots=True)
class UsageRange:
    """Which usage: from one UTC day to another, both included, of one money."""

    start: date
    end: date
    currency: str
    is_test: bool = False

    @property
    def days(self) -> list[date]:
        """Return every day of the range."""
        count = (self.end - self.start).days + 1
        return [self.start + timedelta(days=place) for place in range(count)]


def usage_range(
    start: date | None = None,
    end: date | None = None,
    *,
    currency: str = "",
    is_test: bool = False,
) -> UsageRange:
    """Return a range, thirty days up to today unless said otherwise; refuses odd ones."""
    for name, day in (("start", start), ("end", end)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            message = f"Choose a day from {FIRST_DAY} to {LAST_DAY}."
            raise InvalidInput([FieldProblem(name, message)])
    last = end or (max(start, clock.now().date()) if start else clock.now().date())
    first = start or last - USUAL_RANGE
    if first > last:
        raise InvalidInput([FieldProblem("start", "The range ends before it starts.")])
    if last - first > LONGEST_RANGE:
        days = LONGEST_RANGE.days
        raise InvalidInput([FieldProblem("start", f"A range has at most {days} days.")])
    return UsageRange(first, last, currency or settings.STOA_CURRENCY, is_test)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Calls of one group, and what they cost together."""

    id: str
    label: str
    calls: int
    cost: Money


@dataclass(frozen=True, slots=True)
class DaySeries:
    """What calls of one listing cost on each day, in nano-units."""

    label: str
    by_day: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UsagePage:
    """Everything the usage page shows of a range."""

    range: UsageRange
    calls: int
    cost: Money
    fees_total: Money
    total: Money
    series: tuple[DaySeries, ...]
    by_listing: tuple[UsageRow, ...]
    by_key: tuple[UsageRow, ...]
    by_member: tuple[UsageRow, ...]
    fees: tuple[FeeView, ...]


def events_of(organization: Organization, within: UsageRange) -> QuerySet[UsageEvent]:
    """Return the usage events of a range."""
    start = datetime.combine(within.start, time.min, UTC)
    end = datetime.combine(within.end, time.min, UTC) + timedelta(days=1)
    rows: QuerySet[UsageEvent] = UsageEvent.objects.of(organization)
    return rows.filter(
        occurred_at__gte=start,
        occurred_at__lt=end,
        currency=within.currency,
        is_test=within.is_test,
    )


def usage_page(organization: Organization, within: UsageRange) -> UsagePage:
    """Return an organization's usage of a range, summed in each way."""
    events = events_of(organization, within)
    currency = within.currency
    fees = [] if within.is_test else fees_of(organization, within.start, within.end, currency)
    cost = sum_of(events, "cost_nano")
    fees_nano = sum(one.amount.nano for one in fees)
    by_listing = usage_by(organization, within, "listing")
    return UsagePage(
        range=within,
        calls=sum(one.calls for one in by_listing),
        cost=Money(cost, currency),
        fees_total=Money(fees_nano, currency),
        total=Money(cost + fees_nano, currency),
        series=_series(events, within, by_listing),
        by_listing=tuple(by_listing),
        by_key=tuple(usage_by(organization, within, "key")),
        by_member=tuple(usage_by(organization, within, "member")),
        fees=tuple(fees),
    )


def usage_by(organization: Organization, within: UsageRange, group: str) -> list[UsageRow]:
    """Return usage by day, listing, key or member; days in order, others dearest first."""
    column = {"day": "day", "listing": "listing_id", "key": "api_key_id", "member": "user_id"}
    rows = events_of(organization, within)
    if group == "day":
        rows = rows.annotate(day=TruncDate("occurred_at"))
    name = column[group]
    sums = rows.values(name).annotate(calls=Count("pk"), cost=Sum("cost_nano"))
    order = (name,) if group == "day" else ("-cost", name)
    found = list(sums.order_by(*order))
    labels = _labels(organization, group, (one[name] for one in found))
    return [_row(one, name, labels, within.currency) for one in found]


def _row(one: dict[str, Any], name: str, labels: dict[Any, str], currency: str) -> UsageRow:
    key = one[name]
    shown = labels.get(key, NO_KEY if key is None else str(key))
    return UsageRow(
        "" if key is None else str(key), shown, one["calls"], Money(one["cost"], currency)
    )


def _labels(organization: Organization, group: str, ids: Iterable[Any]) -> dict[Any, str]:
    if group == "listing":
        return {pk: one.name for pk, one in listings_by_ids(ids).items()}
    if group == "key":
        return {one.pk: str(one) for one in keys_of(organization)}
    if group == "member":
        members = {one.user_id: one.user.get_full_name() for one in members_of(organization)}
        return {None: "With a key", **members}
    return {}


def _series(
    events: QuerySet[UsageEvent], within: UsageRange, listings: list[UsageRow]
) -> tuple[DaySeries, ...]:
    """The five dearest listings by day, and all others together."""
    rows = events.annotate(day=TruncDate("occurred_at")).values_list("listing_id", "day")
    sums = {(str(pk), day): cost for pk, day, cost in rows.annotate(cost=Sum("cost_nano"))}
    days = within.days
    shown, rest = listings[:5], listings[5:]
    series = [
        DaySeries(one.label, tuple(sums.get((one.id, day), 0) for day in days)) for one in shown
    ]
    if rest:
        others = [sum(sums.get((one.id, day), 0) for one in rest) for day in days]
        series.append(DaySeries("Other models", tuple(others)))
    return tuple(series)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which usage events of a range; ``None`` means any."""

    listing_id: UUID | None = None
    api_key_id: UUID | None = None
    user_id: UUID | None = None
    is_without_key: bool = False
    is_without_member: bool = False


def filtered_events(
    organization: Organization, within: UsageRange, chosen: EventFilter
) -> QuerySet[UsageEvent]:
    """Return the events behind a row of usage, newest first, with what a list shows."""
    rows = events_of(organization, within)
    given = {
        "listing_id": chosen.listing_id,
        "api_key_id": chosen.api_key_id,
        "user_id": chosen.user_id,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if chosen.is_without_key:
        rows = rows.filter(api_key_id=None)
    if chosen.is_without_member:
        rows = rows.filter(user=None)
    return rows.select_related("price__plan").order_by("-occurred_at", "-id")


@dataclass(frozen=True, slots=True)
class EventView:
    """A usage event with the names that go with it."""

    id: UUID
    prediction_id: UUID
    model: str
    listing_name: str
    version_id: UUID
    plan: str
    price_id: UUID
    api_key_id: UUID | None
    member_id: UUID | None
    quantities: dict[str, int]
    cost: Money
    lines: tuple[CostLine, ...]
    is_test: bool
    occurred_at: datetime


def event_views(rows: Iterable[UsageEvent]) -> list[EventView]:
    """Return usage events, whose price and plan are loaded, with names."""
    found = list(rows)
    listings = listings_by_ids(one.listing_id for one in found)
    return [
        EventView(
            id=one.pk,
            prediction_id=one.prediction_id,
            model=listings[one.listing_id].model_id,
            listing_name=listings[one.listing_id].name,
            version_id=one.version_id,
            plan=one.price.plan.code,
            price_id=one.price_id,
            api_key_id=one.api_key_id,
            member_id=one.user_id,
            quantities=one.quantities,
            cost=Money(one.cost_nano, one.currency),
            lines=breakdown(one).lines,
            is_test=one.is_test,
            occurred_at=one.occurred_at,
        )
        for one in found
    ]


CSV_HEAD = [
    "occurred_at",
    "prediction_id",
    "model",
    "version_id",
    "plan",
    "price_number",
    "api_key_id",
    "member_id",
    "is_test",
    "quantities",
    "cost",
    "currency",
]


def event_rows(
    organization: Organization, within: UsageRange, chosen: EventFilter
) -> Iterator[list[str]]:
    """Yield the events of a range as rows of text, their names first."""
    yield CSV_HEAD
    names: dict[UUID, str] = {}
    for one in filtered_events(organization, within, chosen).iterator(chunk_size=1000):
        if one.listing_id not in names:
            names[one.listing_id] = listings_by_ids([one.listing_id])[one.listing_id].model_id
        yield [
            one.occurred_at.isoformat(),
            str(one.prediction_id),
            names[one.listing_id],
            str(one.version_id),
            one.price.plan.code,
            str(one.price.number),
            str(one.api_key_id or ""),
            str(one.user_id or ""),
            str(one.is_test).lower(),
            " ".join(f"{code}={one.quantities[code]}" for code in sorted(one.quantities)),
            decimal_as_text(from_nano(one.cost_nano, one.currency)),
            one.currency,
        ]


def fees_total(organization: Organization, within: UsageRange) -> Money:
    """Return the fees of a range together; test keys pay none."""
    if within.is_test:
        return Money(0, within.currency)
    fees = fees_of(organization, within.start, within.end, within.currency)
    return Money(sum(one.amount.nano for one in fees), within.currency)


def currencies_of(organization: Organization) -> list[str]:
    """Return the currencies an organization has used, the marketplace's first."""
    rows = UsageEvent.objects.of(organization).order_by().values_list("currency", flat=True)
    found = set(rows.distinct()) | {settings.STOA_CURRENCY}
    return sorted(found, key=lambda one: (one != settings.STOA_CURRENCY, one))
