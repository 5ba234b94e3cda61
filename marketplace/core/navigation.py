"""Where signed-in people can go: the side navigation of ``layouts/desk.html``."""

from dataclasses import dataclass

from django.urls import reverse

from marketplace.core.ui import Tab


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the side navigation; it is current for every address beneath its own."""

    label: str
    url: str
    icon: str
    permission: str = ""


BUYER_PLACES = (
    Place("Predictions", "/predictions/", "activity", "predictions.read"),
    Place("Usage", "/usage/", "chart", "usage.read"),
    Place("API keys", "/keys/", "key"),
    Place("Subscriptions", "/subscriptions/", "receipt"),
    Place("Members", "/members/", "users"),
    Place("Audit trail", "/audit/", "fingerprint", "audit.read"),
    Place("Organization", "/organization/", "settings"),
)
AUTHOR_PLACES = (
    Place("Listings", "/desk/", "package"),
    Place("Uploads", "/desk/uploads/", "upload"),
)
LISTING_PARTS = (
    ("desk-versions", "Versions and channels", "layers"),
    ("desk-edit", "Texts", "pencil"),
    ("desk-plans", "Plans and prices", "receipt"),
    ("desk-listing-uploads", "Uploads", "upload"),
)
ACCOUNT_PLACES = (
    Place("E-mail", "/accounts/email/", "mail"),
    Place("Password", "/accounts/password/change/", "lock"),
    Place("Two-factor", "/accounts/2fa/", "shield"),
    Place("Sessions", "/accounts/sessions/", "monitor"),
)


def tabs_at(path: str, places: tuple[Place, ...], allowed: frozenset[str] | None) -> list[Tab]:
    """Return the places a caller may see; the one with the longest address over path is current."""
    seen = [
        one for one in places if allowed is None or not one.permission or one.permission in allowed
    ]
    over = [one.url for one in seen if path.startswith(one.url)]
    current = max(over, key=len, default="")
    return [Tab(one.label, one.url, one.url == current, icon=one.icon) for one in seen]


def listing_tabs(slug: str, current: str) -> list[Tab]:
    """Return the parts of a listing on the desk; ``current`` is the name of a route."""
    return [
        Tab(label, reverse(name, args=[slug]), name == current, icon=icon)
        for name, label, icon in LISTING_PARTS
    ]
