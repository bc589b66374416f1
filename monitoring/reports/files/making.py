"""Makes the file of a report in one form, and stores it once: whole, or not at all."""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse

from monitoring.models import Report, ReportFile, ReportReply
from monitoring.reports.documents import Document, document_of
from monitoring.reports.documents.replies import (
    as_json,
    replies_to,
    with_replies,
    with_reply_table,
)
from monitoring.reports.files.csv_files import archive_of, members_of
from monitoring.reports.files.workbook import workbook_of
from monitoring.reports.issue import Issue
from monitoring.reports.printing.pdf import pdf
from registry.leases import kept_alive
from registry.whole_files import store_whole

EXTENSIONS = {"pdf": "pdf", "xlsx": "xlsx", "csv": "zip"}
FOLDER = "reports"


def make(file: ReportFile) -> bool:
    """Make and keep it; False when another worker holds or has done it.

    Whatever goes wrong (a full disk, a report that cannot be set) is recorded on the row and
    raised; it is tried again while attempts are left.
    """
    if not file.claim():
        return False
    try:
        with kept_alive(file):
            _keep(file, *_made(file))
    except Exception as error:
        file.fail(f"{type(error).__name__}: {error}", retry=True)
        raise
    return True


def issue_of(report: Report, *, is_draft: bool) -> Issue:
    return Issue(
        pk=report.pk,
        kind=report.get_kind_display(),
        revision=report.revision,
        sha256=report.sha256,
        cutoff_at=report.cutoff_at,
        verify_at=settings.SITE_URL.rstrip("/") + reverse("report-check"),
        is_draft=is_draft,
    )


def _made(file: ReportFile) -> tuple[bytes, list[dict[str, Any]]]:
    """The file's bytes, and what is in it where it is an archive.

    Replies stand in what was published only: until then they may still change.
    """
    report = file.report
    document = document_of(report.kind, report.content)
    replies = [] if file.is_draft else replies_to(report)
    if file.form == ReportFile.Form.CSV:
        return _archive(with_reply_table(document, replies), report, replies)
    issue = issue_of(report, is_draft=file.is_draft)
    if file.form == ReportFile.Form.PDF:
        return pdf(with_replies(document, replies), issue), []
    return workbook_of(with_reply_table(document, replies), issue), []


def _archive(
    document: Document, report: Report, replies: list[ReportReply]
) -> tuple[bytes, list[dict[str, Any]]]:
    members = members_of(document, report.content, as_json(replies))
    listed = [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in members.items()
    ]
    return archive_of(members), listed


def _keep(file: ReportFile, content: bytes, members: list[dict[str, Any]]) -> None:
    """The file first, then its row: a row that says ready has its whole file behind it.

    The name holds the hash: the same bytes have the same name, and others never replace them. So
    nothing is deleted where the row could not be written: another worker, or the next attempt,
    may have just stored the same bytes under this name.
    """
    digest = sha256(content).hexdigest()
    name = f"{FOLDER}/{file.report_id // 1000}/{file.report_id}-{digest[:32]}"
    name += f".{EXTENSIONS[file.form]}"
    store_whole(name, content)
    file.finish(
        file=name,
        sha256=digest,
        size=len(content),
        members=members,
        former=file.issued_before({digest, *(one["sha256"] for one in members)}),
    )
    file.refresh_from_db()
