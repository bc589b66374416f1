"""What the pages of a partnership have in common."""

from typing import Any

from django import template

from partnerships.models import Membership, Partnership, Section
from partnerships.models.reviews import returned_reasons
from partnerships.tabs import has_history, tabs_for
from partnerships.views.finding import key_of

register = template.Library()


@register.inclusion_tag("partnerships/_partnership_nav.html", takes_context=True)
def partnership_nav(context: dict[str, Any], partnership: Partnership) -> dict[str, Any]:
    """The pages that open for the reader, the present one marked."""
    request = context["request"]
    match = request.resolver_match
    here = match.url_name if match else ""
    return {
        "partnership": partnership,
        "key": key_of(partnership),
        "tabs": tabs_for(partnership, request.user),
        "has_history": has_history(partnership, request.user),
        "here": here,
        "remarks": remarks(partnership, here, request.user),
    }


def remarks(partnership: Partnership, page: str, user: Any) -> dict[Section, list[str]]:
    """What the secretariat asked for on this page's section, for whoever may write it; all of it
    on the pages that show all sections. The hub says it at each section.
    """
    if partnership.status != Partnership.Status.RETURNED or not partnership.is_editable_by(user):
        return {}
    topic, _, _ = page.removeprefix("partnership-").partition("-")
    said = returned_reasons(partnership)
    whole = topic in ("check", "light")
    # A page of one row is named in the singular: "partnership-objective".
    return {one: texts for one, texts in said.items() if whole or one in (topic, f"{topic}s")}


@register.inclusion_tag("partnerships/_asked_to_join.html", takes_context=True)
def asked_to_join(context: dict[str, Any], partnership: Partnership) -> dict[str, Any]:
    """For the people of those who are invited: that an answer is waited for, and where."""
    user = context["request"].user
    asked: list[Membership] = []
    if user.is_authenticated:
        mine = partnership.memberships.of_people(user).filter(status="invited")
        asked = list(mine.select_related("partner").order_by("pk"))
    lead = partnership.memberships.leading().select_related("partner").first() if asked else None
    return {"key": key_of(partnership), "asked": asked, "lead": lead}


@register.inclusion_tag("partnerships/_all_sections.html", takes_context=True)
def all_sections(context: dict[str, Any], partnership: Partnership) -> dict[str, Any]:
    """Back to the sections of what is not registered yet, for whom they open."""
    is_shown = (
        partnership.status in Partnership.UNREGISTERED
        and Partnership.objects.insider(context["request"].user).filter(pk=partnership.pk).exists()
    )
    return {"key": key_of(partnership), "is_shown": is_shown}


@register.filter
def key(partnership: Partnership) -> str:
    """What stands for it in addresses."""
    return key_of(partnership)
