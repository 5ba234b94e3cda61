"""Seed the licenses."""

from django.db import migrations

from catalog.spdx import LICENSES


def seed(apps, schema_editor):
    License = apps.get_model("catalog", "License")
    for spdx_id, terms in LICENSES.items():
        License.objects.update_or_create(spdx_id=spdx_id, defaults=terms._asdict())


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_services")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
