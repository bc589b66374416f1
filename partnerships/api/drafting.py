"""What helps whoever writes a partnership: what it lacks, what is like it, an earlier one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.models import Partnership, Section, SuggestedMember
from partnerships.services.copying import copy_partnership
from registry.api.base import verb
from registry.api.serializers import ModelSerializer, Serializer, VisibleField
from registry.errors import NotAllowed
from registry.models import Partner, User

FOR_INSIDERS: dict[str, Any] = {
    "pagination_class": None,
    "filterset_class": None,
    "permission_classes": [IsAuthenticated],
}


class FindingSerializer(Serializer):
    section = serializers.ChoiceField(choices=Section.choices)
    code = serializers.CharField(help_text="stable, for programs")
    text = serializers.CharField(help_text="what to do about it")


class SimilarPartnershipSerializer(Serializer):
    id = serializers.IntegerField(source="partnership.pk")
    reference = serializers.CharField(source="partnership.reference", allow_null=True)
    title = serializers.CharField(source="partnership.title")
    status = serializers.CharField(source="partnership.status")
    likeness = serializers.FloatField(help_text="of the titles; 1 is the same")
    why = serializers.ListField(child=serializers.CharField())
    is_near = serializers.BooleanField(help_text="a submission needs `confirm_distinct`")


class SuggestedMemberSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)

    class Meta:
        model = SuggestedMember
        fields = ["partner", "partner_name", "roles"]


class SubmitSerializer(Serializer):
    confirm_distinct = serializers.BooleanField(
        default=False, help_text="it is another initiative than those that are like it"
    )


class CopySerializer(Serializer):
    lead = VisibleField(queryset=Partner.objects.all())
    title = serializers.CharField(max_length=300, required=False)
    starts_on = serializers.DateField(
        required=False, help_text="all other days move with it; else the day after the last one"
    )
    ends_on = serializers.DateField(required=False, allow_null=True)
    with_budget = serializers.BooleanField(default=True)


class Drafting:
    """Routes under `/partnerships/{id}/` for its members' people and admins."""

    get_object: Any
    answer: Any
    user: User

    @extend_schema(responses=FindingSerializer(many=True), filters=False)
    @action(detail=True, **FOR_INSIDERS)
    def findings(self, request: Request, pk: str) -> Response:
        """What it lacks to be submitted, section by section; empty when nothing is missing."""
        found = self._of_insiders(request).findings()
        return Response(FindingSerializer(found, many=True).data)

    @extend_schema(responses=SimilarPartnershipSerializer(many=True), filters=False)
    @action(detail=True, **FOR_INSIDERS)
    def similar(self, request: Request, pk: str) -> Response:
        """Others that may be the same initiative, likest first, each with the reasons."""
        found = self._of_insiders(request).similar(request.user)
        return Response(SimilarPartnershipSerializer(found, many=True).data)

    @extend_schema(responses=SuggestedMemberSerializer(many=True), filters=False)
    @action(detail=True, url_path="suggested-members", **FOR_INSIDERS)
    def suggested_members(self, request: Request, pk: str) -> Response:
        """Members of the one it was copied from that have not been invited; for its editors."""
        partnership: Partnership = self.get_object()
        partnership.require_editor(self.user)
        found = partnership.suggested_members.select_related("partner")
        return Response(SuggestedMemberSerializer(found, many=True).data)

    @verb(CopySerializer)
    def copy(self, partnership: Partnership, *, lead: Partner, **fields: Any) -> Response:
        """Begin a draft like it; promises, deliveries and figures do not come along."""
        made = copy_partnership(partnership, lead=lead, by=self.user, **fields)
        answer: Response = self.answer(made, status.HTTP_201_CREATED)
        path: str = answer["Location"]
        beside = path.removesuffix(f"{made.pk}/").removesuffix(f"{partnership.pk}/copy/")
        answer["Location"] = f"{beside}{made.pk}/"
        return answer

    def _of_insiders(self, request: Request) -> Partnership:
        partnership: Partnership = self.get_object()
        if not Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists():
            raise NotAllowed("members_only", "Only its members' people and admins may do this.")
        return partnership
