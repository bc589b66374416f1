"""Agreements, and the register of risks and benefits, as parts of a partnership's document.

Before registration a document is for the members and the secretariat, as these are; afterwards
it is for everybody, and holds only what everybody sees of them.
"""

from typing import Any

from partnerships.models.agreements import Agreement
from partnerships.models.documents import Value, part, plain, values_of
from partnerships.models.ledger import bearer, with_shares
from partnerships.models.partnership import Partnership
from partnerships.models.sections import Section

AGREEMENT = ("title", "edition", "kind", "status", "sha256")
RISK = ("description", "category", "likelihood", "impact", "mitigation", "why_bearer", "status")
BENEFIT = ("description", "kind", "value", "currency", "valued_on", "how_agreed", "status")


def _is_public(partnership: Partnership) -> bool:
    return Partnership.objects.public().filter(pk=partnership.pk).exists()


@part(Section.AGREEMENTS)
def _agreements(partnership: Partnership) -> Value:
    """Which editions there are, and how they stand; the text is known by its hash."""
    rows = partnership.agreements.defer("text", "preamble").order_by("kind", "edition")
    if _is_public(partnership):
        rows = rows.filter(status__in=Agreement.SETTLED, bound_at__isnull=False)
    return [{"id": row.pk, **values_of(row, AGREEMENT)} for row in rows]


@part(Section.RISKS)
def _ledger(partnership: Partnership) -> Value:
    """Who watches a risk is the members' own and stays out."""
    binds = partnership.agreements.binding(Agreement.Kind.LEDGER).exists()
    if not binds and _is_public(partnership):
        return None
    risks = with_shares(partnership.risks.order_by("pk"))
    benefits = with_shares(partnership.benefits.select_related("currency").order_by("pk"))
    return {
        "risks": [{"id": row.pk, **values_of(row, RISK), "shares": _shares(row)} for row in risks],
        "benefits": [
            {"id": row.pk, **values_of(row, BENEFIT), "shares": _shares(row)} for row in benefits
        ],
    }


def _shares(row: Any) -> list[str]:
    """In words, the largest first."""
    return [f"{bearer(share)} {plain(share.percent)} %" for share in row.shares_now]
