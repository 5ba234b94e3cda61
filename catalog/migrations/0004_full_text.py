"""The full-text index: FTS5 on SQLite, a weighted tsvector with GIN on PostgreSQL."""

from django.db import migrations

SQLITE = [
    """
    CREATE VIRTUAL TABLE catalog_listingtext USING fts5(
        listing_id UNINDEXED, name, summary, tags, description,
        tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3 4'
    )
    """,
    # The default rank: name before summary, tags, description.
    """
    INSERT INTO catalog_listingtext(catalog_listingtext, rank)
    VALUES ('rank', 'bm25(0.0, 10.0, 5.0, 3.0, 1.0)')
    """,
]
POSTGRESQL = [
    "CREATE TABLE catalog_listingdocument (listing_id uuid PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX catalog_listingdocument_gin ON catalog_listingdocument USING gin (vector)",
]
TABLES = {"sqlite": "catalog_listingtext", "postgresql": "catalog_listingdocument"}


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {TABLES[schema_editor.connection.vendor]}")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_licenses")]

    operations = [migrations.RunPython(create, drop)]
