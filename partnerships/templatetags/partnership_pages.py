"""What the pages of a partnership have in common."""

from typing import Any

from django import template

from partnerships.models import Partnership
from partnerships.tabs import has_history, tabs_for
from partnerships.views.finding import key_of

register = template.Library()


@register.inclusion_tag("partnerships/_partnership_nav.html", takes_context=True)
def partnership_nav(context: dict[str, Any], partnership: Partnership) -> dict[str, Any]:
    """The pages that open for the reader, the present one marked."""
    request = context["request"]
    match = request.resolver_match
    return {
        "partnership": partnership,
        "key": key_of(partnership),
        "tabs": tabs_for(partnership, request.user),
        "has_history": has_history(partnership, request.user),
        "here": match.url_name if match else "",
    }


@register.filter
def key(partnership: Partnership) -> str:
    """What stands for it in addresses."""
    return key_of(partnership)
