"""Feedback, complaints and lessons."""

from typing import Any

from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.models import Complaint, Feedback, Lesson, Partnership
from partnerships.services.voices import (
    edit_lesson,
    find_sent,
    send_complaint,
    send_feedback,
    write_lesson,
)
from partnerships.voice_limits import take_voice
from registry.api.base import Created, Listed, RecordViewSet, Retrieved, ViewSet, verb
from registry.api.filters import CodeFilter, IdFilter, SearchFilter
from registry.api.serializers import (
    CodesField,
    ModelSerializer,
    ReasonSerializer,
    Serializer,
    VisibleField,
)
from registry.models import Country, Partner, Target, User

CODE = "shown once: with it the sender finds the message again"


class FromAnybody(Created, ViewSet):
    """Who has no account writes too; few times a minute from one address. The answer holds a
    code that is not kept, so it cannot be given a second time."""

    @property
    def takes_keys(self) -> bool:  # type: ignore[override]
        return self.action != "create"

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.action in ("create", "sent") else super().get_permissions()  # type: ignore[return-value]

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.limited(request)
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        sent, code = body.save()
        answer = {"id": sent.pk, "status": sent.status, "code": code}
        return Response(answer, status=status.HTTP_201_CREATED)

    def limited(self, request: Request) -> None:
        taken = take_voice(request)
        if taken and not taken.passed:
            raise Throttled(wait=taken.seconds)


class SentSerializer(Serializer):
    """What became of a message: the code opens it, and nothing else does."""

    id = serializers.IntegerField()
    status = serializers.CharField()
    code = serializers.CharField(help_text=CODE)


class FeedbackSerializer(ModelSerializer):
    class Meta:
        model = Feedback
        fields = [
            "id",
            "partnership",
            "sender",
            "text",
            "may_publish",
            "status",
            "passed_at",
            "answer_due_on",
            "answer",
            "answered_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["answer"]

    def create(self, validated_data: dict[str, Any]) -> Any:
        sender = self.user if self.user.is_authenticated else None
        return send_feedback(validated_data.pop("partnership"), by=sender, **validated_data)


class AnswerSerializer(Serializer):
    answer = serializers.CharField(max_length=5_000)


class FeedbackFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Feedback
        fields = ["status", "sender"]


class FeedbackViewSet(Listed, Retrieved, FromAnybody):
    queryset = Feedback.objects.all()
    serializer_class = FeedbackSerializer
    filterset_class = FeedbackFilter

    @extend_schema(responses={201: SentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say something to a registered partnership: in words, without links."""
        return super().create(request, *args, **kwargs)

    @verb(url_path="pass")
    def pass_on(self, feedback: Feedback) -> Response:
        """A moderator passes it on: the partnership has 30 days to answer."""
        feedback.pass_on(by=self.user)
        return self.answer(feedback)

    @verb(ReasonSerializer)
    def refuse(self, feedback: Feedback, *, reason: str) -> Response:
        """A moderator does not pass it on, or takes it down."""
        feedback.refuse(by=self.user, reason=reason)
        return self.answer(feedback)

    @verb(AnswerSerializer, url_path="answer")
    def give_answer(self, feedback: Feedback, *, answer: str) -> Response:
        """The lead answers, once."""
        feedback.give_answer(answer, by=self.user)
        return self.answer(feedback)


class ComplaintSerializer(ModelSerializer):
    partner = VisibleField(queryset=Partner.objects.all(), required=False, allow_null=True)
    partnership = VisibleField(queryset=Partnership.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Complaint
        fields = [
            "id",
            "category",
            "partnership",
            "partner",
            "text",
            "contact",
            "status",
            "acknowledge_by",
            "assigned_to",
            "message",
            "findings",
            "outcome",
            "closed_on",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["message", "findings", "assigned_to", "outcome"]

    def create(self, validated_data: dict[str, Any]) -> Any:
        return send_complaint(**validated_data)


class MessageSerializer(Serializer):
    message = serializers.CharField(
        max_length=5_000, required=False, default="", help_text="for the sender"
    )


class AssignSerializer(Serializer):
    to = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_staff=True))


class CloseSerializer(Serializer):
    outcome = serializers.ChoiceField(Complaint.Outcome.choices)
    message = serializers.CharField(max_length=5_000, help_text="for the sender")
    findings = serializers.CharField(max_length=20_000, required=False, default="")


class ComplaintFilter(filters.FilterSet):
    class Meta:
        model = Complaint
        fields = ["status", "category"]


class ComplaintViewSet(Listed, Retrieved, FromAnybody):
    """Anybody sends one; only admins whom it does not concern read it."""

    queryset = Complaint.objects.all()
    serializer_class = ComplaintSerializer
    filterset_class = ComplaintFilter
    permission_classes = (IsAuthenticated,)

    @extend_schema(responses={201: SentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tell the secretariat something in confidence; the partnership never sees it."""
        return super().create(request, *args, **kwargs)

    @verb(MessageSerializer)
    def acknowledge(self, complaint: Complaint, *, message: str) -> Response:
        complaint.acknowledge(by=self.user, message=message)
        return self.answer(complaint)

    @verb(AssignSerializer)
    def assign(self, complaint: Complaint, *, to: User) -> Response:
        complaint.assign(to, by=self.user)
        return self.answer(complaint)

    @verb(CloseSerializer)
    def close(self, complaint: Complaint, *, outcome: str, message: str, findings: str) -> Response:
        complaint.close(by=self.user, outcome=outcome, message=message, findings=findings)
        return self.answer(complaint)


class CodeSerializer(Serializer):
    code = serializers.CharField(max_length=40)


class SentMessageSerializer(Serializer):
    """What its sender may know of it."""

    kind = serializers.ChoiceField([("feedback", "feedback"), ("complaint", "complaint")])
    status = serializers.CharField()
    sent_at = serializers.DateTimeField(source="created_at")
    message = serializers.CharField(help_text="the partnership's answer, or the secretariat's word")


class SentMessageViewSet(FromAnybody):
    """`POST /sent-messages/` with the code finds what was sent under it."""

    queryset = Feedback.objects.none()
    serializer_class = CodeSerializer
    pagination_class = None

    @extend_schema(request=CodeSerializer, responses={200: SentMessageSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What became of a message; 404 for a code of none."""
        self.limited(request)
        found = find_sent(self.read_body(CodeSerializer)["code"])
        if found is None:
            raise Http404
        is_feedback = isinstance(found, Feedback)
        found.kind = "feedback" if is_feedback else "complaint"  # type: ignore[union-attr]
        found.message = found.answer if is_feedback else found.message  # type: ignore[union-attr]
        return Response(SentMessageSerializer(found).data)


class LessonSerializer(ModelSerializer):
    targets = CodesField(Target, "code", read=lambda lesson: lesson.targets.all(), required=False)
    countries = CodesField(
        Country, "alpha2", read=lambda lesson: lesson.countries.all(), required=False
    )

    class Meta:
        model = Lesson
        fields = [
            "id",
            "partnership",
            "kind",
            "title",
            "happened",
            "learnt",
            "audience",
            "targets",
            "countries",
            "status",
            "published_on",
            "created_at",
            "updated_at",
        ]

    def create(self, validated_data: dict[str, Any]) -> Lesson:
        return write_lesson(validated_data.pop("partnership"), by=self.user, **validated_data)


class LessonChangeSerializer(LessonSerializer):
    class Meta(LessonSerializer.Meta):
        read_only_fields = ["partnership"]

    def update(self, instance: Lesson, validated_data: dict[str, Any]) -> Lesson:
        return edit_lesson(instance, by=self.user, **validated_data)


class LessonFilter(filters.FilterSet):
    search = SearchFilter(help_text="words of the lesson, in any order")
    partnership = IdFilter("partnership_id")
    goal = IdFilter("targets__goal_id", method="of_goal")
    target = CodeFilter("targets__code", method="of_target")
    country = CodeFilter("countries__alpha2", method="of_country")

    class Meta:
        model = Lesson
        fields = ["kind", "status"]

    def of_goal(self, rows: Any, name: str, number: int) -> Any:
        return rows.chosen(goal=[number])

    def of_target(self, rows: Any, name: str, code: str) -> Any:
        return rows.chosen(target=code)

    def of_country(self, rows: Any, name: str, code: str) -> Any:
        return rows.chosen(country=code)


class ForDraftSerializer(Serializer):
    partnership = VisibleField(
        queryset=Partnership.objects.all(), help_text="the one being drafted"
    )


class ProposedSerializer(Serializer):
    """A lesson that fits, and what is alike."""

    lesson = LessonSerializer()
    why = serializers.CharField()


class LessonViewSet(RecordViewSet):
    queryset = Lesson.objects.all()
    serializer_class = LessonSerializer
    filterset_class = LessonFilter
    page_order = ("-updated_at", "-pk")

    def get_serializer_class(self) -> type[LessonSerializer]:
        changes = self.action == "partial_update"
        return LessonChangeSerializer if changes else LessonSerializer

    def shown(self, queryset: Any) -> Any:
        return queryset.prefetch_related("targets", "countries")

    @extend_schema(parameters=[ForDraftSerializer], responses=ProposedSerializer(many=True))
    @action(detail=False, filterset_class=None, pagination_class=None)
    def proposed(self, request: Request) -> Response:
        """What similar partnerships have learnt, likest first, each with why."""
        context = self.get_serializer_context()
        asked = ForDraftSerializer(data=request.query_params.dict(), context=context)
        asked.is_valid(raise_exception=True)
        found = Lesson.objects.prefetch_related("targets", "countries").for_draft(
            asked.validated_data["partnership"]
        )
        return Response(ProposedSerializer(found, many=True, context=context).data)

    @verb()
    def publish(self, lesson: Lesson) -> Response:
        """Let others learn from it; from then on it stays as it is."""
        lesson.publish(by=self.user)
        return self.answer(lesson)

    @verb(ReasonSerializer)
    def withdraw(self, lesson: Lesson, *, reason: str) -> Response:
        lesson.withdraw(by=self.user, reason=reason)
        return self.answer(lesson)
