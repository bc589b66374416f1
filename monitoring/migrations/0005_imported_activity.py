"""What import remembers of each published activity."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0004_reporting_unit_since"),
        ("partnerships", "0002_relations"),
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportedActivity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identifier", models.CharField(max_length=200, unique=True)),
                (
                    "sha256",
                    models.CharField(help_text="of the whole activity, canonical", max_length=64),
                ),
                (
                    "results_sha256",
                    models.CharField(help_text="of its results alone", max_length=64),
                ),
                (
                    "partnership_version",
                    models.PositiveIntegerField(help_text="as the import left it"),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="registry.importbatch",
                    ),
                ),
                (
                    "partnership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_activity",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "imported activities",
                "ordering": ["identifier", "pk"],
            },
        ),
    ]
