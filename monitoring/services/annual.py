"""The annual report: written by members together, asked for, endorsed."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import NarrativeSection, Report, ReportKind, ReportRun
from monitoring.models.annual_endorsements import end_endorsements, endorse
from monitoring.models.annual_narratives import plain_text, writers_in
from monitoring.models.report_renewals import has_news, pending_run
from monitoring.services.reports import request_report
from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Event, User

__all__ = ["endorse", "newest_annual", "pending_annual", "request_annual", "write_section"]


@transaction.atomic
def write_section(
    partnership: Partnership,
    year: int,
    topic: str,
    *,
    by: User,
    text: str,
    version: int | None,
    membership: Membership | None = None,
) -> NarrativeSection:
    """Write one section of a year in a member's name.

    `version` is the one that was read, 0 where there was none: StaleVersion if somebody else
    wrote meanwhile. None begins the section: DomainError, naming it, if somebody has. The same
    text again changes nothing; a new one ends the endorsements of what is not published yet.
    """
    member = _writing_member(partnership, by, membership)
    if not partnership.is_public():
        raise DomainError("not_registered", "Reports begin once the partnership is registered.")
    text = plain_text(text)
    # Moments of edits and cut-offs of reports are taken under one lock.
    partnership.hold()
    section = NarrativeSection.objects.of_year(partnership, year).filter(topic=topic).first()
    if section is None:
        section = _begin(partnership, year, topic, text, member, version or 0)
    elif version is None:
        said = "Somebody has begun this section: amend it."
        raise DomainError("section_exists", said, section=section.pk)
    elif section.version != version:
        raise StaleVersion
    elif section.text == text:
        return section
    else:
        section.amend(text=text, membership=member)
    section.edits.create(
        number=section.version,
        text=text,
        membership=member,
        partner_key=member.partner_id,
        author=by,
    )
    Event.log(section, "written", by=by, reason=str(member.partner))
    end_endorsements(partnership, year, by=by)
    return section


def _begin(
    partnership: Partnership, year: int, topic: str, text: str, member: Membership, version: int
) -> NarrativeSection:
    if version:
        raise StaleVersion
    return NarrativeSection(
        partnership=partnership, year=year, topic=topic, text=text, membership=member
    ).store()


def _writing_member(
    partnership: Partnership, by: User, membership: Membership | None
) -> Membership:
    """The member in whose name is written: the one named, or the only one there is."""
    own = writers_in(partnership, by)
    if not own:
        text = "Only managers and evaluators of accepted members write the annual report."
        raise NotAllowed("members_only", text)
    if membership is None and len(own) > 1:
        raise ValidationError({"membership": "Say in which member's name you write."})
    wanted = membership or own[0]
    if wanted not in own:
        raise NotAllowed("members_only", "You do not write in this member's name.")
    return wanted


def newest_annual(partnership: Partnership, year: int) -> Report | None:
    """The latest revision that was not withdrawn, without its content."""
    found = Report.objects.filter(
        kind=ReportKind.ANNUAL, partnership=partnership, ends_on=date(year, 12, 31)
    ).exclude(status=Report.Status.WITHDRAWN)
    return found.defer("content").order_by("-revision").first()


def pending_annual(partnership: Partnership, year: int) -> ReportRun | None:
    """The run that was asked for last, while it has no report."""
    return pending_run(ReportKind.ANNUAL, partnership, _days_of(year))


def _days_of(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


@transaction.atomic
def request_annual(partnership: Partnership, year: int, *, by: User | None) -> ReportRun:
    """Ask for the report of a year that is over: the first one, or the next revision once there
    is news (see `has_news`); else the newest run is the answer."""
    days = _days_of(year)
    partnership.hold()
    runs = ReportRun.objects.filter(
        kind=ReportKind.ANNUAL, partnership=partnership, starts_on=days[0], ends_on=days[1]
    )
    last = runs.select_related("report").order_by("-revision").first()
    report = last.report if last else None
    revision = None
    if last and report and has_news(report):
        revision = last.revision + 1
    return request_report(partnership, days, by=by, kind=ReportKind.ANNUAL, revision=revision)
