from django.db import migrations, models

KEPT = models.Q(("state", "discarded"), _negated=True)
STATES = [
    ("ready", "Ready"),
    ("published", "Published"),
    ("retired", "Retired"),
    ("quarantined", "Quarantined"),
    ("discarded", "Discarded"),
]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_full_text")]

    operations = [
        migrations.AlterField(
            model_name="version",
            name="state",
            field=models.CharField(choices=STATES, default="ready", max_length=12),
        ),
        migrations.RemoveConstraint(model_name="version", name="version_number_once"),
        migrations.RemoveConstraint(model_name="version", name="version_digest_once"),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                condition=KEPT, fields=("listing", "number"), name="version_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                condition=KEPT, fields=("listing", "digest"), name="version_digest_once"
            ),
        ),
    ]
