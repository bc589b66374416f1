"""Documents that members agree to."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.models import (
    Agreement,
    Clause,
    Endorsement,
    Membership,
    Objection,
    assent_of,
    changes_between,
)
from partnerships.models.objections import object_to
from partnerships.services.agreements import (
    MOST_CLAUSES,
    begin_from_former,
    draft_agreement,
    edit_agreement,
    propose_agreement,
)
from registry.api.base import ReadViewSet, RecordViewSet, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, ReasonSerializer, Serializer, VisibleField

FIELDS = [
    "id",
    "partnership",
    "kind",
    "edition",
    "title",
    "preamble",
    "text",
    "sha256",
    "status",
    "quorum",
    "silence_days",
    "amendments_need_endorsement",
    "proposed_at",
    "bound_at",
    "superseded_at",
    "created_at",
    "updated_at",
]


class ClauseSerializer(ModelSerializer):
    class Meta:
        model = Clause
        fields = ["number", "kind", "heading", "text"]
        read_only_fields = ["number"]


class ListedAgreementSerializer(ModelSerializer):
    """Without the clauses, which `text` holds too once it was proposed."""

    class Meta:
        model = Agreement
        fields = FIELDS
        read_only_fields = ["edition", "text"]


class AgreementSerializer(ListedAgreementSerializer):
    clauses = ClauseSerializer(  # type: ignore[call-arg]
        many=True,
        required=False,
        max_length=MOST_CLAUSES,
        help_text="all of them, in their order: what was there before is replaced",
    )

    class Meta(ListedAgreementSerializer.Meta):
        fields = [*FIELDS, "clauses"]

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        partnership = validated_data.pop("partnership")
        return draft_agreement(partnership, by=self.user, **validated_data)


class AgreementTextSerializer(AgreementSerializer):
    """What can change while the agreement is a draft."""

    class Meta(AgreementSerializer.Meta):
        read_only_fields = ["edition", "text", "partnership", "kind"]

    def update(self, instance: Agreement, validated_data: dict[str, Any]) -> Agreement:
        return edit_agreement(instance, by=self.user, **validated_data)


class EndorseSerializer(Serializer):
    membership = VisibleField(
        queryset=Membership.objects.all(), help_text="the member for which the caller says yes"
    )
    sha256 = serializers.CharField(
        max_length=64, required=False, help_text="of the text that was read"
    )


class ObjectSerializer(ReasonSerializer):
    membership = VisibleField(
        queryset=Membership.objects.all(), help_text="the member for which the caller says no"
    )


class AssentSerializer(Serializer):
    """How the members stand to a document, now."""

    members = serializers.IntegerField(help_text="accepted members now")
    needed = serializers.IntegerField(help_text="of them, for the document to bind")
    endorsed = serializers.IntegerField()
    silent = serializers.IntegerField(help_text="whose silence counts as consent by now")
    binds = serializers.BooleanField()


class PieceSerializer(Serializer):
    what = serializers.CharField(help_text="same, removed or added")
    text = serializers.CharField()


class ClauseChangeSerializer(Serializer):
    heading = serializers.CharField()
    what = serializers.CharField(help_text="same, changed, added or removed")
    pieces = PieceSerializer(many=True)


class AgreementFilter(filters.FilterSet):
    partnership = IdFilter("partnership_id")

    class Meta:
        model = Agreement
        fields = ["status", "kind"]


class AgreementViewSet(RecordViewSet):
    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter

    def get_serializer_class(self) -> type[ListedAgreementSerializer]:
        special: dict[str, type[ListedAgreementSerializer]] = {
            "partial_update": AgreementTextSerializer,
            "list": ListedAgreementSerializer,
        }
        return special.get(self.action, AgreementSerializer)

    def shown(self, queryset: Any) -> Any:
        return queryset if self.action == "list" else queryset.prefetch_related("clauses")

    @verb()
    def propose(self, agreement: Agreement) -> Response:
        """Freeze the text and ask every accepted member to endorse it; 400 names the clauses
        that are still missing."""
        propose_agreement(agreement, by=self.user)
        return self.answer(agreement)

    @verb(EndorseSerializer)
    def endorse(self, agreement: Agreement, *, membership: Membership, **read: str) -> Response:
        """Say yes for one member; the yes that completes the quorum makes it binding."""
        agreement.endorse(membership, by=self.user, **read)
        return self.answer(agreement)

    @verb(ObjectSerializer)
    def object(self, agreement: Agreement, *, membership: Membership, reason: str) -> Response:
        """Say no for one member, with the reason; a later yes settles it."""
        object_to(agreement, membership, by=self.user, reason=reason)
        return self.answer(agreement)

    @verb(ReasonSerializer)
    def withdraw(self, agreement: Agreement, *, reason: str) -> Response:
        """Take back a draft or a proposal."""
        agreement.withdraw(by=self.user, reason=reason)
        return self.answer(agreement)

    @verb(responses={201: AgreementSerializer})
    def revise(self, agreement: Agreement) -> Response:
        """Begin the next edition with the words of this one."""
        later = begin_from_former(agreement, by=self.user)
        return self.answer(later, status.HTTP_201_CREATED)

    @extend_schema(responses=AssentSerializer)
    @action(detail=True)
    def assent(self, request: Request, pk: str) -> Response:
        """How many members have said yes, and how many have to."""
        assent = assent_of(self.get_object())
        return Response(
            {
                "members": len(assent.members),
                "needed": assent.needed,
                "endorsed": assent.said_yes,
                "silent": len(assent.silent),
                "binds": assent.agreement.status == Agreement.Status.BINDING,
            }
        )

    @extend_schema(
        responses=ClauseChangeSerializer(many=True),
        parameters=[OpenApiParameter("former", int, OpenApiParameter.QUERY, required=True)],
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def difference(self, request: Request, pk: str) -> Response:
        """What was changed since `former`, another edition of the same document."""
        later, key = self.get_object(), request.query_params.get("former", "")
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise serializers.ValidationError({"former": "The number of another edition."})
        editions = self.get_queryset().filter(partnership=later.partnership_id, kind=later.kind)
        former = get_object_or_404(editions, pk=int(key))
        changes = changes_between(former, later)
        return Response(
            [
                {
                    "heading": change.heading,
                    "what": change.what,
                    "pieces": [piece._asdict() for piece in change.pieces],
                }
                for change in changes
            ]
        )


class EndorsementSerializer(ModelSerializer):
    class Meta:
        model = Endorsement
        fields = ["id", "agreement", "membership", "sha256", "endorsed_at"]


class EndorsementFilter(filters.FilterSet):
    agreement = IdFilter("agreement_id")
    membership = IdFilter("membership_id")
    partnership = IdFilter("agreement__partnership_id")

    class Meta:
        model = Endorsement
        fields: list[str] = []


class EndorsementViewSet(ReadViewSet):
    queryset = Endorsement.objects.all()
    serializer_class = EndorsementSerializer
    filterset_class = EndorsementFilter


class ObjectionSerializer(ModelSerializer):
    class Meta:
        model = Objection
        fields = ["id", "agreement", "membership", "reason", "objected_at", "settled_at"]


class ObjectionFilter(EndorsementFilter):
    class Meta:
        model = Objection
        fields: list[str] = []


class ObjectionViewSet(ReadViewSet):
    """For the members' people and admins."""

    queryset = Objection.objects.all()
    serializer_class = ObjectionSerializer
    filterset_class = ObjectionFilter
