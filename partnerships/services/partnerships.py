"""Beginning a partnership, and changing its facts."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    Membership,
    Partnership,
)
from partnerships.services.places import (
    CountryShare,
    SectorShare,
    write_countries,
    write_places,
    write_sectors,
)
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Basis,
    Country,
    Event,
    Goal,
    Partner,
    Target,
    User,
)

LEAD = [Membership.Role.LEAD]


@transaction.atomic
def create_partnership(
    *,
    lead: Partner,
    by: User,
    goals: Iterable[Goal] = (),
    targets: Iterable[Target] = (),
    countries: Iterable[Country] = (),
    places: Iterable[CountryShare] | None = None,
    sectors: Iterable[SectorShare] = (),
    **fields: Any,
) -> Partnership:
    """Begin a draft; the lead, which `by` manages, is its first accepted member."""
    if not (by.is_staff or by.has_role(lead.pk, "manager")):
        raise NotAllowed("own_partner_only", "Only a manager of the lead partner may do this.")
    if lead.status != Partner.Status.VERIFIED:
        raise DomainError("partner_not_verified", "The lead partner is not verified yet.")
    _require_track(lead, fields.get("track", Partnership.Track.FULL))
    partnership = Partnership(**fields).store()
    partnership.goals.set(goals)
    partnership.targets.set(targets)
    _set_places(partnership, countries or None, places)
    write_sectors(partnership, sectors)
    leads = Membership(
        partnership=partnership,
        partner=lead,
        roles=[Membership.Role.LEAD],
        status=Membership.Status.ACCEPTED,
        accepted_on=timezone.localdate(),
    )
    leads.require_due_diligence()
    leads.store()
    Event.log(partnership, "drafted", by=by, became=partnership.status)
    return partnership


@transaction.atomic
def edit_partnership(
    partnership: Partnership,
    *,
    by: User,
    goals: Iterable[Goal] | None = None,
    targets: Iterable[Target] | None = None,
    countries: Iterable[Country] | None = None,
    places: Iterable[CountryShare] | None = None,
    sectors: Iterable[SectorShare] | None = None,
    **fields: Any,
) -> Partnership:
    """Change a draft or returned partnership; a registered one stands as registered."""
    partnership.require_editor(by)
    if partnership.status not in (Partnership.Status.DRAFT, Partnership.Status.RETURNED):
        raise DomainError("not_a_draft", f"The partnership is {partnership.status}.")
    if "track" in fields:
        _require_track(_lead_of(partnership), fields["track"])
    kept_kind = partnership.kind
    partnership.amend(**fields)
    if partnership.kind != kept_kind:
        for member in partnership.memberships.accepted().select_related("partner"):
            member.require_due_diligence(partnership.kind)
    if goals is not None:
        partnership.goals.set(goals)
    if targets is not None:
        partnership.targets.set(targets)
    _set_places(partnership, countries, places)
    if sectors is not None:
        write_sectors(partnership, sectors)
    Event.log(partnership, "edited", by=by, reason=", ".join(sorted(fields)))
    return partnership


def suggested_track(lead: Partner) -> str:
    """Light for small firms and start-ups: they report on SDG targets."""
    is_small = lead.reporting_basis == Basis.SDG_TARGETS
    return Partnership.Track.LIGHT if is_small else Partnership.Track.FULL


def _lead_of(partnership: Partnership) -> Partner | None:
    leads = partnership.memberships.accepted().filter(roles__contains=LEAD)
    return next((one.partner for one in leads.select_related("partner")), None)


def _require_track(lead: Partner | None, track: str) -> None:
    if lead and track == Partnership.Track.LIGHT and suggested_track(lead) != track:
        text = f"The light track is for partners that report on SDG targets; {lead} does not."
        raise ValidationError({"track": text})


def _set_places(
    partnership: Partnership,
    countries: Iterable[Country] | None,
    places: Iterable[CountryShare] | None,
) -> None:
    """By codes alone, or with shares."""
    if countries is not None and places is not None:
        text = "Name the countries either by their codes, or as places with shares."
        raise ValidationError({"places": text})
    if places is not None:
        write_places(partnership, countries=places, locations=None)
    elif countries is not None:
        write_countries(partnership, countries)
