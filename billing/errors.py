"""Refusals of billing."""

from marketplace.core.errors import DomainError, Fault


class AmountTooLarge(DomainError):
    """An amount does not fit into 64 bits of nano-units."""

    code = "billing.amount_too_large"
    status = 422
    title = "The amount is too large"
    message = "These quantities cost more than an account can hold; use smaller ones."


class NoEntitlement(DomainError):
    """The organization has not subscribed to the listing."""

    code = "billing.no_entitlement"
    status = 403
    title = "Not subscribed"
    message = "{organization} has no plan for {listing}; choose one at {plans_url}."


class NoPlan(DomainError):
    """The listing cannot be bought by this organization."""

    code = "billing.no_plan"
    status = 403
    title = "Not for sale"
    message = "{listing} has no plan that {organization} can choose."


class InsufficientCredit(DomainError):
    """The credit that is not held by other calls does not cover this one."""

    code = "billing.insufficient_credit"
    status = 402
    title = "Not enough credit"
    message = "This can cost {needed}, and {available} of credit is free; {remedy}."


class OverCeiling(DomainError):
    """The call can cost more than the caller allows."""

    code = "billing.over_ceiling"
    status = 402
    title = "Above the ceiling of the call"
    message = (
        "This can cost {maximum}, above your ceiling of {ceiling}; "
        "raise max_cost, or ask for less output."
    )


class KeyCapReached(DomainError):
    """The spending cap of the key does not cover the call."""

    code = "billing.key_cap_reached"
    status = 402
    title = "The key's spending cap is reached"
    message = "This can cost {needed}, and {available} of the key's cap of {cap} is left."


class QuoteNotUsable(DomainError):
    """The quote is not for this call, or its time is over; ``reason`` says which."""

    code = "billing.quote_not_usable"
    status = 409
    title = "The quote does not hold"
    message = "{reason}"


class KeyIsForTests(DomainError):
    """A test key tried to change what the organization buys."""

    code = "billing.key_is_for_tests"
    status = 403
    title = "A test key cannot buy"
    message = "Use a stoa_live_ key, or the pricing page, to change what the organization buys."


class PriceIsFixed(DomainError):
    """A price was to be changed after it was made."""

    code = "billing.price_is_fixed"
    status = 409
    title = "Prices do not change"
    message = "A price is never edited; give the plan a new price with a later date."


class NotAdmitted(DomainError):
    """A call was to be settled that was never admitted."""

    code = "billing.not_admitted"
    status = 500
    fault = Fault.PLATFORM
    title = "The call was not admitted"
    message = "There is no admission of the call {call}."
