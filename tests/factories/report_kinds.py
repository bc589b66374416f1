"""What reports over many partnerships are told first."""

import factory

from tests.factories.base import NOON, Factory
from tests.factories.registry import GoalFactory, UserFactory


class HlpfReviewFactory(Factory):
    class Meta:
        model = "monitoring.HlpfReview"

    year = 2025
    goals = factory.LazyFunction(lambda: [GoalFactory(number=6).number])
    set_at = NOON
    set_by = factory.SubFactory(UserFactory, admin=True)
