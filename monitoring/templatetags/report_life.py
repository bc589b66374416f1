"""Where a report stands in its life, what was replied to it, and what its reader may do."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from monitoring.models import Report
from monitoring.models.annual_endorsements import endorsed
from monitoring.models.report_renewals import may_renew
from monitoring.models.report_replies import speakers_for
from monitoring.models.report_withdrawals import withdrawal_of

register = template.Library()

Status = Report.Status
SEND = ("report-send-for-comment", "Send for comment")
REVIEW = ("report-to-review", "Take to review")
PUBLISH = ("report-publish", "Publish")
EMBARGO = ("report-embargo", "Embargo")
LIFT = ("report-lift-embargo", "Lift the embargo")
WITHDRAW = ("report-withdraw", "Withdraw")


@register.inclusion_tag("monitoring/_report_life.html", takes_context=True)
def report_life(context: dict[str, Any], report: Report) -> dict[str, Any]:
    """Two queries: the replies, and for whom the reader may reply; the reason, if withdrawn."""
    user = context["request"].user
    return {
        "report": report,
        "days_left": days_left(report),
        "replies": report.replies.with_names().order_by("said_at", "pk"),
        "withdrawal": withdrawal_of(report),
        "is_waiting": report.status in Report.WAITING,
        "acts": [(reverse(page, args=[report.pk]), label) for page, label in moves(report, user)],
    }


def days_left(report: Report) -> int | None:
    """Whole days until the right of reply ends; None where it does not run."""
    if report.status != Status.IN_REPLY or report.reply_until is None:
        return None
    return max((report.reply_until - timezone.now()).days, 0)


def moves(report: Report, user: Any) -> list[tuple[str, str]]:
    """What this reader may do with it now: the page, and its words."""
    found = []
    if report.takes_replies() and (speakers := speakers_for(report, user)):
        found.append(("report-reply", "Reply"))
        if report.kind == Report.Kind.ANNUAL and endorsed(report).waits_for(speakers):
            found.append(("report-endorse", "Endorse"))
    if getattr(user, "is_staff", False):
        found += _moves_of_admin(report)
    if may_renew(report, user):
        found.append(("report-revise", "Ask for the next revision"))
    return found


def _moves_of_admin(report: Report) -> list[tuple[str, str]]:
    embargo = [EMBARGO, *([LIFT] if report.embargo_until else [])]
    if report.status == Status.DRAFT:
        return [SEND if report.has_right_of_reply else REVIEW, *embargo, WITHDRAW]
    if report.status == Status.IN_REPLY:
        return [*([REVIEW] if report.reply_is_over() else []), *embargo, WITHDRAW]
    if report.status == Status.IN_REVIEW:
        return [*([] if report.decided_at else [PUBLISH]), *embargo, WITHDRAW]
    return [WITHDRAW] if report.status in Report.PUBLIC else []
