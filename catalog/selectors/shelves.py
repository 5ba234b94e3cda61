"""Collections, authors, and what the home page counts."""

from django.db.models import Count, Prefetch, QuerySet, Sum

from accounts.models import Organization
from catalog.models import Collection, CollectionItem, Listing, ListingState, Version
from catalog.selectors.listings import complete, published
from catalog.types import AuthorPage, Shelf
from marketplace.core.errors import NotFound


def collections() -> list[Shelf]:
    """Return the collections that have something on them, in the operator's order."""
    shelves = [_shelf(one) for one in Collection.objects.prefetch_related(_items())]
    return [shelf for shelf in shelves if shelf.listings]


def collection(slug: str) -> Shelf:
    """Return a collection by its slug; raises ``NotFound``."""
    found = Collection.objects.prefetch_related(_items()).filter(slug=slug).first()
    if found is None:
        raise NotFound(kind="collection")
    return _shelf(found)


def _items() -> "Prefetch[str]":
    listings = Prefetch("listing", complete(Listing.objects.all()))
    return Prefetch("items", CollectionItem.objects.prefetch_related(listings))


def _shelf(row: Collection) -> Shelf:
    listings = [item.listing for item in row.items.all()]
    return Shelf(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        summary=row.summary,
        url=row.get_absolute_url(),
        listings=tuple(one for one in listings if one.state == ListingState.PUBLISHED),
    )


def author_page(slug: str) -> AuthorPage:
    """Return an author with published listings; raises ``NotFound`` for everybody else."""
    organization = Organization.objects.filter(slug=slug).first()
    listings = tuple(_of(organization)) if organization else ()
    if organization is None or not listings:
        raise NotFound(kind="author")
    versions = Version.objects.filter(listing__in=[one.pk for one in listings])
    return AuthorPage(
        organization=organization,
        listings=listings,
        version_count=versions.filter(published_at__isnull=False).count(),
        prediction_count=sum(one.prediction_count for one in listings),
        since=min(one.published_at for one in listings if one.published_at),
    )


def _of(organization: Organization) -> QuerySet[Listing]:
    rows = published().filter(organization=organization)
    return complete(rows).order_by("-prediction_count", "slug")


def featured() -> list[Listing]:
    """Return the listings that an operator put on the home page, then the most used."""
    rows = complete(published())
    return list(rows.order_by("-is_featured", "-prediction_count", "-published_at")[:60])


def totals() -> dict[str, int]:
    """Return how much there is: models, authors, versions, predictions, measurements."""
    found = published().aggregate(
        models=Count("pk"),
        authors=Count("organization", distinct=True),
        predictions=Sum("prediction_count", default=0),
        measurements=Sum("measured_count", default=0),
    )
    versions = Version.objects.filter(
        listing__state=ListingState.PUBLISHED, published_at__isnull=False
    )
    return {**found, "versions": versions.count()}


def task_counts() -> dict[str, int]:
    """Return how many published listings each task has."""
    rows = published().values_list("task").annotate(count=Count("pk"))
    return dict(rows)
