"""Stores the results of an activity as an imported framework with its approved data."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_breakdowns import Breakdowns, counts_people, places_of
from monitoring.exchange.iati_cells import CellReader, Span, Value
from monitoring.exchange.iati_facts import link, link_title
from monitoring.exchange.iati_indicators import ReadIndicator, ResultsReader, identity
from monitoring.exchange.iati_values import LeftOut
from monitoring.exchange.trail import Trail, values_of
from monitoring.models import (
    Evidence,
    Framework,
    Indicator,
    Observation,
    Period,
    PeriodTarget,
    ReportingUnit,
    Submission,
)
from partnerships.models import Membership, Partnership
from registry.models import Event


def store_results(
    activity: Any, partnership: Partnership, reporting: Membership, accounts: Accounts, trail: Trail
) -> None:
    """Put the activity's results in force as a new imported edition of the framework.

    An edition that the members agreed on is never replaced by a file: then all is listed.
    """
    results = activity.findall("result")
    in_force = partnership.frameworks.in_force().first()
    if in_force and in_force.status == Framework.Status.AGREED:
        for element in results:
            reason = f"The members agreed on a framework of their own: {in_force}."
            accounts.leave_out(element, "framework_agreed", reason)
        return
    if in_force:
        _supersede(in_force, trail)
    if results:
        framework = _new_framework(partnership, trail)
        cells = CellReader(accounts, places_of(activity))
        reader = ResultsReader(framework, accounts, cells, _series(in_force))
        reader.read(activity)
        _Store(framework, reporting, accounts, trail).store(reader)


def _supersede(framework: Framework, trail: Trail) -> None:
    before = values_of(framework)
    status = Framework.Status.SUPERSEDED
    Event.move(framework, status, by=trail.batch.by, superseded_at=timezone.now())
    trail.changed(framework, before)


def _new_framework(partnership: Partnership, trail: Trail) -> Framework:
    last = partnership.frameworks.order_by("-edition").values_list("edition", flat=True).first()
    return Framework(
        partnership=partnership,
        edition=(last or 0) + 1,
        title=f"Published results of {partnership.iati_identifier}",
        status=Framework.Status.IMPORTED,
        cadence=Framework.Cadence.IRREGULAR,
        starts_on=partnership.starts_on,
        ends_on=partnership.ends_on or partnership.starts_on,
        import_batch=trail.batch,
    )


def _series(framework: Framework | None) -> dict[tuple[str, ...], UUID]:
    """The series of the former edition's indicators, where the identity is unmistakable."""
    rows = Indicator.objects.filter(result__framework=framework) if framework else []
    found = [(identity(row), row.series) for row in rows]
    times = Counter(key for key, _ in found)
    return {key: series for key, series in found if times[key] == 1}


class _Store:
    """Writes one framework and what hangs on it, each model in bulk."""

    def __init__(
        self, framework: Framework, reporting: Membership, accounts: Accounts, trail: Trail
    ) -> None:
        self.framework = framework
        self.reporting = reporting
        self.accounts = accounts
        self.trail = trail
        self.periods: dict[Span, Period] = {}
        self.submissions: dict[Span, Submission] = {}

    def store(self, reader: ResultsReader) -> None:
        read = reader.indicators
        _continue_series_once(read)
        self._widen({span for indicator in read for span in indicator.spans})
        self.trail.create([self.framework])
        self.trail.create(reader.results)
        specs = [value.spec for indicator in read for value in indicator.values]
        self.breakdowns = Breakdowns(self.framework, specs)
        categories = {id(v): self.breakdowns.category(v.spec) for i in read for v in i.values}
        self.categories = categories
        self.trail.create(self.breakdowns.own_dimensions.values())
        self.trail.create(self.breakdowns.own_categories.values())
        self._store_indicators(read)
        self._store_periods(read)
        self._store_targets(read)
        self._store_actuals(read)
        events = [_event(self.framework, "imported", self.trail)]
        events += [_event(row, "approved", self.trail) for row in self.submissions.values()]
        self.trail.create(events)

    def _widen(self, spans: set[Span]) -> None:
        """The framework covers its periods, also where they exceed the activity's dates."""
        framework = self.framework
        framework.starts_on = min([framework.starts_on, *(s.starts_on for s in spans)])
        framework.ends_on = max([framework.ends_on, *(s.ends_on for s in spans)])

    def _store_indicators(self, read: list[ReadIndicator]) -> None:
        for indicator in read:
            indicator.row.counts_people = counts_people(v.spec for v in indicator.values)
        self.trail.create(indicator.row for indicator in read)
        pairs = {
            (indicator.row.pk, category.dimension_id)
            for indicator in read
            for value in indicator.values
            if (category := self.categories[id(value)])
        }
        through = Indicator.dimensions.through
        rows = [through(indicator_id=i, dimension_id=d) for i, d in sorted(pairs)]
        self.trail.create(rows)

    def _store_periods(self, read: list[ReadIndicator]) -> None:
        spans = sorted({span for indicator in read for span in indicator.spans})
        grace = timedelta(days=self.framework.grace_days)
        rows = [
            Period(
                framework=self.framework,
                label=f"{span.starts_on} – {span.ends_on}",
                starts_on=span.starts_on,
                ends_on=span.ends_on,
                due_on=span.ends_on + grace,
                kind=Period.Kind.IRREGULAR,
            )
            for span in spans
        ]
        self.periods = dict(zip(spans, self.trail.create(rows), strict=True))

    def _store_targets(self, read: list[ReadIndicator]) -> None:
        self.trail.create(
            PeriodTarget(
                indicator=indicator.row,
                category=self.categories[id(value)],
                starts_on=value.span.starts_on,
                ends_on=value.span.ends_on,
                value=value.number,
                comment=value.words,
                imported=True,
            )
            for indicator in read
            for value in indicator.values
            if value.element.tag == "target" and value.number is not None
        )

    def _store_actuals(self, read: list[ReadIndicator]) -> None:
        actuals = [
            (indicator.row, value)
            for indicator in read
            for value in indicator.values
            if value.element.tag == "actual"
        ]
        if not actuals:
            return
        now = timezone.now()
        unit = self._reporting_unit()
        spans = sorted({value.span for _, value in actuals})
        drafts = [self._submission(unit, span, now) for span in spans]
        self.submissions = dict(zip(spans, drafts, strict=True))
        self.trail.create(drafts)
        rows = [self._observation(row, value, unit, now) for row, value in actuals]
        self.trail.create(rows)
        self._store_evidence(actuals, rows)
        # Last, because the database takes values only into drafts.
        keys = [row.pk for row in drafts]
        Submission.objects.filter(pk__in=keys).update(
            status=Submission.Status.APPROVED, approved_at=now, updated_at=now
        )

    def _reporting_unit(self) -> ReportingUnit:
        """The reporting organisation itself; an earlier edition may have it already."""
        units = ReportingUnit.objects.standing().filter(
            membership=self.reporting, country=None, place=""
        )
        since = self.framework.starts_on
        unit = units.first() or ReportingUnit(membership=self.reporting, since_on=since)
        if not unit.pk:
            self.trail.create([unit])
        elif unit.since_on > since:
            self.trail.save_row(unit, since_on=since)
        return unit

    def _submission(self, unit: ReportingUnit, span: Span, now: Any) -> Submission:
        return Submission(
            unit=unit,
            period=self.periods[span],
            submitted_at=now,
            comment="Published elsewhere; taken over from an IATI file.",
            import_batch=self.trail.batch,
        )

    def _observation(
        self, indicator: Indicator, value: Value, unit: ReportingUnit, now: Any
    ) -> Observation:
        in_words = value.number is None
        return Observation(
            submission=self.submissions[value.span],
            indicator=indicator,
            period=self.periods[value.span],
            unit=unit,
            category=self.categories[id(value)],
            value=value.number,
            text=value.words if in_words else "",
            comment="" if in_words else value.words,
            verification=Observation.Verification.PUBLISHED_ELSEWHERE,
            counts_from=now,
        )

    def _store_evidence(
        self, actuals: list[tuple[Indicator, Value]], rows: list[Observation]
    ) -> None:
        evidence = []
        for (_, value), row in zip(actuals, rows, strict=True):
            for element in value.element.iterchildren("document-link"):
                try:
                    url = link(element)
                except LeftOut as left:
                    self.accounts.leave_out(element, left.code, left.reason)
                    continue
                self.accounts.store(element)
                title = link_title(element)
                evidence.append(
                    Evidence(submission=row.submission, observation=row, url=url, title=title)
                )
        self.trail.create(evidence)


def _continue_series_once(read: list[ReadIndicator]) -> None:
    """Of several indicators that look the same none may claim the former one's series."""
    times = Counter(indicator.row.series for indicator in read)
    for indicator in read:
        if times[indicator.row.series] > 1:
            indicator.row.series = Indicator._meta.get_field("series").get_default()


def _event(row: Framework | Submission, verb: str, trail: Trail) -> Event:
    return Event(
        kind=f"{row._meta.model_name}.{verb}",
        subject_type=row._meta.label_lower,
        subject_id=row.pk,
        became=verb,
        by=trail.batch.by,
    )
