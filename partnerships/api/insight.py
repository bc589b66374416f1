"""Who may read the private parts of what belongs to a partnership."""

from typing import Any

from django.db.models import Exists, OuterRef

from partnerships.models import Partnership


def with_insight(queryset: Any, user: Any, path: str = "partnership") -> Any:
    """Annotate `is_inside`; `path` leads to the partnership."""
    inside = Partnership.objects.insider(user).filter(pk=OuterRef(path))
    return queryset.annotate(is_inside=Exists(inside))
