"""What a call will cost: the input is measured as admission would measure it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accounts.types import Caller
from billing.selectors.plans import plan_for
from billing.services import quotes
from inference.services.admission import check

if TYPE_CHECKING:
    from billing.models import Quote


def quote_call(*, by: Caller, model: str, value: Mapping[str, Any], plan: str = "") -> "Quote":
    """Bind the price of one call of this input, without running it.

    ``plan`` is the code of a plan of the listing. Raises what ``predictions.create`` raises
    before anything is held, and ``NotFound`` for an unknown plan.
    """
    checked = check(by=by, model=model, value=value)
    chosen = plan_for(checked.listing, by, plan) if plan else None
    return quotes.quote(
        by=by,
        listing=checked.listing,
        input_digest=checked.input_digest,
        expected=checked.expected,
        maximum=checked.maximum,
        plan=chosen,
    )
