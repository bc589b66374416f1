"""Recounts of values at their source, and assessments of data quality."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import (
    DataQualityAssessment,
    Indicator,
    Observation,
    SpotCheck,
    Submission,
)
from monitoring.models.checks import Followed
from monitoring.models.of_cells import cell_of
from monitoring.models.reviewers import ROLES
from partnerships.models import Membership, Partnership
from partnerships.models.kept import not_in_the_future
from registry.errors import DomainError, NotAllowed
from registry.models import Event, User

Measure = Indicator.Measure
OPEN = (Submission.Status.DRAFT, Submission.Status.RETURNED)


@transaction.atomic
def record_spot_check(observation: Observation, *, by: User, **fields: Any) -> SpotCheck:
    """Keep what was found when a value was counted again at its source; the figure stays.

    Without found values the source could not be read, or had no record.
    """
    submission = observation.submission
    _require_checker(submission.period.framework.partnership, by)
    _require_distance(submission, by)
    submission.period.framework.partnership.hold()
    submission.refresh_from_db(fields=["status"])
    if submission.status in OPEN:
        text = f"The submission is {submission.status}: there is nothing to check yet."
        raise DomainError("not_submitted", text)
    _fit_measure(observation, fields)
    check = SpotCheck(
        submission=submission,
        reported_value=observation.value,
        reported_numerator=observation.numerator,
        reported_denominator=observation.denominator,
        by=by,
        **cell_of(submission, observation),
        **fields,
    )
    _store(check, "checked_on", submission.period.ends_on)
    return check


def _fit_measure(observation: Observation, fields: dict[str, Any]) -> None:
    """A ratio is found in its parts, anything else as one value; a text cannot be recounted."""
    measure = observation.indicator.measure
    if observation.withdraws or measure == Measure.NARRATIVE:
        text = "Only a number can be counted again."
        raise ValidationError({"observation": ValidationError(text, code="not_a_number")})
    parts = [fields.get("found_numerator"), fields.get("found_denominator")]
    is_ratio = measure == Measure.RATIO
    if is_ratio and fields.get("found_value") is not None:
        text = "A ratio is found as numerator and denominator."
        raise ValidationError({"found_value": ValidationError(text, code="ratio_parts")})
    if not is_ratio and any(part is not None for part in parts):
        text = "Only a ratio has a numerator and a denominator."
        raise ValidationError({"found_numerator": ValidationError(text, code="no_parts")})


@transaction.atomic
def assess_quality(
    *,
    by: User,
    indicator: Indicator | None = None,
    submission: Submission | None = None,
    **fields: Any,
) -> DataQualityAssessment:
    """Rate the data of an indicator, or of a submission, by the five standards."""
    if (indicator is None) == (submission is None):
        text = "Of an indicator, or of a submission."
        raise ValidationError({"indicator": ValidationError(text, code="one_thing")})
    framework = indicator.result.framework if indicator else submission.period.framework  # type: ignore[union-attr]
    partnership = framework.partnership
    _require_checker(partnership, by)
    if submission:
        _require_distance(submission, by)
    partnership.hold()
    assessment = DataQualityAssessment(
        partnership=partnership, indicator=indicator, submission=submission, by=by, **fields
    )
    _store(assessment, "assessed_on")
    return assessment


def _store(record: Followed, day: str, earliest: Any = None) -> None:
    record.check_values()
    on = getattr(record, day)
    not_in_the_future(record, day)
    if earliest and on <= earliest:
        text = f"After the period's end, {earliest:%-d %b %Y}."
        raise ValidationError({day: ValidationError(text, code="before_the_data")})
    if record.due_on and record.due_on < on:
        text = "Not before the day of the check."
        raise ValidationError({"due_on": ValidationError(text, code="due_before")})
    record.save(force_insert=True)
    Event.log(record, "recorded", by=record.by)


def may_check(submission: Submission, user: User) -> bool:
    """Whether the user may record checks of it: a member's person at a distance from the data."""
    try:
        _require_checker(submission.period.framework.partnership, user)
        _require_distance(submission, user)
    except NotAllowed:
        return False
    return submission.status not in OPEN


def may_assess(partnership: Partnership, user: User) -> bool:
    """Whether the user may record what a check of the partnership's data found."""
    reached = Membership.objects.acted_for_by(user, *ROLES).accepted()
    return user.is_staff or reached.filter(partnership=partnership).exists()


def _require_checker(partnership: Partnership, by: User) -> None:
    if not may_assess(partnership, by):
        raise NotAllowed("members_only", "Only members' managers and evaluators may do this.")


def _require_distance(submission: Submission, by: User) -> None:
    """Nobody checks data that is the own organisation's, or that the own hand wrote."""
    submission.refuse_writer(by)
    if not by.is_staff and submission.is_data_of(by):
        text = "Nobody checks data of the own organisation."
        raise NotAllowed("own_data", text)
