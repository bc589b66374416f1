"""What of a partner's workspace opens for whom."""

from typing import Any

from django import template

from registry import history
from registry.models import Partner

register = template.Library()


@register.simple_tag
def opens(partner: Partner, user: Any) -> dict[str, bool]:
    """Which groups of a partner's pages the user may open: two queries at most."""
    is_manager = Partner.objects.editable_by(user).filter(pk=partner.pk).exists()
    return {"workspace": is_manager, "history": history.is_open_to(user, partner)}
