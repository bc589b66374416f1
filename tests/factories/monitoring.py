"""What was delivered, measured, reported."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256

import factory

from monitoring.models import Observation, Submission
from tests.factories.base import NOON, Factory
from tests.factories.partnerships import AgreementFactory, MembershipFactory, PartnershipFactory
from tests.factories.registry import CurrencyFactory, UserFactory


class FrameworkFactory(Factory):
    """A draft; `agreed=True` comes with an agreement that all accepted members endorsed.

    Create the members first: they are the ones who endorse.
    """

    class Meta:
        model = "monitoring.Framework"

    class Params:
        proposed = factory.Trait(
            status="proposed",
            agreement=factory.SubFactory(
                AgreementFactory,
                kind="framework",
                proposed=True,
                partnership=factory.SelfAttribute("..partnership"),
            ),
        )
        agreed = factory.Trait(
            status="agreed",
            agreed_at=NOON,
            agreement=factory.SubFactory(
                AgreementFactory,
                kind="framework",
                binding=True,
                partnership=factory.SelfAttribute("..partnership"),
            ),
        )
        superseded = factory.Trait(
            status="superseded",
            agreed_at=NOON,
            superseded_at=NOON + timedelta(days=365),
            agreement=factory.SubFactory(
                AgreementFactory,
                kind="framework",
                superseded=True,
                partnership=factory.SelfAttribute("..partnership"),
            ),
        )
        imported = factory.Trait(status="imported")

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    edition = factory.LazyAttribute(lambda o: 1 + o.partnership.frameworks.count())
    title = factory.Sequence(lambda n: f"Framework {n}")
    cadence = "quarterly"
    starts_on = date(2024, 1, 1)
    ends_on = date(2026, 12, 31)


class ResultFactory(Factory):
    class Meta:
        model = "monitoring.Result"

    framework = factory.SubFactory(FrameworkFactory)
    level = "output"
    title = factory.Sequence(lambda n: f"Result {n}")


class DimensionFactory(Factory):
    class Meta:
        model = "monitoring.Dimension"
        django_get_or_create = ("framework", "code")

    framework = None
    code = "SEX"
    label = factory.SelfAttribute("code")


class CategoryFactory(Factory):
    class Meta:
        model = "monitoring.Category"
        django_get_or_create = ("dimension", "code")

    dimension = factory.SubFactory(DimensionFactory)
    code = "F"
    label = factory.SelfAttribute("code")


class IndicatorFactory(Factory):
    """A number that happened in the period and adds up; traits make it something else."""

    class Meta:
        model = "monitoring.Indicator"

    class Params:
        cumulative = factory.Trait(accumulation="cumulative")
        point_in_time = factory.Trait(accumulation="point_in_time")
        ratio = factory.Trait(measure="ratio", combine="ratio", accumulation="point_in_time")
        percent = factory.Trait(measure="percent", combine="none", accumulation="point_in_time")
        rating = factory.Trait(
            measure="rating",
            combine="mean",
            accumulation="point_in_time",
            rating_min=Decimal(1),
            rating_max=Decimal(5),
        )
        yes_no = factory.Trait(measure="yes_no", accumulation="point_in_time")
        narrative = factory.Trait(measure="narrative", combine="none")
        money = factory.Trait(measure="currency", currency=factory.SubFactory(CurrencyFactory))
        people = factory.Trait(counts_people="unique")
        falling = factory.Trait(direction="decrease")
        maintained = factory.Trait(direction="maintain_up", tolerance=Decimal(2))
        # With all that is asked for before it is proposed, a target of 2024 included.
        smart = factory.Trait(
            definition="What two people count alike.",
            unit="pieces",
            target=factory.RelatedFactory(
                "tests.factories.monitoring.PeriodTargetFactory", "indicator"
            ),
        )

    result = factory.SubFactory(ResultFactory)
    code = factory.Sequence(lambda n: f"I{n}")
    title = factory.Sequence(lambda n: f"Indicator {n}")
    measure = "number"
    accumulation = "flow"
    combine = "sum"


class PeriodTargetFactory(Factory):
    class Meta:
        model = "monitoring.PeriodTarget"

    indicator = factory.SubFactory(IndicatorFactory)
    starts_on = date(2024, 1, 1)
    ends_on = date(2024, 12, 31)
    value = Decimal(100)


class CategoryBaselineFactory(Factory):
    class Meta:
        model = "monitoring.CategoryBaseline"

    indicator = factory.SubFactory(IndicatorFactory)
    category = factory.SubFactory(CategoryFactory)
    value = Decimal(10)


class ReportingUnitFactory(Factory):
    class Meta:
        model = "monitoring.ReportingUnit"

    membership = factory.SubFactory(MembershipFactory, partnership__active=True)
    since_on = date(2023, 12, 15)


class UnitHandoverFactory(Factory):
    """A unit offered to another member's unit, from October 2024 on."""

    class Meta:
        model = "monitoring.UnitHandover"

    unit = factory.SubFactory(ReportingUnitFactory)
    successor = factory.SubFactory(
        ReportingUnitFactory,
        membership__partnership=factory.SelfAttribute("...unit.membership.partnership"),
    )
    giver = factory.SelfAttribute("unit.membership")
    taker = factory.SelfAttribute("successor.membership")
    since_on = date(2024, 10, 1)


class PeriodFactory(Factory):
    """The quarter after the framework's last one."""

    class Meta:
        model = "monitoring.Period"

    class Params:
        closed = factory.Trait(status="closed", closed_at=NOON)

    framework = factory.SubFactory(FrameworkFactory, agreed=True)
    starts_on = factory.LazyAttribute(lambda o: _next_day(o.framework))
    ends_on = factory.LazyAttribute(lambda o: _quarter_end(o.starts_on))
    due_on = factory.LazyAttribute(lambda o: o.ends_on + timedelta(days=o.framework.grace_days))
    label = factory.LazyAttribute(lambda o: f"{o.ends_on.year} Q{(o.ends_on.month + 2) // 3}")


def _next_day(framework):
    last = framework.periods.order_by("ends_on").last()
    return last.ends_on + timedelta(days=1) if last else framework.starts_on


def _quarter_end(starts_on):
    year, month = divmod(starts_on.year * 12 + starts_on.month + 2, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


class ReminderFactory(Factory):
    class Meta:
        model = "monitoring.Reminder"

    unit = factory.SubFactory(ReportingUnitFactory)
    period = factory.SubFactory(
        PeriodFactory,
        framework__partnership=factory.SelfAttribute("...unit.membership.partnership"),
    )
    kind = "due"


class SubmissionFactory(Factory):
    """A draft; `values={indicator: 5, (indicator, category): 3, ratio: (2, 5)}` fills it.

    The database takes values only while it is a draft, so `approved=True` (the moment:
    `approved__at`) comes after them; a revision gets the next number.
    """

    class Meta:
        model = "monitoring.Submission"

    class Params:
        submitted = factory.Trait(
            status="submitted",
            submitted_at=NOON,
            submitted_by=factory.SubFactory(UserFactory),
        )

    unit = factory.SubFactory(ReportingUnitFactory)
    period = factory.SubFactory(
        PeriodFactory,
        framework__partnership=factory.SelfAttribute("...unit.membership.partnership"),
    )
    revision = factory.LazyAttribute(
        lambda o: 1 + o.unit.submissions.filter(period=o.period).count()
    )

    @factory.post_generation
    def values(submission, create, values, **kwargs):
        for cell, value in (values or {}).items():
            indicator, category = cell if isinstance(cell, tuple) else (cell, None)
            parts = {"value": value}
            if isinstance(value, tuple):
                parts = {"value": None, "numerator": value[0], "denominator": value[1]}
            ObservationFactory(
                submission=submission, indicator=indicator, category=category, **parts
            )

    @factory.post_generation
    def approved(submission, create, wanted, **kwargs):
        if wanted or kwargs:
            approve(submission, **kwargs)


def approve(submission, at=None):
    """Let the values count, by default from ten days after the period's end."""
    at = at or datetime.combine(submission.period.ends_on, time(12), UTC) + timedelta(days=10)
    submitter, reviewer = UserFactory.create_batch(2)
    submission.change(
        status=Submission.Status.APPROVED,
        submitted_by=submitter,
        submitted_at=at - timedelta(days=2),
        approved_by=reviewer,
        approved_at=at,
    )
    Observation.objects.put_in_force(submission, at)
    submission._supersede_emptied(by=reviewer)
    return submission


class ObservationFactory(Factory):
    """A value in a draft; `approved=True` approves the submission with it."""

    class Meta:
        model = "monitoring.Observation"

    submission = factory.SubFactory(SubmissionFactory)
    period = factory.SelfAttribute("submission.period")
    unit = factory.SelfAttribute("submission.unit")
    indicator = factory.SubFactory(
        IndicatorFactory, result__framework=factory.SelfAttribute("...period.framework")
    )
    value = Decimal(10)

    @factory.post_generation
    def approved(observation, create, wanted, **kwargs):
        if wanted or kwargs:
            approve(observation.submission, **kwargs)
            observation.refresh_from_db()


class EvidenceFactory(Factory):
    class Meta:
        model = "monitoring.Evidence"

    submission = factory.SubFactory(SubmissionFactory)
    title = factory.Sequence(lambda n: f"Evidence {n}")
    url = factory.Sequence(lambda n: f"https://example.org/evidence/{n}")


class UploadFactory(Factory):
    """A file that waits to be checked."""

    class Meta:
        model = "monitoring.Upload"

    framework = factory.SubFactory(FrameworkFactory, agreed=True)
    by = factory.SubFactory(UserFactory)
    kind = "csv"
    file_name = "values.csv"
    sha256 = factory.LazyAttribute(lambda o: sha256(o.file_name.encode()).hexdigest())
