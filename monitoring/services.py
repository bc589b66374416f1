"""What people do with frameworks, data and reports: several rows, one transaction."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from monitoring.ingest.rows import Row, RowChecker
from monitoring.models import (
    Evidence,
    Framework,
    Indicator,
    Observation,
    Period,
    PeriodTarget,
    ReportingUnit,
    ReportRun,
    Result,
    Submission,
)
from monitoring.reports.document import framework_text
from monitoring.tasks import compute_report
from partnerships.models import Agreement, Membership, Partnership
from partnerships.services import draft_agreement, lead_only
from registry.errors import DomainError, NotAllowed
from registry.models import Country, Event, User


@transaction.atomic
def create_framework(partnership: Partnership, *, by: User, **fields: Any) -> Framework:
    """Begin the next edition of the partnership's M&E framework."""
    lead_only(partnership, by)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    last = partnership.frameworks.order_by("-edition").first()
    edition = last.edition + 1 if last else 1
    framework = Framework(partnership=partnership, edition=edition, **fields).store()
    Event.log(framework, "drafted", by=by, became=framework.status)
    return framework


@transaction.atomic
def add_result(framework: Framework, *, by: User, **fields: Any) -> Result:
    _draft_of_lead(framework, by)
    return Result(framework=framework, **fields).store()


@transaction.atomic
def add_indicator(
    result: Result, *, by: User, dimensions: Sequence[Any] = (), **fields: Any
) -> Indicator:
    """Add an indicator to a draft framework; only an import leaves the accumulation open."""
    _draft_of_lead(result.framework, by)
    if fields.get("accumulation") == Indicator.Accumulation.AS_PUBLISHED:
        text = "Say whether values are a flow, a running total or a state."
        raise ValidationError({"accumulation": text})
    if fields.get("measure") == Indicator.Measure.CURRENCY and not fields.get("currency"):
        raise ValidationError({"currency": "A currency indicator has exactly one currency."})
    indicator = Indicator(result=result, **fields).store()
    indicator.dimensions.set(dimensions)
    return indicator


@transaction.atomic
def add_target(indicator: Indicator, *, by: User, **fields: Any) -> PeriodTarget:
    """Set what an indicator shall reach over a span that begins and ends with periods."""
    framework = indicator.result.framework
    _draft_of_lead(framework, by)
    spans = list(framework.spans())
    if fields["starts_on"] not in {first for first, _ in spans}:
        raise ValidationError({"starts_on": "No period of the framework begins on this day."})
    if fields["ends_on"] not in {last for _, last in spans}:
        raise ValidationError({"ends_on": "No period of the framework ends on this day."})
    return PeriodTarget(indicator=indicator, **fields).store()


@transaction.atomic
def propose_framework(framework: Framework, *, by: User) -> Framework:
    """Freeze the framework as a document and ask every accepted member to endorse it."""
    _draft_of_lead(framework, by)
    if not Indicator.objects.filter(result__framework=framework).exists():
        raise DomainError("no_indicators", "Add an indicator before proposing.")
    agreement = draft_agreement(
        framework.partnership,
        by=by,
        kind=Agreement.Kind.FRAMEWORK,
        title=framework.title,
        text=framework_text(framework),
    )
    framework.mark_proposed(agreement, by=by)
    agreement.propose(by=by)
    return framework


def agree_framework(agreement: Agreement, *, by: User) -> None:
    """Put the framework in force whose document has just become binding."""
    framework = Framework.objects.filter(agreement=agreement).first()
    if framework:
        framework.mark_agreed(by=by)


@transaction.atomic
def open_periods(framework: Framework, *, by: User, through: date | None = None) -> list[Period]:
    """Open the periods that have begun by `through` (default: today). Twice opens none."""
    lead_only(framework.partnership, by)
    return Period.objects.open_for(framework, through or timezone.localdate())


@transaction.atomic
def add_reporting_unit(
    membership: Membership, *, by: User, country: Country | None = None, place: str = ""
) -> ReportingUnit:
    """Name a member, or a member in a place, as one whose data is due."""
    own = by.has_role(membership.partner_id, "manager")
    if not own:
        lead_only(membership.partnership, by)
    unit = ReportingUnit(membership=membership, country=country, place=place.strip())
    unit.clean_fields()
    unit.save()
    return unit


@transaction.atomic
def start_submission(
    unit: ReportingUnit,
    period: Period,
    *,
    by: User,
    sent_for: Membership | None = None,
    comment: str = "",
) -> Submission:
    """Begin a unit's data for a period; where one exists, say which."""
    _may_send(unit, sent_for, by)
    if unit.membership.partnership_id != period.framework.partnership_id:
        raise ValidationError({"unit": "Not a reporting unit of this period's partnership."})
    _refuse_closed(period)
    existing = Submission.objects.filter(unit=unit, period=period).exclude(status="withdrawn")
    if first := existing.order_by("revision").first():
        text = f"There is a submission already: {first.pk}. Correct that one."
        raise DomainError("submission_exists", text, submission=first.pk)
    last = unit.submissions.filter(period=period).order_by("-revision").first()
    return _submission(
        unit, period, last.revision + 1 if last else 1, by=by, sent_for=sent_for, comment=comment
    )


@transaction.atomic
def correct_submission(submission: Submission, *, by: User, comment: str = "") -> Submission:
    """Begin the next revision of approved data; it carries only the rows that change."""
    _may_send(submission.unit, submission.sent_for, by)
    _refuse_closed(submission.period)
    if submission.status != Submission.Status.APPROVED:
        raise DomainError("not_approved", f"The submission is {submission.status}.")
    of_cell = Submission.objects.filter(unit=submission.unit, period=submission.period)
    last = of_cell.select_for_update().order_by("-revision").first()
    if last and last.status in Submission.IN_PROGRESS:
        text = f"There is a correction already: {last.pk}."
        raise DomainError("submission_exists", text, submission=last.pk)
    return _submission(
        submission.unit,
        submission.period,
        (last or submission).revision + 1,
        by=by,
        sent_for=submission.sent_for,
        comment=comment,
    )


@transaction.atomic
def record_observations(
    submission: Submission, rows: Sequence[Row], *, by: User, replace: bool = False
) -> list[Observation]:
    """Save values into a draft: all rows or none; RowErrors names every bad row.

    With `replace`, rows take the place of what the draft has for the same cells.
    """
    submission.require_editable(by)
    observations = RowChecker(submission).observations(rows)
    if replace:
        cells = {(o.indicator_id, o.category_id) for o in observations}
        old = [
            o.pk for o in submission.observations.all() if (o.indicator_id, o.category_id) in cells
        ]
        Observation.objects.filter(pk__in=old).delete()
    submission.change()
    return Observation.objects.bulk_create(observations)


@transaction.atomic
def add_evidence(submission: Submission, *, by: User, **fields: Any) -> Evidence:
    """Attach a file or link to a submission that is still open for changes."""
    submission.require_editable(by)
    return Evidence(submission=submission, added_by=by, **fields).store()


@transaction.atomic
def request_report(
    partnership: Partnership, period: Period, *, by: User | None, revision: int | None = None
) -> ReportRun:
    """Ask for the report of an ended period; see ReportRunQuerySet.ask_for."""
    if by is not None and not Partnership.objects.insider(by).filter(pk=partnership.pk).exists():
        raise NotAllowed("members_only", "Only the partnership's members may do this.")
    if period.framework.partnership_id != partnership.pk:
        raise ValidationError({"period": "Not a period of this partnership."})
    run = ReportRun.objects.ask_for(period, by=by, revision=revision)
    if run.status == ReportRun.Status.QUEUED:
        transaction.on_commit(partial(compute_report.delay, run.pk), robust=True)
    return run


def _submission(unit: ReportingUnit, period: Period, revision: int, **fields: Any) -> Submission:
    by = fields.pop("by")
    submission = Submission(
        unit=unit, period=period, revision=revision, created_by=by, **fields
    ).store()
    Event.log(submission, "drafted", by=by, became=submission.status)
    return submission


def _may_send(unit: ReportingUnit, sent_for: Membership | None, by: User) -> None:
    """The unit's own people send its data, or those of the member that reports for it."""
    if ReportingUnit.objects.reportable_by(by).filter(pk=unit.pk).exists():
        return
    is_sender = sent_for and by.has_role(sent_for.partner_id, "manager", "evaluator")
    if is_sender and sent_for.partnership_id == unit.membership.partnership_id:
        return
    raise NotAllowed("unit_only", "Only the reporting unit's own people may do this.")


def _refuse_closed(period: Period) -> None:
    if period.status == Period.Status.CLOSED:
        raise DomainError("period_closed", f"The period {period} is closed.")


def _draft_of_lead(framework: Framework, by: User) -> None:
    lead_only(framework.partnership, by)
    framework.require_draft()
