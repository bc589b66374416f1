"""What waits here for the managers of partners that lead: a framework, and who reports."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db.models import Exists, OuterRef

from monitoring.models.frameworks import Framework
from monitoring.models.periods import ReportingUnit
from partnerships.models import Membership, Partnership
from partnerships.models.waiting import LEAD, MOST, page_address
from registry.models import Task, User

Status = Framework.Status
UNDER_WAY = [Partnership.Status.REGISTERED, Partnership.Status.ACTIVE]


def _led(partners: Collection[int]) -> Any:
    leads = Membership.objects.accepted().filter(partner__in=partners, roles__contains=LEAD)
    rows = Partnership.objects.filter(pk__in=leads.values("partnership_id"), status__in=UNDER_WAY)
    return rows.order_by("pk")


def _frameworks_missing(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Partnerships whose members have nothing to agree on yet, and drafts to go on with."""
    here = Framework.objects.filter(partnership=OuterRef("pk"))
    settled = here.filter(status__in=[Status.PROPOSED, Status.AGREED, Status.IMPORTED])
    draft = here.filter(status=Status.DRAFT)
    rows = _led(partners).filter(Exists(draft) | ~Exists(settled))
    rows = rows.annotate(has_draft=Exists(draft))
    for one in rows[:MOST]:
        at = page_address(one, "partnership-framework")
        words = "To finish and propose" if one.has_draft else "To begin"
        yield Task("framework", f"{words}: what {one} measures", at, is_own=False)


def _units_missing(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Partnerships that have agreed on a framework, and nobody's data is due."""
    agreed = Framework.objects.filter(partnership=OuterRef("pk"), status=Status.AGREED)
    units = ReportingUnit.objects.standing().filter(
        membership__partnership=OuterRef("pk"), membership__status=Membership.Status.ACCEPTED
    )
    for one in _led(partners).filter(Exists(agreed), ~Exists(units))[:MOST]:
        at = page_address(one, "partnership-periods") + "#units"
        yield Task("reporting_unit", f"To say who reports: {one}", at, is_own=False)


SOURCES: list[Callable[[User, Collection[int]], Iterator[Task]]] = [
    _frameworks_missing,
    _units_missing,
]
