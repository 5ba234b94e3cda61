"""Make a key from the shell: the key alone on standard output, everything else on the other."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from accounts.selectors import acting_for, organization_by_slug
from accounts.services.api_keys import create_key
from accounts.types import KEY_SCOPES
from marketplace.core.errors import DomainError, NotFound


class Command(BaseCommand):
    """``manage.py create_api_key --organization SLUG --name NAME [--test] [--scope SCOPE …]``."""

    help = "Create an API key of an organization and print it, once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)
        parser.add_argument("--test", action="store_true", help="pays from the test balance")
        parser.add_argument(
            "--scope",
            action="append",
            dest="scopes",
            metavar="SCOPE",
            help=f"may be repeated; one of {', '.join(KEY_SCOPES)}. Without it: the usual ones.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organization = _organization(options["organization"])
        try:
            _, token = create_key(
                by=acting_for(organization),
                name=options["name"],
                is_test=options["test"],
                scopes=options["scopes"],
            )
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(token)


def _organization(slug: str) -> Organization:
    try:
        return organization_by_slug(slug)
    except NotFound as refusal:
        known = Organization.objects.order_by("is_personal", "created_at")
        slugs = ", ".join(known.values_list("slug", flat=True)[:10]) or "none yet; sign up first"
        raise CommandError(
            f"There is no organization {slug!r}. Type --organization with one of: {slugs}."
        ) from refusal
