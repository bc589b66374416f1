"""What a list shows, read as plain values instead of records.

Serializers cost more than the rest of a list together. `Rows` reads from the serializer which
columns it shows, once; a page is then one statement over its keys, nested lists included, and
plain dicts. What is a rule and not a column is declared. A test holds each list against what
the serializer says of each record, so that the two do not drift.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import F, Func, OuterRef, Subquery, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from rest_framework import serializers

from registry.api.serializers import ModelSerializer
from registry.models.search import BEST_FIRST, IN_MEMORY, Mark

PLAIN = (
    serializers.CharField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.ChoiceField,
    serializers.FloatField,
    serializers.ListField,
    serializers.JSONField,
    serializers.SlugRelatedField,
    serializers.PrimaryKeyRelatedField,
)


class Computed(NamedTuple):
    """A field that a rule of the domain makes of columns."""

    columns: tuple[Any, ...]
    rule: Callable[..., Any]


class Cell(NamedTuple):
    """A field of a row: the columns it is made of, and how they are shown."""

    name: str
    columns: tuple[Any, ...]
    show: Callable[..., Any] | None = None


class Nested(NamedTuple):
    """A list inside the row: its rows, and the names of their cells (none: bare values)."""

    rows: Any
    parent: str
    names: tuple[str, ...]
    cells: Any

    def show(self, found: Sequence[Any] | None) -> list[Any]:
        if not found:
            return []
        if not self.names:
            return [cells[0] for cells in found]
        return [dict(zip(self.names, cells, strict=True)) for cells in found]


Shown = tuple[tuple[Any, ...], dict[str, Any]]


class Page(NamedTuple):
    """Which rows a page shows: SQL for their keys, and the order by its columns' numbers."""

    sql: str
    parameters: Sequence[Any]
    order: str
    width: int  # how many columns it has; the key is the first
    before: str = ""  # a setting for this one statement


class Statement(NamedTuple):
    """What is shown of the row that has the page's key, as SQL that is made once."""

    sql: str
    parameters: tuple[Any, ...]
    converters: Mapping[int, Any]

    def read(self, page: Page) -> list[tuple[Any, ...]]:
        names = ", ".join(f"k{number}" for number in range(1, page.width + 1))
        sql = (
            f"{page.before}SELECT * FROM ({page.sql}) page ({names})"
            f" CROSS JOIN LATERAL ({self.sql}) shown ORDER BY {page.order}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, (*page.parameters, *self.parameters))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not self.converters:
            return found
        return [self._converted(row, page.width) for row in found]

    def _converted(self, row: tuple[Any, ...], width: int) -> tuple[Any, ...]:
        values = list(row)
        for at, (steps, expression) in self.converters.items():
            for step in steps:
                values[width + at] = step(values[width + at], expression, connection)
        return tuple(values)


class Rows:
    """The rows of a list, equal to the serializer's representation of each record.

    `lists` leads to the values of a nested list of codes (`goals__number`); `seen` gives the
    rows of a nested list that the caller may see, which is one query more for each. Where it is
    `ranked`, `?search=` puts first what fits best: the model's QuerySet is a SearchedQuerySet.
    """

    def __init__(
        self,
        serializer: type[ModelSerializer],
        *,
        lists: Mapping[str, str] | None = None,
        computed: Mapping[str, Computed] | None = None,
        seen: Mapping[str, Callable[[Any], models.QuerySet[Any]]] | None = None,
        ranked: bool = False,
    ) -> None:
        self.serializer = serializer
        self.model: type[models.Model] = serializer.Meta.model
        self.lists, self.computed, self.seen = lists or {}, computed or {}, seen or {}
        self.ranked = ranked

    @property
    def annotations(self) -> tuple[str, ...]:
        """What the page's query has to tell of each row, besides its key."""
        return ("is_inside",) if self.blank else ()

    def best(
        self, chosen: Any, text: str, user: Any, size: int, after: Mark | None, similar: bool
    ) -> list[Shown]:
        """The rows of a page of a search; each comes with the columns of `Ranking`."""
        if self.blank:
            raise TypeError("A list with private fields has no ranked search yet.")
        ranking = chosen.best(text, size=size, after=after, similar=similar)
        if ranking is None:
            return []
        return self.of(Page(ranking.sql, ranking.parameters, BEST_FIRST, 5, IN_MEMORY), user)

    def of(self, page: Page, user: Any) -> list[Shown]:
        """The rows of a page in its order, each with its key and what came with it."""
        width, layout = page.width, self._layout
        found = []
        for row in self._statement.read(page):
            cells = row[width:]
            shown = {
                name: cells[at] if show is None else show(*cells[at:end])
                for name, at, end, show in layout
            }
            found.append((row[:width], shown))
        self._add_seen(found, user)
        if self.blank:
            for key, shown in found:
                if not key[-1]:
                    shown.update(self.blank)
        return found

    def _add_seen(self, found: list[Shown], user: Any) -> None:
        for name, rows in self.seen.items():
            field: Any = self.serializer().fields[name]
            nested = self._nested(field.source, rows(user), field.child)
            of_row: dict[Any, list[Any]] = {key[0]: [] for key, _ in found}
            visible = nested.rows.filter(**{f"{nested.parent}__in": list(of_row)})
            for parent, cells in visible.values_list(nested.parent, nested.cells):
                of_row[parent].append(cells)
            for key, shown in found:
                shown[name] = nested.show(of_row[key[0]])

    @cached_property
    def blank(self) -> dict[str, Any]:
        """What stands for a private field in the rows that the caller is no insider of."""
        return self.serializer().blank_fields()

    @cached_property
    def cells(self) -> list[Cell]:
        fields = self.serializer().fields.items()
        return [self._cell(name, field) for name, field in fields if not field.write_only]

    @cached_property
    def _layout(self) -> list[tuple[str, int, int, Callable[..., Any] | None]]:
        layout, at = [], 0
        for name, columns, show in self.cells:
            layout.append((name, at, at + len(columns), show))
            at += len(columns)
        return layout

    @cached_property
    def _statement(self) -> Statement:
        columns = [column for cell in self.cells for column in cell.columns]
        table, key = self.model._meta.db_table, self.model._meta.pk.column
        of_key = RawSQL(f'"{table}"."{key}" = page.k1', [], output_field=models.BooleanField())
        rows: Any = self.model._base_manager.filter(of_key).order_by()
        selected = rows.values_list(*[as_expression(column) for column in columns])
        compiler = selected.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        expressions = [expression for expression, *_ in compiler.select]
        return Statement(sql, tuple(parameters), compiler.get_converters(expressions))

    def _cell(self, name: str, field: Any) -> Cell:
        if name in self.computed:
            return Cell(name, *self.computed[name])
        if name in self.seen:
            return Cell(name, (), list)
        if name in self.lists:
            relation, _, path = self.lists[name].partition("__")
            return _listed(name, self._nested(relation, None, path))
        if isinstance(field, serializers.ListSerializer):
            return _listed(name, self._nested(str(field.source), None, field.child))
        return Cell(name, (column_of(field),), shown_as(field))

    def _nested(self, relation: str, rows: Any, shown: Any) -> Nested:
        link: Any = self.model._meta.get_field(relation)
        parent = link.related_query_name() if link.concrete else link.field.name
        if rows is None:
            ordering = link.related_model._meta.ordering
            order = [name for name in ordering if str(name).lstrip("-") != parent]
            rows = link.related_model._default_manager.order_by(*order)
        if isinstance(shown, str):
            return Nested(rows, parent, (), JsonArray(F(shown)))
        fields = {name: field for name, field in shown.fields.items() if not field.write_only}
        if shown.blank_fields():
            raise TypeError(f"{type(shown).__name__} has private fields: not inside a list")
        cells = JsonArray(*[as_json(field) for field in fields.values()])
        return Nested(rows, parent, tuple(fields), cells)


class JsonArray(Func):
    """Values as a JSON array; the driver reads it."""

    function = "JSON_BUILD_ARRAY"
    output_field = TextField()


class JsonRows(Subquery):
    """The rows of a subquery of one column, as one JSON array."""

    template = '(SELECT JSON_AGG("row"."cells") FROM (%(subquery)s) "row")'
    output_field = TextField()


def _listed(name: str, nested: Nested) -> Cell:
    of_parent = nested.rows.filter(**{nested.parent: OuterRef("pk")})
    return Cell(name, (JsonRows(of_parent.values(cells=nested.cells)),), nested.show)


def column_of(field: Any) -> str:
    """The path to the column that a serializer's field shows."""
    path = "__".join(field.source_attrs)
    if isinstance(field, serializers.SlugRelatedField):
        return f"{path}__{field.slug_field}"
    return path


def shown_as(field: Any) -> Callable[[Any], Any] | None:
    """How the field's column is shown; None where as it is. TypeError asks for a declaration."""
    if isinstance(field, serializers.DateTimeField):
        return moment
    if isinstance(field, serializers.DateField):
        return lambda day: day and day.isoformat()
    if isinstance(field, serializers.DecimalField):
        return lambda number: None if number is None else field.to_representation(number)
    if isinstance(
        field, (*PLAIN, serializers.SlugRelatedField, serializers.PrimaryKeyRelatedField)
    ):
        return None
    raise TypeError(f"{field.field_name}: declare how a list shows a {type(field).__name__}")


def as_json(field: Any) -> Any:
    """The field's column as it stands in JSON that the database writes."""
    shown_as(field)  # refuses what needs a declaration
    column = F(column_of(field))
    if isinstance(field, serializers.DateTimeField):
        return Func(column, template=MOMENT, output_field=TextField())
    if isinstance(field, serializers.DecimalField):
        return Cast(column, TextField())
    return column


def as_expression(column: Any) -> Any:
    return F(column) if isinstance(column, str) else column


MOMENT = (
    "replace(to_char(%(expressions)s AT TIME ZONE 'UTC',"
    " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '.000000Z', 'Z')"
)


def moment(at: datetime | None) -> str | None:
    """As the API writes moments: UTC, with Z."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")
