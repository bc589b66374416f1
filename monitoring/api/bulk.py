"""Values of a submission in bulk: an array of JSON, a CSV stream or a workbook."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.file_limits import take_file
from monitoring.api.uploads import OutcomeSerializer, UploadSerializer, shown_outcome
from monitoring.errors import RowErrors
from monitoring.ingest.outcome import Outcome
from monitoring.ingest.sources import MOST_BYTES
from monitoring.services.uploads import send_rows
from registry.api.base import IDEMPOTENCY_KEY
from registry.api.parsers import BodyTooLarge, StrictJSONParser
from registry.api.serializers import Serializer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SWITCHES = {"true": True, "1": True, "false": False, "0": False, "": False}
REPLACE = OpenApiParameter(
    "replace",
    bool,
    description="rows change what the draft has for the same cells; what a row leaves out stays",
)
DRY_RUN = OpenApiParameter(
    "dry_run", bool, description="only check: the answer says what would happen, and what is wrong"
)


class FileParser(BaseParser):
    """A body as it came, on disk; what it holds is read only by the reader in its limits."""

    name = "values"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        file = TemporaryUploadedFile(self.name, self.media_type, 0, None)
        size = 0
        while part := stream.read(1 << 16):
            size += len(part)
            if size > MOST_BYTES:
                raise BodyTooLarge
            file.write(part)
        file.size = size
        file.seek(0)
        return {"file": file}


class CSVParser(FileParser):
    media_type = "text/csv"
    name = "values.csv"


class XLSXParser(FileParser):
    media_type = XLSX
    name = "values.xlsx"


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class NameField(serializers.Field[Any, Any, Any, Any]):
    """A record's number, or what people call it: see docs/ingest.md."""


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string"}], "nullable": True})
class NumberField(serializers.Field[Any, Any, Any, Any]):
    """At most 20 digits before the point and 10 after it; as a text it stays exact everywhere."""


class RowSerializer(Serializer):
    """One row of the array; what is left out stays as it is."""

    indicator = NameField(help_text="id, or code or title")
    category = NameField(required=False, help_text="id, or code such as F or SEX=F")
    unit = NameField(required=False, help_text="default: the submission's")
    country = serializers.CharField(required=False)
    place = serializers.CharField(required=False)
    period = NameField(required=False, help_text="default: the submission's")
    value = NumberField(required=False)
    numerator = NumberField(required=False)
    denominator = NumberField(required=False)
    currency = serializers.CharField(required=False, help_text="has to be the indicator's")
    text = serializers.CharField(required=False, help_text="of a narrative")
    variance_reason = serializers.CharField(required=False)
    comment = serializers.CharField(required=False)
    method = serializers.CharField(required=False, help_text="how it was estimated")
    sample_size = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    interval_low = NumberField(required=False)
    interval_high = NumberField(required=False)
    is_provisional = serializers.BooleanField(required=False)
    withdraws = serializers.BooleanField(required=False, help_text="take the cell's value away")


class TakesValues:
    """`POST /submissions/{id}/observations/`."""

    @extend_schema(
        request={
            "application/json": RowSerializer(many=True),
            "text/csv": OpenApiTypes.BINARY,
            XLSX: OpenApiTypes.BINARY,
        },
        responses={200: OutcomeSerializer, 201: OutcomeSerializer, 202: UploadSerializer},
        parameters=[IDEMPOTENCY_KEY, DRY_RUN, REPLACE],
        filters=False,
    )
    @action(
        detail=True,
        methods=["post"],
        pagination_class=None,
        parser_classes=[StrictJSONParser, CSVParser, XLSXParser],
    )
    def observations(self: Any, request: Request, pk: str) -> Response:
        """Save values into a draft: all of the rows, or nothing; sent again, they change nothing.

        An error names its row and field as `rows.3.value`; rows of an array count from 1, those of
        a file as a spreadsheet counts them. More than 2,000 rows are left to a worker: 202, and the
        upload to be polled.
        """
        submission = self.get_object()
        sent = _sent(request)
        done = send_rows(
            submission,
            sent,
            by=self.user,
            dry_run=_switch(request, "dry_run"),
            replace=_switch(request, "replace"),
        )
        if not isinstance(done, Outcome):
            where = f"/api/v1/uploads/{done.pk}/"
            answer = UploadSerializer(done).data
            return Response(answer, status.HTTP_202_ACCEPTED, headers={"Location": where})
        if done.errors and not done.dry_run:
            raise RowErrors(done.errors)
        code = status.HTTP_201_CREATED if done.saved else status.HTTP_200_OK
        return Response(shown_outcome(done), code, headers={"ETag": self.etag_of(submission)})


def _sent(request: Request) -> "list[Any] | UploadedFile":
    """The array, or the file."""
    body: Any = request.data
    if isinstance(body, list):
        return body
    file = body.get("file") if isinstance(body, dict) else None
    if not isinstance(file, UploadedFile):
        raise ValidationError("Expected an array of rows.", code="not_a_list")
    take_file(request)
    return file


def _switch(request: Request, name: str) -> bool:
    said = request.query_params.get(name, "").lower()
    if said not in SWITCHES:
        text = "Expected true or false."
        raise ValidationError({name: [ErrorDetail(text, code="not_a_boolean")]})
    return SWITCHES[said]
