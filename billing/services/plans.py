"""Plans and their prices: made by the listing's author, never edited."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.models import Organization
from accounts.models.organization import slug_is_plain
from accounts.services import audit
from accounts.types import Caller
from billing.models import Plan, PlanKind, Price
from billing.pricing import Tariff, describe, read_tariff, tariff_as_json, tariff_digest
from billing.selectors.prices import price_at, tariff_of
from catalog.services.listings import record_facets
from catalog.services.rights import require_author
from marketplace.core import clock
from marketplace.core.errors import Conflict, FieldProblem, InvalidInput

if TYPE_CHECKING:
    from catalog.models import Listing

MOST_PLANS = 40
LENGTHS = {"name": 80, "summary": 240, "terms": 5000}


@transaction.atomic
def create_plan(
    *,
    by: Caller | None,
    listing: "Listing",
    code: str,
    name: str,
    kind: str,
    tariff: Tariff,
    summary: str = "",
    terms: str = "",
    buyer: Organization | None = None,
    position: int | None = None,
    effective_from: datetime | None = None,
) -> Plan:
    """Add a plan with its first price, in force at once or from a later moment.

    Raises ``PermissionMissing``, ``NotFound`` for another author's listing, and
    ``InvalidInput`` naming each wrong field.
    """
    require_author(by, listing)
    texts = {"name": name.strip(), "summary": summary.strip(), "terms": terms.strip()}
    _refuse([*_text_problems(texts), *_code_problems(listing, code)])
    _refuse(_kind_problems(kind, tariff, buyer))
    plan = Plan.objects.create(
        organization=listing.organization,
        listing=listing,
        code=code,
        kind=kind,
        buyer=buyer,
        position=_next_position(listing) if position is None else position,
        **texts,
    )
    price = _add_price(plan, tariff, effective_from)
    _audit("plan.create", by, plan, kind=kind, price=price.number, digest=price.content_digest)
    _record_facets(listing)
    return plan


def _next_position(listing: "Listing") -> int:
    last = Plan.objects.filter(listing=listing).aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


@transaction.atomic
def set_price(
    *,
    by: Caller | None,
    plan: Plan,
    tariff: Tariff,
    effective_from: datetime | None = None,
) -> Price:
    """Give a plan its next price, from now or from a later moment.

    Calls that are running, and paid periods, keep the price that they began with. Raises
    ``Conflict`` when the price says what the last one says, ``InvalidInput`` otherwise.
    """
    require_author(by, plan.listing)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("listing").get(pk=plan.pk)
    _refuse(_kind_problems(plan.kind, tariff, plan.buyer))
    last = plan.prices.order_by("-number")[0]
    if last.content_digest == tariff_digest(tariff):
        raise Conflict(reason=f"{plan} already has this price.")
    if last.currency != tariff.currency:
        message = f"This plan is sold in {last.currency}; make another plan."
        raise InvalidInput([FieldProblem("tariff.currency", message)])
    price = _add_price(plan, tariff, effective_from)
    when = price.effective_from.isoformat()
    _audit("plan.price", by, plan, price=price.number, digest=price.content_digest, at=when)
    _record_facets(plan.listing)
    return price


def _add_price(plan: Plan, tariff: Tariff, effective_from: datetime | None) -> Price:
    moment = clock.now()
    start = effective_from or moment
    if start < moment:
        raise InvalidInput([FieldProblem("effective_from", "A price cannot begin in the past.")])
    last = plan.prices.order_by("-number").first()
    if last and last.effective_from >= start:
        message = f"Price {last.number} begins at {last.effective_from.isoformat()}; begin later."
        raise InvalidInput([FieldProblem("effective_from", message)])
    # What is stored has passed the same checks, wherever the tariff came from.
    form = tariff_as_json(tariff)
    read_tariff(form)
    return Price.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        currency=tariff.currency,
        tariff=form,
        content_digest=tariff_digest(tariff),
        effective_from=start,
    )


@transaction.atomic
def deactivate_plan(*, by: Caller | None, plan: Plan) -> Plan:
    """Take a plan out of the shop; whoever has it keeps it."""
    return _set_active(by, plan, is_active=False)


@transaction.atomic
def activate_plan(*, by: Caller | None, plan: Plan) -> Plan:
    """Offer a plan again."""
    return _set_active(by, plan, is_active=True)


def _set_active(by: Caller | None, plan: Plan, *, is_active: bool) -> Plan:
    require_author(by, plan.listing)
    changed = Plan.objects.filter(pk=plan.pk, is_active=not is_active).update(is_active=is_active)
    plan.is_active = is_active
    if changed:
        _audit("plan.activate" if is_active else "plan.deactivate", by, plan)
        _record_facets(plan.listing)
    return plan


def _audit(action: str, by: Caller | None, plan: Plan, **data: object) -> None:
    owner = plan.listing.organization
    audit.record(action, by=by, target=plan, organization=owner, code=plan.code, **data)


def _record_facets(listing: "Listing") -> None:
    """Tell the catalog how the listing is sold; a price that is only announced counts too."""
    plans = list(Plan.objects.filter(listing=listing, is_active=True, buyer=None))
    first = plans[0] if plans else None
    price = (price_at(first, clock.now()) or first.prices.first()) if first else None
    record_facets(
        listing_id=listing.pk,
        price_kinds=sorted({plan.kind for plan in plans}),
        price_line=describe(tariff_of(price)) if price else "",
        has_free_plan=any(plan.kind == PlanKind.FREE for plan in plans),
    )


def _refuse(problems: Iterator[FieldProblem] | list[FieldProblem]) -> None:
    found = list(problems)
    if found:
        raise InvalidInput(found)


def _text_problems(texts: dict[str, str]) -> Iterator[FieldProblem]:
    for name, text in texts.items():
        if len(text) > LENGTHS[name]:
            yield FieldProblem(name, f"At most {LENGTHS[name]} characters.", "too_long")
        if "\x00" in text:
            yield FieldProblem(name, "No null characters, please.", "null_character")
    if not texts["name"]:
        yield FieldProblem("name", "Give the plan a name.", "required")


def _code_problems(listing: "Listing", code: str) -> Iterator[FieldProblem]:
    if len(code) > 40:
        yield FieldProblem("code", "At most 40 characters.", "too_long")
    try:
        slug_is_plain(code)
    except ValidationError as error:
        yield FieldProblem("code", error.messages[0], "slug")
    plans = Plan.objects.filter(listing=listing)
    if plans.filter(code=code).exists():
        yield FieldProblem("code", f"This listing already has a plan {code!r}.", "unique")
    elif plans.count() >= MOST_PLANS:
        yield FieldProblem("code", f"A listing has at most {MOST_PLANS} plans.", "too_many")


def _kind_problems(kind: str, tariff: Tariff, buyer: Organization | None) -> Iterator[FieldProblem]:
    """A plan's kind says what its tariff must have, and what would surprise a buyer."""
    if kind not in PlanKind.values:
        yield FieldProblem("kind", f"Choose of {', '.join(PlanKind.values)}.", "choice")
        return
    if (buyer is not None) != (kind == PlanKind.PRIVATE_OFFER):
        yield FieldProblem("buyer", "A private offer has a buyer, and no other plan has one.")
    if kind == PlanKind.FREE and not tariff.is_free:
        yield FieldProblem("tariff", "A free plan charges nothing.")
    if kind == PlanKind.PRIVATE_OFFER:
        return
    needed = {
        PlanKind.SUBSCRIPTION: ("recurring", tariff.recurring),
        PlanKind.COMMITMENT: ("minimum", tariff.minimum),
        PlanKind.LICENSE: ("license", tariff.license),
    }
    for which, (field, value) in needed.items():
        if kind == which and value is None:
            yield FieldProblem(f"tariff.{field}", f"A plan of this kind needs {field}.")
    if kind == PlanKind.PAY_AS_YOU_GO and (tariff.has_fees or not tariff.charges):
        yield FieldProblem("tariff", "Pay as you go has charges, and no fee or minimum.")
