"""Rules of data quality, and what was found."""

from decimal import Decimal

import factory

from tests.factories.base import NOON, Factory
from tests.factories.monitoring import FrameworkFactory, SubmissionFactory


class QualityRuleFactory(Factory):
    class Meta:
        model = "monitoring.QualityRule"

    framework = factory.SubFactory(FrameworkFactory)
    check_of = "jump"
    severity = "note"


class SubmissionQualityFactory(Factory):
    class Meta:
        model = "monitoring.SubmissionQuality"

    submission = factory.SubFactory(SubmissionFactory)
    score = Decimal("0.5")
    checked_at = NOON
