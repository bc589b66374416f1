"""One's own notices, and how one wants to hear of them."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import IDEMPOTENCY_KEY, ReadViewSet, WritesOnce, verb
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import Notice, NoticeSetting
from registry.models.notices import GROUPS, How
from registry.services import notices as services
from registry.telling import lines_for


class NoticeSerializer(ModelSerializer):
    text = serializers.SerializerMethodField(help_text="as its reader may see the record now")
    subject_type = serializers.CharField(source="event.subject_type", read_only=True)
    subject_id = serializers.IntegerField(source="event.subject_id", read_only=True)

    class Meta:
        model = Notice
        fields = [
            "id",
            "kind",
            "group",
            "text",
            "subject_type",
            "subject_id",
            "created_at",
            "read_at",
            "mailed_at",
        ]

    def get_text(self, notice: Notice) -> str:
        line = getattr(notice, "line", None) or lines_for([notice])[0]
        return line.words


class NoticeFilter(filters.FilterSet):
    unread = filters.BooleanFilter("read_at", "isnull")

    class Meta:
        model = Notice
        fields = ["kind", "group"]


class NoticeViewSet(ReadViewSet):
    """What the caller was told."""

    queryset = Notice.objects.all()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("event", "user")

    def paginate_queryset(self, queryset: Any) -> Any:
        page: Any = super().paginate_queryset(queryset)
        for notice, line in zip(page, lines_for(page), strict=True):
            notice.line = line
        return page

    @verb()
    def read(self, notice: Notice) -> Response:
        """The caller has seen it."""
        Notice.objects.filter(pk=notice.pk).mark_read()
        return self.answer(notice)

    @extend_schema(request=None, responses={204: None}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """The caller has seen them all."""
        services.read_all(self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class NoticeSettingSerializer(Serializer):
    group = serializers.ChoiceField(choices=[])
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    how = serializers.ChoiceField(choices=How.choices)
    mandatory = serializers.BooleanField(read_only=True, help_text="always mailed at once")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The apps above have added theirs by now.
        self.fields["group"] = serializers.ChoiceField(choices=list(GROUPS))


class NoticeSettingsView(WritesOnce):
    """How the caller hears of each group of notices."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=NoticeSettingSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self._all()

    @extend_schema(request=NoticeSettingSerializer, responses=NoticeSettingSerializer(many=True))
    def patch(self, request: Request) -> Response:
        """Choose for one group."""
        body = NoticeSettingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        NoticeSetting.choose(self.user, **body.validated_data)
        return self._all()

    def _all(self) -> Response:
        how = NoticeSetting.chosen_by(self.user)
        rows = [
            {
                "group": name,
                "label": group.label,
                "how": how[name],
                "mandatory": group.mandatory,
            }
            for name, group in GROUPS.items()
        ]
        return Response(NoticeSettingSerializer(rows, many=True).data)
