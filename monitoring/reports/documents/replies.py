"""What members said to a report in their right of reply: it stands behind what was published.

Print has it as quotations, programs as a table and as JSON: who spoke, on which day, and what.
"""

from dataclasses import replace
from typing import Any

from monitoring.models import Report, ReportReply
from monitoring.reports.documents.parts import (
    Block,
    Column,
    Document,
    Paragraph,
    Quote,
    Section,
    Table,
)

NO_COMMENT = "We have no comment."
SAID = "In their own words, before the report was published."
KEY, HEADING = "replies", "Replies of members"
COLUMNS = [
    Column("speaker", "Member"),
    Column("said_on", "Said on", "day"),
    Column("text", "In their own words"),
]


def replies_to(report: Report) -> list[ReportReply]:
    """In the order in which they came, with the speakers' names."""
    return list(ReportReply.objects.filter(report=report).with_names().order_by("pk"))


def with_replies(document: Document, replies: list[ReportReply]) -> Document:
    """The document with the replies as quotations in its last section."""
    quotes = [Quote(_words(one), str(one.speaker), one.said_at.date()) for one in replies]
    return _with(document, [Paragraph(SAID), *quotes]) if quotes else document


def with_reply_table(document: Document, replies: list[ReportReply]) -> Document:
    """The document with the replies as its last table; itself where nobody replied."""
    rows = [(str(one.speaker), one.said_at.date(), _words(one)) for one in replies]
    return _with(document, [Table(KEY, HEADING, COLUMNS, rows)]) if rows else document


def as_json(replies: list[ReportReply]) -> list[dict[str, Any]]:
    """Each reply by its partner's key and present name, the day, and its exact words."""
    return [
        {
            "partner": {"id": one.speaker_id, "name": str(one.speaker)},
            "said_on": one.said_at.date().isoformat(),
            "has_no_comment": one.has_no_comment,
            "text": one.text,
        }
        for one in replies
    ]


def _with(document: Document, blocks: list[Block]) -> Document:
    return replace(document, sections=[*document.sections, Section(KEY, HEADING, blocks)])


def _words(reply: ReportReply) -> str:
    return reply.text or NO_COMMENT
