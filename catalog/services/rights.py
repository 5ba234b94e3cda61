"""Who may change what in the catalog."""

from accounts.types import Caller
from catalog.models import Listing
from marketplace.core.errors import Forbidden, NotFound


def require_author(by: Caller | None, listing: Listing) -> None:
    """Refuse anybody but the platform and those who write for the listing's author.

    Raises ``PermissionMissing`` for other roles of the author, ``Forbidden`` for other
    organizations, and ``NotFound`` where they may not know of the listing.
    """
    if by is None or is_operator(by):
        return
    if by.organization.pk != listing.organization_id:
        if listing.is_live:
            raise Forbidden(reason=f"Only {listing.organization} may change {listing.model_id}.")
        raise NotFound(kind="listing")
    by.require("listings.write")


def require_operator(by: Caller | None) -> None:
    """Refuse anybody but the platform and its staff; raises ``Forbidden``."""
    if by is not None and not is_operator(by):
        raise Forbidden(reason="Only the operator of this marketplace may do this.")


def is_operator(by: Caller) -> bool:
    """Tell whether the caller is staff of the operator, or the platform acting for an author."""
    if by.user is None:
        return by.api_key is None
    return by.user.is_staff and by.user.is_active
