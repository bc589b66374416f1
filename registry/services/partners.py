"""What people do with partners: several rows, one transaction."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from registry.errors import NotAllowed
from registry.models import Affiliation, Event, Partner, PartnerIdentifier, User


@transaction.atomic
def register_partner(
    *, by: User, identifiers: Iterable[tuple[str, str]] = (), **fields: Any
) -> Partner:
    """Register an organisation, to be verified by an admin; `by` becomes its manager."""
    by.require_person()  # its manager: a service account belongs to one partner, and manages none
    partner = Partner(**fields).store()
    for scheme, value in identifiers:
        _identify(partner, scheme, value)
    if not by.is_staff:
        Affiliation.give(by, partner, Affiliation.Role.MANAGER, by=by)
    Event.log(partner, "registered", by=by, became=partner.status)
    return partner


@transaction.atomic
def edit_partner(partner: Partner, *, by: User, **fields: Any) -> Partner:
    """Change facts of a partner."""
    managers_only(partner, by)
    partner.require_unsettled(fields.keys(), by=by)
    if "name" in fields:
        _admins_once_verified(partner, by)
    partner.amend(**fields)
    Event.log(partner, "edited", by=by, reason=", ".join(sorted(fields)))
    return partner


@transaction.atomic
def add_identifier(partner: Partner, *, by: User, scheme: str, value: str) -> PartnerIdentifier:
    """State a partner's identifier in a register; it is unique among all partners."""
    managers_only(partner, by)
    _admins_once_verified(partner, by)
    identifier = _identify(partner, scheme, value)
    Event.log(partner, "identified", by=by, reason=str(identifier))
    return identifier


@transaction.atomic
def release_identifier(identifier: PartnerIdentifier, *, by: User) -> None:
    """Take an identifier away from a partner that claimed it wrongly; only an admin may."""
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
    Event.log(identifier.partner, "unidentified", by=by, reason=str(identifier))
    identifier.delete()


def _identify(partner: Partner, scheme: str, value: str) -> PartnerIdentifier:
    identifier = PartnerIdentifier(partner=partner, scheme=scheme.strip(), value=value.strip())
    identifier.clean_fields()
    identifier.clean()
    identifier.save()
    return identifier


def managers_only(partner: Partner, by: User) -> None:
    if not Partner.objects.editable_by(by).filter(pk=partner.pk).exists():
        raise NotAllowed("managers_only", "Only the partner's managers may do this.")


def _admins_once_verified(partner: Partner, by: User) -> None:
    """Name and identifiers are what was verified: imports match published files by them."""
    if partner.status != Partner.Status.PENDING and not by.is_staff:
        text = "Name and identifiers of a verified partner are changed by a registry admin."
        raise NotAllowed("partner_verified", text)
