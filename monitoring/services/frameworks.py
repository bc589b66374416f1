"""What people do with M&E frameworks: drafts, results, indicators, targets, agreement."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.ingest.names import categories_of
from monitoring.models import (
    Framework,
    Indicator,
    Period,
    PeriodTarget,
    Result,
)
from monitoring.models.smart import LIGHT_MOST, findings_of
from monitoring.reports.framework_text import framework_text
from partnerships.models import Agreement, Partnership
from partnerships.services.agreements import write_edition
from registry.errors import DomainError
from registry.models import Event, User

NAMED = 10  # findings that a refusal names


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
    _require_room(result.framework)
    indicator = Indicator(result=result, **fields)
    if continues:
        indicator.take_over(continues)
    _fit_for_framework(indicator, dimensions)
    indicator.store()
    indicator.dimensions.set(dimensions)
    return indicator


def _require_room(framework: Framework) -> None:
    """A small firm reports five indicators at most; whoever adds one holds the framework."""
    if framework.partnership.track != Partnership.Track.LIGHT:
        return
    if Indicator.objects.filter(result__framework=framework).count() >= LIGHT_MOST:
        text = f"On the light track at most {LIGHT_MOST} indicators are reported."
        raise DomainError("light_at_most_five", text)


@transaction.atomic
def edit_indicator(
    indicator: Indicator, *, by: User, dimensions: Sequence[Any] | None = None, **fields: Any
) -> Indicator:
    _draft_of_lead(indicator.result.framework, by)
    series = indicator.series
    for name, value in fields.items():
        setattr(indicator, name, value)
    _fit_for_framework(indicator, dimensions or ())
    if indicator.series != series:
        fields |= {"series": indicator.series, "continues": indicator.continues}
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
    indicator.settle_series()


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


Cell = tuple[int, int | None, date, date]


@transaction.atomic
def set_targets(framework: Framework, cells: Mapping[Cell, Decimal | None], *, by: User) -> int:
    """Write many targets at once, all or none: (indicator, category, first day, last day) to its
    value; None takes the target away. Returns how many changed.

    What is wrong is said of every cell at once: the ValidationError's keys are the cells.
    """
    _draft_of_lead(framework, by)
    here = PeriodTarget.objects.filter(indicator__result__framework=framework)
    stored = {_cell(target): target for target in here.select_related("indicator")}
    indicators = Indicator.objects.filter(result__framework=framework)
    known = indicators.prefetch_related("dimensions__categories").in_bulk()
    wrong: dict[Any, Any] = {}
    # What goes makes room first: a year may take the place of its quarters.
    changes = [(cell, value) for cell, value in cells.items() if _differs(stored.get(cell), value)]
    for cell, value in sorted(changes, key=lambda change: change[1] is not None):
        try:
            with transaction.atomic():
                _set_target(cell, value, stored.get(cell), known)
        except ValidationError as refused:
            wrong[cell] = refused.messages
        except IntegrityError:
            wrong[cell] = ["Another target covers a part of this span."]
    if wrong:
        raise ValidationError(wrong)
    return len(changes)


def _cell(target: PeriodTarget) -> Cell:
    return target.indicator_id, target.category_id, target.starts_on, target.ends_on


def _differs(stored: PeriodTarget | None, value: Decimal | None) -> bool:
    return (stored.value if stored else None) != value


def _set_target(
    cell: Cell, value: Decimal | None, stored: PeriodTarget | None, known: dict[int, Indicator]
) -> None:
    indicator, category, starts_on, ends_on = cell
    if indicator not in known:
        raise ValidationError("Not an indicator of this framework.")
    if stored and value is None:
        stored.delete()
    elif stored:
        stored.amend(value=value)
    elif value is not None:
        span = {"starts_on": starts_on, "ends_on": ends_on}
        target = PeriodTarget(indicator=known[indicator], value=value, **span)
        target.category = next(
            (one for one in categories_of(known[indicator]) if one.pk == category), None
        )
        if target.category_id != category:
            raise ValidationError("Not a category of this indicator's dimensions.")
        _fit_framework(target)
        target.store()


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
    for target in PeriodTarget.objects.filter(indicator__result__framework=framework):
        _fit_framework(target)
    _require_smart(framework)
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


def _require_smart(framework: Framework) -> None:
    """Refuse what two people could not measure alike; warnings are for people to weigh."""
    errors = [finding for finding in findings_of(framework) if finding.is_error]
    if errors and errors[0].code == "no_indicators":
        raise DomainError(errors[0].code, errors[0].text)
    if errors:
        said = "; ".join(f"{e.indicator or framework}: {e.text}" for e in errors[:NAMED])
        more = f" (and {len(errors) - NAMED} more)" if len(errors) > NAMED else ""
        raise DomainError("not_smart", f"Not proposed. {said}{more}", findings=len(errors))


@transaction.atomic
def withdraw_framework(framework: Framework, *, by: User, reason: str) -> Framework:
    """Take a draft or a proposal back; the document that members were asked to endorse goes with
    it, and what they said stays recorded. A new edition can be begun from it."""
    framework.partnership.require_editor(by)
    framework.partnership.hold()
    Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
    framework.withdraw(by=by, reason=reason)
    if framework.agreement:
        framework.agreement.refresh_from_db(fields=["status", "version"])
        Event.move(framework.agreement, Agreement.Status.WITHDRAWN, by=by, reason=reason)
    return framework


def agree_framework(agreement: Agreement, *, by: User) -> None:
    """Put the framework in force whose document has just become binding, and open the periods that
    have begun: what it asks for is there from that moment on, as reports of that day know."""
    framework = Framework.objects.filter(agreement=agreement).first()
    if framework:
        framework.mark_agreed(by=by)
        Period.objects.open_for(framework, framework.today())


def _draft_of_lead(framework: Framework, by: User) -> None:
    """Waits for a proposal in another transaction: what was endorsed does not grow afterwards."""
    framework.partnership.require_editor(by)
    Framework.objects.select_for_update(no_key=True).get(pk=framework.pk).require_draft()


@transaction.atomic
def remove_result(result: Result, *, by: User, with_all: bool = False) -> None:
    """Take a result out of a draft; with all that stands under it only if that is said."""
    _draft_of_lead(result.framework, by)
    if not with_all and (result.children.exists() or result.indicators.exists()):
        text = "Results or indicators stand under it: remove them first, or move them."
        raise DomainError("result_not_empty", text)
    result.delete()


@transaction.atomic
def remove_indicator(indicator: Indicator, *, by: User) -> None:
    """Take an indicator out of a draft, with its targets."""
    _draft_of_lead(indicator.result.framework, by)
    indicator.delete()


@transaction.atomic
def remove_target(target: PeriodTarget, *, by: User) -> None:
    _draft_of_lead(target.indicator.result.framework, by)
    target.delete()


@transaction.atomic
def discard_framework(framework: Framework, *, by: User) -> None:
    """Throw a draft away with all that is in it; what was proposed stays."""
    _draft_of_lead(framework, by)
    facts = {"framework": framework.pk, "edition": framework.edition, "title": framework.title}
    Event.log(framework.partnership, "framework_discarded", by=by, facts=facts)
    framework.results.all().delete()
    framework.delete()
