from django.db import migrations

POOLS = {"cpu": "cpu", "gpu": "gpu"}


def add_pools(apps, schema_editor):
    pool = apps.get_model("inference", "Pool")
    for name, hardware in POOLS.items():
        values = {"hardware": hardware, "queue": f"pool.{name}"}
        pool.objects.get_or_create(name=name, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("inference", "0002_pieces_and_payloads")]
    operations = [migrations.RunPython(add_pools, migrations.RunPython.noop)]
