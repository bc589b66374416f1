"""Units of the access matrix's partnership that are handed over, and a reminder."""

from tests import factories as f


def frames(rows):
    """One unit is offered by the member to the lead; another is free to be offered."""
    member = rows["unit"].membership
    lead = member.partnership.memberships.get(roles__contains=["lead"])
    taking = f.ReportingUnitFactory(membership=lead, place="Kitui")
    offered, free = (f.ReportingUnitFactory(membership=member, place=p) for p in ("Voi", "Wote"))
    return {
        "taking_unit": taking,
        "free_unit": free,
        "unit_handover": f.UnitHandoverFactory(unit=offered, successor=taking),
        "reminder": f.ReminderFactory(unit=rows["unit"], period=rows["second"]),
        "global_of_library": f.GlobalIndicatorFactory(),
    }
