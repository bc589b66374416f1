"""What every resource of the API does alike: transactions, versions, keys, answers."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.db import models, transaction
from django.http import Http404
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from registry import history
from registry.acting import identify
from registry.api import idempotency
from registry.api.limits import Limited
from registry.api.rows import Rows
from registry.api.serializers import NothingSerializer, Serializer
from registry.errors import StaleVersion
from registry.models import User

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="the ETag last read"
)
IDEMPOTENCY_KEY = OpenApiParameter(
    idempotency.HEADER, str, OpenApiParameter.HEADER, description="makes a repetition harmless"
)


class MatchRequired(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_required"
    default_detail = "Send If-Match with the ETag you have read."


class WritesOnce(Limited):
    """Every write is one transaction, and a POST with a key has its effect once."""

    takes_keys = True
    # What is sent by POST and writes nothing: answered anew each time, whatever key comes with it.
    only_asks = False

    @property
    def user(self) -> User:
        """The caller, where permissions have made sure that there is one."""
        return cast(User, self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        identify(request.user, request.auth)
        method = str(request.method).lower()
        handler = getattr(self, method, None)
        if request.method not in SAFE_METHODS and handler:
            # dispatch() looks the handler up after this.
            setattr(self, method, partial(self._write, handler))

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    @transaction.atomic
    def _write(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        work = partial(handler, request, *args, **kwargs)
        is_keyed = request.method == "POST" and idempotency.HEADER in request.headers
        if self.only_asks or not is_keyed:
            return work()
        self.refuse_key(request)
        return idempotency.answer_once(request, work, authorise=self.authorise_replay)

    def refuse_key(self, request: Request) -> None:
        """An answer with a secret in it cannot be given again, nor one that is nobody's."""
        if idempotency.HEADER not in request.headers:
            return
        if self.takes_keys and request.user.is_authenticated:
            return
        secret = "The answer holds a secret and is not kept."
        why = "Only with an account." if self.takes_keys else secret
        raise ValidationError({idempotency.HEADER: why}, code="no_idempotency_here")

    def authorise_replay(self, subject_id: int | None) -> None:
        """Raise if the caller may not see (any more) what the first answer was about."""


class ViewSet(WritesOnce, GenericViewSet[Any]):
    """A resource whose rows are those that the caller may see."""

    page_order: tuple[str, ...] = ("-pk",)
    lookup_value_regex = r"\d+"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def __init_subclass__(cls, **options: Any) -> None:
        """What the resource shows of its model may be shown of the model's history too."""
        super().__init_subclass__(**options)
        rows, serializer = cls.__dict__.get("queryset"), cls.__dict__.get("serializer_class")
        if rows is not None and serializer is not None:
            history.shows(rows.model, partial(fields_read, serializer))

    def get_queryset(self) -> models.QuerySet[Any]:
        queryset: Any = super().get_queryset()
        if hasattr(queryset, "visible_to"):
            queryset = queryset.visible_to(self.request.user)
        return self.shown(queryset)

    def shown(self, queryset: Any) -> Any:
        """The rows with what the serializer reads, in a fixed number of queries."""
        return queryset

    def get_object(self) -> Any:
        """The row, if it is visible and as the caller last read it (If-Match)."""
        record = super().get_object()
        if self.request.method not in SAFE_METHODS:
            self._check_match(record)
        return record

    def _check_match(self, record: Any) -> None:
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            if self.request.method == "PATCH":
                raise MatchRequired
            return
        etags = parse_etags(wanted)
        if etags != ["*"] and self.etag_of(record) not in etags:
            raise StaleVersion

    def etag_of(self, record: Any) -> str:
        """The version as an entity tag; empty where rows have none."""
        version = getattr(record, "version", None)
        return f'"{version}"' if version is not None else ""

    def authorise_replay(self, subject_id: int | None) -> None:
        if self.kwargs.get(self.lookup_url_kwarg or self.lookup_field):
            GenericViewSet.get_object(self)
        if subject_id and not self.answered_with().filter(pk=subject_id).exists():
            raise Http404

    def answered_with(self) -> models.QuerySet[Any]:
        """Visible rows of the kind that a POST answers with."""
        return self.get_queryset()

    def read_body(self, serializer_class: type[BaseSerializer[Any]]) -> dict[str, Any]:
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, record: Any, status_code: int = status.HTTP_200_OK) -> Response:
        """The row as the caller sees it now; 204 if the change took it out of sight."""
        shown = self.get_queryset().filter(pk=record.pk).first()
        if shown is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self._answer_with(shown, status_code)

    def _answer_with(self, shown: Any, status_code: int) -> Response:
        response = Response(self.get_serializer(shown).data, status=status_code)
        if etag := self.etag_of(shown):
            response["ETag"] = etag
        if status_code == status.HTTP_201_CREATED:
            response["Location"] = f"{self.request.path}{shown.pk}/"
        return response


class Listed(mixins.ListModelMixin):
    """`GET /things/`; with `rows` it is read as plain values, without records."""

    rows: Rows | None = None

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        if self.rows is None:
            page = self.paginate_queryset(queryset)
            shown = self.get_serializer(page, many=True).data
        else:
            shown = self.paginator.page_of_rows(self.rows, queryset, request, self)
        response: Response = self.get_paginated_response(shown)
        return response


class Retrieved:
    """`GET /things/{id}/`, with its ETag."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = self._answer_with(self.get_object(), status.HTTP_200_OK)
        return response


class Created:
    """`POST /things/`: the serializer hands what was sent to the service."""

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        response: Response = self.answer(serializer.save(), status.HTTP_201_CREATED)
        return response


class Amended:
    """`PATCH /things/{id}/` with If-Match: only what was sent changes."""

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        if not serializer.validated_data:
            raise ValidationError("Nothing was sent that could change.", code="nothing_sent")
        response: Response = self.answer(serializer.save())
        return response


class ReadViewSet(Listed, Retrieved, ViewSet):
    """A resource to read."""


class RecordViewSet(Listed, Retrieved, Created, Amended, ViewSet):
    """A resource to read, create and amend."""


def verb(
    body: type[Serializer] = NothingSerializer, *, url_path: str | None = None, **schema: Any
) -> Callable[..., Any]:
    """`POST /things/{id}/verb/`: hands the validated body to the method as keywords."""

    def decorate(method: Callable[..., Response]) -> Callable[..., Any]:
        def post(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            return method(self, self.get_object(), **self.read_body(body))

        post.__name__, post.__doc__ = method.__name__, method.__doc__
        name = url_path or method.__name__.replace("_", "-")
        # Outside of `action`, which else writes over the description.
        described: Callable[..., Any] = extend_schema(
            request=None if body is NothingSerializer else body,
            parameters=[IDEMPOTENCY_KEY],
            **schema,
        )(action(detail=True, methods=["post"], url_path=name)(post))
        return described

    return decorate


def fields_read(serializer_class: type[BaseSerializer[Any]]) -> set[str]:
    """The model's fields that the serializer shows."""
    fields = getattr(serializer_class(), "fields", {})
    return {field.source for field in fields.values() if not field.write_only}
