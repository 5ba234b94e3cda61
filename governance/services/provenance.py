"""Where versions come from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from governance.models import Provenance

if TYPE_CHECKING:
    from catalog.models import Version


@transaction.atomic
def record(
    *, by: Caller, version: "Version", measured: Sequence[str] = (), **facts: Any
) -> Provenance:
    """Write or replace the provenance of a version.

    ``measured`` names the fields that the platform established itself (a digest it
    computed, a training record of its own trainer); everything else is the author's word.
    """
    by.require("listings.write")
    found, _ = Provenance.objects.update_or_create(
        version=version, defaults={**facts, "measured_fields": sorted(measured)}
    )
    audit.record("provenance.record", by=by, target=found, version=version.digest)
    return found
