"""What happens to reports over REST: moves, replies, and the rules of publication."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.models import PublicationRule, Report, ReportReply
from monitoring.models.report_replies import LONGEST, reply
from monitoring.reports.revisions import corrections, differences, previous_of
from partnerships.models import Membership
from registry.api.base import Amended, Listed, ReadViewSet, Retrieved, ViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer, VisibleField

LIFE_FIELDS = ["reply_until", "review_since", "decided_at", "embargo_until"]


class ReplySerializer(Serializer):
    membership = VisibleField(
        queryset=Membership.objects.all(),
        required=False,
        allow_null=True,
        help_text="which member replies; of a partner report, none",
    )
    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    has_no_comment = serializers.BooleanField(required=False)
    version = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text="of the reply that was read, as `/report-replies/` gives it; 0 or left out: the"
        " member has not replied yet",
    )


class EmbargoSerializer(Serializer):
    until = serializers.DateTimeField(
        allow_null=True, help_text="not public before; null lifts the embargo"
    )


class RevisionReasonSerializer(Serializer):
    what = serializers.CharField()
    about = serializers.CharField()
    at = serializers.DateTimeField()
    type = serializers.CharField(help_text="submission or narrative")
    id = serializers.IntegerField()


class FigureChangeSerializer(Serializer):
    path = serializers.CharField(help_text="where in the content, in words")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class RevisionChangesSerializer(Serializer):
    """A revision against the latest earlier one that the caller sees; null: there is none."""

    previous = serializers.IntegerField(allow_null=True)
    reasons = RevisionReasonSerializer(many=True)
    changes = FigureChangeSerializer(many=True)


class LifeVerbs:
    """The moves of a report; a part of its resource."""

    request: Any
    get_object: Any

    user: Any
    answer: Any

    @verb()
    def send_for_comment(self, report: Report) -> Response:
        """Begin the right of reply of a draft; admins only."""
        report.send_for_comment(by=self.user)
        return self.answer(report)

    @verb(ReplySerializer)
    def reply(self, report: Report, **said: Any) -> Response:
        """Say or revise what a member replies, or that it has no comment, while that lasts.

        412 `stale_version` where a reply stands that is not the one of `version`.
        """
        reply(report, by=self.user, **said)
        return self.answer(report)

    @verb()
    def to_review(self, report: Report) -> Response:
        """Take up a report whose right of reply is over, or that has none; admins only."""
        report.to_review(by=self.user)
        return self.answer(report)

    @verb()
    def publish(self, report: Report) -> Response:
        """Make it public; an earlier revision is superseded. Under an embargo that is decided
        now, and happens when the embargo ends."""
        report.publish(by=self.user)
        return self.answer(report)

    @verb(ReasonSerializer)
    def withdraw(self, report: Report, *, reason: str) -> Response:
        report.withdraw(by=self.user, reason=reason)
        return self.answer(report)

    @extend_schema(responses=RevisionChangesSerializer)
    @action(detail=True)
    def changes(self, request: Request, **_: Any) -> Response:
        """What this revision changed, and what was corrected since the one before."""
        report = self.get_object()
        before = previous_of(report, Report.objects.visible_to(request.user))
        found = {
            "previous": before.pk if before else None,
            "reasons": corrections(report, before) if before else [],
            "changes": differences(before.content, report.content) if before else [],
        }
        return Response(RevisionChangesSerializer(found).data)

    @verb(EmbargoSerializer)
    def embargo(self, report: Report, *, until: Any) -> Response:
        """Set the moment before which it is not public, or lift it; admins only."""
        report.embargo(by=self.user, until=until)
        return self.answer(report)


class ReportReplySerializer(ModelSerializer):
    partner = serializers.IntegerField(
        source="speaker_id", read_only=True, help_text="the organisation that replies"
    )

    class Meta:
        model = ReportReply
        fields = [
            "id",
            "report",
            "membership",
            "partner",
            "text",
            "has_no_comment",
            "said_at",
            "version",
            "created_at",
            "updated_at",
        ]


class ReportReplyFilter(filters.FilterSet):
    report = IdFilter("report_id")
    membership = IdFilter("membership_id")

    class Meta:
        model = ReportReply
        fields = ["has_no_comment"]


class ReportReplyViewSet(ReadViewSet):
    """Replies to reports: public with the report; written by `POST /reports/{id}/reply/`."""

    queryset = ReportReply.objects.all()
    serializer_class = ReportReplySerializer
    filterset_class = ReportReplyFilter

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("membership", "report").defer("report__content")


class PublicationRuleSerializer(ModelSerializer):
    class Meta:
        model = PublicationRule
        fields = ["id", "kind", "reply_days", "review_days", "created_at", "updated_at"]
        read_only_fields = ["kind"]

    def update(self, instance: PublicationRule, validated_data: dict[str, Any]) -> PublicationRule:
        return instance.edit(by=self.user, **validated_data)


class PublicationRuleViewSet(Listed, Retrieved, Amended, ViewSet):
    """How long each kind of report waits for replies and in review; changed by admins."""

    queryset = PublicationRule.objects.all()
    serializer_class = PublicationRuleSerializer
    filterset_fields = ("kind",)
