"""Partners, their identifiers, and who acts for them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import (
    IDEMPOTENCY_KEY,
    Created,
    RecordViewSet,
    ViewSet,
    verb,
)
from registry.api.filters import BestFilter, CodeFilter, CountryGroupFilter
from registry.api.merging import Mergeable
from registry.api.rows import Computed, Rows
from registry.api.serializers import (
    CodesField,
    ModelSerializer,
    ReasonSerializer,
    Serializer,
    VisibleField,
)
from registry.logos import logo_response
from registry.models import (
    Basis,
    Country,
    FormerName,
    Language,
    Partner,
    PartnerIdentifier,
    StakeholderGroup,
)
from registry.models.kinds import basis_of, sector_of
from registry.services import partner_facts
from registry.services import partners as services


class CountryField(serializers.SlugRelatedField[Country]):
    def __init__(self, **options: Any) -> None:
        if not options.get("read_only"):
            options.setdefault("queryset", Country.objects.all())
        super().__init__(slug_field="alpha2", **options)


class NestedFormerNameSerializer(ModelSerializer):
    class Meta:
        model = FormerName
        fields = ["id", "name", "until_on"]


class NestedIdentifierSerializer(ModelSerializer):
    class Meta:
        model = PartnerIdentifier
        fields = ["scheme", "value"]


class PartnerIdentifierSerializer(ModelSerializer):
    class Meta:
        model = PartnerIdentifier
        fields = ["id", "partner", "scheme", "value"]

    def create(self, validated_data: dict[str, Any]) -> PartnerIdentifier:
        partner = validated_data.pop("partner")
        return services.add_identifier(partner, by=self.user, **validated_data)


class PartnerSerializer(ModelSerializer):
    country = CountryField(required=False, allow_null=True)
    sector = serializers.CharField(read_only=True)
    reporting_basis = serializers.CharField(read_only=True)
    identifiers = NestedIdentifierSerializer(many=True, required=False)

    class Meta:
        model = Partner
        fields = [
            "id",
            "name",
            "acronym",
            "summary",
            "kind",
            "size",
            "country",
            "city",
            "level",
            "website",
            "status",
            "verified_at",
            "sector",
            "reporting_basis",
            "identifiers",
            "created_at",
            "updated_at",
        ]
        extra_kwargs = {"kind": {"required": True, "allow_blank": False}}


class ParentField(VisibleField):
    """The organisation above; shown once that one is public itself."""

    def get_attribute(self, instance: Partner) -> Partner | None:
        return instance.public_parent


class PartnerDetailSerializer(PartnerSerializer):
    """All public facts of one partner; lists show those that are most looked for."""

    countries = CodesField(
        Country, "alpha2", read=lambda partner: partner.countries.all(), required=False
    )
    groups = CodesField(
        StakeholderGroup, "code", read=lambda partner: partner.groups.all(), required=False
    )
    languages = CodesField(
        Language, "code", read=lambda partner: partner.languages.all(), required=False
    )
    # The name is DRF's own for the serializer around; its metaclass keeps the two apart.
    parent = ParentField(  # type: ignore[assignment]
        queryset=Partner.objects.all(), required=False, allow_null=True
    )
    former_names = NestedFormerNameSerializer(many=True, read_only=True)
    logo = serializers.SerializerMethodField(help_text="where the image is")
    confirm_distinct = serializers.BooleanField(
        required=False, write_only=True, help_text="it is none of the possible duplicates"
    )

    class Meta(PartnerSerializer.Meta):
        fields = [
            *PartnerSerializer.Meta.fields,
            "countries",
            "groups",
            "languages",
            "parent",
            "former_names",
            "logo",
            "confirm_distinct",
        ]

    @extend_schema_field(OpenApiTypes.STR)
    def get_logo(self, partner: Partner) -> str:
        return f"/api/v1/partners/{partner.pk}/logo/" if partner.logo else ""

    def create(self, validated_data: dict[str, Any]) -> Partner:
        stated = validated_data.pop("identifiers", [])
        identifiers = [(one["scheme"], one["value"]) for one in stated]
        return services.register_partner(by=self.user, identifiers=identifiers, **validated_data)

    def update(self, instance: Partner, validated_data: dict[str, Any]) -> Partner:
        if "identifiers" in validated_data:
            raise ValidationError({"identifiers": "Add one at /partner-identifiers/."})
        return services.edit_partner(instance, by=self.user, **validated_data)


class SimilarSerializer(ModelSerializer):
    country = CountryField(read_only=True, allow_null=True)
    likeness = serializers.FloatField(read_only=True, help_text="1 is the same")

    class Meta:
        model = Partner
        fields = ["id", "name", "acronym", "kind", "country", "status", "likeness"]


class LookedForSerializer(Serializer):
    name = serializers.CharField(max_length=300, required=False, default="")
    country = CountryField(required=False, default=None)
    identifier = serializers.CharField(
        max_length=160, required=False, default="", help_text="`NL-KVK-41202535`, or as in IATI"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs["name"] or attrs["identifier"]):
            raise ValidationError({"name": ValidationError("Give a name.", code="required")})
        return attrs


class BasisSerializer(Serializer):
    basis = serializers.ChoiceField(Basis.choices, allow_blank=True, help_text="empty: by its kind")
    reason = serializers.CharField(max_length=300)


class LogoSerializer(Serializer):
    logo = serializers.FileField()


class PartnerFilter(filters.FilterSet):
    active_in = CodeFilter("countries__alpha2")
    stakeholder_group = CodeFilter("groups__code")
    language = CodeFilter("languages__code")
    search = BestFilter()
    country = CodeFilter("country__alpha2")
    group = CountryGroupFilter("country")
    identifier = filters.CharFilter(
        "identifiers__value", "iexact", max_length=120, distinct=True, help_text="in any register"
    )

    class Meta:
        model = Partner
        fields = ["status", "kind", "size", "level"]


class PartnerViewSet(Mergeable, RecordViewSet):
    queryset = Partner.objects.all()
    serializer_class = PartnerSerializer
    filterset_class = PartnerFilter
    page_order = ("-updated_at", "-pk")
    rows = Rows(
        PartnerSerializer,
        computed={
            "sector": Computed(("kind",), sector_of),
            "reporting_basis": Computed(("kind", "basis_override"), basis_of),
        },
        ranked=True,
    )

    def get_serializer_class(self) -> type[PartnerSerializer]:
        return PartnerSerializer if self.action == "list" else PartnerDetailSerializer

    def shown(self, queryset: Any) -> Any:
        rows = queryset.select_related("country").prefetch_related("identifiers")
        if self.action in ("list", "similar"):
            return rows
        more = ("countries", "groups", "languages", "former_names")
        return rows.select_related("parent").prefetch_related(*more)

    @extend_schema(parameters=[LookedForSerializer], responses=SimilarSerializer(many=True))
    @action(detail=False, filterset_class=None, pagination_class=None)
    def similar(self, request: Request) -> Response:
        """What may be the same organisation, likest first: to look before one registers it."""
        asked = LookedForSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        name, country, identifier = (asked.validated_data[n] for n in asked.fields)
        stated = [identifier] if identifier else []
        found = Partner.objects.visible_to(request.user).similar_to(
            name, country=country, identifiers=stated
        )
        rows = found.select_related("country")[: services.SHOWN]
        return Response(SimilarSerializer(rows, many=True).data)

    @verb()
    def verify(self, partner: Partner) -> Response:
        """An admin has checked that the organisation is what it says."""
        partner.verify(by=self.user)
        return self.answer(partner)

    @verb(ReasonSerializer)
    def suspend(self, partner: Partner, *, reason: str) -> Response:
        """From now on it acts nowhere."""
        partner.suspend(by=self.user, reason=reason)
        return self.answer(partner)

    @verb(ReasonSerializer)
    def reinstate(self, partner: Partner, *, reason: str) -> Response:
        """The reason for its suspension has gone."""
        partner.reinstate(by=self.user, reason=reason)
        return self.answer(partner)

    @verb(BasisSerializer)
    def override_basis(self, partner: Partner, *, basis: str, reason: str) -> Response:
        """Let it report on something else than its kind does; the reason is not public."""
        partner.override_basis(basis, reason=reason, by=self.user)
        return self.answer(partner)

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    @action(detail=True, parser_classes=(MultiPartParser,))
    def logo(self, request: Request, pk: str) -> HttpResponseBase:
        partner: Partner = self.get_object()
        if not partner.logo:
            raise NotFound
        return logo_response(partner)

    @logo.mapping.post
    @extend_schema(request={"multipart/form-data": LogoSerializer}, parameters=[IDEMPOTENCY_KEY])
    def set_logo(self, request: Request, pk: str) -> Response:
        """A PNG, JPEG, GIF or WebP image of at most 512 KB."""
        partner = self.get_object()
        services.managers_only(partner, self.user)
        upload = self.read_body(LogoSerializer)["logo"]
        return self.answer(partner_facts.set_logo(partner, by=self.user, upload=upload))

    @logo.mapping.delete
    @extend_schema(responses={204: None})
    def remove_logo(self, request: Request, pk: str) -> Response:
        partner_facts.remove_logo(self.get_object(), by=self.user)
        return Response(status=204)


class PartnerIdentifierViewSet(Created, mixins.DestroyModelMixin, ViewSet):
    """To add one, or take a slip back; once verified, for admins. Read with their partner."""

    queryset = PartnerIdentifier.objects.all()
    serializer_class = PartnerIdentifierSerializer

    def perform_destroy(self, instance: PartnerIdentifier) -> None:
        services.release_identifier(instance, by=self.user)
