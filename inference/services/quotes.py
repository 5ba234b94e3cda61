"""What a call will cost: the input is measured as admission would measure it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accounts.types import Caller
from billing.services import quotes
from inference.services.admission import check

if TYPE_CHECKING:
    from billing.models import Plan, Quote


def quote_call(
    *, by: Caller, model: str, value: Mapping[str, Any], plan: "Plan | None" = None
) -> "Quote":
    """Bind the price of one call of this input, without running it.

    Raises what ``predictions.create`` raises before anything is held.
    """
    checked = check(by=by, model=model, value=value)
    return quotes.quote(
        by=by,
        listing=checked.listing,
        input_digest=checked.input_digest,
        expected=checked.expected,
        maximum=checked.maximum,
        plan=plan,
    )
