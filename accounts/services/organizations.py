"""Organizations: made, and given their first member."""

import re
import unicodedata

from django.db import transaction

from accounts.models import DataPolicy, Membership, Organization, Role, User
from accounts.selectors import caller_for
from accounts.services import audit
from marketplace.core.ids import random_base62


@transaction.atomic
def create_organization(
    *, name: str, owner: User, slug: str = "", is_personal: bool = False, is_author: bool = False
) -> Organization:
    """Create an organization with its owner and its default data policy."""
    organization = Organization.objects.create(
        name=name,
        slug=slug or free_slug(name),
        is_personal=is_personal,
        is_author=is_author,
    )
    DataPolicy.objects.create(organization=organization)
    membership = Membership.objects.create(organization=organization, user=owner, role=Role.OWNER)
    audit.record("organization.create", by=caller_for(membership), target=organization)
    return organization


def free_slug(name: str) -> str:
    """Return a slug for a name that no organization has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "organization"
    if not Organization.objects.filter(slug=slug).exists():
        return slug
    return f"{slug}-{random_base62(6).lower()}"
