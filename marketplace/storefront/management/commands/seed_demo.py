"""``manage.py seed_demo``: the demo world, through services only."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.storefront.demo.seed import seed
from marketplace.storefront.demo.world import EXTRAS, LISTINGS


class Command(BaseCommand):
    """Makes what is not there yet; running it twice is harmless."""

    help = "Make the demo world: organizations, logins, and working models with prices."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--allow", action="store_true", help="do so outside DEBUG, too")
        parser.add_argument(
            "--offline", action="store_true", help="use only what was fetched before"
        )
        parser.add_argument(
            "--with",
            nargs="+",
            default=[],
            choices=sorted(EXTRAS),
            dest="extras",
            help="also make these, which are not made unless asked for",
        )
        parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these listings")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["allow"]):
            raise CommandError("This makes demo accounts. Outside DEBUG, say so: seed_demo --allow")
        extra = [listing for name in options["extras"] for listing in EXTRAS[name]]
        unknown = set(options["only"]) - {listing.slug for listing in (*LISTINGS, *extra)}
        if unknown:
            raise CommandError(f"There is no demo listing {', '.join(sorted(unknown))}.")
        missing = seed(
            report=self._line,
            only=options["only"],
            extras=options["extras"],
            offline=options["offline"],
        )
        for one in missing:
            self._line(f"missing: {one.model}: {one.reason}")
        if missing:
            more = "".join(f" --with {name}" for name in options["extras"])
            self._line(f"Add them later: .venv/bin/python manage.py seed_demo --allow{more}")

    def _line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
