"""A form's worth of data, saved into a draft: all of it or nothing."""

from collections.abc import Collection, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from monitoring.ingest.staging import Row
from monitoring.models import Observation, Submission
from monitoring.services.submissions import record_observations
from monitoring.services.unsafe import Cell, state_unsafe
from registry.models import User

Key = tuple[int, int | None]
LONGEST = 20_000


@transaction.atomic
def save_entry(
    submission: Submission,
    rows: Sequence[Row],
    *,
    by: User,
    emptied: Collection[Key] = (),
    unsafe: Mapping[Cell, str] | None = None,
    safe_after_all: Mapping[Cell, str] | None = None,
    said_no_longer: set[Cell] | frozenset[Cell] = frozenset(),
) -> None:
    """Record the rows, take out the draft's values of the `emptied` cells (indicator, category),
    and state which breakdowns are not safe. Raises StaleVersion if somebody was faster."""
    submission.hold_editable(by)
    submission.change()
    gone = Q(pk__in=[])
    for indicator, category in emptied:
        gone |= Q(indicator=indicator, category=category)
    submission.observations.filter(gone).delete()
    record_observations(submission, rows, by=by, replace=True)
    state_unsafe(submission, unsafe or {}, by=by, lifted=safe_after_all, taken_back=said_no_longer)


@transaction.atomic
def explain_values(submission: Submission, reasons: Mapping[int, str], *, by: User) -> None:
    """Say why values of an open submission are what they are, by the value's key; keys of other
    submissions are passed over."""
    submission.hold_editable(by)
    if any(len(text) > LONGEST or "\x00" in text for text in reasons.values()):
        raise ValidationError({"variance_reason": f"A text of at most {LONGEST:,} characters."})
    own = submission.observations.in_bulk(list(reasons))
    said = {pk: text.strip() for pk, text in reasons.items() if pk in own}
    changed = [pk for pk, text in said.items() if own[pk].variance_reason != text]
    if not changed:
        return
    submission.change()
    for pk in changed:
        own[pk].variance_reason = said[pk]
    Observation.objects.bulk_update([own[pk] for pk in changed], ["variance_reason"])
