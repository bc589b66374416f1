"""A record's history, for people."""

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from registry import history
from registry.history import Change, Subject

PAGE = 50
# What every write changes too, and nobody asks for.
BOOKKEEPING = ("id", "version", "updated_at", "created_at")

# Records that have a page of their own, to go back to.
PAGES = {"registry.partner": "partner", "partnerships.partnership": "partnership"}


class Line(NamedTuple):
    """One column of a change, in words."""

    name: str
    before: str
    after: str
    is_withheld: bool = False


@login_required
def record(request: HttpRequest, label: str, pk: str) -> HttpResponse:
    """Who changed what, and when; newest first."""
    subject = history.find(label, pk, request.user)
    if subject is None:
        raise Http404
    rows = list(_after(subject.entries(), request.GET.get("after", ""))[: PAGE + 1])
    shown = history.changes(rows[:PAGE], subject, request.user)
    words = _Words(subject, shown, request.user)
    context = {
        "title": _title(subject, request.user),
        "page_name": PAGES.get(label, ""),
        "pk": pk,
        "kind": subject.model._meta.verbose_name,
        "changes": [
            (change, lines)
            for change in shown
            # Of a change whose columns are not for the reader, there is nothing to say.
            if (lines := words.lines(change)) or change.operation != "update"
        ],
        "page": {"next": str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""},
    }
    return render(request, "registry/history.html", context)


def _after(entries: models.QuerySet[Any], key: str) -> models.QuerySet[Any]:
    if not key:
        return entries
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Http404
    return entries.filter(id__lt=int(key))


def _title(subject: Subject, user: Any) -> str:
    """Its name as the reader sees it now; a deleted one has only its number."""
    rows: Any = subject.model._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    try:
        found = rows.filter(pk=subject.pk).first()
    except (ValueError, ValidationError):
        raise Http404 from None
    name = str(subject.model._meta.verbose_name)
    return str(found) if found else f"{name} {subject.pk}"


class _Words:
    """Says values as people know them: references by name, choices by their label."""

    def __init__(self, subject: Subject, changes: list[Change], user: Any) -> None:
        self.fields = {f.column: f for f in subject.model._meta.concrete_fields}
        self.names = {
            column: self._names(field, changes, user)
            for column, field in self.fields.items()
            if field.is_relation
        }

    def _names(self, field: Any, changes: list[Change], user: Any) -> dict[str, str]:
        """Of all rows that the page refers to by this column: one query."""
        keys = {
            value
            for change in changes
            for values in (change.before, change.after)
            if values and (value := values.get(field.column)) is not None
        }
        if not keys:
            return {}
        rows = field.related_model._default_manager.filter(pk__in=keys)
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(user)
        elif field.related_model._meta.label_lower == "registry.user":
            return {}  # a person's name is not for everybody
        return {str(row.pk): str(row) for row in rows}

    def lines(self, change: Change) -> list[Line]:
        before, after = change.before or {}, change.after or {}
        names = [n for n in {**before, **after} if n not in BOOKKEEPING]
        stated = [
            Line(self._label(n), self.say(n, before), self.say(n, after))
            for n in names
            if (before.get(n), after.get(n)) not in ((None, None), ("", None), (None, ""))
        ]
        return stated + [Line(self._label(n), "", "", True) for n in change.withheld]

    def _label(self, column: str) -> str:
        field = self.fields.get(column)
        return str(field.verbose_name) if field else column.replace("_", " ")

    def say(self, column: str, values: dict[str, Any]) -> str:
        value = values.get(column)
        if value is None or value == "":
            return ""
        if column in self.names:
            return self.names[column].get(str(value), f"number {value}")
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if isinstance(self.fields.get(column), models.DateTimeField):
            return str(value)[:19].replace("T", " ")  # kept in UTC
        choices = dict(getattr(self.fields.get(column), "flatchoices", None) or ())
        return str(choices.get(value, value))
