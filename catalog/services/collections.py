"""Shelves that an operator arranges."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.services import audit
from accounts.types import Caller
from catalog.models import Collection, CollectionItem, Listing
from catalog.services import fields
from catalog.services.rights import require_operator
from marketplace.core.errors import FieldProblem


@transaction.atomic
def create_collection(
    *, by: Caller | None, slug: str, name: str, summary: str = "", position: int = 0
) -> Collection:
    """Create an empty shelf; raises ``Forbidden`` and ``InvalidInput``."""
    require_operator(by)
    problems = list(fields.slug_problems("slug", slug, longest=60))
    if Collection.objects.filter(slug=slug).exists():
        problems.append(FieldProblem("slug", f"The collection {slug} is there already.", "unique"))
    problems += fields.text_problems(Collection, {"name": name, "summary": summary})
    fields.refuse(problems)
    collection = Collection.objects.create(slug=slug, name=name, summary=summary, position=position)
    audit.record("collection.create", by=by, target=collection)
    return collection


@transaction.atomic
def ensure_collection(*, by: Caller | None, slug: str, name: str, **texts: Any) -> Collection:
    """Return the shelf with this slug, making it when it is not there."""
    found = Collection.objects.filter(slug=slug).first()
    return found or create_collection(by=by, slug=slug, name=name, **texts)


@transaction.atomic
def set_items(
    *, by: Caller | None, collection: Collection, listings: Sequence[Listing]
) -> Collection:
    """Put exactly these listings on a shelf, in this order."""
    require_operator(by)
    collection.items.all().delete()
    CollectionItem.objects.bulk_create(
        CollectionItem(collection=collection, listing=listing, position=place)
        for place, listing in enumerate(dict.fromkeys(listings))
    )
    slugs = [listing.model_id for listing in listings]
    audit.record("collection.arrange", by=by, target=collection, models=slugs)
    return collection
