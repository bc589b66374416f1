"""A draft submission to write rows into."""

import pytest

from monitoring.errors import RowErrors
from monitoring.models import Observation
from monitoring.services.submissions import record_observations
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    IndicatorFactory,
    SubmissionFactory,
    UserFactory,
)


class Draft:
    """An empty draft of a framework with an indicator of every measure."""

    def __init__(self):
        self.submission = SubmissionFactory()
        self.by = UserFactory(evaluates=self.submission.unit.membership.partner)
        self.sex = DimensionFactory()
        self.female = CategoryFactory(dimension=self.sex)
        self.number = self.indicator()
        self.number.dimensions.add(self.sex)
        self.money = self.indicator(money=True)
        self.people = self.indicator(people=True)
        self.ratio = self.indicator(ratio=True)
        self.percent = self.indicator(percent=True)
        self.rating = self.indicator(rating=True)
        self.yes_no = self.indicator(yes_no=True)
        self.narrative = self.indicator(narrative=True)
        self.by_place = self.indicator(by_place=True)

    def indicator(self, **fields):
        return IndicatorFactory(result__framework=self.submission.period.framework, **fields)

    def record(self, *rows, **more):
        rows = [self._row(row) for row in rows]
        return record_observations(self.submission, rows, by=self.by, **more)

    def _row(self, row):
        """A row may name the indicator and category by this draft's own names."""
        if not isinstance(row, dict):
            return row
        named = {
            f: getattr(self, v).pk
            for f, v in row.items()
            if isinstance(v, str) and f in ("indicator", "category") and hasattr(self, v)
        }
        return row | named

    def problems(self, *rows, **more):
        """(row, field, code) of everything that is wrong; asserts that nothing was saved."""
        before = list(Observation.objects.values())
        with pytest.raises(RowErrors) as refusal:
            self.record(*rows, **more)
        assert list(Observation.objects.values()) == before
        assert all(error.reason for error in refusal.value.errors)
        return [(e.row, e.field, e.code) for e in refusal.value.errors]
