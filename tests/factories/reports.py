"""Reports: asked for, computed, answered, endorsed, and their files."""

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

import factory
from django.utils import timezone

from tests.factories.base import NOON, Factory
from tests.factories.monitoring import PeriodFactory
from tests.factories.partnerships import PartnershipFactory
from tests.factories.registry import UserFactory


class ReportRunFactory(Factory):
    class Meta:
        model = "monitoring.ReportRun"

    period = factory.SubFactory(PeriodFactory)
    partnership = factory.SelfAttribute("period.framework.partnership")
    starts_on = factory.SelfAttribute("period.starts_on")
    ends_on = factory.SelfAttribute("period.ends_on")
    reference_on = factory.SelfAttribute("period.ends_on")
    cutoff_at = factory.LazyAttribute(
        lambda o: datetime.combine(o.period.due_on, time(23, 59), UTC)
    )


class ReportBatchFactory(Factory):
    """Asked for, with no run in it yet."""

    class Meta:
        model = "monitoring.ReportBatch"

    kind = "partnership"
    starts_on = date(2024, 1, 1)
    ends_on = date(2024, 3, 31)


def in_days(days):
    return timezone.now() + timedelta(days=days)


class ReportFactory(Factory):
    """A draft snapshot with next to nothing in it; real content comes from a run."""

    class Meta:
        model = "monitoring.Report"

    class Params:
        published = factory.Trait(status="published", published_at=NOON)
        in_reply = factory.Trait(
            status="in_reply", reply_until=factory.LazyFunction(lambda: in_days(7))
        )
        in_review = factory.Trait(status="in_review", review_since=NOON)

    period = factory.SubFactory(PeriodFactory)
    partnership = factory.SelfAttribute("period.framework.partnership")
    starts_on = factory.SelfAttribute("period.starts_on")
    ends_on = factory.SelfAttribute("period.ends_on")
    reference_on = factory.SelfAttribute("period.ends_on")
    cutoff_at = factory.LazyAttribute(
        lambda o: datetime.combine(o.period.due_on, time(23, 59), UTC)
    )
    content = factory.LazyFunction(lambda: {"indicators": []})
    sha256 = sha256(b'{"indicators":[]}').hexdigest()
    timeliness = "no_data"
    achievement = "no_data"


class ReportReplyFactory(Factory):
    class Meta:
        model = "monitoring.ReportReply"

    report = factory.SubFactory(ReportFactory, in_reply=True)
    membership = factory.LazyAttribute(
        lambda o: o.report.partnership.memberships.get(roles__contains=["lead"])
    )
    text = "The third quarter was late because of the flood."
    author = factory.SubFactory(UserFactory)


class AnnualReportFactory(ReportFactory):
    """Of a year that is over, computed after everything that was written."""

    class Params:
        year = 2024

    kind = "annual"
    period = None
    partnership = factory.SubFactory(PartnershipFactory, active=True)
    starts_on = factory.LazyAttribute(lambda o: date(o.year, 1, 1))
    ends_on = factory.LazyAttribute(lambda o: date(o.year, 12, 31))
    reference_on = factory.SelfAttribute("ends_on")
    cutoff_at = factory.LazyFunction(timezone.now)


class NarrativeSectionFactory(Factory):
    class Meta:
        model = "monitoring.NarrativeSection"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    year = 2024
    topic = "achievements"
    text = "Forty wells were dug."
    membership = factory.LazyAttribute(
        lambda o: o.partnership.memberships.get(roles__contains=["lead"])
    )


class NarrativeEditFactory(Factory):
    class Meta:
        model = "monitoring.NarrativeEdit"

    section = factory.SubFactory(NarrativeSectionFactory)
    number = 1
    text = factory.SelfAttribute("section.text")
    membership = factory.SelfAttribute("section.membership")
    partner_key = factory.SelfAttribute("membership.partner_id")
    author = factory.SubFactory(UserFactory)


class ReportEndorsementFactory(Factory):
    class Meta:
        model = "monitoring.ReportEndorsement"

    report = factory.SubFactory(AnnualReportFactory)
    membership = factory.LazyAttribute(
        lambda o: o.report.partnership.memberships.get(roles__contains=["lead"])
    )
    user = factory.SubFactory(UserFactory)
    sha256 = factory.SelfAttribute("report.sha256")


class PublicationRuleFactory(Factory):
    class Meta:
        model = "monitoring.PublicationRule"
        django_get_or_create = ["kind"]

    kind = "partnership"
    reply_days = 14


class ReportFileFactory(Factory):
    """Asked for, not made yet."""

    class Meta:
        model = "monitoring.ReportFile"

    report = factory.SubFactory(ReportFactory, published=True)
    form = "pdf"
    is_draft = False
