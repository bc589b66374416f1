"""What is told and stated with data."""

import factory

from tests.factories.base import NOON, Factory
from tests.factories.monitoring import (
    DimensionFactory,
    IndicatorFactory,
    SubmissionFactory,
    approve,
)


class StoryFactory(Factory):
    """A draft's story with consent to publication; `approved=True` approves the submission."""

    class Meta:
        model = "monitoring.Story"

    class Params:
        selected = factory.Trait(
            selected_by="The village committee",
            selection_reason="It shows what changed.",
            selected_at=NOON,
        )

    submission = factory.SubFactory(SubmissionFactory)
    title = factory.Sequence(lambda n: f"Story {n}")
    changed = "We no longer walk to the river."
    for_whom = "Girls of the village"
    significance = "They have time for school."
    told_by = "Akinyi Odhiambo"
    described_as = "A mother of three"
    consent = True
    consent_how = "signed form"

    @factory.post_generation
    def approved(story, create, wanted, **kwargs):
        if wanted or kwargs:
            approve(story.submission, **kwargs)


class UnsafeBreakdownFactory(Factory):
    """In a draft; `approved=True` approves the submission."""

    class Meta:
        model = "monitoring.UnsafeBreakdown"

    submission = factory.SubFactory(SubmissionFactory)
    indicator = factory.SubFactory(
        IndicatorFactory, result__framework=factory.SelfAttribute("...submission.period.framework")
    )
    dimension = factory.SubFactory(DimensionFactory)
    reason = "Asking about it puts people in danger."

    @factory.post_generation
    def approved(row, create, wanted, **kwargs):
        row.indicator.dimensions.add(row.dimension)
        if wanted or kwargs:
            approve(row.submission, **kwargs)
