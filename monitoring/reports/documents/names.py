"""Present names of what a snapshot holds by number."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.apps import apps
from django.urls import reverse

from partnerships.models import Partnership
from registry.models import Country, Goal, Partner, Target


class Names:
    """Looks names up once per kind of thing, in a fixed number of queries, when first asked.

    A content says which rows it names: `{"named": {"partner": [ids], "country": […], …}}`; what
    is not listed there is named by its kind and number.
    """

    MODELS: dict[str, Any] = {
        "partnership": Partnership,
        "partner": Partner,
        "country": Country,
        "goal": Goal,
        "target": Target,
    }

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self._found: dict[str, dict[int, Any]] = {}

    @cached_property
    def wanted(self) -> dict[str, list[int]]:
        return {**self.content.get("named", {})}

    def load(self, kind: str, keys: Iterable[int]) -> None:
        """Look several up at once, before they are named one by one."""
        found = self._found.setdefault(kind, {})
        found |= self._model(kind).objects.in_bulk(set(keys) - found.keys())

    def row(self, kind: str, pk: int) -> Any | None:
        """The row as it is today, or None where it is gone."""
        if kind not in self._found:
            keys = {pk, *self.wanted.get(kind, [])}
            self._found[kind] = self._model(kind).objects.in_bulk(keys)
        if pk not in self._found[kind]:
            self._found[kind] |= self._model(kind).objects.in_bulk([pk])
        return self._found[kind].get(pk)

    def of(self, kind: str, pk: int | None) -> str:
        """The present name, else `partner 7`."""
        found = self.row(kind, pk) if pk is not None else None
        return str(found) if found is not None else f"{kind} {pk}"

    def address(self, kind: str, pk: int) -> str:
        """Where it is read, or nothing."""
        pages = {"partnership": "partnership", "partner": "partner"}
        return reverse(pages[kind], args=[pk]) if kind in pages else ""

    def _model(self, kind: str) -> Any:
        return self.MODELS.get(kind) or apps.get_model(kind)
