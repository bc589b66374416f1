"""What people do with partners: several rows, one transaction."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import Affiliation, Event, FormerName, Partner, PartnerIdentifier, User

SHOWN = 10
RELATIONS = ("countries", "groups", "languages")
IN_REPORTS = {"kind", "country", "level"}  # read as they were at a report's cut-off
_ONE_IDENTITY_AT_A_TIME = 20150927


@transaction.atomic
def register_partner(
    *,
    by: User,
    identifiers: Iterable[tuple[str, str]] = (),
    confirm_distinct: bool = False,
    **fields: Any,
) -> Partner:
    """Register an organisation, to be verified by an admin; `by` becomes its manager.

    One that seems to be there already is refused until `by` has confirmed that it is another.
    """
    by.require_person()  # its manager: a service account belongs to one partner, and manages none
    related = _without_relations(fields)
    partner = Partner(**fields)
    partner.check_values()
    stated = [
        PartnerIdentifier.stated(scheme, value, partner=partner) for scheme, value in identifiers
    ]
    one_identity_at_a_time()
    for identifier in stated:
        _refuse_taken(identifier, by=by)
    if not confirm_distinct:
        _refuse_similar(partner, by=by)
    partner.store()
    _relate(partner, related)
    for identifier in stated:
        _save(identifier, by=by)
    if not by.is_staff:
        Affiliation.give(by, partner, Affiliation.Role.MANAGER, by=by)
    Event.log(partner, "registered", by=by, became=partner.status)
    return partner


@transaction.atomic
def edit_partner(
    partner: Partner, *, by: User, confirm_distinct: bool = False, **fields: Any
) -> Partner:
    """Change facts of a partner; a name that it gives up is kept as a former one."""
    managers_only(partner, by)
    partner.require_unsettled(fields.keys(), by=by)
    if {"name", "parent"} & fields.keys():
        _admins_once_verified(partner, by)
    if fields.get("parent"):
        partner.require_no_cycle(fields["parent"])
    if IN_REPORTS & fields.keys():
        _hold_partnerships(partner)
    changed = sorted(fields)
    related, was = _without_relations(fields), partner.name
    if fields.get("name", was) != was and not confirm_distinct:
        one_identity_at_a_time()
        wanted = Partner(pk=partner.pk, name=fields["name"], country=partner.country)
        _refuse_similar(wanted, by=by)
    partner.amend(**fields)
    _relate(partner, related)
    _keep_name(partner, was)
    Event.log(partner, "edited", by=by, reason=", ".join(changed))
    return partner


@transaction.atomic
def add_identifier(partner: Partner, *, by: User, scheme: str, value: str) -> PartnerIdentifier:
    """State a partner's identifier in a register; it is unique among all partners."""
    managers_only(partner, by)
    _admins_once_verified(partner, by)
    identifier = PartnerIdentifier.stated(scheme, value, partner=partner)
    _hold_partnerships(partner)
    one_identity_at_a_time()
    _refuse_taken(identifier, by=by)
    _save(identifier, by=by)
    Event.log(partner, "identified", by=by, reason=str(identifier))
    return identifier


@transaction.atomic
def release_identifier(identifier: PartnerIdentifier, *, by: User) -> None:
    """Take a slip back, while the partner waits to be verified; from then on only an admin may."""
    partner = Partner.objects.select_for_update(no_key=True).get(pk=identifier.partner_id)
    managers_only(partner, by)
    _admins_once_verified(partner, by)
    Event.log(partner, "unidentified", by=by, reason=str(identifier))
    identifier.delete()


def verify_all(
    rows: Iterable[Partner], *, by: User
) -> tuple[list[Partner], list[tuple[Partner, str]]]:
    """Verify each partner by itself: those verified, and those refused with the reason."""
    done: list[Partner] = []
    refused: list[tuple[Partner, str]] = []
    for partner in rows:
        try:
            with transaction.atomic():
                partner.verify(by=by)
            done.append(partner)
        except DomainError as error:
            refused.append((partner, error.detail))
    return done, refused


def managers_only(partner: Partner, by: User) -> None:
    if not Partner.objects.editable_by(by).filter(pk=partner.pk).exists():
        raise NotAllowed("managers_only", "Only the partner's managers may do this.")


def _without_relations(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields.pop(name) for name in RELATIONS if name in fields}


def _relate(partner: Partner, related: dict[str, Any]) -> None:
    for name, rows in related.items():
        getattr(partner, name).set(rows)


def _keep_name(partner: Partner, was: str) -> None:
    if partner.name.casefold() == was.casefold():
        return
    today = timezone.localdate()
    known = partner.former_names.filter(name__iexact=was)
    if not known.update(until_on=today):
        FormerName.objects.create(partner=partner, name=was, until_on=today)


def _hold_partnerships(partner: Partner) -> None:
    """Lock those to which it belongs for the rest of the transaction: a report's cut-off is taken
    under their locks, so what is dated before it has been committed then."""
    # A relation from above, read only: what a membership is, partnerships knows.
    memberships = partner.memberships.order_by()
    partnerships: Any = memberships.model._meta.get_field("partnership").related_model
    partnerships._default_manager.filter(pk__in=memberships.values("partnership_id")).hold()


def one_identity_at_a_time() -> None:
    """Two requests about one organisation at once: the second one sees what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_IDENTITY_AT_A_TIME])


def _refuse_taken(identifier: PartnerIdentifier, *, by: User) -> None:
    """Whoever may see the other partner is told which one it is, nobody else."""
    others = PartnerIdentifier.objects.same_as(identifier)
    for other in others.exclude(partner=identifier.partner_id):
        raise _taken(other, by)
    if others.filter(scheme=identifier.scheme, partner=identifier.partner_id).exists():
        raise DomainError("partner_identifier_once", "The partner has this identifier already.")


def _taken(other: PartnerIdentifier, by: User) -> DomainError:
    seen = Partner.objects.visible_to(by).filter(pk=other.partner_id).exists()
    about = {"partner": other.partner_id} if seen else {}
    return DomainError(
        "partner_identifier_once", "Another partner has this identifier already.", **about
    )


def _save(identifier: PartnerIdentifier, *, by: User) -> None:
    try:
        with transaction.atomic():
            identifier.save()
    except IntegrityError:
        # Whoever writes identifiers past this service does not wait for their turn.
        _refuse_taken(identifier, by=by)
        raise


def _refuse_similar(partner: Partner, *, by: User) -> None:
    visible = Partner.objects.visible_to(by).exclude(pk=partner.pk)
    found = visible.similar_to(partner.name, country=partner.country)[:SHOWN]
    partners = [{"id": one.pk, "name": one.name} for one in found]
    if partners:
        text = "This may be the same organisation as one that is registered: look, and confirm."
        raise DomainError("possible_duplicates", text, partners=partners)


def _admins_once_verified(partner: Partner, by: User) -> None:
    """Name, parent and identifiers are what was verified: imports match files by them."""
    if partner.status != Partner.Status.PENDING and not by.is_staff:
        text = "Name, parent and identifiers of a verified partner are changed by a registry admin."
        raise NotAllowed("partner_verified", text)
