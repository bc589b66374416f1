"""Workbooks to fill in, for those who may send the data."""

from collections.abc import Collection

from monitoring.ingest import workbooks
from monitoring.models import Period, ReportingUnit
from partnerships.models import Membership
from registry.errors import DomainError
from registry.models import User

LAYOUTS = {"template": workbooks.template, "long": workbooks.long_format}


def template_units(
    period: Period, asked: Collection[int], *, by: User
) -> list[ReportingUnit] | None:
    """The units whose data the user may send, of those asked for or, if none are, the own ones.

    None if there are none, or if one that was asked for is not among them.
    """
    partnership = period.framework.partnership_id
    units = ReportingUnit.objects.standing().filter(membership__partnership=partnership)
    own = units.reportable_by(by)
    if not asked:
        chosen = own
    elif _sends_for_others(partnership, by):
        chosen = units.filter(pk__in=asked)
    else:
        chosen = own.filter(pk__in=asked)
    found = list(chosen.select_related("membership__partner", "country"))
    is_whole = not asked or len(found) == len(set(asked))
    return found if found and is_whole else None


def _sends_for_others(partnership: int, by: User) -> bool:
    """An accepted member may send on behalf of any unit of its partnership."""
    reached = Membership.objects.acted_for_by(by, "manager", "evaluator")
    return by.is_staff or reached.accepted().filter(partnership=partnership).exists()


def data_template(period: Period, units: list[ReportingUnit], *, layout: str = "template") -> bytes:
    """A workbook to fill in, while the period takes data."""
    if period.status == Period.Status.CLOSED:
        raise DomainError("period_closed", f"The period {period} is closed.")
    return LAYOUTS[layout](period.framework, period, units)
