"""The Solutions Catalogue: what partners offer, and what they and partnerships need."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Fund, Membership, Need, Partnership, Solution
from partnerships.models.catalogue import acted_for
from registry.errors import DomainError, NotAllowed
from registry.models import Country, Event, Partner, Target, User

Entry = TypeVar("Entry", Solution, Need, Fund)


@transaction.atomic
def propose_solution(
    owner: Partner,
    *,
    by: User,
    targets: Sequence[Target],
    countries: Sequence[Country] = (),
    **fields: Any,
) -> Solution:
    """Enter a solution; it is public once an admin has screened it."""
    _require_manager(owner, by)
    _require_member(owner, fields.get("partnership"))
    return _enter(Solution(owner=owner, **fields), "proposed", targets, countries, by=by)


@transaction.atomic
def edit_solution(solution: Solution, *, by: User, **changes: Any) -> Solution:
    """Change what is said of it; one that was sent back waits for screening again."""
    solution.require_editor(by)
    solution.require_unretired()
    _keep_who_brought_it(solution, changes)
    named = [one.pk for one in (solution.partnership, changes.get("partnership")) if one]
    Partnership.objects.filter(pk__in=named).hold()
    if changes.get("partnership"):
        _require_member(solution.owner, changes["partnership"])
    return _edit(solution, {"returned_reason": "", **changes}, by=by)


def _keep_who_brought_it(solution: Solution, changes: dict[str, Any]) -> None:
    """Reports count what a partnership brought in: once screened, that stays."""
    if not solution.screened_at or solution.partnership_id is None:
        return
    if "partnership" in changes and changes["partnership"] != solution.partnership:
        text = "The partnership that brought a screened solution in stands in reports, and stays."
        raise DomainError("brought_in_settled", text)


@transaction.atomic
def state_need(
    *,
    by: User,
    targets: Sequence[Target],
    countries: Sequence[Country] = (),
    partner: Partner | None = None,
    partnership: Partnership | None = None,
    **fields: Any,
) -> Need:
    """State a need: of a partnership (by its lead), or of a partner or its place."""
    if partnership:
        partnership.require_editor(by)
        partnership.require_open()
        partnership.hold()
        partner = _lead_of(partnership, partner)
    elif partner is None:
        raise ValidationError({"partner": "Name the partner, or the partnership, that needs it."})
    else:
        _require_manager(partner, by)
    need = Need(partner=partner, partnership=partnership, **fields)
    return _enter(need, "stated", targets, countries, by=by)


@transaction.atomic
def edit_need(need: Need, *, by: User, **changes: Any) -> Need:
    need.require_editor(by)
    need.require_open()
    if need.partnership:
        need.partnership.hold()
    return _edit(need, changes, by=by)


@transaction.atomic
def offer_fund(
    partner: Partner,
    *,
    by: User,
    targets: Sequence[Target],
    countries: Sequence[Country] = (),
    **fields: Any,
) -> Fund:
    _require_manager(partner, by)
    return _enter(Fund(partner=partner, **fields), "offered", targets, countries, by=by)


@transaction.atomic
def edit_fund(fund: Fund, *, by: User, **changes: Any) -> Fund:
    fund.require_editor(by)
    matched = fund.matches.order_by().values("need__partnership_id")
    Partnership.objects.filter(pk__in=matched).hold()
    return _edit(fund, changes, by=by)


def _enter(
    entry: Entry,
    verb: str,
    targets: Sequence[Target],
    countries: Sequence[Country],
    *,
    by: User,
) -> Entry:
    entry.check_links(targets, countries)
    entry.store()
    entry.targets.set(targets)
    entry.countries.set(countries)
    Event.log(entry, verb, by=by, became=getattr(entry, "status", ""))
    return entry


def _edit(entry: Entry, changes: dict[str, Any], *, by: User) -> Entry:
    targets, countries = changes.pop("targets", None), changes.pop("countries", None)
    entry.check_links(targets, countries)
    entry.amend(**changes)
    if targets is not None:
        entry.targets.set(targets)
    if countries is not None:
        entry.countries.set(countries)
    Event.log(entry, "edited", by=by)
    return entry


def _require_manager(partner: Partner, by: User) -> None:
    if partner.status in Partner.CLOSED:
        raise DomainError(f"partner_{partner.status}", f"The partner is {partner.status}.")
    if not (by.is_staff or acted_for(by).filter(pk=partner.pk).exists()):
        raise NotAllowed("managers_only", "Only the partner's managers may do this.")


def _require_member(owner: Partner, partnership: Partnership | None) -> None:
    """A partnership brings in what its members own."""
    if partnership and not _members(partnership).filter(partner=owner).exists():
        raise ValidationError({"partnership": "The owner is not a member of this partnership."})


def _lead_of(partnership: Partnership, stated: Partner | None) -> Partner:
    lead = _members(partnership).filter(roles__contains=["lead"]).select_related("partner").first()
    if lead is None:
        raise DomainError("no_lead", "The partnership has no lead.")
    if stated and stated.pk != lead.partner_id:
        text = "A partnership's need is stated by its lead; leave this out."
        raise ValidationError({"partner": text})
    return lead.partner


def _members(partnership: Partnership) -> Any:
    return Membership.objects.accepted().filter(partnership=partnership)
