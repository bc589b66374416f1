"""Partners that turn out to be one: merged, and taken back, by admins."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import verb
from registry.api.serializers import ReasonSerializer, Serializer, VisibleField
from registry.errors import DomainError
from registry.models import Partner, PartnerMerge
from registry.services.merging import counts_of, merge_partners, preview_merge
from registry.services.moving import Moving
from registry.services.unmerging import undo_merge


class MergeBodySerializer(Serializer):
    into = VisibleField(queryset=Partner.objects.all())
    reason = serializers.CharField(max_length=2000)
    dry_run = serializers.BooleanField(default=False)


class LeftSerializer(Serializer):
    model = serializers.CharField()
    id = serializers.IntegerField()
    why = serializers.CharField()


class MergeSerializer(Serializer):
    """What was done, or what would be."""

    id = serializers.IntegerField(allow_null=True, help_text="null: a dry run")
    duplicate = serializers.IntegerField()
    into = serializers.IntegerField()
    moved = serializers.DictField(child=serializers.IntegerField(), help_text="rows by kind")
    stayed = LeftSerializer(many=True, help_text="with the old record")
    settle = serializers.ListField(
        child=serializers.DictField(), help_text="what stands in the way; empty once it is done"
    )
    kept = LeftSerializer(many=True, help_text="with the survivor, when it was taken back")
    merged_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


def of_plan(plan: Moving) -> dict[str, Any]:
    return {
        "id": None,
        "duplicate": plan.duplicate.pk,
        "into": plan.into.pk,
        "moved": counts_of(plan.written),
        "stayed": plan.stayed,
        "settle": plan.conflicts,
        "kept": [],
        "merged_at": None,
        "undone_at": None,
    }


def of_merge(merge: PartnerMerge) -> dict[str, Any]:
    return {
        "id": merge.pk,
        "duplicate": merge.duplicate_id,
        "into": merge.into_id,
        "moved": counts_of(list(merge.moved.exclude(together="undone"))),
        "stayed": merge.stayed,
        "settle": [],
        "kept": merge.kept,
        "merged_at": merge.merged_at,
        "undone_at": merge.undone_at,
    }


class Mergeable:
    """The old number of a merged partner leads to the partner that it is now."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One partner; the number of one that was merged leads to the partner that it is now."""
        if survivor := self._survivor():
            address = reverse("api-partners-detail", args=[survivor.pk])
            moved = status.HTTP_301_MOVED_PERMANENTLY
            return Response(status=moved, headers={"Location": address})
        response: Response = self._answer_with(self.get_object(), status.HTTP_200_OK)
        return response

    def get_object(self: Any) -> Any:
        """To whoever sees the survivor, a write under the old number says where it went."""
        survivor = None if self.action == "unmerge" else self._survivor()
        if survivor and self.action != "retrieve":
            text = "This partner was merged into another one."
            raise DomainError("partner_merged", text, into=survivor.pk)
        return super().get_object()  # type: ignore[misc]

    def _survivor(self: Any) -> Partner | None:
        visible = Partner.objects.visible_to(self.request.user)
        return visible.survivor_of(int(self.kwargs["pk"]))

    @verb(MergeBodySerializer, responses=MergeSerializer)
    def merge(
        self: Any, partner: Partner, *, into: Partner, reason: str, dry_run: bool
    ) -> Response:
        """Make this partner one with another; with `dry_run`, only say what would happen."""
        if dry_run:
            plan = preview_merge(partner, into=into, by=self.user, reason=reason)
            return Response(of_plan(plan))
        merge = merge_partners(partner, into=into, by=self.user, reason=reason)
        return Response(of_merge(merge))

    @verb(ReasonSerializer, responses=MergeSerializer)
    def unmerge(self: Any, partner: Partner, *, reason: str) -> Response:
        """Take the merge of this partner back, as far as nobody has touched its rows since."""
        merge = partner.merges.standing().first()
        if merge is None:
            raise DomainError("not_merged", f"{partner} is not merged into another one.")
        return Response(of_merge(undo_merge(merge, by=self.user, reason=reason)))
