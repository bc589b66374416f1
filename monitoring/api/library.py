"""What frameworks may begin with: templates, and indicators of the libraries."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.editions import BeginSerializer
from monitoring.models import Framework, Indicator, Result
from monitoring.models.framework_templates import templates
from monitoring.models.library import mark_used, offers_for
from monitoring.reports.sheets import missing_of, sheet_of
from monitoring.services.editions import framework_from_template
from monitoring.services.library import (
    indicator_from_library,
    indicator_from_template,
)
from partnerships.models import Membership, Partnership
from registry.api.base import IDEMPOTENCY_KEY, verb
from registry.api.serializers import Serializer, VisibleField
from registry.models import Currency, Disclosure, GlobalIndicator

MEASURED = ("measure", "accumulation", "combine", "direction", "unit")


class OfferSerializer(serializers.Serializer[Any]):
    """An indicator that fits what a member reports on."""

    library = serializers.CharField(help_text="disclosure, global_indicator or template")
    id = serializers.IntegerField(source="record.pk", default=None, allow_null=True)
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    measure = serializers.CharField(source="facts.measure")
    accumulation = serializers.CharField(source="facts.accumulation")
    combine = serializers.CharField(source="facts.combine")
    direction = serializers.CharField(source="facts.direction")
    unit = serializers.CharField(source="facts.unit", default="")
    library_link = serializers.CharField(source="facts.library_link", default="")
    is_used = serializers.BooleanField(help_text="the framework has an indicator of it already")


class MemberSerializer(Serializer):
    membership = VisibleField(queryset=Membership.objects.all())


class FromLibrarySerializer(Serializer):
    """Exactly one of disclosure, global_indicator and template; the rest is written over it."""

    disclosure = serializers.PrimaryKeyRelatedField(
        queryset=Disclosure.objects.all(), required=False
    )
    global_indicator = serializers.SlugRelatedField(
        slug_field="code", queryset=GlobalIndicator.objects.all(), required=False
    )
    template = serializers.CharField(max_length=100, required=False, help_text="as water/WAT-4")
    library_link = serializers.ChoiceField(Indicator.LibraryLink.choices, required=False)
    code = serializers.CharField(max_length=60, required=False)
    title = serializers.CharField(max_length=2000, required=False)
    unit = serializers.CharField(max_length=60, required=False)
    measure = serializers.ChoiceField(Indicator.Measure.choices, required=False)
    accumulation = serializers.ChoiceField(Indicator.Accumulation.choices, required=False)
    combine = serializers.ChoiceField(Indicator.Combine.choices, required=False)
    by_place = serializers.BooleanField(required=False)
    currency = serializers.PrimaryKeyRelatedField(queryset=Currency.objects.all(), required=False)
    responsible = VisibleField(queryset=Membership.objects.all(), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("disclosure", "global_indicator", "template") if name in attrs]
        if len(named) != 1:
            text = "Name one of disclosure, global_indicator and template."
            raise serializers.ValidationError({(named or ["disclosure"])[-1]: text})
        return attrs


class TakenSerializer(serializers.Serializer[Any]):
    indicator = serializers.IntegerField()


class SheetLineSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()


class SheetSerializer(serializers.Serializer[Any]):
    """An indicator's metadata sheet, as it stands in the document."""

    lines = SheetLineSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField())
    is_complete = serializers.BooleanField()


class OffersOfLibrary:
    """`frameworks/{id}/library/`."""

    @extend_schema(
        parameters=[OpenApiParameter("membership", int, required=True)],
        responses=OfferSerializer(many=True),
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def library(self: Any, request: Request, pk: str) -> Response:
        """Indicators that fit a member: ESG disclosures, SDG indicators or results, by its
        reporting basis."""
        framework: Framework = self.get_object()
        asked = MemberSerializer(data=request.query_params, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        member = asked.validated_data["membership"]
        if member.partnership_id != framework.partnership_id:
            raise NotFound
        offers = mark_used(offers_for(member), framework)
        return Response(OfferSerializer(offers, many=True).data)


class TakesFromLibrary:
    """`results/{id}/from-library/`; answers with the indicator."""

    @verb(FromLibrarySerializer, responses={201: TakenSerializer})
    def from_library(self: Any, result: Result, **said: Any) -> Response:
        """Add an indicator with the unit, measure and direction of the library's own."""
        record = said.pop("disclosure", None) or said.pop("global_indicator", None)
        if record is None:
            made = indicator_from_template(result, said.pop("template"), by=self.user, **said)
        else:
            made = indicator_from_library(result, record, by=self.user, **said)
        location = f"/api/v1/indicators/{made.pk}/"
        return Response(
            {"indicator": made.pk}, status.HTTP_201_CREATED, headers={"Location": location}
        )


class HasSheet:
    """`indicators/{id}/sheet/`."""

    @extend_schema(responses=SheetSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def sheet(self: Any, request: Request, pk: str) -> Response:
        """What members agree to measure, and how; with what is still missing."""
        indicator = self.get_object()
        missing = missing_of(indicator)
        told = {"lines": sheet_of(indicator), "missing": missing, "is_complete": not missing}
        return Response(SheetSerializer(told).data)


class TemplateResultSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    below = serializers.CharField()
    level = serializers.CharField()
    title = serializers.CharField()
    indicators = serializers.ListField(child=serializers.DictField())


class TemplateSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    goals = serializers.ListField(child=serializers.IntegerField())
    targets = serializers.ListField(child=serializers.CharField())
    cadence = serializers.CharField()
    theory_of_change = serializers.CharField()
    assumptions = serializers.CharField()
    results = TemplateResultSerializer(many=True)


class FromTemplateSerializer(BeginSerializer):
    template = serializers.ChoiceField([(code, code) for code in templates()])
    partnership = VisibleField(queryset=Partnership.objects.all())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    currency = serializers.PrimaryKeyRelatedField(queryset=Currency.objects.all(), required=False)


class BeginsFromTemplate:
    """`frameworks/templates/` and `frameworks/from-template/`."""

    @extend_schema(responses=TemplateSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def templates(self: Any, request: Request) -> Response:
        """Results and indicators that a partnership may begin with, topic by topic."""
        return Response(TemplateSerializer(list(templates().values()), many=True).data)

    @extend_schema(request=FromTemplateSerializer, parameters=[IDEMPOTENCY_KEY], filters=False)
    @action(detail=False, methods=["post"], pagination_class=None, url_path="from-template")
    def from_template(self: Any, request: Request) -> Response:
        """Begin a framework with what a template says."""
        said = self.read_body(FromTemplateSerializer)
        partnership, code = said.pop("partnership"), said.pop("template")
        made = framework_from_template(partnership, templates()[code], by=self.user, **said)
        response: Response = self.begun(made)
        return response
