"""Loads the vocabularies about partners: stakeholder groups, and registers of identifiers."""

from operator import attrgetter
from pathlib import Path

from registry.models import IdentifierScheme, StakeholderGroup
from registry.tables import shipped_rows, synchronise

SHIPPED = Path(__file__).parent / "data"


def load_stakeholder_groups() -> int:
    groups = (StakeholderGroup(**row) for row in shipped_rows(SHIPPED / "stakeholder_groups.csv"))
    stored = StakeholderGroup.objects.all()
    return len(synchronise(stored, groups, key=attrgetter("code"), fields=["kind", "label"]))


def load_identifier_schemes() -> int:
    """Our own, and the registers of org-id.guide (see org_id_lists.NOTICE.md)."""
    ours = [
        IdentifierScheme(code=code, label=label) for code, label in IdentifierScheme.OURS.items()
    ]
    listed = [
        IdentifierScheme(
            code=row["code"],
            label=row["name"],
            coverage=row["coverage"].split("|") if row["coverage"] else [],
            url=row["url"],
            is_deprecated=bool(row["deprecated"]),
        )
        for row in shipped_rows(SHIPPED / "org_id_lists.csv")
    ]
    fields = ["label", "coverage", "url", "is_deprecated"]
    stored = IdentifierScheme.objects.all()
    return len(synchronise(stored, ours + listed, key=attrgetter("code"), fields=fields))
