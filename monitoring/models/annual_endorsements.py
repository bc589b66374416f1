"""Members' yes to the annual report: to its text and figures together, by their hash."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from monitoring.models.annual_narratives import NarrativeEdit
from monitoring.models.report_endorsements import ReportEndorsement
from monitoring.models.report_life import BEFORE_PUBLISHING
from monitoring.models.report_replies import begin_review_if_silent
from monitoring.models.report_subjects import ReportKind
from monitoring.models.reports import Report
from partnerships.models import Agreement, Membership, Partnership
from partnerships.models.quorums import Quorum, endorsements_needed
from registry.errors import DomainError
from registry.models import Event, User


class Endorsed(NamedTuple):
    """How the members stand to an annual report, now."""

    members: list[Membership]
    said_yes: dict[int, ReportEndorsement]  # standing ones of accepted members, by membership
    ended: list[ReportEndorsement]
    needed: int
    is_overtaken: bool  # the text was changed after the report's cut-off

    @property
    def is_enough(self) -> bool:
        return not self.is_overtaken and len(self.said_yes) >= self.needed

    @property
    def waiting(self) -> list[Membership]:
        return [member for member in self.members if member.pk not in self.said_yes]

    def waits_for(self, speakers: Iterable[Membership | None]) -> bool:
        """Whether one of these members may still say yes to it."""
        return not self.is_overtaken and any(one in self.waiting for one in speakers)


def endorsed(report: Report) -> Endorsed:
    """Four queries. Needed is every accepted member, or the quorum that the binding partnership
    agreement states; at least one."""
    partnership = _partnership(report)
    accepted = Membership.objects.accepted().filter(partnership=partnership)
    members = list(accepted.select_related("partner").order_by("accepted_on", "pk"))
    keys = {member.pk for member in members}
    rows = list(ReportEndorsement.objects.filter(report=report).with_names())
    standing = {
        row.membership_id: row
        for row in rows
        if row.invalidated_at is None and row.sha256 == report.sha256
    }
    return Endorsed(
        members=members,
        said_yes={pk: row for pk, row in standing.items() if pk in keys},
        ended=[row for row in rows if row.invalidated_at],
        needed=endorsements_needed(_quorum(partnership), len(members)),
        is_overtaken=is_overtaken(report),
    )


def is_overtaken(report: Report) -> bool:
    """Whether the text was changed after the report was computed."""
    later = NarrativeEdit.objects.filter(
        section__partnership=report.partnership_id,
        section__year=report.ends_on.year,
        edited_at__gt=report.cutoff_at,
    )
    return later.exists()


@transaction.atomic
def endorse(
    report: Report, membership: Membership, *, by: User, sha256: str = ""
) -> ReportEndorsement:
    """Say yes for one member to what the report's hash is of. Saying it twice is once.

    When every member has endorsed it or has no comment, its review begins.
    """
    partnership = _partnership(report)
    partnership.hold()
    held = Report.objects.select_for_update(no_key=True).defer("content").get(pk=report.pk)
    _require_open(held, membership, by, sha256)
    row, new = ReportEndorsement.objects.get_or_create(
        report=held, membership=membership, defaults={"user": by, "sha256": held.sha256}
    )
    if new:
        Event.log(held, "endorsed", by=by, reason=str(membership.partner))
    begin_review_if_silent(held, by=by)
    return row


def _require_open(report: Report, membership: Membership, by: User, sha256: str) -> None:
    membership.require_manager(by)
    if membership.partnership_id != report.partnership_id:
        raise DomainError("not_a_member", "Not a member of this partnership.")
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members endorse.")
    if report.status not in Report.WAITING:
        raise DomainError("not_waiting", f"The report is {report.status}.")
    if sha256 and sha256 != report.sha256:
        raise DomainError("outdated_text", "What was read is not what this report says.")
    if is_overtaken(report):
        text = "The text was changed after this report: ask for its next revision."
        raise DomainError("text_changed", text)


def end_endorsements(partnership: Partnership, year: int, *, by: User) -> None:
    """After an edit: what members endorsed of that year, and is not public yet, counts no more."""
    waiting = Report.objects.filter(
        kind=ReportKind.ANNUAL,
        partnership=partnership,
        ends_on=date(year, 12, 31),
        status__in=Report.WAITING,
    )
    for report in waiting.defer("content").order_by("pk").select_for_update(no_key=True):
        standing = ReportEndorsement.objects.standing().filter(report=report)
        if standing.update(invalidated_at=timezone.now()):
            Event.log(report, "endorsements_ended", by=by)


def require_endorsed(report: Report) -> None:
    """An annual report is not published before it is endorsed, as the text stands now."""
    _partnership(report).hold()
    found = endorsed(report)
    if found.is_overtaken:
        text = "The text was changed after this report: publish its next revision."
        raise DomainError("text_changed", text)
    if not found.is_enough:
        text = f"Endorsed by {len(found.said_yes)} of {found.needed} members that are needed."
        raise DomainError("not_endorsed", text)


def _partnership(report: Report) -> Partnership:
    if report.kind != ReportKind.ANNUAL or report.partnership is None:
        raise DomainError("not_annual", "Only annual reports of partnerships are endorsed.")
    return report.partnership


def _quorum(partnership: Partnership) -> str:
    binding = partnership.agreements.binding(Agreement.Kind.PARTNERSHIP).first()
    return binding.quorum if binding else Quorum.ALL


def register() -> None:
    """Called once, when the app is ready: whoever publishes, in whatever process, asks this."""
    BEFORE_PUBLISHING[ReportKind.ANNUAL] = require_endorsed


def to_endorse_at(partners: Any) -> models.QuerySet[Report]:
    """Annual reports that wait, and that one of the partners has yet to endorse: not those whose
    text was changed since."""
    members = Membership.objects.accepted().filter(partner__in=partners)
    yes = ReportEndorsement.objects.standing().filter(report=OuterRef(OuterRef("pk")))
    silent = members.filter(partnership=OuterRef("partnership")).exclude(
        pk__in=yes.values("membership_id")
    )
    edited = NarrativeEdit.objects.filter(
        section__partnership=OuterRef("partnership"),
        section__year=OuterRef("ends_on__year"),
        edited_at__gt=OuterRef("cutoff_at"),
    )
    waiting = Report.objects.filter(
        Exists(silent), ~Exists(edited), kind=ReportKind.ANNUAL, status__in=Report.WAITING
    )
    return waiting.for_list().order_by("created_at", "pk")
