"""FTS5 on SQLite, tsvector on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import connection
from django.db.models import F, Field, Lookup, QuerySet, Value

from catalog.models import Listing, ListingDocument
from catalog.search.words import fold

ROWID_BITS = 62  # the random half of a uuid7


@dataclass(frozen=True, slots=True)
class Text:
    """What is searched of a listing, from the weightiest to the least."""

    name: str
    summary: str
    tags: str
    description: str

    def folded(self) -> tuple[str, str, str, str]:
        """Return the parts without accents."""
        parts = (self.name, self.summary, self.tags, self.description)
        name, summary, tags, description = map(fold, parts)
        return name, summary, tags, description


class FullText(Protocol):
    """Keeps texts, and narrows listings to those that match, each with a ``relevance``."""

    def put(self, listing_id: UUID, text: Text) -> None:
        """Keep a listing's text, in place of an earlier one."""

    def matching(
        self, listings: QuerySet[Listing], words: Sequence[str], *, every: bool
    ) -> QuerySet[Listing]:
        """Return the listings with every (or any) word, annotated with ``relevance``."""


@Field.register_lookup
class FullTextMatch(Lookup):
    """``column MATCH expression``, as FTS5 has it."""

    lookup_name = "fts5"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} MATCH {right}", (*left_params, *right_params)


class SqliteFullText:
    """An FTS5 table whose row id is taken from the listing's id."""

    def put(self, listing_id: UUID, text: Text) -> None:
        row = listing_id.int & ((1 << ROWID_BITS) - 1)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM catalog_listingtext WHERE rowid = %s", [row])
            cursor.execute(
                "INSERT INTO catalog_listingtext"
                "(rowid, listing_id, name, summary, tags, description)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [row, listing_id.hex, *text.folded()],
            )

    def matching(
        self, listings: QuerySet[Listing], words: Sequence[str], *, every: bool
    ) -> QuerySet[Listing]:
        expression = (" AND " if every else " OR ").join(f'"{word}"*' for word in words)
        found = listings.filter(text__match__fts5=expression)
        # FTS5 ranks the best row lowest.
        return found.annotate(relevance=-F("text__rank"))


class PostgresFullText:
    """A table of weighted vectors with a GIN index."""

    config = "english"

    def put(self, listing_id: UUID, text: Text) -> None:
        vector: Any = SearchVector(Value(""), config=self.config)
        for weight, part in zip("ABCD", text.folded(), strict=True):
            vector += SearchVector(Value(part), weight=weight, config=self.config)
        ListingDocument.objects.update_or_create(listing_id=listing_id, defaults={"vector": vector})

    def matching(
        self, listings: QuerySet[Listing], words: Sequence[str], *, every: bool
    ) -> QuerySet[Listing]:
        expression = (" & " if every else " | ").join(f"'{word}':*" for word in words)
        query = SearchQuery(expression, config=self.config, search_type="raw")
        found = listings.filter(document__vector=query)
        return found.annotate(relevance=SearchRank(F("document__vector"), query))


def full_text() -> FullText:
    """Return the backend of the database in use."""
    return SqliteFullText() if connection.vendor == "sqlite" else PostgresFullText()
