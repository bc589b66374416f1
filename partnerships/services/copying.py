"""Beginning a partnership like an earlier one."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    BudgetLine,
    Location,
    Membership,
    Objective,
    Partnership,
    PartnershipCountry,
    SuggestedMember,
)
from partnerships.services.partnerships import create_partnership, suggested_track
from registry.errors import NotAllowed
from registry.models import Event, Partner, User, check_day

FACTS = ("title", "summary", "kind", "level", "website", "primary_goal")
OBJECTIVE = ("text", "measure", "unit", "target_id")
PLACE = ("country_id", "name", "reach", "latitude", "longitude")
BUDGET = ("title", "amount", "currency_id")
LEAD = Membership.Role.LEAD


@transaction.atomic
def copy_partnership(
    source: Partnership,
    *,
    lead: Partner,
    by: User,
    starts_on: date | None = None,
    with_budget: bool = True,
    **fields: Any,
) -> Partnership:
    """Begin a draft with what `by` may see of an earlier one, its days moved to the new first day.

    Facts, goals, targets, places, objectives with what is measured but without figures, budget
    lines; its members stand as suggestions and are not asked. Nothing that was promised,
    delivered, agreed or reported comes along. Without a day it begins when the earlier one ends.
    """
    if not Partnership.objects.visible_to(by).filter(pk=source.pk).exists():
        raise NotAllowed("not_visible", "Only a partnership that you see can be copied.")
    starts_on = starts_on or _next_start(source)
    check_day(starts_on)
    later = starts_on - source.starts_on
    facts = {name: getattr(source, name) for name in FACTS} | {
        "track": _track(source, lead),
        "ends_on": _moved(source.ends_on, later),
    }
    copy = create_partnership(
        lead=lead,
        by=by,
        goals=source.goals.all(),
        targets=source.targets.all(),
        starts_on=starts_on,
        copied_from=source,
        **(facts | fields),
    )
    _copy_places(source, copy)
    _copy_objectives(source, copy, by, later)
    if with_budget:
        _copy_budget(source, copy, by, later)
    _suggest_members(source, copy, lead, by)
    Event.log(copy, "copied", by=by, facts={"from": source.pk})
    return copy


def _track(source: Partnership, lead: Partner) -> str:
    """The light one only where the new lead may take it."""
    full: str = Partnership.Track.FULL
    return source.track if source.track == suggested_track(lead) else full


def _next_start(source: Partnership) -> date:
    today = timezone.localdate()
    return max(today, source.ends_on + timedelta(days=1)) if source.ends_on else today


def _moved(day: date | None, later: timedelta) -> date | None:
    """A day so much later; none where that is beyond all calendars."""
    try:
        return day + later if day else None
    except OverflowError:
        return None


def _copy_places(source: Partnership, copy: Partnership) -> None:
    PartnershipCountry.objects.bulk_create(
        PartnershipCountry(
            partnership=copy, country_id=place.country_id, percentage=place.percentage
        )
        for place in source.places.all()
    )
    Location.objects.bulk_create(
        Location(partnership=copy, **{name: getattr(place, name) for name in PLACE})
        for place in source.locations.all()
    )


def _copy_objectives(source: Partnership, copy: Partnership, by: User, later: timedelta) -> None:
    for one in Objective.objects.visible_to(by).filter(partnership=source).order_by("pk"):
        kept = {name: getattr(one, name) for name in OBJECTIVE}
        reach_by = _within(copy, _moved(one.reach_by, later))
        Objective(partnership=copy, reach_by=reach_by, **kept).store()


def _copy_budget(source: Partnership, copy: Partnership, by: User, later: timedelta) -> None:
    """Lines with their amounts; those that would lie outside of the new one are left out, and
    what only a published file states: less than nothing."""
    for line in BudgetLine.objects.visible_to(by).filter(partnership=source).order_by("pk"):
        starts_on, ends_on = _moved(line.starts_on, later), _moved(line.ends_on, later)
        if not (starts_on and ends_on) or starts_on < copy.starts_on or line.amount < 0:
            continue
        if ends_on == _within(copy, ends_on):
            kept = {name: getattr(line, name) for name in BUDGET}
            BudgetLine(partnership=copy, starts_on=starts_on, ends_on=ends_on, **kept).store()


def _within(copy: Partnership, day: date | None) -> date | None:
    """The day, or the last one of the partnership, if it comes after that."""
    if day is None or copy.ends_on is None:
        return day
    return min(day, copy.ends_on)


def _suggest_members(source: Partnership, copy: Partnership, lead: Partner, by: User) -> None:
    members = Membership.objects.visible_to(by).accepted().filter(partnership=source)
    standing = members.filter(partner__status=Partner.Status.VERIFIED).exclude(partner=lead)
    SuggestedMember.objects.bulk_create(
        SuggestedMember(
            partnership=copy,
            partner_id=one.partner_id,
            roles=[role for role in one.roles if role != LEAD] or [Membership.Role.IMPLEMENTING],
        )
        for one in standing.order_by("pk")
    )
