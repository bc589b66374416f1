"""A report as a PDF: tagged (PDF/UA-1), with contents, page numbers and charts as vectors.

The same report gives the same bytes: the moment in the file is the cut-off, not the run's.
"""

import json
from pathlib import Path

import typst

from monitoring.reports.documents.parts import Document
from monitoring.reports.documents.values import moment
from monitoring.reports.issue import PUBLISHER, Issue
from monitoring.reports.printing.fonts import loaded, printable
from monitoring.reports.printing.layout import laid_out

TEMPLATE = Path(__file__).with_name("report.typ")


class NotPrinted(Exception):
    """The report could not be set, or only with a warning, which is not good enough."""


def pdf(document: Document, issue: Issue) -> bytes:
    """The whole file; NotPrinted names what typst found wrong."""
    data = {**laid_out(document), "issue": _about(issue)}
    try:
        made, warnings = typst.compile_with_warnings(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=loaded(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(issue.cutoff_at.timestamp()),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise NotPrinted(str(error)[:1000]) from error
    if warnings:
        raise NotPrinted("; ".join(str(one.message) for one in warnings)[:1000])
    return bytes(made)


def _about(issue: Issue) -> dict[str, object]:
    on = issue.cutoff_at
    return {
        "publisher": PUBLISHER,
        "reference": printable(issue.reference),
        "kind": printable(issue.kind),
        "sha256": issue.sha256,
        "cutoff": moment(issue.cutoff_at),
        "year": on.year,
        "month": on.month,
        "day": on.day,
        "verify": f"Genuine and current? {issue.verify_at}",
        "is_draft": issue.is_draft,
        "mark": issue.mark,
        "facts": [list(fact) for fact in issue.facts],
    }
