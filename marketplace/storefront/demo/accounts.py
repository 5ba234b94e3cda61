"""People and organizations of the demo world, and how to sign in as them."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.models import Membership, Organization, Role, User
from accounts.selectors import caller_for
from accounts.services.members import remember_choice
from accounts.services.organizations import create_organization
from accounts.types import Caller
from billing.services.credit import grant_welcome

BUYER = "demo-buyer"
# Whom the buyer and the author act for when they sign in first.
HOMES = (BUYER, "meridian")


@dataclass(frozen=True, slots=True)
class DemoAuthor:
    """A fictional organization that sells models."""

    slug: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login printed by ``make run``; the password is drawn once per data folder."""

    role: str
    email: str
    name: str
    password: str


AUTHORS = (
    DemoAuthor(
        "harbor",
        "Harbor Language Works",
        "Small language models that run where your data already is.",
    ),
    DemoAuthor(
        "quill-ledger", "Quill & Ledger", "Adapters for the language of public institutions."
    ),
    DemoAuthor("northfield", "Northfield Press", "Adapters and tools for literary text."),
    DemoAuthor(
        "meridian", "Meridian Analytics", "Tabular scoring, forecasting and text analytics."
    ),
    DemoAuthor(
        "evenhand", "Evenhand Lab", "Models that are measured for fairness and abuse before sale."
    ),
    DemoAuthor("brightwater", "Brightwater Vision", "Compact vision models for ordinary hardware."),
)
PEOPLE = (
    ("buyer", "buyer@demo.stoa.example", "Bea Buyer"),
    ("author", "author@demo.stoa.example", "Ari Author"),
    ("operator", "operator@demo.stoa.example", "Olu Operator"),
)


def demo_logins() -> list[DemoLogin]:
    """Return the logins of this data folder, drawing passwords the first time."""
    kept = Path(settings.DATA_DIR) / "keys" / "demo-logins.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        drawn = {role: secrets.token_urlsafe(9) for role, _, _ in PEOPLE}
        kept.write_text(json.dumps(drawn, indent=2))
    passwords = json.loads(kept.read_text())
    return [DemoLogin(role, email, name, passwords[role]) for role, email, name in PEOPLE]


def ensure_accounts() -> None:
    """Make the demo people and organizations that are not there yet."""
    users = {login.role: _ensure_user(login) for login in demo_logins()}
    for author in AUTHORS:
        _ensure_organization(
            author.slug, author.name, users["author"], description=author.description
        )
    _ensure_organization(BUYER, "Demo Buyer", users["buyer"], is_author=False)


def author_caller(slug: str) -> Caller:
    """Return the owner of a demo author as a caller."""
    return _owner_of(slug)


def buyer_caller() -> Caller:
    """Return the owner of the demo buyer as a caller."""
    return _owner_of(BUYER)


def _owner_of(slug: str) -> Caller:
    membership = Membership.objects.select_related("organization", "user").get(
        organization__slug=slug, role=Role.OWNER
    )
    return caller_for(membership)


def _ensure_user(login: DemoLogin) -> User:
    user = User.objects.filter(email=login.email).first()
    if user is not None:
        return user
    is_operator = login.role == "operator"
    user = User.objects.create_user(
        login.email,
        login.password,
        name=login.name,
        is_staff=is_operator,
        is_superuser=is_operator,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    create_organization(name=login.name, owner=user, is_personal=True)
    return user


def _ensure_organization(
    slug: str, name: str, owner: User, *, is_author: bool = True, description: str = ""
) -> None:
    if Organization.objects.filter(slug=slug).exists():
        return
    organization = create_organization(name=name, slug=slug, owner=owner, is_author=is_author)
    grant_welcome(organization)
    Organization.objects.filter(pk=organization.pk).update(description=description)
    if slug in HOMES:
        remember_choice(owner, organization.pk)
