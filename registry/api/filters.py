"""Filters that take what a column takes, and say so when they do not."""

from typing import Any

from django import forms
from django_filters import rest_framework as filters


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
