"""What a new revision takes over from those before it that were not public yet.

The embargo holds for the figures, not for one revision of them. What members said in words goes on
with it, dated as it was said, and may be revised. A decision to publish, "no comment" and the days
that are left were about the former figures: where these are the same they stand, and where not
they end.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from monitoring.models.publication_rules import REPLY_DAYS
from registry.models import Event

SAME_OR_NOT = ("cutoff_at",)  # what differs in every revision


def newer_than(report: Any) -> int | None:
    """The newest later revision that was computed already."""
    later = type(report).objects.same_line(report).filter(revision__gt=report.revision)
    found: int | None = later.order_by("-revision").values_list("revision", flat=True).first()
    return found


def take_over_from(waiting: Sequence[Any], report: Any) -> None:
    """Let a new draft go on where those that waited stood, in order of revision; they are locked
    and not withdrawn yet."""
    _keep_embargo(waiting, report)
    if not waiting:
        return
    last = waiting[-1]
    if _says_the_same(last, report) and last.status != report.Status.DRAFT:
        _stand_where(waiting, report)
        _go_on_to_review(last, report)
        return
    if days := report.rule.reply_days or (REPLY_DAYS if last.reply_until else 0):
        report.ask_for_reply(days, by=None)
        _keep_replies(waiting, report, in_words=True)
    for one in waiting:
        if one.decided_at:
            text = f"It was decided to publish revision {one.revision}; its figures have changed"
            Event.log(report, "decision_lapsed", by=None, reason=f"{text} since.")


def _keep_embargo(waiting: Sequence[Any], report: Any) -> None:
    """The latest of those that waited and of the revision before, even if it was withdrawn."""
    line = type(report).objects.same_line(report).defer("content")
    before = line.filter(revision__lt=report.revision).order_by("-revision")[:1]
    ends = {one.embargo_until: one.revision for one in [*before, *waiting] if one.embargo_until}
    until = max(ends, default=None)
    if until is None or until <= timezone.now():
        return
    report.change(embargo_until=until)
    facts = {"until": until.isoformat(), "from_revision": ends[until]}
    Event.log(report, "embargoed", by=None, facts=facts)


def _says_the_same(before: Any, after: Any) -> bool:
    was, now = (
        {name: value for name, value in one.content.items() if name not in SAME_OR_NOT}
        for one in (before, after)
    )
    return was == now


def _stand_where(waiting: Sequence[Any], report: Any) -> None:
    """In reply until the same moment; nobody is asked anew."""
    last = waiting[-1]
    if last.reply_until:
        facts = {"from_revision": last.revision}
        values = {"reply_until": last.reply_until}
        Event.move(report, report.Status.IN_REPLY, by=None, facts=facts, **values)
        _keep_replies(waiting, report)


def _go_on_to_review(last: Any, report: Any) -> None:
    if last.status != report.Status.IN_REVIEW:
        return
    facts = {"from_revision": last.revision}
    since = last.review_since
    Event.move(report, report.Status.IN_REVIEW, by=None, facts=facts, review_since=since)
    if last.decided_at:
        report.change(decided_at=last.decided_at)
        Event.log(report, "decided", by=None, facts=facts)


def _keep_replies(waiting: Sequence[Any], report: Any, *, in_words: bool = False) -> None:
    """What each speaker said last."""
    said = {one.membership_id: one for former in waiting for one in former.replies.all()}
    for one in said.values():
        if in_words and one.has_no_comment:
            continue
        type(one)(
            report=report,
            membership_id=one.membership_id,
            text=one.text,
            has_no_comment=one.has_no_comment,
            author_id=one.author_id,
            said_at=one.said_at,
        ).store()
