"""Organizations: made with their first member, and changed."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction

from accounts.models import DataPolicy, Membership, Organization, Role, User
from accounts.models.organization import slug_is_plain
from accounts.selectors import caller_for
from accounts.services import audit
from accounts.types import Caller
from marketplace.core.errors import FieldProblem, InvalidInput
from marketplace.core.ids import random_base62

LONGEST_RETENTION_HOURS = 24 * 366
RESERVED = {"admin", "api", "accounts", "docs", "me", "models", "new", "stoa", "switch", "ui"}
website_is_web = URLValidator(["http", "https"])


@transaction.atomic
def create_organization(
    *,
    name: str,
    owner: User,
    slug: str = "",
    is_personal: bool = False,
    is_author: bool = False,
    description: str = "",
    website: str = "",
) -> Organization:
    """Create an organization with its owner and its default data policy.

    Raises ``InvalidInput`` for a slug that is taken or not plain, and for other wrong fields.
    """
    slug = slug or free_slug(name)
    _refuse([*_slug_problems(slug), *_problems(name, description, website)])
    organization = Organization(
        name=name.strip(),
        slug=slug,
        is_personal=is_personal,
        is_author=is_author,
        description=description,
        website=website,
    )
    _insert(organization)
    DataPolicy.objects.create(organization=organization)
    membership = Membership.objects.create(organization=organization, user=owner, role=Role.OWNER)
    audit.record("organization.create", by=caller_for(membership), target=organization)
    return organization


def _insert(organization: Organization) -> None:
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError:  # somebody took the slug this very moment
        raise InvalidInput([_taken(organization.slug)]) from None


@transaction.atomic
def update_organization(
    *,
    by: Caller,
    name: str | None = None,
    description: str | None = None,
    website: str | None = None,
    is_author: bool | None = None,
) -> Organization:
    """Change the caller's organization; what is ``None`` stays. An author remains one.

    Raises ``PermissionMissing`` and ``InvalidInput``.
    """
    by.require("organization.manage")
    organization = Organization.objects.select_for_update().get(pk=by.organization.pk)
    changes = {"name": name, "description": description, "website": website, "is_author": is_author}
    changed = {
        field: value
        for field, value in changes.items()
        if value is not None and value != getattr(organization, field)
    }
    if organization.is_author and is_author is False:
        _refuse([FieldProblem("is_author", "An author with listings cannot stop being one.")])
    for field, value in changed.items():
        setattr(organization, field, value)
    _refuse(_problems(organization.name, organization.description, organization.website))
    if changed:
        organization.save(update_fields=[*changed, "updated_at"])
        audit.record("organization.update", by=by, target=organization, fields=sorted(changed))
    return organization


@transaction.atomic
def set_data_policy(*, by: Caller, body_retention_hours: int, allows_training: bool) -> DataPolicy:
    """Decide how long bodies of calls are kept, and whether they may teach models.

    Raises ``PermissionMissing`` and ``InvalidInput``.
    """
    by.require("organization.manage")
    if not 0 <= body_retention_hours <= LONGEST_RETENTION_HOURS:
        message = f"Give hours, 0 to {LONGEST_RETENTION_HOURS}."
        _refuse([FieldProblem("body_retention_hours", message)])
    policy = DataPolicy.objects.select_for_update().get(organization=by.organization)
    before = {"hours": policy.body_retention_hours, "training": policy.allows_training}
    after = {"hours": body_retention_hours, "training": allows_training}
    if before == after:
        return policy
    policy.body_retention_hours, policy.allows_training = body_retention_hours, allows_training
    policy.save(update_fields=["body_retention_hours", "allows_training", "updated_at"])
    audit.record("data_policy.update", by=by, target=policy, before=before, after=after)
    return policy


def free_slug(name: str) -> str:
    """Return a slug for a name that no organization has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "organization"
    if slug not in RESERVED and not Organization.objects.filter(slug=slug).exists():
        return slug
    return f"{slug}-{random_base62(6).lower()}"


def _slug_problems(slug: str) -> list[FieldProblem]:
    try:
        slug_is_plain(slug)
    except ValidationError as error:
        return [FieldProblem("slug", str(error.message))]
    if len(slug) > 60:
        return [FieldProblem("slug", "Use at most 60 characters.")]
    if slug in RESERVED or Organization.objects.filter(slug=slug).exists():
        return [_taken(slug)]
    return []


def _taken(slug: str) -> FieldProblem:
    return FieldProblem("slug", f"{slug!r} is taken; choose another.", "taken")


def _problems(name: str, description: str, website: str) -> list[FieldProblem]:
    problems = []
    if not 1 <= len(name.strip()) <= 120:
        problems.append(FieldProblem("name", "Give a name of 1 to 120 characters."))
    if len(description) > 2000:
        problems.append(FieldProblem("description", "Use at most 2,000 characters."))
    if website and not _is_web_address(website):
        problems.append(FieldProblem("website", "Give an address like https://example.org."))
    return problems


def _is_web_address(text: str) -> bool:
    try:
        website_is_web(text)
    except ValidationError:
        return False
    return len(text) <= 200


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        raise InvalidInput(problems)
