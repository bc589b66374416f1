"""The secretariat's queues, to read; what is done about a row is done at the row's own address."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.services.queues import QUEUES
from registry.api.base import WritesOnce
from registry.api.serializers import Serializer

MOST = 500


class QueueSerializer(Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    weighs = serializers.CharField(help_text="what the weight of a row is")
    count = serializers.IntegerField()
    oldest = serializers.DateField(allow_null=True)


class QueueQuerySerializer(Serializer):
    sort = serializers.ChoiceField(["age", "weight"], default="age")
    offset = serializers.IntegerField(min_value=0, max_value=10_000_000, default=0)


class WaitingSerializer(Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    since = serializers.DateField()
    weight = serializers.DecimalField(max_digits=30, decimal_places=4)
    facts = serializers.DictField(child=serializers.CharField())
    address = serializers.CharField(help_text="the page, within the product")


class QueueRowsSerializer(QueueSerializer):
    rows = WaitingSerializer(many=True, help_text=f"at most {MOST} from the offset on")


class QueuesView(WritesOnce):
    """How much waits for the secretariat, by kind of work."""

    permission_classes = (IsAdminUser,)

    @extend_schema(responses=QueueSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = [_about(queue, queue.sorted(request.user)) for queue in QUEUES.values()]
        return Response(QueueSerializer(found, many=True).data)


class QueueView(WritesOnce):
    """One queue: the oldest first, or the heaviest first."""

    permission_classes = (IsAdminUser,)

    @extend_schema(parameters=[QueueQuerySerializer], responses=QueueRowsSerializer)
    def get(self, request: Request, key: str) -> Response:
        if key not in QUEUES:
            raise NotFound
        asked = QueueQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        queue, start = QUEUES[key], asked.validated_data["offset"]
        waiting = queue.sorted(request.user, asked.validated_data["sort"])
        part = waiting[start : start + MOST]
        names = queue.show([one.pk for one in part])
        rows = [
            {
                "id": one.pk,
                "name": names[one.pk].name,
                "since": one.since,
                "weight": one.weight,
                "facts": dict(zip(queue.columns, names[one.pk].facts, strict=True)),
                "address": names[one.pk].address,
            }
            for one in part
            if one.pk in names
        ]
        return Response(QueueRowsSerializer(_about(queue, waiting) | {"rows": rows}).data)


def _about(queue: Any, waiting: list[Any]) -> dict[str, Any]:
    return {
        "key": queue.key,
        "title": queue.title,
        "weighs": queue.weighs,
        "count": len(waiting),
        "oldest": min((one.since for one in waiting), default=None),
    }
