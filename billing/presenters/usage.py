"""The usage page: numbers, a chart, tables, and the events behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from accounts.models import Organization
from billing.pricing import amount_in_words
from billing.selectors.credit import CreditView, credit_of
from billing.selectors.usage import (
    EventFilter,
    EventView,
    UsagePage,
    UsageRange,
    UsageRow,
    currencies_of,
    usage_page,
)
from marketplace.core import clock
from marketplace.core.charts import Series, StackedBars
from marketplace.core.money import from_nano
from marketplace.core.ui import Tab

PRESETS = ((7, "7 days"), (30, "30 days"), (90, "90 days"))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a usage table, and where its predictions are."""

    label: str
    calls: int
    cost: str
    share: float
    url: str


@dataclass(frozen=True, slots=True)
class Table:
    """A usage table."""

    title: str
    first: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class UsageView:
    """Everything the usage page shows."""

    usage: UsagePage
    chart: StackedBars
    tables: Sequence[Table]
    presets: Sequence[Tab]
    monies: Sequence[Tab]
    credit: CreditView
    download_url: str
    events_url: str


def usage_view(organization: Organization, within: UsageRange) -> UsageView:
    """Prepare the usage page."""
    usage = usage_page(organization, within)
    return UsageView(
        usage=usage,
        chart=_chart(usage),
        tables=_tables(usage),
        presets=_presets(within),
        monies=_monies(organization, within),
        credit=credit_of(organization, is_test=within.is_test, currency=within.currency),
        download_url=address("/usage/events.csv", within),
        events_url=address("/usage/predictions/", within),
    )


def address(path: str, within: UsageRange, **more: object) -> str:
    """Return an address that carries a range."""
    query = {"start": within.start, "end": within.end, "currency": within.currency}
    if within.is_test:
        query["is_test"] = "true"
    return f"{path}?{urlencode({**query, **more})}"


def _chart(usage: UsagePage) -> StackedBars:
    within = usage.range
    return StackedBars(
        title="Cost by day",
        description=f"What calls cost on each day from {within.start} to {within.end}, by model.",
        labels=[f"{day:%b} {day.day}" for day in within.days],
        series=[Series(one.label, one.by_day) for one in usage.series],
        format=lambda value: short_money(value, within.currency),
        empty="No calls in these days",
    )


def short_money(nano: float, currency: str) -> str:
    """Write an amount of a chart with three digits that count."""
    exact = from_nano(round(nano), currency)
    return amount_in_words(Decimal(f"{exact:.3g}"), currency)


def _tables(usage: UsagePage) -> list[Table]:
    return [
        _table(usage, "By model", "Model", usage.by_listing, "listing"),
        _table(usage, "By key", "Key", usage.by_key, "key"),
        _table(usage, "By member", "Member", usage.by_member, "member"),
    ]


def _table(usage: UsagePage, title: str, first: str, rows: Sequence[UsageRow], name: str) -> Table:
    total = usage.cost.nano
    return Table(
        title,
        first,
        [
            Row(
                label=one.label,
                calls=one.calls,
                cost=str(one.cost),
                share=one.cost.nano / total if total else 0,
                url=address("/usage/predictions/", usage.range, **{name: one.id or "none"}),
            )
            for one in rows
        ],
    )


def _presets(within: UsageRange) -> list[Tab]:
    today = clock.now().date()
    tabs = []
    for days, label in PRESETS:
        chosen = UsageRange(
            today - timedelta(days=days - 1), today, within.currency, within.is_test
        )
        tabs.append(Tab(label, address("/usage/", chosen), chosen == within))
    return tabs


def _monies(organization: Organization, within: UsageRange) -> list[Tab]:
    """Live and test keys; each currency that was used."""
    tabs = []
    for currency in currencies_of(organization):
        for is_test, name in ((False, "Calls"), (True, "Test keys")):
            one = UsageRange(within.start, within.end, currency, is_test)
            label = name if currency == within.currency else f"{name} {currency}"
            tabs.append(Tab(label, address("/usage/", one), one == within))
    return tabs


@dataclass(frozen=True, slots=True)
class EventsView:
    """The predictions behind a row of usage."""

    rows: Sequence[EventView]
    summary: str
    previous_url: str
    next_url: str


def events_query(within: UsageRange, chosen: EventFilter) -> str:
    """Return the address of a list of events, without a cursor."""
    given = {
        "listing": chosen.listing_id,
        "key": "none" if chosen.is_without_key else chosen.api_key_id,
        "member": "none" if chosen.is_without_member else chosen.user_id,
    }
    named = {name: value for name, value in given.items() if value is not None}
    return address("/usage/predictions/", within, **named)
