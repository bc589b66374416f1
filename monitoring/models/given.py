"""How much of what is asked a submission has."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count

from monitoring.models.indicators import Indicator
from monitoring.models.submissions import Observation, Submission


class Given(NamedTuple):
    """Indicators with a total, of those that are asked of the unit; 0 of 0 where none are."""

    given: int
    asked: int

    @property
    def is_whole(self) -> bool:
        return self.given >= self.asked


def given_of_asked(submissions: Sequence[Submission]) -> dict[int, Given]:
    """By submission, in two queries; units and periods have to be read with the submissions."""
    frameworks = {one.period.framework_id for one in submissions}
    rows = Indicator.objects.filter(result__framework__in=frameworks).order_by()
    counted = rows.values_list("result__framework", "by_place", "responsible").annotate(Count("pk"))
    asked: Counter[tuple[int, bool, int | None]] = Counter()
    for framework, by_place, responsible, number in counted:
        asked[framework, by_place, responsible] = number
    totals = Observation.objects.filter(
        submission__in=[one.pk for one in submissions], category=None
    )
    per_submission = totals.order_by().values_list("submission").annotate(Count("pk"))
    given: dict[int, int] = dict(per_submission)
    return {
        one.pk: Given(
            given.get(one.pk, 0),
            sum(asked[one.period.framework_id, *kind] for kind in one.unit.asks),
        )
        for one in submissions
    }
