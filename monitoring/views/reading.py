"""What the pages of data show of a submission, to whom."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from monitoring.aggregation import Figure
from monitoring.forms.beside import latest_values
from monitoring.forms.cells import shown
from monitoring.models import Evidence, Observation, Submission, SubmissionComment
from monitoring.models.verifications import level_at
from partnerships.models import Partnership
from registry.errors import DomainError
from registry.models import Event, User


class SignedInRequest(HttpRequest):
    """What `login_required` lets through."""

    user: User


def visible_submission(request: SignedInRequest, pk: int) -> Submission:
    visible = Submission.objects.visible_to(request.user).with_names()
    return get_object_or_404(visible, pk=pk)


def is_open_for(found: Submission, user: User) -> bool:
    """Whether the form opens: its own people, while it waits for nobody else."""
    try:
        found.require_editable(user)
    except DomainError:
        return False
    return True


def values_shown(request: SignedInRequest, found: Submission) -> dict[str, Any]:
    """A submission's rows with the last value beside each total; insiders see the rest."""
    user = request.user
    stored = found.observations.select_related("indicator__currency", "category")
    stored = stored.annotate(level=level_at())
    seen = stored.filter(pk__in=Observation.objects.visible_to(user).values("pk"))
    last = latest_values(found)
    context = {
        "submission": found,
        "rows": [
            (row, _shown(row), "" if row.category_id else last.get(row.indicator_id, ""))
            for row in seen
        ],
        "evidence": Evidence.objects.visible_to(user).filter(submission=found),
        "is_own": Submission.objects.editable_by(user).filter(pk=found.pk).exists(),
    }
    inside = Partnership.objects.insider(user)
    if inside.filter(pk=found.period.framework.partnership_id).exists():
        context |= _for_insiders(found)
    return context


def _for_insiders(found: Submission) -> dict[str, Any]:
    """What was said and done by whom, and what is still missing: never public."""
    return {
        "is_insider": True,
        "lacking": found.lacking(),
        "history": Event.objects.about(found).select_related("by").order_by("at", "pk"),
    }


def said_of(found: Submission) -> dict[str, Any]:
    """Comments of both sides on every revision of the unit's data for the period."""
    comments = SubmissionComment.objects.filter(
        submission__unit=found.unit_id, submission__period=found.period_id
    )
    return {
        "comments": comments.select_related("by", "indicator", "category", "submission").order_by(
            "at", "pk"
        )
    }


def _shown(row: Observation) -> str:
    parts = Figure(row.value, numerator=row.numerator, denominator=row.denominator)
    return "value withdrawn" if row.withdraws else shown(row.indicator, parts) or row.text


def reasons_of(found: list[Submission]) -> dict[int, str]:
    """Why each returned submission came back, in the reviewer's words."""
    returned = [s.pk for s in found if s.status == Submission.Status.RETURNED]
    moves = Event.objects.filter(
        subject_type="monitoring.submission", subject_id__in=returned, became="returned"
    )
    newest = moves.order_by("subject_id", "-at", "-pk").distinct("subject_id")
    return dict(newest.values_list("subject_id", "reason"))
