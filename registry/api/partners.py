"""Partners, their identifiers, and who acts for them."""

from typing import Any

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.response import Response

from registry.api.base import Created, Listed, RecordViewSet, Retrieved, ViewSet, verb
from registry.api.filters import CodeFilter, CountryGroupFilter, IdFilter, SearchFilter
from registry.api.rows import Computed, Rows
from registry.api.serializers import (
    ModelSerializer,
    OptionalReasonSerializer,
    ReasonSerializer,
)
from registry.models import Affiliation, Country, JoinRequest, Partner, PartnerIdentifier, User
from registry.models.kinds import basis_of, sector_of
from registry.services import partners as services
from registry.services import people


class CountryField(serializers.SlugRelatedField[Country]):
    def __init__(self, **options: Any) -> None:
        if not options.get("read_only"):
            options.setdefault("queryset", Country.objects.all())
        super().__init__(slug_field="alpha2", **options)


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

    def create(self, validated_data: dict[str, Any]) -> Partner:
        stated = validated_data.pop("identifiers", [])
        identifiers = [(one["scheme"], one["value"]) for one in stated]
        return services.register_partner(by=self.user, identifiers=identifiers, **validated_data)

    def update(self, instance: Partner, validated_data: dict[str, Any]) -> Partner:
        if "identifiers" in validated_data:
            raise ValidationError({"identifiers": "Add one at /partner-identifiers/."})
        return services.edit_partner(instance, by=self.user, **validated_data)


class PartnerFilter(filters.FilterSet):
    search = SearchFilter()
    country = CodeFilter("country__alpha2")
    group = CountryGroupFilter("country")
    identifier = filters.CharFilter(
        "identifiers__value", "iexact", max_length=120, distinct=True, help_text="in any register"
    )

    class Meta:
        model = Partner
        fields = ["status", "kind", "size"]


class PartnerViewSet(RecordViewSet):
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
    )

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("country").prefetch_related("identifiers")

    @verb()
    def verify(self, partner: Partner) -> Response:
        """An admin has checked that the organisation is what it says."""
        partner.verify(by=self.user)
        return self.answer(partner)

    @verb(ReasonSerializer)
    def suspend(self, partner: Partner, *, reason: str) -> Response:
        partner.suspend(by=self.user, reason=reason)
        return self.answer(partner)


class PartnerIdentifierViewSet(Created, mixins.DestroyModelMixin, ViewSet):
    """To add one, and for admins to take one away; they are read with their partner."""

    queryset = PartnerIdentifier.objects.all()
    serializer_class = PartnerIdentifierSerializer

    def perform_destroy(self, instance: PartnerIdentifier) -> None:
        services.release_identifier(instance, by=self.user)


class AffiliationSerializer(ModelSerializer):
    email = serializers.SlugRelatedField(
        source="user", slug_field="email", queryset=User.objects.filter(is_active=True)
    )

    class Meta:
        model = Affiliation
        fields = ["id", "email", "partner", "role", "since_at"]

    def create(self, validated_data: dict[str, Any]) -> Affiliation:
        return people.affiliate(by=self.user, **validated_data)


class AffiliationFilter(filters.FilterSet):
    partner = IdFilter("partner_id")

    class Meta:
        model = Affiliation
        fields = ["role"]


class AffiliationViewSet(Listed, Retrieved, Created, mixins.DestroyModelMixin, ViewSet):
    queryset = Affiliation.objects.all()
    serializer_class = AffiliationSerializer
    filterset_class = AffiliationFilter
    permission_classes = [IsAuthenticated]

    def get_permissions(self) -> list[Any]:
        """Before anything is looked up: the answer must not tell who has an account."""
        more = [IsAdminUser()] if self.action == "create" else []
        return [*super().get_permissions(), *more]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("user")

    def perform_destroy(self, instance: Affiliation) -> None:
        people.remove_affiliation(instance, by=self.user)


class JoinRequestSerializer(ModelSerializer):
    email = serializers.CharField(source="user.email", read_only=True)

    class Meta:
        model = JoinRequest
        fields = ["id", "email", "partner", "role", "status", "created_at", "updated_at"]

    def create(self, validated_data: dict[str, Any]) -> JoinRequest:
        return people.ask_to_join(by=self.user, **validated_data)


class JoinRequestFilter(filters.FilterSet):
    partner = IdFilter("partner_id")

    class Meta:
        model = JoinRequest
        fields = ["role", "status"]


class JoinRequestViewSet(Listed, Retrieved, Created, ViewSet):
    """Seen by who has asked and by the partner's managers, who let people in."""

    queryset = JoinRequest.objects.all()
    serializer_class = JoinRequestSerializer
    filterset_class = JoinRequestFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("user")

    @verb()
    def accept(self, request: JoinRequest) -> Response:
        """From now on the user acts for the partner in that role."""
        request.accept(by=self.user)
        return self.answer(request)

    @verb(OptionalReasonSerializer)
    def decline(self, request: JoinRequest, *, reason: str = "") -> Response:
        request.decline(by=self.user, reason=reason)
        return self.answer(request)

    @verb()
    def withdraw(self, request: JoinRequest) -> Response:
        request.withdraw(by=self.user)
        return self.answer(request)
