"""How states, numbers and goals look on a page."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registry import display
from registry.models import Goal

register = template.Library()
register.filter("look", display.look)
register.filter("words", display.words)
register.filter("reason", display.reason)


@register.filter
def number(value: Decimal | str | None) -> str | SafeString:
    """A number; where there is none, "no data" in its own dress: never a 0."""
    return display.number(value) or no_data()


@register.filter
def percent(share: Decimal | str | None) -> str | SafeString:
    return display.percent(share) or no_data()


@register.simple_tag
def no_data(text: str = "no data") -> SafeString:
    return format_html('<span class="nodata">{}</span>', text)


@register.inclusion_tag("registry/_state.html")
def state(code: str, word: str = "") -> dict[str, Any]:
    """A state as a small tag: shape, word, colour."""
    shown = display.look(code)
    return {"shape": shown.shape, "tone": shown.tone, "word": word or shown.word}


@register.inclusion_tag("registry/_shape.html")
def shape(name: str) -> dict[str, str]:
    return {"shape": name}


@register.inclusion_tag("registry/_goal.html")
def goal_tile(goal: Goal, size: int = 32) -> dict[str, Any]:
    """An SDG tile in the goal's official colour, with text that can be read on it."""
    return {"goal": goal, "size": size, "ink": display.readable_on(goal.colour)}


@register.filter
def at(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The address's query with some values replaced; the address can be shared."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"
