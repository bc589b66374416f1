"""Defaults of the whole API: pages by keyset, and one shape for every error."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelInvalid
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from drf_standardized_errors import handler
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    ParseError,
    PermissionDenied,
    ValidationError,
)
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from monitoring.errors import RowErrors, Unreadable
from registry.api.parsers import BodyTooLarge, check_texts
from registry.api.rows import Page, Rows
from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models.search import Mark, is_too_little, mark_of

COUNTED_UP_TO = 1000


class KeysetPagination(BasePagination):
    """Pages that begin after a row, not at a number: deep ones cost what the first costs.

    The order is the view's `page_order`: columns without null, all in one direction, the last
    one unique. Counting is asked for (`count=true`) and stops at 1,000.
    """

    page_size, largest = 50, 500
    last: Sequence[Any] | None

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        limit = self._begin(queryset, request, view)
        order = [f"-{name}" if self.falls else name for name in self.names]
        page = list(self._after(queryset.order_by(*order))[: limit + 1])
        if len(page) > limit:
            self.last = [getattr(page[limit - 1], name) for name in self.names]
        return page[:limit]

    def page_of_rows(
        self, rows: Rows, queryset: Any, request: Request, view: APIView
    ) -> list[dict[str, Any]]:
        """The page as plain values, in one statement and one for each list of the caller's own."""
        text = request.query_params.get("search", "").strip() if rows.ranked else ""
        limit = self._begin(queryset, request, view, text)
        try:
            if text:
                return self._best(rows, queryset, text, limit)
            found = rows.of(self._page(queryset, rows.annotations, limit + 1), request.user)
        except EmptyResultSet:
            return []
        if len(found) > limit:
            self.last = found[limit - 1][0][1 : 1 + len(self.names)]
        return [shown for _, shown in found[:limit]]

    def _best(self, rows: Rows, queryset: Any, text: str, limit: int) -> list[dict[str, Any]]:
        """The page of a search: what fits best comes first."""
        after = self._mark()
        similar = bool(after and after.similar)
        found = rows.best(queryset, text, self.request.user, limit + 1, after, similar)
        if after is None and is_too_little(found[0][0] if found else None, text):
            similar = True
            found = rows.best(queryset, text, self.request.user, limit + 1, after, similar)
        self.similar = similar
        if len(found) > limit:
            self.last = mark_of(found[limit - 1][0], after=after, similar=similar)
        return [shown for _, shown in found[:limit]]

    def _mark(self) -> Mark | None:
        cursor = self.request.query_params.get("cursor")
        if not cursor:
            return None
        whole = models.BigIntegerField()
        fields = [whole, whole, whole, whole, models.BooleanField()]
        rank, pk, low, high, similar = self._stated(cursor, fields)
        return Mark(rank, pk, low, high, similar)

    def _page(self, queryset: Any, annotations: tuple[str, ...], size: int) -> Page:
        """The keyset as SQL: quicker to make than by the ORM, and the same plan."""
        chosen = queryset.order_by().values_list("pk", *self.names, *annotations)
        sql, parameters = chosen.query.sql_with_params()
        columns = [f"k{number}" for number in range(1, 2 + len(self.names) + len(annotations))]
        keys = columns[1 : 1 + len(self.names)]
        after, values = "", self._cursor(queryset.model)
        if values is not None:
            marks = ", ".join(["%s"] * len(keys))
            after = f" WHERE ({', '.join(keys)}) {'<' if self.falls else '>'} ({marks})"
        order = ", ".join(f"{key} {'DESC' if self.falls else 'ASC'}" for key in keys)
        sql = (
            f"SELECT * FROM ({sql}) chosen ({', '.join(columns)}){after}"
            f" ORDER BY {order} LIMIT {size}"
        )
        return Page(sql, (*parameters, *(values or ())), order, len(columns))

    def _begin(self, queryset: Any, request: Request, view: APIView | None, text: str = "") -> int:
        """Read what is asked for; answers how many rows to show."""
        self.request, self.last, self.similar = request, None, False
        order: tuple[str, ...] = getattr(view, "page_order", ("-pk",))
        self.names, self.falls = [name.lstrip("-") for name in order], order[0].startswith("-")
        self.counted = None
        if request.query_params.get("count"):
            self.counted = self._count(queryset.found(text) if text else queryset)
        return self._limit(request)

    def get_paginated_response(self, data: Any) -> Response:
        page = {"next": self._next_link(), "results": data}
        if self.counted is not None:
            page["count"] = min(self.counted, COUNTED_UP_TO)
            page["count_capped"] = self.counted > COUNTED_UP_TO
        return Response(page)

    def _cursor(self, model: type[models.Model]) -> tuple[Any, ...] | None:
        cursor = self.request.query_params.get("cursor")
        return self._values(model, cursor) if cursor else None

    def _after(self, queryset: Any) -> Any:
        values = self._cursor(queryset.model)
        if values is None:
            return queryset
        columns = Tuple(*[F(name) for name in self.names])
        return queryset.filter((TupleLessThan if self.falls else TupleGreaterThan)(columns, values))

    def _values(self, model: type[models.Model], cursor: str) -> tuple[Any, ...]:
        named: list[Any] = [
            model._meta.pk if name == "pk" else model._meta.get_field(name) for name in self.names
        ]
        return self._stated(cursor, named)

    def _stated(self, cursor: str, fields: list[Any]) -> tuple[Any, ...]:
        """What a cursor says, as values of these fields."""
        try:
            stated = json.loads(base64.urlsafe_b64decode(cursor.encode()))
            check_texts(stated)
            return tuple(
                field.get_prep_value(field.clean(value, None))
                for field, value in zip(fields, list(stated), strict=True)
            )
        except (ValueError, TypeError, ArithmeticError, RecursionError, ModelInvalid, ParseError):
            raise ValidationError(
                {"cursor": [ErrorDetail("Not a cursor of this list.", code="invalid_cursor")]}
            ) from None

    def _next_link(self) -> str | None:
        if self.last is None:
            return None
        text = json.dumps(self.last, cls=_Exact)
        cursor = base64.urlsafe_b64encode(text.encode()).decode()
        url = remove_query_param(self.request.build_absolute_uri(), "count")
        return replace_query_param(url, "cursor", cursor)

    def _limit(self, request: Request) -> int:
        asked = request.query_params.get("limit", "")
        if not asked:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and int(asked[:9])):
            raise ValidationError(
                {"limit": [ErrorDetail("A number from 1 to 500.", code="invalid_limit")]}
            )
        return min(int(asked[:9]), self.largest)

    def _count(self, queryset: Any) -> int:
        return int(queryset.order_by()[: COUNTED_UP_TO + 1].count())

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        described = {
            "limit": ("rows on a page: 50 by default, 500 at most", {"type": "integer"}),
            "cursor": ("where the page begins; from `next`", {"type": "string"}),
            "count": ("count the rows, up to 1,000", {"type": "boolean"}),
        }
        return [
            {"name": n, "in": "query", "required": False, "description": text, "schema": kind}
            for n, (text, kind) in described.items()
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True},
                "results": schema,
                "count": {"type": "integer", "maximum": COUNTED_UP_TO},
                "count_capped": {"type": "boolean", "description": "there are more than 1,000"},
            },
        }


class _Exact(DjangoJSONEncoder):
    """Moments with their microseconds: a cursor names its row exactly."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


class Refused(APIException):
    """What the domain refuses, with its own code."""

    def __init__(self, status_code: int, detail: str, code: str, **extra: Any) -> None:
        super().__init__(detail, code)
        self.status_code = status_code
        self.extra = extra


class ExceptionHandler(handler.ExceptionHandler):
    """Bad input is 400 by field; a business rule that says no is 409 with the rule's code."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, RowErrors):
            return _bad_rows(exc)
        if isinstance(exc, Unreadable):
            return ValidationError({"file": [ErrorDetail(exc.detail, code=exc.code)]})
        if isinstance(exc, DomainError):
            return _refused(exc)
        if isinstance(exc, ModelInvalid):
            return ValidationError(_by_field(exc))
        if isinstance(exc, IntegrityError):
            return _constraint(exc) or exc
        if isinstance(exc, RequestDataTooBig):
            return BodyTooLarge()
        if isinstance(exc, DataError):
            return ValidationError("A value does not fit.", code="out_of_range")
        converted: Exception = super().convert_known_exceptions(exc)
        return converted

    def format_exception(self, exc: APIException) -> dict[str, Any]:
        body: dict[str, Any] = super().format_exception(exc)
        if extra := getattr(exc, "extra", None):
            body["errors"][0]["about"] = extra
        return body


def _refused(exc: DomainError) -> APIException:
    if isinstance(exc, NotAllowed):
        return PermissionDenied(exc.detail, code=exc.code)
    if isinstance(exc, StaleVersion):
        return Refused(status.HTTP_412_PRECONDITION_FAILED, exc.detail, exc.code)
    return Refused(status.HTTP_409_CONFLICT, exc.detail, exc.code, **exc.extra)


def _bad_rows(exc: RowErrors) -> ValidationError:
    """Attributes such as `rows.3.value`; rows count from 1."""
    rows: dict[str, dict[str, list[ErrorDetail]]] = {}
    for error in exc.errors:
        fields = rows.setdefault(str(error.row), {})
        found = f" Found: {error.found}." if error.found else ""
        detail = ErrorDetail(f"{error.reason}{found}", code=error.code)
        fields.setdefault(error.field, []).append(detail)
    return ValidationError({"rows": rows})


def _by_field(exc: ModelInvalid) -> dict[str, list[ErrorDetail]]:
    by_field = exc.error_dict if hasattr(exc, "error_dict") else {"__all__": exc.error_list}
    return {
        "non_field_errors" if field == "__all__" else field: [
            ErrorDetail(text, code=error.code or "invalid")
            for error in errors
            for text in error.messages
        ]
        for field, errors in by_field.items()
    }


def _constraint(exc: IntegrityError) -> APIException | None:
    """What PostgreSQL refused, under the constraint's own name."""
    diagnosis = getattr(exc.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    if not name:
        return None
    sqlstate = getattr(exc.__cause__, "pgcode", "")
    if getattr(diagnosis, "table_name", None) is None:  # one of our triggers
        text = getattr(diagnosis, "message_primary", "")
        return Refused(status.HTTP_409_CONFLICT, text, name)
    if sqlstate == "23514":
        return ValidationError({"non_field_errors": [ErrorDetail(_words(name), code=name)]})
    if sqlstate == "23503":
        text = "Another record needs this one, or one that it names is gone."
        return Refused(status.HTTP_409_CONFLICT, text, "in_use")
    return Refused(status.HTTP_409_CONFLICT, _words(name), name)


def _words(name: str) -> str:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.get_violation_error_message())
    return "Such a record exists already."
