"""What stands beside a submission on every page of it, for the partnership's members."""

from typing import Any

from django import template

from monitoring.forms.reviewing import CommentForm
from monitoring.models import ReturnReason, Submission
from monitoring.models.returns import reasons_for
from monitoring.views.reading import said_of

register = template.Library()


@register.inclusion_tag("monitoring/_said.html", takes_context=True)
def said_about(
    context: dict[str, Any], submission: Submission, below_form: bool = False
) -> dict[str, Any]:
    """Where its evidence and checks are, and what both sides said; below the values, or below
    the form in which they are typed."""
    values = submission.observations.select_related("indicator", "category")
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "submission": submission,
        "below_form": below_form,
        "comment_form": CommentForm(list(values)),
        "evidence": submission.evidence.select_related(
            "observation__indicator", "observation__category"
        ),
        **said_of(submission),
    }


@register.inclusion_tag("monitoring/_whole_reasons.html")
def returned_because(submission: Submission, with_values: bool = False) -> dict[str, Any]:
    """Why it came back, in every round; above the values. `with_values` lists what was asked for
    of single values and is not answered yet."""
    of_line = ReturnReason.objects.of_line(submission).select_related("by")
    asked = of_line.open().filter(indicator__isnull=False) if with_values else of_line.none()
    return {
        "whole_reasons": of_line.filter(indicator=None),
        "asked": asked.select_related("by", "indicator", "category"),
    }


@register.simple_tag
def reasons_by_value(submission: Submission) -> Any:
    """Why single values came back, to be shown beside them: see `reasons_for`."""
    return reasons_for(submission)
