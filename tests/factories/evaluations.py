"""Evaluations, what they recommend, and what is answered and done."""

from datetime import UTC, date, datetime, timedelta

import factory

from tests.factories.base import Factory
from tests.factories.partnerships import MembershipFactory, PartnershipFactory
from tests.factories.registry import UserFactory

PUBLISHED_ON = date(2025, 3, 3)
PUBLISHED_AT = datetime(2025, 3, 3, 10, tzinfo=UTC)
RESPOND_BY = date(2025, 5, 2)  # 60 days later, counted by hand


def published(evaluation, on=PUBLISHED_ON):
    """Publish it as if on that day."""
    at = datetime(on.year, on.month, on.day, 10, tzinfo=UTC)
    return evaluation.change(
        status="published",
        submitted_on=on,
        published_on=on,
        published_at=at,
        respond_by=on + timedelta(days=60),
    )


class EvaluationFactory(Factory):
    """A mid-term evaluation that is planned; publish one that has findings with `published`."""

    class Meta:
        model = "monitoring.Evaluation"

    class Params:
        under_way = factory.Trait(status="under_way")
        submitted = factory.Trait(status="submitted", submitted_on=PUBLISHED_ON)
        published = factory.Trait(
            status="published",
            submitted_on=PUBLISHED_ON,
            published_on=PUBLISHED_ON,
            published_at=PUBLISHED_AT,
            respond_by=RESPOND_BY,
        )
        withdrawn = factory.Trait(
            status="withdrawn", withdrawn_at=PUBLISHED_AT, withdrawal_reason="Not finished."
        )

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    kind = "mid_term"
    title = factory.Sequence(lambda n: f"Mid-term evaluation {n}")
    scope = "Whether the wells are used, and by whom."
    starts_on = date(2024, 1, 1)
    ends_on = date(2024, 12, 31)
    evaluators = "An evaluation team"
    url = "https://example.org/evaluation.pdf"


class EvaluationFindingFactory(Factory):
    class Meta:
        model = "monitoring.EvaluationFinding"

    evaluation = factory.SubFactory(EvaluationFactory, under_way=True)
    number = factory.LazyAttribute(lambda o: 1 + o.evaluation.findings.count())
    text = "Four wells in five are used each day."


class RecommendationFactory(Factory):
    """To a member; `secretariat=True` to the secretariat; `published=True` publishes the whole
    evaluation once it is entered."""

    class Meta:
        model = "monitoring.Recommendation"

    class Params:
        secretariat = factory.Trait(addressed_to="secretariat", member=None)

    evaluation = factory.SubFactory(EvaluationFactory, under_way=True)
    number = factory.LazyAttribute(lambda o: 1 + o.evaluation.recommendations.count())
    text = factory.Sequence(lambda n: f"Train {n + 2} caretakers in each village.")
    member = factory.LazyAttribute(
        lambda o: MembershipFactory(partnership=o.evaluation.partnership)
    )

    @factory.post_generation
    def published(recommendation, create, on, **kwargs):
        if on:
            published(recommendation.evaluation, PUBLISHED_ON if on is True else on)


class ErratumFactory(Factory):
    class Meta:
        model = "monitoring.Erratum"

    evaluation = factory.SubFactory(EvaluationFactory, published=True)
    text = "Page 3 says 14 wells; there are 41."
    by = factory.SubFactory(UserFactory)


class ManagementResponseFactory(Factory):
    class Meta:
        model = "monitoring.ManagementResponse"

    recommendation = factory.SubFactory(RecommendationFactory, published=True)
    decision = "accepted"
    stated_on = date(2025, 3, 20)
    created_at = datetime(2025, 3, 20, 10, tzinfo=UTC)
    by = factory.SubFactory(UserFactory)


class FollowUpFactory(Factory):
    class Meta:
        model = "monitoring.FollowUp"

    action = factory.SubFactory("tests.factories.evaluations.ManagementActionFactory")
    status = factory.SelfAttribute("action.status")
    due_on = factory.SelfAttribute("action.due_on")
    noted_on = date(2025, 3, 20)
    at = factory.LazyAttribute(
        lambda o: datetime(o.noted_on.year, o.noted_on.month, o.noted_on.day, 12, tzinfo=UTC)
    )
    by = factory.SubFactory(UserFactory)


class ManagementActionFactory(Factory):
    """Under a recommendation that was accepted, done by the member it is addressed to."""

    class Meta:
        model = "monitoring.ManagementAction"

    recommendation = factory.SubFactory(RecommendationFactory, published=True)
    what = factory.Sequence(lambda n: f"Hold course {n}")
    owner = factory.SelfAttribute("recommendation.member")
    due_on = date(2025, 9, 30)

    @factory.post_generation
    def answered(action, create, value, **kwargs):
        if value is not False and not action.recommendation.responses.exists():
            ManagementResponseFactory(recommendation=action.recommendation)

    @factory.post_generation
    def noted(action, create, value, **kwargs):
        if value is not False:
            FollowUpFactory(action=action, status="not_started")
            if action.status != "not_started":
                FollowUpFactory(action=action)


class EvaluationReminderFactory(Factory):
    class Meta:
        model = "monitoring.EvaluationReminder"

    action = factory.SubFactory(ManagementActionFactory)
    evaluation = factory.SelfAttribute("action.recommendation.evaluation")
    due_on = factory.SelfAttribute("action.due_on")
    kind = "due"
