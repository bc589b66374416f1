"""Copying what a framework says into a draft: results, indicators, targets, own dimensions."""

from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from monitoring.models import (
    Category,
    CategoryBaseline,
    Dimension,
    Framework,
    Indicator,
    PeriodTarget,
    QualityRule,
    Result,
)
from partnerships.models import Membership

RESULT = ("level", "title", "description", "assumptions")
BASELINE = (
    "baseline_value",
    "baseline_numerator",
    "baseline_denominator",
    "baseline_on",
    "baseline_year",
    "baseline_source",
    "baseline_unavailable",
    "baseline_plan",
    "baseline_plan_on",
)
SERIES = ("series", "continues_id", "breaks_series", "break_reason", "joins_series")
OWN = ("id", "version", "created_at", "updated_at", "result_id", "responsible_id")


class Kept(NamedTuple):
    """What of a framework comes along."""

    series: bool
    baselines: bool
    targets: bool


class Copying:
    """One framework's content on its way into an empty draft; a fixed number of queries."""

    def __init__(self, source: Framework, draft: Framework, kept: Kept) -> None:
        self.source, self.draft, self.kept = source, draft, kept
        self.at = timezone.now()
        self.dimensions: dict[int, Dimension] = {}
        self.categories: dict[int, int] = {}
        self.targets_left_out = 0

    def copy(self) -> None:
        self._copy_dimensions()
        indicators = self._copy_indicators(self._copy_results())
        self._copy_rules(indicators)
        if self.kept.baselines:
            self._copy_category_baselines(indicators)
        if self.kept.targets:
            self._copy_targets(indicators)

    def _copy_dimensions(self) -> None:
        """The framework's own ones, crossed ones last; shared ones are used as they are."""
        own = Dimension.objects.filter(framework=self.source).order_by("pk")
        rows = sorted(own, key=lambda dimension: dimension.first_id is not None)
        categories = Category.objects.filter(dimension__in=rows).order_by("pk")
        for row in rows:
            made = Dimension.objects.create(
                framework=self.draft,
                code=row.code,
                label=row.label,
                sdmx_concept=row.sdmx_concept,
                first_id=self._dimension(row.first_id),
                second_id=self._dimension(row.second_id),
            )
            self.dimensions[row.pk] = made
            of_row = [category for category in categories if category.dimension_id == row.pk]
            copies = Category.objects.bulk_create(
                [
                    Category(
                        dimension=made,
                        code=category.code,
                        label=category.label,
                        sort=category.sort,
                        sdmx_code=category.sdmx_code,
                        first_id=self._category(category.first_id),
                        second_id=self._category(category.second_id),
                    )
                    for category in of_row
                ]
            )
            pairs = zip(of_row, copies, strict=True)
            self.categories |= {category.pk: copy.pk for category, copy in pairs}

    def _dimension(self, pk: int | None) -> int | None:
        return self.dimensions[pk].pk if pk in self.dimensions else pk

    def _category(self, pk: int | None) -> int | None:
        return self.categories.get(pk, pk) if pk else None

    def _copy_results(self) -> dict[int, Result]:
        rows = list(self.source.results.order_by("pk"))
        made = {}
        for row in rows:
            values = {name: getattr(row, name) for name in RESULT}
            if self.kept.series:
                values["series"] = row.series
            made[row.pk] = Result(framework=self.draft, **values, **self._stamps())
        Result.objects.bulk_create(made.values())
        below = [row for row in rows if row.parent_id in made]
        for row in below:
            made[row.pk].parent = made[row.parent_id]  # type: ignore[index]
        Result.objects.bulk_update([made[row.pk] for row in below], ["parent"])
        return made

    def _stamps(self) -> dict[str, Any]:
        return {"created_at": self.at, "updated_at": self.at}

    def _copy_indicators(self, results: dict[int, Result]) -> dict[int, Indicator]:
        found = Indicator.objects.filter(result__in=results).order_by("pk")
        rows = list(found.prefetch_related("dimensions"))
        responsible = self._responsible()
        made = {}
        for row in rows:
            made[row.pk] = Indicator(
                result=results[row.result_id],
                responsible_id=responsible.get(row.responsible_id),
                **self._values(row),
                **self._stamps(),
            )
        Indicator.objects.bulk_create(made.values())
        through = Indicator.dimensions.through
        through._default_manager.bulk_create(
            [
                through(indicator_id=made[row.pk].pk, dimension_id=self._dimension(dimension.pk))
                for row in rows
                for dimension in row.dimensions.all()
            ]
        )
        return made

    def _values(self, row: Indicator) -> dict[str, Any]:
        left = {*OWN, *SERIES, *(() if self.kept.baselines else BASELINE)}
        names = [field.attname for field in Indicator._meta.concrete_fields]
        values = {name: getattr(row, name) for name in names if name not in left}
        if not self.kept.series:
            return values
        if self.source.agreed_at is None and self.source.status != Framework.Status.IMPORTED:
            # A proposal that never held: what it said of the editions before still stands.
            return values | {name: getattr(row, name) for name in SERIES}
        return values | {"series": row.series, "continues_id": row.pk}

    def _responsible(self) -> dict[int | None, int]:
        """The same partner's membership here, where it is a member now."""
        named = Membership.objects.filter(
            indicators__result__framework=self.source, partnership=self.source.partnership_id
        )
        partners = dict(named.distinct().order_by().values_list("pk", "partner_id"))
        here = self.draft.partnership.memberships.accepted()
        members = dict(here.filter(partner__in=partners.values()).values_list("partner_id", "pk"))
        return {pk: members[partner] for pk, partner in partners.items() if partner in members}

    def _copy_rules(self, indicators: dict[int, Indicator]) -> None:
        """The framework's own rules of data quality."""
        QualityRule.objects.bulk_create(
            [
                QualityRule(
                    framework=self.draft,
                    indicator=indicators[row.indicator_id] if row.indicator_id else None,
                    check_of=row.check_of,
                    severity=row.severity,
                    limit=row.limit,
                    low=row.low,
                    high=row.high,
                    **self._stamps(),
                )
                for row in QualityRule.objects.filter(framework=self.source).order_by("pk")
            ]
        )

    def _copy_category_baselines(self, indicators: dict[int, Indicator]) -> None:
        rows = CategoryBaseline.objects.filter(indicator__in=indicators).order_by("pk")
        CategoryBaseline.objects.bulk_create(
            [
                CategoryBaseline(
                    indicator=indicators[row.indicator_id],
                    category_id=self.categories.get(row.category_id, row.category_id),
                    value=row.value,
                    numerator=row.numerator,
                    denominator=row.denominator,
                    **self._stamps(),
                )
                for row in rows
            ]
        )

    def _copy_targets(self, indicators: dict[int, Indicator]) -> None:
        """Those that fit the new edition's periods; of another start, moved with it."""
        spans = list(self.draft.spans())
        moved = dict(zip(self.source.spans(), spans, strict=False))
        firsts, lasts = {span[0] for span in spans}, {span[1] for span in spans}
        same = self.source.partnership_id == self.draft.partnership_id
        starts = {old[0]: new[0] for old, new in moved.items()}
        ends = {old[1]: new[1] for old, new in moved.items()}
        rows = []
        for row in PeriodTarget.objects.filter(indicator__in=indicators).order_by("pk"):
            first = _in(row.starts_on, firsts) if same else starts.get(row.starts_on)
            last = _in(row.ends_on, lasts) if same else ends.get(row.ends_on)
            if first is None or last is None:
                self.targets_left_out += 1
                continue
            rows.append(
                PeriodTarget(
                    indicator=indicators[row.indicator_id],
                    category_id=self._category(row.category_id),
                    starts_on=first,
                    ends_on=last,
                    value=row.value,
                    comment=row.comment,
                    **self._stamps(),
                )
            )
        PeriodTarget.objects.bulk_create(rows)


def _in(day: date, days: set[date]) -> date | None:
    return day if day in days else None
