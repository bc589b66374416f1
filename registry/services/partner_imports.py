"""Registering the organisations of a file: all of them, or none."""

from typing import NamedTuple

from django.db import transaction

from registry.errors import DomainError, NotAllowed
from registry.models import Partner, PartnerIdentifier, User
from registry.partner_files import BadRows, Fault, Listed, read_partners
from registry.services.partners import register_partner


class Imported(NamedTuple):
    registered: int
    known: int


@transaction.atomic
def import_partners(
    content: bytes, *, by: User, dry_run: bool = False, confirm_distinct: bool = False
) -> Imported:
    """Register what the file lists, to be verified like any other; BadRows names all faults.

    An organisation that is there already, by an identifier or (without one) by its very name and
    country, is left as it is: run again, the file changes nothing.
    """
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
    listed, faults = read_partners(content)
    registered = known = 0
    for one in listed:
        try:
            if _is_known(one):
                known += 1
                continue
            with transaction.atomic():
                register_partner(
                    by=by,
                    identifiers=one.identifiers,
                    confirm_distinct=confirm_distinct,
                    **one.facts,
                )
            registered += 1
        except DomainError as error:
            faults.append(Fault(one.row, "name", _words(error)))
    if faults:
        raise BadRows(sorted(faults))
    if dry_run:
        transaction.set_rollback(True)
    return Imported(registered, known)


def _is_known(one: Listed) -> bool:
    found = PartnerIdentifier.objects.filter(full__in=one.written_out)
    holders = set(found.values_list("partner_id", flat=True))
    if len(holders) > 1:
        text = "Its identifiers belong to several partners."
        raise DomainError("partner_identifier_once", text)
    if holders or one.written_out:
        return bool(holders)
    country = one.facts.get("country")
    return Partner.objects.filter(name__iexact=one.facts["name"], country=country).exists()


def _words(error: DomainError) -> str:
    named = ", ".join(f"{one['name']} ({one['id']})" for one in error.extra.get("partners", []))
    return f"{error.detail} {named}".strip()
