"""What anybody says of a partnership: feedback, complaints, lessons."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from registry.audit import audited

WORDS = """
CREATE FUNCTION partnerships_lesson_words(title text, happened text, learnt text, audience text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('simple', registry_search_text(title)), 'A')
  || setweight(to_tsvector('simple', registry_search_text(learnt)), 'B')
  || setweight(to_tsvector('simple', registry_search_text(happened || ' ' || audience)), 'C');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0022_coalition"),
        ("registry", "0024_audit_settled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION partnerships_lesson_words(text, text, text, text)"),
        migrations.CreateModel(
            name="Complaint",
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
                ("code_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("abuse", "sexual exploitation, abuse or harassment"),
                            ("fraud", "fraud or corruption"),
                            ("rights", "human rights, land or labour rights"),
                            ("discrimination", "discrimination or exclusion"),
                            ("environment", "harm to the environment or to health"),
                            ("retaliation", "retaliation against somebody who spoke up"),
                            ("figures", "wrong or invented figures"),
                            ("other", "something else"),
                        ],
                        max_length=14,
                    ),
                ),
                ("text", models.TextField(max_length=20000)),
                (
                    "contact",
                    models.CharField(
                        blank=True, help_text="how to reach the sender, if wanted", max_length=300
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("acknowledged", "Acknowledged"),
                            ("reviewed", "under review"),
                            ("closed", "Closed"),
                        ],
                        default="received",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("acknowledge_by", models.DateField(editable=False)),
                (
                    "message",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="what the sender reads by the code",
                        max_length=5000,
                    ),
                ),
                ("findings", models.TextField(blank=True, editable=False, max_length=20000)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("founded", "found to be true, and acted upon"),
                            ("partly", "partly found to be true"),
                            ("unfounded", "not found to be true"),
                            ("referred", "referred to whom it concerns"),
                            ("not_enough", "too little is known"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("closed_on", models.DateField(editable=False, null=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="registry.partner",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "ordering": ["-updated_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_on__isnull", False),
                                ("status", "closed"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status", "closed"), _negated=True), ("closed_on", None)
                            ),
                            _connector="OR",
                        ),
                        name="complaint_closed_with_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
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
                ("code_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "sender",
                    models.CharField(
                        choices=[
                            ("affected", "somebody whom the partnership concerns"),
                            ("community", "a community organisation"),
                            ("member", "somebody of a member"),
                            ("company", "a company"),
                            ("authority", "a public authority"),
                            ("researcher", "somebody who studies it"),
                            ("other", "somebody else"),
                        ],
                        default="other",
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(max_length=5000)),
                (
                    "may_publish",
                    models.BooleanField(
                        default=False,
                        help_text="the sender agrees that it becomes public, with the answer",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("passed", "passed on to the partnership"),
                            ("answered", "Answered"),
                            ("refused", "Refused"),
                        ],
                        default="received",
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("passed_at", models.DateTimeField(editable=False, null=True)),
                ("answer_due_on", models.DateField(editable=False, null=True)),
                ("answer", models.TextField(blank=True, editable=False, max_length=5000)),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="partnerships.partnership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="feedback",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "feedback",
                "ordering": ["-updated_at", "-pk"],
                "indexes": [models.Index(fields=["status", "answer_due_on"], name="feedback_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "answered"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="feedback_answered_by_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["passed", "answered"]), _negated=True),
                            ("answer_due_on__isnull", False),
                            _connector="OR",
                        ),
                        name="feedback_passed_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lesson",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("worked", "what worked"),
                            ("failed", "what did not work"),
                            ("surprise", "what nobody expected"),
                            ("process", "how to work together"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("happened", models.TextField(help_text="what happened", max_length=10000)),
                ("learnt", models.TextField(help_text="what was learnt", max_length=10000)),
                (
                    "audience",
                    models.CharField(blank=True, help_text="for whom it is of use", max_length=300),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("published_on", models.DateField(editable=False, null=True)),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("title"),
                            models.F("happened"),
                            models.F("learnt"),
                            models.F("audience"),
                            function="partnerships_lesson_words",
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "countries",
                    models.ManyToManyField(
                        blank=True, related_name="lessons", to="registry.country"
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lessons",
                        to="partnerships.partnership",
                    ),
                ),
                (
                    "targets",
                    models.ManyToManyField(
                        blank=True, related_name="lessons", to="registry.target"
                    ),
                ),
            ],
            options={
                "ordering": ["-updated_at", "-pk"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["words"], name="lesson_words"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            ("published_on__isnull", False),
                            _connector="OR",
                        ),
                        name="lesson_published_dated",
                    )
                ],
            },
        ),
        audited("partnerships_feedback", hidden=["text", "answer"]),
        audited("partnerships_complaint", hidden=["text", "contact", "message", "findings"]),
        audited("partnerships_lesson", hidden=["happened", "learnt"], ignored=["words"]),
        audited("partnerships_lesson_targets"),
        audited("partnerships_lesson_countries"),
    ]
