"""What billing hands to other apps, as plain Python."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

# Calls from the try-it panel, which need no subscription.
PLAYGROUND = "playground"


@dataclass(frozen=True, slots=True)
class Admission:
    """Leave to run one call: under which plan and price, and what it costs at most."""

    entitlement_id: UUID | None
    price_id: UUID
    plan_code: str
    plan_name: str
    currency: str
    maximum_nano: int
    expires_at: datetime


class AdmittedUnder(Protocol):
    """What settling needs to know of an admission; a prediction that kept it will do."""

    @property
    def entitlement_id(self) -> UUID | None:
        """The entitlement that was used, if any."""

    @property
    def price_id(self) -> UUID | None:
        """The price that was in force."""
