"""The database itself refuses to change a price."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER billing_price_is_fixed BEFORE UPDATE ON billing_price
BEGIN SELECT RAISE(ABORT, 'a price is never changed'); END
"""
POSTGRESQL = """
CREATE FUNCTION billing_price_is_fixed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a price is never changed' USING ERRCODE = '23514'; END $$;
CREATE TRIGGER billing_price_is_fixed BEFORE UPDATE ON billing_price
FOR EACH ROW EXECUTE FUNCTION billing_price_is_fixed()
"""


def forbid_updates(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute(SQLITE if is_sqlite else POSTGRESQL)


def allow_updates(apps, schema_editor):
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON billing_price"
    schema_editor.execute(f"DROP TRIGGER billing_price_is_fixed{on}")


class Migration(migrations.Migration):

    dependencies = [("billing", "0002_services")]

    operations = [migrations.RunPython(forbid_updates, allow_updates)]
