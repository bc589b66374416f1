"""The document of each kind of report: what a reader sees, made from the snapshot alone.

A writer takes the stored content and the names that it needs (see names.py) and gives a Document.
Nothing is computed here that the snapshot does not hold.
"""

from collections.abc import Callable
from typing import Any

from monitoring.models import ReportKind
from monitoring.reports.documents import (
    aims,
    annual,
    country,
    hlpf,
    partner,
    partnership,
    portfolio,
)
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import Document

# One line per kind.
WRITERS: dict[str, Callable[[dict[str, Any], Names], Document]] = {
    ReportKind.PARTNERSHIP: partnership.document,
    ReportKind.PARTNER: partner.document,
    ReportKind.GOAL: aims.goal,
    ReportKind.TARGET: aims.target,
    ReportKind.COUNTRY: country.document,
    ReportKind.PORTFOLIO: portfolio.document,
    ReportKind.HLPF: hlpf.document,
    ReportKind.ANNUAL: annual.document,
}


def document_of(kind: str, content: dict[str, Any]) -> Document:
    """The document of a stored report."""
    return WRITERS[kind](content, Names(content))


__all__ = ["WRITERS", "Document", "document_of"]
