"""Editions of the SDG framework and their search, ESG standards, groups of countries."""

import datetime

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import registry.models.base

FORWARD = """
-- Lower case without marks over letters, Arabic vowels and stretching; registry.models.sdg.fold
-- does the same to what people ask for.
CREATE FUNCTION registry_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT lower(regexp_replace(
    normalize(words, NFKD), '[\\u0300-\\u036f\\u064b-\\u065f\\u0640]', '', 'g'))
$$;

CREATE FUNCTION registry_sdg_words(label text, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT registry_fold(concat_ws(E'\\n', label, texts ->> 'en', texts ->> 'fr', texts ->> 'es',
    texts ->> 'ru', texts ->> 'ar', texts ->> 'zh-Hans'))
$$;

-- Later figures may use a later rate; what was computed with this one stays explained by it.
CREATE FUNCTION registry_keep_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A rate is never changed: load a later one.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'rate_kept';
END $$;

CREATE TRIGGER keep_rate BEFORE UPDATE OR DELETE ON registry_exchangerate
  FOR EACH ROW EXECUTE FUNCTION registry_keep_rate();
"""

BACKWARD = """
DROP TRIGGER keep_rate ON registry_exchangerate;
DROP FUNCTION registry_keep_rate, registry_sdg_words, registry_fold;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0011_audited_tables"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name="Principle",
            fields=[
                ("number", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("human_rights", "human rights"),
                            ("labour", "Labour"),
                            ("environment", "Environment"),
                            ("anti_corruption", "anti-corruption"),
                        ],
                        max_length=15,
                    ),
                ),
                ("label", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="SdgEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.CharField(help_text="as 2022.Q1.G.03", max_length=20, unique=True),
                ),
                ("source", models.CharField(max_length=200)),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changes",
                    models.JSONField(
                        default=dict,
                        help_text="codes that it added, retired and brought back, by kind",
                    ),
                ),
            ],
            options={
                "ordering": ["-loaded_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="globalindicator",
            name="retired_in",
            field=models.CharField(
                blank=True, help_text="the edition that lists it no longer", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="globalindicator",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("label"), models.F("texts"), function="registry_sdg_words"
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="retired_in",
            field=models.CharField(
                blank=True, help_text="the edition that lists it no longer", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("label"), models.F("texts"), function="registry_sdg_words"
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="retired_in",
            field=models.CharField(
                blank=True, help_text="the edition that lists it no longer", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("label"), models.F("texts"), function="registry_sdg_words"
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AlterField(
            model_name="globalindicator",
            name="texts",
            field=models.JSONField(
                blank=True, default=dict, help_text="official texts by language"
            ),
        ),
        migrations.AlterField(
            model_name="target",
            name="texts",
            field=models.JSONField(
                blank=True, default=dict, help_text="official texts by language"
            ),
        ),
        migrations.CreateModel(
            name="CountryGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(help_text="LDC, or an M49 number", max_length=10, unique=True),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("special", "countries in special situations"),
                            ("region", "Region"),
                            ("sub_region", "sub-region"),
                            ("intermediate_region", "intermediate region"),
                            ("other", "Other"),
                        ],
                        max_length=19,
                    ),
                ),
                (
                    "known_from",
                    models.DateField(
                        help_text="the first day for which the members are known",
                        validators=[registry.models.base.check_day],
                    ),
                ),
                ("source", models.CharField(max_length=300)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "known_from__range",
                                (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)),
                            )
                        ),
                        name="group_known_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("version", models.CharField(max_length=20)),
                ("name", models.CharField(help_text="our own short words", max_length=200)),
                ("publisher", models.CharField(max_length=200)),
                ("url", models.URLField(blank=True)),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="what was checked against the publication",
                        max_length=1000,
                    ),
                ),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="registry.standard",
                    ),
                ),
            ],
            options={
                "ordering": ["code", "version"],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=300)),
                (
                    "pillar",
                    models.CharField(
                        choices=[
                            ("environment", "Environment"),
                            ("social", "Social"),
                            ("governance", "Governance"),
                            ("economic", "Economic"),
                        ],
                        max_length=11,
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=60)),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("number", "Number"),
                            ("currency", "Currency"),
                            ("ratio", "Ratio"),
                            ("percent", "Percent"),
                            ("rating", "Rating"),
                            ("yes_no", "yes or no"),
                            ("narrative", "Narrative"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("increase", "more is better"),
                            ("decrease", "less is better"),
                            ("maintain", "Maintain"),
                            ("none", "neither"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("is_core", models.BooleanField(default=False)),
                (
                    "checked",
                    models.BooleanField(default=False, help_text="against the publication"),
                ),
                ("source", models.CharField(blank=True, max_length=300)),
                ("sort", models.PositiveSmallIntegerField(default=0)),
                (
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disclosures",
                        to="registry.standard",
                    ),
                ),
            ],
            options={
                "ordering": ["standard", "sort", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Crosswalk",
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
                            ("identical", "Identical"),
                            ("proxy", "Proxy"),
                            ("contributes", "Contributes"),
                        ],
                        default="contributes",
                        max_length=11,
                    ),
                ),
                (
                    "checked",
                    models.BooleanField(default=False, help_text="against the publication"),
                ),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="crosswalks",
                        to="registry.target",
                    ),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="crosswalks",
                        to="registry.disclosure",
                    ),
                ),
            ],
            options={
                "ordering": ["disclosure", "target"],
                "constraints": [
                    models.UniqueConstraint(fields=("disclosure", "target"), name="crosswalk_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked", False),
                            models.Q(("source", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="crosswalk_checked_against_what",
                        violation_error_message="What was checked names its source.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMembership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "joined_on",
                    models.DateField(
                        blank=True,
                        help_text="empty: before the data begins",
                        null=True,
                        validators=[registry.models.base.check_day],
                    ),
                ),
                (
                    "left_on",
                    models.DateField(
                        blank=True,
                        help_text="the first day outside the group",
                        null=True,
                        validators=[registry.models.base.check_day],
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_memberships",
                        to="registry.country",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="registry.countrygroup",
                    ),
                ),
            ],
            options={
                "ordering": ["group", "country", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_on", None),
                            ("joined_on", None),
                            ("left_on__gt", models.F("joined_on")),
                            _connector="OR",
                        ),
                        name="group_left_after_joining",
                        violation_error_message="A country leaves after it has joined.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("joined_on", None),
                                (
                                    "joined_on__range",
                                    (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("left_on", None),
                                (
                                    "left_on__range",
                                    (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="group_days_in_range",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("group", "="),
                            ("country", "="),
                            (
                                models.Func(
                                    models.F("joined_on"),
                                    models.F("left_on"),
                                    models.Value("[)"),
                                    function="daterange",
                                    output_field=models.Field(),
                                ),
                                "&&",
                            ),
                        ],
                        name="group_memberships_apart",
                        violation_error_message="The country is in the group for a part of this time.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.UniqueConstraint(
                fields=("code", "version"), name="standard_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_by", None),
                    models.Q(("superseded_by", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="standard_not_superseded_by_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.UniqueConstraint(fields=("standard", "code"), name="disclosure_once"),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked", False), models.Q(("source", ""), _negated=True), _connector="OR"
                ),
                name="disclosure_checked_against_what",
                violation_error_message="What was checked names its source.",
            ),
        ),
    ]
