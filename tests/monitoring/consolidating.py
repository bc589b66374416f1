"""A framework whose values come from several units and periods in one file."""

import csv
import io
from datetime import date

from django.core.files.base import ContentFile

from monitoring.ingest import csv_files, pipeline
from monitoring.models import Observation
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    UserFactory,
)


class Consolidating:
    """Two members, three units of which one is a place, two open quarters, four indicators."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.ours = MembershipFactory(partnership=self.partnership, partner__name="Blue Water")
        self.theirs = MembershipFactory(partnership=self.partnership, partner__name="Green Land")
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.wells = self.indicator(code="W1", title="Wells")
        sex = DimensionFactory(code="SEX")
        self.female = CategoryFactory(dimension=sex, code="F", label="Female")
        self.male = CategoryFactory(dimension=sex, code="M", label="Male")
        self.wells.dimensions.add(sex)
        self.share = self.indicator(code="R1", title="Share", ratio=True)
        self.story = self.indicator(code="N1", title="Story", narrative=True)
        self.local = self.indicator(code="P1", title="Local", by_place=True)
        self.unit = ReportingUnitFactory(membership=self.ours)
        self.place = ReportingUnitFactory(membership=self.ours, place="Kitui")
        self.other = ReportingUnitFactory(membership=self.theirs)
        self.first, self.second = (
            PeriodFactory(
                framework=self.framework, label=label, starts_on=starts_on, ends_on=ends_on
            )
            for label, starts_on, ends_on in (
                ("2025 Q1", date(2025, 1, 1), date(2025, 3, 31)),
                ("2025 Q2", date(2025, 4, 1), date(2025, 6, 30)),
            )
        )
        self.by = UserFactory(evaluates=self.ours.partner)
        self.their_own = UserFactory(evaluates=self.theirs.partner)
        self.lead = UserFactory(admin=True)

    def indicator(self, **fields):
        return IndicatorFactory(result__framework=self.framework, **fields)

    def load(self, *rows, by=None, dry_run=False, replace=True, **scope):
        scope = pipeline.Consolidated(self.framework, **scope)
        numbered = enumerate(rows, start=2)
        return pipeline.load(scope, numbered, by=by or self.by, dry_run=dry_run, replace=replace)

    def load_csv(self, text, **more):
        table = csv_files.read(ContentFile(text.encode()))
        scope = pipeline.Consolidated(self.framework, **more)
        return pipeline.load(scope, table.rows, by=self.by, problems=table.problems)


def said(outcome):
    """(row, field, code) of everything that is wrong."""
    return [(e.row, e.field, e.code) for e in outcome.errors]


def row(unit="Blue Water", indicator="W1", period="2025 Q1", value="5", **more):
    stated = {"unit": unit, "indicator": indicator, "period": period, "value": value} | more
    return {name: text for name, text in stated.items() if text is not None}


def as_csv(rows, delimiter=","):
    out = io.StringIO()
    names = list(dict.fromkeys(name for one in rows for name in one))
    writer = csv.DictWriter(out, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def cells():
    """Everything that is stored: who, what, when, of whom, and the value."""
    return {
        (o.unit_id, o.indicator_id, o.period_id, o.category_id): o.value
        for o in Observation.objects.all()
    }
