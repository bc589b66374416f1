"""Editions that follow one another, baselines that are not available, reminders, hand-overs."""

import datetime
import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import registry.models.base
from registry.audit import audited

# Units that were handed over before it was dated: from the day after the member's last one.
DATED = """
UPDATE monitoring_reportingunit u
SET successor_since = COALESCE(m.ended_on + 1, u.since_on),
    handed_over_at = COALESCE(m.ended_on, u.since_on)::timestamp AT TIME ZONE 'UTC'
FROM partnerships_membership m
WHERE m.id = u.membership_id AND u.successor_id IS NOT NULL;
"""
CONTINUED = """
UPDATE monitoring_indicator i SET continues_id = (
  SELECT e.id FROM monitoring_indicator e
  JOIN monitoring_result er ON er.id = e.result_id
  JOIN monitoring_framework ef ON ef.id = er.framework_id
  JOIN monitoring_result r ON r.id = i.result_id
  JOIN monitoring_framework f ON f.id = r.framework_id
  WHERE e.series = i.series AND ef.partnership_id = f.partnership_id AND ef.edition < f.edition
  ORDER BY ef.edition DESC LIMIT 1)
WHERE EXISTS (
  SELECT 1 FROM monitoring_indicator e WHERE e.series = i.series AND e.id <> i.id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0025_data_reviewer_name"),
        ("partnerships", "0025_review_fields"),
        ("registry", "0025_dac_sectors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("before_14", "14 days before"),
                            ("before_3", "3 days before"),
                            ("due", "on the day"),
                            ("after_7", "7 days after"),
                            ("after_30", "30 days after"),
                        ],
                        max_length=9,
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-sent_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="UnitHandover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        editable=False,
                        max_length=9,
                    ),
                ),
                (
                    "proposed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("reason", models.TextField(blank=True, max_length=2000)),
                (
                    "since_on",
                    models.DateField(
                        help_text="from then on the data is the successor's",
                        validators=[registry.models.base.check_day],
                    ),
                ),
            ],
            options={
                "ordering": ["-updated_at", "-pk"],
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="indicator",
            name="indicator_baseline_in_range",
        ),
        migrations.AddField(
            model_name="framework",
            name="based_on",
            field=models.ForeignKey(
                editable=False,
                help_text="the framework that this one was copied from",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="made_from_it",
                to="monitoring.framework",
            ),
        ),
        migrations.AddField(
            model_name="framework",
            name="template",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="the template it was begun from",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="framework",
            name="theory_of_change",
            field=models.TextField(
                blank=True,
                help_text="how what is done leads to what is to change, and for whom",
                max_length=20000,
            ),
        ),
        migrations.AddField(
            model_name="framework",
            name="withdrawn_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="indicator",
            name="baseline_plan",
            field=models.TextField(
                blank=True,
                help_text="how a baseline that is not available will be found",
                max_length=2000,
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="baseline_plan_on",
            field=models.DateField(
                blank=True,
                help_text="by when",
                null=True,
                validators=[registry.models.base.check_day],
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="baseline_unavailable",
            field=models.BooleanField(
                default=False,
                help_text="nobody has the value; not the same as not having stated it",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="break_reason",
            field=models.TextField(
                blank=True, help_text="what is measured differently, and why", max_length=2000
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="breaks_series",
            field=models.BooleanField(
                blank=True,
                help_text="true: its values are no longer those of the indicator that it continues; false: what was changed is wording only; empty: nothing was changed that asks for it",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="continues",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="the indicator of an earlier edition in whose place this one stands",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="continued_by",
                to="monitoring.indicator",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="joins_series",
            field=models.BooleanField(
                default=False, help_text="over the break, a joined series may be shown all the same"
            ),
        ),
        migrations.AddField(
            model_name="reportingunit",
            name="handed_over_at",
            field=models.DateTimeField(
                editable=False, help_text="when that was decided; earlier figures stay", null=True
            ),
        ),
        migrations.AddField(
            model_name="reportingunit",
            name="successor_since",
            field=models.DateField(
                blank=True,
                editable=False,
                help_text="from then on its data is the successor's",
                null=True,
                validators=[registry.models.base.check_day],
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="assumptions",
            field=models.TextField(
                blank=True,
                help_text="what has to hold for the result to come about",
                max_length=20000,
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="series",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                help_text="the same over framework editions",
            ),
        ),
        migrations.AlterField(
            model_name="framework",
            name="assumptions",
            field=models.TextField(
                blank=True,
                help_text="what has to hold outside the partners' reach",
                max_length=20000,
            ),
        ),
        migrations.AlterField(
            model_name="framework",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("agreed", "Agreed"),
                    ("superseded", "Superseded"),
                    ("withdrawn", "Withdrawn"),
                    ("imported", "Imported"),
                ],
                default="draft",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="reportingunit",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="the unit to which it was handed over",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="monitoring.reportingunit",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "baseline_on__range",
                        (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)),
                    ),
                    (
                        "baseline_plan_on__range",
                        (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)),
                    ),
                    ("baseline_year__range", (1900, 2200)),
                ),
                name="indicator_baseline_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("baseline_unavailable", False),
                    models.Q(
                        ("baseline_denominator", None),
                        ("baseline_numerator", None),
                        ("baseline_value", None),
                    ),
                    _connector="OR",
                ),
                name="indicator_unavailable_has_none",
                violation_error_message="A baseline that is stated is available.",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("baseline_plan", ""),
                        ("baseline_plan_on", None),
                        ("baseline_unavailable", False),
                    ),
                    models.Q(
                        ("baseline_plan_on__isnull", False),
                        ("baseline_unavailable", True),
                        models.Q(("baseline_plan", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="indicator_unavailable_has_plan",
                violation_error_message="A baseline that is not available has a plan: how it will be found, and by when; any other one has none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("breaks_series", True), models.Q(("break_reason", ""), _negated=True)
                    ),
                    models.Q(
                        ("break_reason", ""),
                        ("joins_series", False),
                        models.Q(
                            ("breaks_series", None), ("breaks_series", False), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="indicator_break_has_reason",
                violation_error_message="A series that breaks says what is measured differently; one that does not has nothing to join.",
            ),
        ),
        migrations.RunSQL(DATED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="reportingunit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("handed_over_at", None), ("successor", None), ("successor_since", None)
                    ),
                    models.Q(
                        ("successor__isnull", False),
                        ("successor_since__isnull", False),
                        ("handed_over_at__isnull", False),
                        models.Q(("successor", models.F("pk")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reporting_unit_handed_over",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="monitoring.period",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="monitoring.reportingunit",
            ),
        ),
        migrations.AddField(
            model_name="unithandover",
            name="giver",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss_given",
                to="partnerships.membership",
            ),
        ),
        migrations.AddField(
            model_name="unithandover",
            name="successor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="handovers_to_it",
                to="monitoring.reportingunit",
            ),
        ),
        migrations.AddField(
            model_name="unithandover",
            name="taker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss_offered",
                to="partnerships.membership",
            ),
        ),
        migrations.AddField(
            model_name="unithandover",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="handovers",
                to="monitoring.reportingunit",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("unit", "period", "kind"), name="reminder_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="unithandover",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver", models.F("taker")), _negated=True),
                name="unithandover_to_somebody_else",
                violation_error_message="Name another member.",
            ),
        ),
        migrations.AddConstraint(
            model_name="unithandover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["proposed", "withdrawn"]),
                    ("answered_at__isnull", False),
                    _connector="OR",
                ),
                name="unithandover_answered_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="unithandover",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit", models.F("successor")), _negated=True),
                name="unithandover_to_another_unit",
                violation_error_message="Name another unit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="unithandover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "proposed")),
                fields=("unit",),
                name="unithandover_one_offer",
                violation_error_message="This unit is offered to a member already.",
            ),
        ),
        audited("monitoring_reminder"),
        audited("monitoring_unithandover", hidden=["reason"]),
        migrations.RunSQL(CONTINUED, migrations.RunSQL.noop),
    ]
