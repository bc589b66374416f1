"""Annual reports that members wrote together, endorsed and replied to."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from monitoring.demo.promises import Entered
from monitoring.demo.published import REPLY_DAYS
from monitoring.demo.reading import Spec, moment, topic
from monitoring.models import (
    NarrativeEdit,
    NarrativeSection,
    Report,
    ReportEndorsement,
    ReportKind,
    ReportReply,
    ReportRun,
)
from monitoring.reports.kinds.annual import annual_report
from monitoring.reports.snapshot import digest
from partnerships.models import Membership


def write_annual_reports(entered: Sequence[Entered]) -> int:
    """Compute and store what data/annual.toml asks for; gives how many."""
    asked = topic("annual")
    found = [one for one in entered if one.spec["name"] in asked]
    for one in found:
        _write(one, asked[one.spec["name"]])
    return len(found)


def _write(one: Entered, spec: Spec) -> None:
    for name in dict.fromkeys(row["topic"] for row in spec["sections"]):
        _section(one, spec["year"], [row for row in spec["sections"] if row["topic"] == name])
    report = _report(one, spec)
    one.history.tell(report, "computed", report.created_at, became="draft")
    one.history.moved(report, "draft", "in_reply", report.created_at)
    for row in spec.get("replies", []):
        _reply(one, report, row)
    members = _members(one, spec)
    ReportEndorsement.objects.bulk_create(
        ReportEndorsement(
            report=report,
            membership=member,
            user=one.people.managers[name],
            sha256=report.sha256,
            endorsed_at=moment(spec["endorsed_on"]),
        )
        for name, member in members.items()
    )
    for name in members:
        at, by = moment(spec["endorsed_on"]), one.people.managers[name]
        one.history.tell(report, "endorsed", at, by=by, reason=str(members[name].partner))
    if "published_on" in spec:
        _publish(one, report, spec)


def _section(one: Entered, year: int, rows: list[Spec]) -> None:
    """A section with each of its edits, the oldest first."""
    first, last = rows[0], rows[-1]
    section = NarrativeSection.objects.create(
        partnership=one.partnership,
        year=year,
        topic=first["topic"],
        text=last["text"],
        membership=one.members[last["by"]],
        version=len(rows),
        created_at=moment(first["on"]),
        updated_at=moment(last["on"]),
    )
    for number, row in enumerate(rows, start=1):
        member = one.members[row["by"]]
        by = one.people.managers[row["by"]]
        NarrativeEdit.objects.create(
            section=section,
            number=number,
            text=row["text"],
            membership=member,
            partner_key=member.partner_id,
            author=by,
            edited_at=moment(row["on"]),
        )
        one.history.tell(section, "written", moment(row["on"]), by=by, reason=str(member.partner))


def _report(one: Entered, spec: Spec) -> Report:
    year, cutoff = spec["year"], moment(spec["cutoff_on"], hour=6)
    days = (date(year, 1, 1), date(year, 12, 31))
    content = annual_report(one.partnership, year, reference_on=days[1], cutoff_at=cutoff)
    line = {
        "kind": ReportKind.ANNUAL,
        "partnership": one.partnership,
        "starts_on": days[0],
        "ends_on": days[1],
        "reference_on": days[1],
        "cutoff_at": cutoff,
    }
    report = Report.objects.create(
        **line,
        content=content,
        sha256=digest(content),
        timeliness=content["lights"]["timeliness"]["colour"],
        achievement=content["lights"]["achievement"]["colour"],
        status=Report.Status.IN_REPLY,
        reply_until=cutoff + timedelta(days=REPLY_DAYS),
        created_at=cutoff,
        updated_at=cutoff,
    )
    ReportRun.objects.create(**line, **_done(cutoff), report=report, requested_by=one.manager)
    return report


def _done(cutoff: datetime) -> Spec:
    return {
        "status": ReportRun.Status.READY,
        "queued_at": cutoff,
        "started_at": cutoff,
        "finished_at": cutoff + timedelta(seconds=1),
        "attempts": 1,
        "fence": 1,
    }


def _members(one: Entered, spec: Spec) -> dict[str, Membership]:
    """Those who endorsed it: the ones that are named, else every accepted member."""
    accepted = {name: m for name, m in one.members.items() if m.status == "accepted"}
    return {name: accepted[name] for name in spec.get("endorsed_by", accepted)}


def _reply(one: Entered, report: Report, row: Spec) -> None:
    at, by = moment(row["on"]), one.people.managers[row["by"]]
    said = ReportReply.objects.create(
        report=report,
        membership=one.members[row["by"]],
        text=row["text"],
        author=by,
        said_at=at,
        created_at=at,
        updated_at=at,
    )
    one.history.tell(report, "replied", at, by=by, reason=str(said.speaker))


def _publish(one: Entered, report: Report, spec: Spec) -> None:
    """Reviewed from the last endorsement on, then published by an admin."""
    reviewed, public = moment(spec["endorsed_on"]), moment(spec["published_on"])
    row = Report.objects.filter(pk=report.pk)
    row.update(
        status=Report.Status.IN_REVIEW, review_since=reviewed, updated_at=reviewed, version=2
    )
    row.update(status=Report.Status.PUBLISHED, published_at=public, updated_at=public, version=3)
    one.history.moved(report, "in_reply", "in_review", reviewed)
    one.history.moved(report, "in_review", "published", public, by=one.people.admin)
