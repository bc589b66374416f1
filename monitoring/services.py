"""What people do with frameworks, data and reports: several rows, one transaction."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from monitoring.exchange.iati_reader import MAX_BYTES
from monitoring.exchange.jobs import new_batch
from monitoring.ingest.rows import CHANGEABLE, FIELDS, Row, RowChecker, categories_of, laid_over
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
from monitoring.tasks import compute_report, run_import
from partnerships.models import Agreement, Membership, Partnership
from partnerships.services.agreements import write_edition
from registry.attached import as_stored
from registry.errors import DomainError, NotAllowed
from registry.models import Country, Event, ImportBatch, Partner, User


@transaction.atomic
def create_framework(partnership: Partnership, *, by: User, **fields: Any) -> Framework:
    """Begin the next edition of the partnership's M&E framework."""
    partnership.require_editor(by)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    last = partnership.frameworks.order_by("-edition").first()
    edition = last.edition + 1 if last else 1
    framework = Framework(partnership=partnership, edition=edition, **fields).store()
    Event.log(framework, "drafted", by=by, became=framework.status)
    return framework


@transaction.atomic
def edit_framework(framework: Framework, *, by: User, **fields: Any) -> Framework:
    _draft_of_lead(framework, by)
    return framework.amend(**fields)


@transaction.atomic
def add_result(framework: Framework, *, by: User, **fields: Any) -> Result:
    _draft_of_lead(framework, by)
    return Result(framework=framework, **fields).store()


@transaction.atomic
def edit_result(result: Result, *, by: User, **fields: Any) -> Result:
    _draft_of_lead(result.framework, by)
    return result.amend(**fields)


@transaction.atomic
def add_indicator(
    result: Result,
    *,
    by: User,
    dimensions: Sequence[Any] = (),
    continues: Indicator | None = None,
    **fields: Any,
) -> Indicator:
    """Add an indicator to a draft framework; it may take over an earlier edition's series."""
    _draft_of_lead(result.framework, by)
    indicator = Indicator(result=result, **fields)
    if continues:
        indicator.take_over(continues)
    _fit_for_framework(indicator, dimensions)
    indicator.store()
    indicator.dimensions.set(dimensions)
    return indicator


@transaction.atomic
def edit_indicator(
    indicator: Indicator, *, by: User, dimensions: Sequence[Any] | None = None, **fields: Any
) -> Indicator:
    _draft_of_lead(indicator.result.framework, by)
    for name, value in fields.items():
        setattr(indicator, name, value)
    _fit_for_framework(indicator, dimensions or ())
    indicator.amend(**fields)
    if dimensions is not None:
        indicator.dimensions.set(dimensions)
    return indicator


def _fit_for_framework(indicator: Indicator, dimensions: Sequence[Any]) -> None:
    """Only an import leaves the accumulation open."""
    if indicator.accumulation == Indicator.Accumulation.AS_PUBLISHED:
        text = "Say whether values are a flow, a running total or a state."
        raise ValidationError({"accumulation": text})
    if indicator.measure == Indicator.Measure.CURRENCY and not indicator.currency_id:
        raise ValidationError({"currency": "A currency indicator has exactly one currency."})
    if {d.framework_id for d in dimensions} - {None, indicator.result.framework_id}:
        raise ValidationError({"dimensions": "A dimension of another framework."})
    indicator.require_series_kept()


@transaction.atomic
def add_target(indicator: Indicator, *, by: User, **fields: Any) -> PeriodTarget:
    """Set what an indicator shall reach over a span that begins and ends with periods."""
    target = PeriodTarget(indicator=indicator, **fields)
    _draft_of_lead(indicator.result.framework, by)
    _fit_framework(target)
    return target.store()


@transaction.atomic
def edit_target(target: PeriodTarget, *, by: User, **fields: Any) -> PeriodTarget:
    _draft_of_lead(target.indicator.result.framework, by)
    target.amend(**fields)
    _fit_framework(target)
    return target


def _fit_framework(target: PeriodTarget) -> None:
    """A target spans whole periods, for the total or a category that is reported."""
    if target.category and target.category not in categories_of(target.indicator):
        text = "Not a category of this indicator's dimensions."
        raise ValidationError({"category": text})
    spans = list(target.indicator.result.framework.spans())
    if target.starts_on not in {first for first, _ in spans}:
        raise ValidationError({"starts_on": "No period of the framework begins on this day."})
    if target.ends_on not in {last for _, last in spans}:
        raise ValidationError({"ends_on": "No period of the framework ends on this day."})


@transaction.atomic
def propose_framework(framework: Framework, *, by: User) -> Framework:
    """Freeze the framework as a document and ask every accepted member to endorse it."""
    _draft_of_lead(framework, by)
    if not Indicator.objects.filter(result__framework=framework).exists():
        raise DomainError("no_indicators", "Add an indicator before proposing.")
    for target in PeriodTarget.objects.filter(indicator__result__framework=framework):
        _fit_framework(target)
    agreement = write_edition(
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
    framework.partnership.require_editor(by)
    today = framework.today()
    if through and through > today:
        raise ValidationError({"through": f"At most today: {today}."})
    return Period.objects.open_for(framework, through or today)


@transaction.atomic
def add_reporting_unit(
    membership: Membership, *, by: User, country: Country | None = None, place: str = ""
) -> ReportingUnit:
    """Name a member, or a member in a place, as one whose data is due."""
    own = Partner.objects.acted_for_by(by, "manager").filter(pk=membership.partner_id)
    if not own.exists():
        membership.partnership.require_editor(by)
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members report.")
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
    unit.require_member_at(period)
    _wait_for(unit, period)
    unit.require_standing()
    gone = [Submission.Status.WITHDRAWN, Submission.Status.SUPERSEDED]
    line = ReportingUnit.objects.in_line_with(unit)
    existing = Submission.objects.filter(unit__in=line, period=period).exclude(status__in=gone)
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
    reached = Membership.objects.of_people(by, "manager", "evaluator")
    own = reached.filter(pk=submission.unit.membership_id).exists()
    sent_for = None if own or not submission.sent_for else submission.sent_for.now()
    _may_send(submission.unit, sent_for, by)
    submission.unit.require_member_at(submission.period)
    _wait_for(submission.unit, submission.period)
    submission.refresh_from_db(fields=["status"])
    if submission.status != Submission.Status.APPROVED:
        raise DomainError("not_approved", f"The submission is {submission.status}.")
    of_cell = Submission.objects.filter(unit=submission.unit, period=submission.period)
    last = of_cell.order_by("-revision").first()
    if last and last.status in Submission.IN_PROGRESS:
        text = f"There is a correction already: {last.pk}."
        raise DomainError("submission_exists", text, submission=last.pk)
    return _submission(
        submission.unit,
        submission.period,
        (last or submission).revision + 1,
        by=by,
        sent_for=sent_for,
        comment=comment,
    )


@transaction.atomic
def record_observations(
    submission: Submission,
    rows: Sequence[Row],
    *,
    by: User,
    replace: bool = False,
    emptied: Collection[int] = (),
) -> list[Observation]:
    """Save values into a draft: all rows or none; RowErrors names every bad row.

    With `replace`, rows change what the draft has for the same cells, and what they leave out
    stays; totals of `emptied` indicators are taken out of the draft, withdrawals are not.
    """
    submission.hold_editable(by)
    checked = RowChecker(submission, may_replace=replace).observations(rows)
    submission.change()
    if replace:
        totals = submission.observations.filter(category=None, withdraws=False)
        totals.filter(indicator__in=emptied).delete()
        checked = laid_over(submission, rows, checked)
    Observation.objects.bulk_update([o for o in checked if o.pk], CHANGEABLE, batch_size=500)
    Observation.objects.bulk_create([o for o in checked if not o.pk])
    return checked


@transaction.atomic
def edit_submission(submission: Submission, *, by: User, comment: str) -> Submission:
    submission.hold_editable(by)
    return submission.amend(comment=comment)


@transaction.atomic
def amend_observation(observation: Observation, *, by: User, **fields: Any) -> Observation:
    """Change a draft's value. Two writers of one submission: the second is stale."""
    submission = observation.submission
    submission.hold_editable(by)
    stated = {name: getattr(observation, name) for name in FIELDS if hasattr(observation, name)}
    row = (
        stated
        | fields
        | {
            "indicator": observation.indicator_id,
            "category": observation.category_id,
        }
    )
    (checked,) = RowChecker(submission, may_replace=True).observations([row])
    submission.change()
    Observation.objects.filter(pk=observation.pk).update(
        **{name: getattr(checked, name) for name in fields}
    )
    return observation


@transaction.atomic
def remove_observation(observation: Observation, *, by: User) -> None:
    """Take a value out of a draft."""
    observation.submission.hold_editable(by)
    observation.submission.change()
    observation.delete()


@transaction.atomic
def add_evidence(
    submission: Submission, *, by: User, file: "File[Any] | None" = None, **fields: Any
) -> Evidence:
    """Attach a file or link to a submission that is still open for changes.

    A file is stored under a name of our own; of its own name only the extension stays.
    """
    submission.hold_editable(by)
    observation = fields.get("observation")
    if observation and observation.submission_id != submission.pk:
        raise ValidationError({"observation": "A value of another submission."})
    if bool(file) == bool(fields.get("url")):
        raise ValidationError({"url": "Either a link or a file."})
    if file:
        fields |= as_stored(file)
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


@transaction.atomic
def queue_import(name: str, content: bytes, *, by: User, dry_run: bool = False) -> ImportBatch:
    """Have a worker import a published file; the batch shows how far it is."""
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin imports files.")
    if len(content) > MAX_BYTES:
        raise ValidationError({"file": f"A file may have {MAX_BYTES} bytes."}, code="too_large")
    batch = new_batch(name, content, by=by, is_dry_run=dry_run)
    transaction.on_commit(partial(run_import.delay, batch.pk), robust=True)
    return batch


def _submission(unit: ReportingUnit, period: Period, revision: int, **fields: Any) -> Submission:
    by = fields.pop("by")
    submission = Submission(
        unit=unit, period=period, revision=revision, created_by=by, **fields
    ).store()
    Event.log(submission, "drafted", by=by, became=submission.status)
    return submission


def _may_send(unit: ReportingUnit, sent_for: Membership | None, by: User) -> None:
    """The unit's own people send its data, or those of the member that reports for it."""
    if sent_for is None:
        allowed = ReportingUnit.objects.reportable_by(by).filter(pk=unit.pk).exists()
    else:
        _refuse_sender(unit, sent_for)
        senders = Membership.objects.acted_for_by(by, "manager", "evaluator")
        allowed = by.is_staff or senders.filter(pk=sent_for.pk).exists()
    if not allowed:
        raise NotAllowed("unit_only", "Only the reporting unit's own people may do this.")


def _refuse_sender(unit: ReportingUnit, sent_for: Membership) -> None:
    if sent_for.partnership_id != unit.membership.partnership_id:
        raise ValidationError({"sent_for": "Not a member of this partnership."})
    if sent_for.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members report.")


def _wait_for(unit: ReportingUnit, period: Period) -> None:
    """Who begins a unit's data for a period at the same time waits, and then sees ours."""
    period.hold()
    ReportingUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def _draft_of_lead(framework: Framework, by: User) -> None:
    """Waits for a proposal in another transaction: what was endorsed does not grow afterwards."""
    framework.partnership.require_editor(by)
    Framework.objects.select_for_update(no_key=True).get(pk=framework.pk).require_draft()
