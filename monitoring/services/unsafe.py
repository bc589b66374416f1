"""Breakdowns that a unit does not collect because it would put people at risk."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import Submission, UnsafeBreakdown
from registry.models import User

Cell = tuple[int, int]


@transaction.atomic
def state_unsafe(
    submission: Submission,
    reasons: Mapping[Cell, str],
    *,
    by: User,
    lifted: Mapping[Cell, str] | None = None,
    taken_back: set[Cell] | frozenset[Cell] = frozenset(),
) -> None:
    """State in an open submission which indicators are not safe to break down along which
    dimension, by (indicator, dimension), each with its reason; `lifted` ones say, in a
    correction, that an approved statement holds no longer; `taken_back` ones leave the draft.
    """
    submission.hold_editable(by)
    stated = [(cell, reason, False) for cell, reason in reasons.items()]
    stated += [(cell, reason, True) for cell, reason in (lifted or {}).items()]
    _refuse(submission, stated)
    stored = {(u.indicator_id, u.dimension_id): u for u in submission.unsafe_breakdowns.all()}
    gone = [stored[cell].pk for cell in taken_back if cell in stored]
    if not stated and not gone:
        return
    submission.change()
    submission.unsafe_breakdowns.filter(pk__in=gone).delete()
    rows = [
        UnsafeBreakdown(
            submission=submission,
            indicator_id=cell[0],
            dimension_id=cell[1],
            reason=reason.strip(),
            lifts=lifts,
        )
        for cell, reason, lifts in stated
    ]
    UnsafeBreakdown.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["submission", "indicator", "dimension"],
        update_fields=["reason", "lifts"],
    )


def _refuse(submission: Submission, stated: list[tuple[Cell, str, bool]]) -> None:
    asked = submission.indicators().filter(pk__in=[cell[0] for cell, _, _ in stated])
    known = set(asked.values_list("pk", "dimensions"))
    for cell, reason, _ in stated:
        if cell not in known:
            text = "This unit is not asked to break this indicator down along this dimension."
            raise ValidationError({"dimension": text})
        if not reason.strip() or len(reason) > 2000:
            raise ValidationError({"reason": "Say why it is not safe, in up to 2,000 characters."})
    given = submission.observations.filter(withdraws=False, category__isnull=False)
    broken = set(given.values_list("indicator_id", "category__dimension_id"))
    if any(not lifts and cell in broken for cell, _, lifts in stated):
        text = "The submission has values for this breakdown: take them out first."
        raise ValidationError({"dimension": text})
