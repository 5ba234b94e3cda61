"""Money reserved, taken and given back, by conditional updates of single rows.

Whoever changes several rows goes in this order, so that nobody waits in a circle: the
hold, totals by meter, the credit account, the key's spending.
"""

from uuid import UUID

from django.db.models import F

from accounts.models import Organization
from billing.models import CreditAccount, KeySpending


def reserve(account_id: UUID, amount: int) -> bool:
    """Hold an amount of an account; tell whether the free credit covered it."""
    return bool(
        CreditAccount.objects.filter(
            pk=account_id, balance_nano__gte=F("held_nano") + amount
        ).update(held_nano=F("held_nano") + amount)
    )


def resolve(account_id: UUID, *, held: int, cost: int) -> None:
    """End a hold of an account: take the cost, give back the rest."""
    if held:
        CreditAccount.objects.filter(pk=account_id).update(
            balance_nano=F("balance_nano") - cost, held_nano=F("held_nano") - held
        )


def debit(account_id: UUID, amount: int) -> bool:
    """Take an amount at once; tell whether the free credit covered it."""
    return bool(
        CreditAccount.objects.filter(
            pk=account_id, balance_nano__gte=F("held_nano") + amount
        ).update(balance_nano=F("balance_nano") - amount)
    )


def credit(account_id: UUID, amount: int) -> None:
    """Add an amount to an account."""
    CreditAccount.objects.filter(pk=account_id).update(balance_nano=F("balance_nano") + amount)


def reserve_for_key(
    organization: Organization, key_id: UUID, currency: str, amount: int, *, cap: int | None
) -> bool:
    """Hold an amount of a key's cap; tell whether what is left of the cap covered it."""
    KeySpending.objects.get_or_create(
        api_key_id=key_id, currency=currency, defaults={"organization": organization}
    )
    rows = KeySpending.objects.filter(api_key_id=key_id, currency=currency)
    if cap is not None:
        rows = rows.filter(spent_nano__lte=cap - amount - F("held_nano"))
    return bool(rows.update(held_nano=F("held_nano") + amount))


def resolve_for_key(key_id: UUID | None, currency: str, *, held: int, cost: int) -> None:
    """End a hold of a key's cap: count the cost, give back the rest."""
    if held and key_id is not None:
        KeySpending.objects.filter(api_key_id=key_id, currency=currency).update(
            spent_nano=F("spent_nano") + cost, held_nano=F("held_nano") - held
        )
