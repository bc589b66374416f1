"""Periods that open, and the units whose data is due."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import (
    Framework,
    Period,
    ReportingUnit,
    usual_level,
)
from partnerships.models import Membership
from registry.errors import DomainError
from registry.models import Country, Partner, User


@transaction.atomic
def open_periods(framework: Framework, *, by: User, through: date | None = None) -> list[Period]:
    """Open the periods that have begun by `through` (default: today). Twice opens none."""
    framework.partnership.require_editor(by)
    today = framework.today()
    if through and through > today:
        raise ValidationError({"through": f"At most today: {today}."})
    return Period.objects.open_for(framework, through or today)


@transaction.atomic
def add_reporting_unit(
    membership: Membership,
    *,
    by: User,
    country: Country | None = None,
    place: str = "",
    level: str = "",
) -> ReportingUnit:
    """Name a member, or a member in a place, as one whose data is due, and at which level."""
    own = Partner.objects.acted_for_by(by, "manager").filter(pk=membership.partner_id)
    if not own.exists():
        membership.partnership.require_editor(by)
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members report.")
    place = place.strip()
    level = level or usual_level(membership.partner, has_country=bool(country), place=place)
    unit = ReportingUnit(membership=membership, country=country, place=place, level=level)
    unit.clean_fields()
    unit.save()
    return unit
