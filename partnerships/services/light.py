"""The light track: a small firm's whole partnership from one page, all of it or nothing."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Membership, Partnership
from partnerships.services.commitments import add_commitment
from partnerships.services.members import invite
from partnerships.services.objectives import add_objective, edit_objective, hold_draft
from partnerships.services.partnerships import create_partnership, edit_partnership
from partnerships.services.sections import require_read
from registry.models import Country, Partner, Target, User

# What the page and the API ask for; with the lead, twelve things.
ASKED = {
    "title": "Give it a title.",
    "objective": "Say what will be different.",
    "measure": "Say what is counted or measured.",
    "baseline": "Give the value at the beginning; 0 is a value.",
    "goal_value": "Give the value to be reached.",
    "targets": "Name at least one SDG target.",
    "country": "Name a country in which it works.",
    "starts_on": "Give the first day.",
    "ends_on": "Give the last day.",
}
PROMISED = {
    "commitment": "Say what your organisation gives.",
    "commitment_kind": "Say what kind of contribution it is.",
}
DEFAULTS = {"kind": Partnership.Kind.MULTI_STAKEHOLDER, "level": Partnership.Level.COMMUNITY}


@transaction.atomic
def register_light(
    lead: Partner, *, by: User, invited: Partner | None = None, **said: Any
) -> Partnership:
    """A draft with objective, targets, place, own promise and, if named, an invited partner."""
    _require_all(said, ASKED | PROMISED)
    facts = {**DEFAULTS, **_facts(said)}
    partnership = create_partnership(
        lead=lead, by=by, targets=said["targets"], countries=[said["country"]], **facts
    )
    with _named({"text": "objective"}):
        add_objective(partnership, by=by, **_objective(said))
    _promise(partnership, by, said)
    _invite(partnership, by, invited)
    return partnership


@transaction.atomic
def complete_light(
    partnership: Partnership, *, by: User, stamp: str, invited: Partner | None = None, **said: Any
) -> Partnership:
    """The same for a draft that was begun: its first objective is the one that is asked for.

    What the lead has promised already stands; what else the draft has is left as it is. `stamp`
    is that of the answers as they were read: somebody else's are never written over unseen.
    """
    hold_draft(partnership, by=by)
    partnership.refresh_from_db()
    require_read(answers_of(partnership), stamp)
    _require_all(said, ASKED if own_promises(partnership).exists() else ASKED | PROMISED)
    targets: Iterable[Target] = said["targets"]
    countries = _with_country(partnership, said["country"])
    edit_partnership(partnership, by=by, targets=targets, countries=countries, **_facts(said))
    with _named({"text": "objective"}):
        if first := partnership.objectives.first():
            edit_objective(first, by=by, **_objective(said))
        else:
            add_objective(partnership, by=by, **_objective(said))
    if said.get("commitment"):
        _promise(partnership, by, said)
    _invite(partnership, by, invited)
    return partnership


def answers_of(partnership: Partnership) -> dict[str, Any]:
    """What the draft has of what the page asks for."""
    names = ("title", "kind", "level", "starts_on", "ends_on")
    stored: dict[str, Any] = {name: getattr(partnership, name) for name in names}
    stored["targets"] = sorted(partnership.targets.values_list("code", flat=True))
    stored["country"] = partnership.places.values_list("country", flat=True).first()
    if first := partnership.objectives.first():
        measured = ("measure", "unit", "baseline", "goal_value")
        stored |= {name: getattr(first, name) for name in measured}
        stored["objective"] = first.text
    return stored


def own_promises(partnership: Partnership) -> Any:
    """The commitments of the lead."""
    return partnership.commitments.filter(membership__roles__contains=[Membership.Role.LEAD])


def _require_all(said: Mapping[str, Any], asked: Mapping[str, str]) -> None:
    lacking = {name: text for name, text in asked.items() if said.get(name) in (None, "", [])}
    if lacking:
        raise ValidationError(lacking)


def _facts(said: Mapping[str, Any]) -> dict[str, Any]:
    names = ("title", "summary", "kind", "level", "starts_on", "ends_on")
    return {"track": Partnership.Track.LIGHT} | {n: said[n] for n in names if said.get(n)}


def _objective(said: Mapping[str, Any]) -> dict[str, Any]:
    names = ("measure", "unit", "baseline", "baseline_year", "goal_value")
    ends_on: date = said["ends_on"]
    stated = {name: said[name] for name in names if said.get(name) is not None}
    return {"text": said["objective"], "reach_by": ends_on, **stated}


def _promise(partnership: Partnership, by: User, said: Mapping[str, Any]) -> None:
    """What the lead gives, by the partnership's last day."""
    lead = partnership.memberships.accepted().get(roles__contains=[Membership.Role.LEAD])
    names = {"title": "commitment", "kind": "commitment_kind", "due_on": "ends_on"}
    given = {name: said[name] for name in ("amount", "currency") if said.get(name) is not None}
    with _named(names):
        add_commitment(
            partnership,
            membership=lead,
            by=by,
            title=said["commitment"],
            kind=said["commitment_kind"],
            due_on=said["ends_on"],
            **given,
        )


def _invite(partnership: Partnership, by: User, partner: Partner | None) -> None:
    if partner is not None:
        with _named({"partner": "invited"}):
            invite(partnership, partner=partner, roles=[Membership.Role.IMPLEMENTING], by=by)


def _with_country(partnership: Partnership, country: Country) -> list[Country] | None:
    """The countries with this one among them; None where it is, so that shares stay."""
    countries = [place.country for place in partnership.places.select_related("country")]
    return None if country in countries else [*countries, country]


@contextmanager
def _named(names: Mapping[str, str]) -> Iterator[None]:
    """What is refused, by the names under which it was asked for."""
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        by_field = {names.get(name, name): told for name, told in error.error_dict.items()}
        raise ValidationError(by_field) from error
