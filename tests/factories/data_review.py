"""What reviewers say of submitted data."""

from datetime import date
from decimal import Decimal

import factory

from tests.factories.base import Factory
from tests.factories.monitoring import IndicatorFactory, ObservationFactory, SubmissionFactory
from tests.factories.partnerships import MembershipFactory, PartnershipFactory
from tests.factories.registry import UserFactory


class ReviewerFactory(Factory):
    """A member whose people decide; `user=…` names a person instead."""

    class Meta:
        model = "monitoring.Reviewer"

    class Params:
        person = factory.Trait(
            membership=None,
            partnership=factory.SubFactory(PartnershipFactory, active=True),
            user=factory.LazyAttribute(
                lambda o: UserFactory(
                    evaluates=MembershipFactory(partnership=o.partnership).partner
                )
            ),
        )

    membership = factory.SubFactory(MembershipFactory, partnership__active=True)
    partnership = factory.SelfAttribute("membership.partnership")
    named_by = factory.SubFactory(UserFactory)


class ReturnReasonFactory(Factory):
    class Meta:
        model = "monitoring.ReturnReason"

    submission = factory.SubFactory(SubmissionFactory)
    reason = factory.Sequence(lambda n: f"Reason {n}")
    by = factory.SubFactory(UserFactory)


class SubmissionCommentFactory(Factory):
    class Meta:
        model = "monitoring.SubmissionComment"

    submission = factory.SubFactory(SubmissionFactory)
    text = factory.Sequence(lambda n: f"Comment {n}")
    by = factory.SubFactory(UserFactory)
    is_of_sender = True


class VerificationFactory(Factory):
    class Meta:
        model = "monitoring.Verification"

    observation = factory.SubFactory(ObservationFactory, approved=True)
    level = "internally_validated"
    by = factory.SubFactory(UserFactory)


class SpotCheckFactory(Factory):
    """Ten were reported, eight were found."""

    class Meta:
        model = "monitoring.SpotCheck"

    class Params:
        to_do = factory.Trait(
            action="Keep the lists.",
            due_on=date(2024, 7, 1),
            owner=factory.SelfAttribute("submission.unit.membership"),
        )

    submission = factory.SubFactory(SubmissionFactory, submitted=True)
    indicator = factory.SubFactory(
        IndicatorFactory, result__framework=factory.SelfAttribute("...submission.period.framework")
    )
    checked_on = date(2024, 5, 2)
    checked_by = "District office"
    reported_value = Decimal(10)
    found_value = Decimal(8)
    finding = "Two names twice."
    by = factory.SubFactory(UserFactory)


class DataQualityAssessmentFactory(Factory):
    class Meta:
        model = "monitoring.DataQualityAssessment"

    class Params:
        to_do = factory.Trait(
            action="Write the method down.",
            due_on=date(2024, 7, 1),
            owner=factory.LazyAttribute(lambda o: MembershipFactory(partnership=o.partnership)),
        )

    indicator = factory.SubFactory(IndicatorFactory)
    partnership = factory.SelfAttribute("indicator.result.framework.partnership")
    assessed_on = date(2024, 5, 2)
    validity = "met"
    by = factory.SubFactory(UserFactory)
