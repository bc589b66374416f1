"""The levels at which data is reported: named by frameworks, and of each reporting unit."""

import django.contrib.postgres.fields
from django.db import migrations, models

# What units that were named before are at: a place, a country, or where the organisation works.
FILL = """
UPDATE monitoring_reportingunit u SET level = CASE WHEN u.place <> '' THEN 'subnational'
    WHEN u.country_id IS NOT NULL THEN 'national' ELSE p.level END
  FROM partnerships_membership m JOIN registry_partner p ON p.id = m.partner_id
  WHERE m.id = u.membership_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0048_numbered_report_measures"),
    ]

    operations = [
        migrations.AddField(
            model_name="framework",
            name="levels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("global", "Global"),
                        ("regional", "Regional"),
                        ("national", "National"),
                        ("subnational", "Subnational"),
                        ("community", "Community"),
                    ],
                    max_length=11,
                ),
                blank=True,
                default=list,
                help_text="the levels at which data is to be reported, the local ones included",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="reportingunit",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("global", "Global"),
                    ("regional", "Regional"),
                    ("national", "National"),
                    ("subnational", "Subnational"),
                    ("community", "Community"),
                ],
                help_text="at which its data is reported; it does not change",
                max_length=11,
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
