"""A superseded report is public as well, so it can be withdrawn too."""

from importlib import import_module

from django.db import migrations

FORMER = import_module("monitoring.migrations.0060_report_life_held")
CREATED, _, _ = FORMER.LIFE.partition("CREATE TRIGGER")
BACKWARD = CREATED.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
FORWARD = BACKWARD.replace("'published withdrawn'", "'published withdrawn', 'superseded withdrawn'")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0060_report_life_held")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
