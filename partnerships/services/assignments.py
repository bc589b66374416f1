"""The partnerships to which an evaluator is limited."""

from collections.abc import Iterable

from django.db import transaction

from partnerships.models import (
    Assignment,
    Partnership,
)
from registry.errors import DomainError
from registry.models import (
    Affiliation,
    Event,
    Notice,
    User,
)
from registry.services.partners import managers_only


@transaction.atomic
def assign(affiliation: Affiliation, partnership: Partnership, *, by: User) -> Assignment:
    """Limit an evaluator to a partnership, or let the limit reach one more."""
    _hold_role(affiliation, by)
    row = Assignment(affiliation=affiliation, partnership=partnership)
    row.clean()
    row.save(force_insert=True)
    _log_assignment(affiliation, "assigned", partnership.pk, by)
    return row


@transaction.atomic
def unassign(assignment: Assignment, *, by: User) -> None:
    """Take one partnership away; never the last one, which would let the role hold everywhere."""
    affiliation = assignment.affiliation
    _hold_role(affiliation, by)
    if not affiliation.assignments.exclude(pk=assignment.pk).exists():
        text = "Without it, the evaluator works in all partnerships: lift the limit, if so meant."
        raise DomainError("last_assignment", text)
    assignment.delete()
    _log_assignment(affiliation, "unassigned", assignment.partnership_id, by)


@transaction.atomic
def assign_to(affiliation: Affiliation, partnerships: Iterable[Partnership], *, by: User) -> None:
    """Limit an evaluator to exactly these partnerships; to none: all of the partner's."""
    _hold_role(affiliation, by)
    wanted = {partnership.pk: partnership for partnership in partnerships}
    held = set(affiliation.assignments.values_list("partnership_id", flat=True))
    for pk in wanted.keys() - held:
        row = Assignment(affiliation=affiliation, partnership=wanted[pk])
        row.clean()
        row.save(force_insert=True)
        _log_assignment(affiliation, "assigned", pk, by)
    for pk in held - wanted.keys():
        affiliation.assignments.filter(partnership=pk).delete()
        _log_assignment(affiliation, "unassigned", pk, by)


def _hold_role(affiliation: Affiliation, by: User) -> None:
    """Lock the role against other assignments of it, for the partner's managers."""
    by.require_person()
    managers_only(affiliation.partner, by)
    if not Affiliation.objects.select_for_update().filter(pk=affiliation.pk).exists():
        raise DomainError("already_removed", "The role has been taken away already.")


def _log_assignment(affiliation: Affiliation, verb: str, partnership: int, by: User) -> None:
    facts = {"user": str(affiliation.user.key), "partnership": partnership}
    event = Event.log(affiliation.partner, verb, by=by, facts=facts)
    Notice.tell(event, [affiliation.user])
