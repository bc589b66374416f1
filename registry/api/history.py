"""What changed on a record, from the audit log."""

from typing import Any

from django.http import Http404
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated

from registry import history
from registry.api.base import Listed, ViewSet
from registry.api.serializers import Serializer
from registry.models import AuditEntry


class ChangeSerializer(Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="a name that the caller may know, else what they are")
    actor = serializers.CharField(allow_null=True, help_text="the user's key; for admins")
    request = serializers.CharField(allow_null=True, help_text="X-Request-ID; for admins")
    operation = serializers.ChoiceField(AuditEntry.Operation.choices)
    before = serializers.DictField(allow_null=True, help_text="changed columns, as they were")
    after = serializers.DictField(allow_null=True, help_text="changed columns, as they became")
    withheld = serializers.ListField(
        child=serializers.CharField(), help_text="columns that changed; what they held is not kept"
    )


class HistoryFilter(filters.FilterSet):
    subject_type = filters.ChoiceFilter(choices=history.subjects, required=True, method="of")
    subject_id = filters.CharFilter(required=True, max_length=80, method="of")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def of(self, rows: Any, name: str, value: str) -> Any:
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        chosen = self.form.cleaned_data
        self.subject = history.find(chosen["subject_type"], chosen["subject_id"], self.request.user)
        if self.subject is None:
            raise Http404
        return self.subject.entries()


class HistoryViewSet(Listed, ViewSet):
    """Who changed what on one record, and when; newest first."""

    queryset = AuditEntry.objects.all()
    serializer_class = ChangeSerializer
    filterset_class = HistoryFilter
    # The plain one: here both filters are required, also where the address names none.
    filter_backends = (filters.DjangoFilterBackend,)
    permission_classes = (IsAuthenticated,)
    page_order = ("-id",)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        chosen = self.request.query_params
        subject = history.find(chosen["subject_type"], chosen["subject_id"], self.request.user)
        return history.changes(page or [], subject, self.request.user) if subject else []
