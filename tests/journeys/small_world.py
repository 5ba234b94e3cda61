"""A store's content for journeys: a tiny chat model and a tiny scorer, really published."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
django.setup()

from accounts.models import User  # noqa: E402
from accounts.selectors import caller_for, memberships_of  # noqa: E402
from accounts.services.organizations import create_organization  # noqa: E402
from accounts.types import Caller  # noqa: E402
from billing.pricing import read_tariff  # noqa: E402
from billing.services.plans import create_plan  # noqa: E402
from catalog.services.listings import create_listing  # noqa: E402
from marketplace.storefront.importing import publish_folder  # noqa: E402
from tests.inference.runtimes.tiny_models import tiny_causal_lm  # noqa: E402
from tests.inference.runtimes.tiny_others import tiny_tabular  # noqa: E402
from tests.journeys.people import HANA, PASSWORD, PER_REQUEST  # noqa: E402

PER_TOKEN = {
    "currency": "USD",
    "charges": [
        {"kind": "unit", "meter": "input_tokens", "price": "50", "per": 1_000_000},
        {"kind": "unit", "meter": "output_tokens", "price": "150", "per": 1_000_000},
    ],
}


def publish(
    by: Caller,
    *,
    name: str,
    slug: str,
    task: str,
    make: Callable[[Path], Path],
    tariff: dict[str, Any],
    summary: str,
) -> None:
    """Publish a model of one version, sold under one plan."""
    listing = create_listing(
        by=by, name=name, slug=slug, task=task, license_spdx="Apache-2.0", summary=summary
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "files"
        make(folder)
        publish_folder(by=by, listing=listing, number="1.0.0", folder=folder)
    create_plan(
        by=by,
        listing=listing,
        code="standard",
        name="Pay as you go",
        kind="payg",
        tariff=read_tariff(tariff),
    )


def main() -> None:
    """Make Hana of Harbor, who sells a chat model and a scorer."""
    author = User.objects.create_user(HANA, PASSWORD, name="Hana")
    create_organization(name="Harbor", slug="harbor", owner=author, is_author=True)
    by = caller_for(memberships_of(author)[0])
    publish(
        by,
        name="Lantern Chat",
        slug="lantern-chat",
        task="text-generation",
        make=tiny_causal_lm,
        tariff=PER_TOKEN,
        summary="A tiny chat model for journeys.",
    )
    publish(
        by,
        name="Row Scorer",
        slug="row-scorer",
        task="tabular-classification",
        make=tiny_tabular,
        tariff=PER_REQUEST,
        summary="A tiny scorer for journeys.",
    )


if __name__ == "__main__":
    main()
