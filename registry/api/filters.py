"""Filters that take what a column takes, and say so when they do not."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import forms
from django.utils import timezone
from django_filters import rest_framework as filters
from django_filters.utils import translate_validation
from rest_framework.request import Request

from registry.models import Country


class IdFilter(filters.Filter):
    """A row by its number; one that does not exist, or is not visible, finds nothing."""

    field_class = forms.IntegerField


class CodeFilter(filters.CharFilter):
    """A code of a vocabulary, as written there."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, max_length=20, strip=True, **options)


class SearchFilter(filters.CharFilter):
    """A text, handed to the QuerySet's own `chosen`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("help_text", "words of the name or title")
        super().__init__(*args, max_length=200, **options)

    def filter(self, qs: Any, value: str) -> Any:
        return qs.chosen(q=value) if value else qs


class ThoseFilter(filters.BooleanFilter):
    """The rows that a QuerySet method of the model chooses; for `false` all the others."""

    def __init__(self, choose: Callable[[Any], Any], **options: Any) -> None:
        super().__init__(**options)
        self.choose = choose

    def filter(self, qs: Any, value: bool | None) -> Any:
        if value is None:
            return qs
        if value:
            return self.choose(qs)
        chosen = self.choose(qs.model._default_manager.all())
        return qs.exclude(pk__in=chosen.order_by().values("pk"))


class CountryGroupFilter(filters.CharFilter):
    """By the country that a column names: those that are in a group (LDC, 202) today."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("help_text", "a group of countries, as it is today: LDC, 202")
        super().__init__(*args, max_length=10, strip=True, **options)

    def filter(self, qs: Any, value: str) -> Any:
        if not value:
            return qs
        countries = Country.objects.in_group(value, timezone.localdate())
        return qs.filter(**{f"{self.field_name}__in": countries})


class BestFilter(SearchFilter):
    """A text that the page itself looks for, best first: see `Rows.ranked`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("help_text", "words, names or codes; what fits best comes first")
        super().__init__(*args, **options)

    def filter(self, qs: Any, value: str) -> Any:
        return qs


class FilterBackend(filters.DjangoFilterBackend):
    """Builds the filters that the address names, and no others: most lists name none or one."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        whole = self.get_filterset_class(view, queryset)
        if whole is None:
            return queryset
        asked = request.query_params
        named = tuple(
            name
            for name in whole.base_filters
            if name in asked or any(key.startswith(f"{name}_") for key in asked)
        )
        if not named:
            return queryset
        filterset = narrowed(whole, named)(**self.get_filterset_kwargs(request, queryset, view))
        if not filterset.is_valid() and self.raise_exception:
            raise translate_validation(filterset.errors)
        return filterset.qs


@lru_cache(maxsize=512)
def narrowed(whole: type[Any], names: tuple[str, ...]) -> type[Any]:
    """The filter set with these of its filters only."""
    narrow = type(whole.__name__, (whole,), {})
    narrow.base_filters = {name: whole.base_filters[name] for name in names}  # type: ignore[attr-defined]
    return narrow
