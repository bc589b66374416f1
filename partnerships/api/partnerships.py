"""Partnerships."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.api.drafting import Drafting, SubmitSerializer
from partnerships.api.ledger import LedgerOfPartnership
from partnerships.api.light import LightTrack
from partnerships.api.money import ShowsMoney
from partnerships.api.reviews import ReturnSerializer
from partnerships.models import (
    Marker,
    Membership,
    Partnership,
    PartnershipCountry,
    PartnershipSector,
)
from partnerships.models.facets import ACHIEVEMENT, TIMELINESS
from partnerships.models.narrowing import NAMES, count_facets
from partnerships.services.partnerships import create_partnership, edit_partnership
from registry.api.base import RecordViewSet, verb
from registry.api.filters import BestFilter, CodeFilter, IdFilter
from registry.api.rows import Rows
from registry.api.serializers import (
    CodesField,
    ModelSerializer,
    OptionalReasonSerializer,
    ReasonSerializer,
    Serializer,
    VisibleField,
)
from registry.models import Country, Goal, Partner, Target


class MemberSerializer(ModelSerializer):
    partner_name = serializers.CharField(source="partner.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "partner", "partner_name", "roles", "status", "accepted_on", "ended_on"]


class PlaceSerializer(ModelSerializer):
    """A country with its share of the whole, in per cent."""

    country: serializers.SlugRelatedField[Country] = serializers.SlugRelatedField(
        slug_field="alpha2", queryset=Country.objects.all(), help_text="ISO 3166-1 alpha-2"
    )

    class Meta:
        model = PartnershipCountry
        fields = ["country", "percentage"]


class PartnershipSectorSerializer(ModelSerializer):
    """A sector of work with its share of the whole, in per cent."""

    class Meta:
        model = PartnershipSector
        fields = ["sector", "percentage"]


class PartnershipSerializer(ModelSerializer):
    lead = VisibleField(
        queryset=Partner.objects.all(),
        write_only=True,
        help_text="the partner that leads; stands among the members",
    )
    goals = CodesField(
        Goal,
        "number",
        read=lambda partnership: partnership.goals.all(),
        child=serializers.IntegerField(min_value=1, max_value=17),
        required=False,
    )
    targets = CodesField(
        Target, "code", read=lambda partnership: partnership.targets.all(), required=False
    )
    countries = CodesField(
        Country,
        "alpha2",
        read=lambda partnership: [place.country for place in partnership.places.all()],
        required=False,
    )
    places = PlaceSerializer(many=True, required=False, max_length=300)  # type: ignore[call-arg]
    sectors = PartnershipSectorSerializer(many=True, required=False, max_length=60)  # type: ignore[call-arg]
    members = MemberSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = Partnership
        fields = [
            "id",
            "reference",
            "title",
            "summary",
            "kind",
            "level",
            "track",
            "status",
            "starts_on",
            "ends_on",
            "primary_goal",
            "goals",
            "targets",
            "countries",
            "places",
            "sectors",
            "website",
            "iati_identifier",
            "lead",
            "members",
            "registered_at",
            "activated_at",
            "closed_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["iati_identifier"]

    def create(self, validated_data: dict[str, Any]) -> Partnership:
        return create_partnership(by=self.user, **shares_of(validated_data))


def shares_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, with places and sectors as the services take them."""
    for name, key in (("places", "country"), ("sectors", "sector")):
        if name in sent:
            sent[name] = [(row[key], row.get("percentage")) for row in sent[name]]
    return sent


class PartnershipChangeSerializer(PartnershipSerializer):
    """What can change while it is a draft; the lead stays."""

    lead = None  # type: ignore[assignment]

    class Meta(PartnershipSerializer.Meta):
        fields = [name for name in PartnershipSerializer.Meta.fields if name != "lead"]

    def update(self, instance: Partnership, validated_data: dict[str, Any]) -> Partnership:
        return edit_partnership(instance, by=self.user, **shares_of(validated_data))


def _several(choices: Iterable[tuple[Any, str]], **options: Any) -> filters.MultipleChoiceFilter:
    """Any of the values; the parameter may stand several times."""
    return filters.MultipleChoiceFilter(choices=list(choices), **options)


class PartnershipFilter(filters.FilterSet):
    search = BestFilter(help_text="words of title, summary and objectives, or a reference")
    partner = IdFilter("memberships__partner_id", method="of_partner")
    goal = _several([(n, str(n)) for n in range(1, 18)], help_text="named itself, or by a target")
    target = CodeFilter()
    country = CodeFilter()
    group = CodeFilter(help_text="a group of countries, as it is today: LDC, 202")
    kind = _several(Partnership.Kind.choices)
    level = _several(Partnership.Level.choices)
    status = _several(Partnership.Status.choices)
    track = _several(Partnership.Track.choices)
    marker = _several(Marker.Kind.choices, help_text="assessed as significant or principal")
    achievement = _several(ACHIEVEMENT, help_text="the latest published report's light")
    timeliness = _several(TIMELINESS, help_text="the latest published report's light")
    runs_on = filters.DateFilter(help_text="begun by this day, and not over")
    starts_from = filters.DateFilter()
    ends_until = filters.DateFilter()
    sector = CodeFilter("sectors__sector_id", method="in_sector", help_text="DAC category: 140")
    reference = CodeFilter()

    class Meta:
        model = Partnership
        fields: list[str] = []

    def of_partner(self, rows: Any, name: str, partner: int) -> Any:
        """By the memberships that the caller sees: who is only invited is not public."""
        seen = Membership.objects.visible_to(self.request.user).filter(partner_id=partner)
        return rows.filter(pk__in=seen.values("partnership_id"))

    def asked(self) -> dict[str, Any]:
        """The facets that are chosen."""
        stated = self.form.cleaned_data.items()
        return {name: value for name, value in stated if name in NAMES and value}

    def filter_queryset(self, queryset: Any) -> Any:
        return self.unfaceted(queryset).chosen(**self.asked())

    def unfaceted(self, queryset: Any) -> Any:
        """By what is no facet."""
        for name, value in self.form.cleaned_data.items():
            if name not in NAMES:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def in_sector(self, rows: Any, name: str, code: str) -> Any:
        there = PartnershipSector.objects.filter(sector_id=code)
        return rows.filter(pk__in=there.values("partnership_id"))


class FacetSerializer(Serializer):
    value = serializers.CharField()
    count = serializers.IntegerField()


class FacetsSerializer(Serializer):
    """For each facet its values, each with what choosing it would find."""

    counts = serializers.DictField(child=FacetSerializer(many=True))
    capped = serializers.BooleanField(help_text="only the newest 10,000 found are counted")


@extend_schema_serializer(many=False)
class PartnershipPageSerializer(Serializer):
    """A page of partnerships."""

    next = serializers.URLField(allow_null=True)
    results = PartnershipSerializer(many=True)
    count = serializers.IntegerField(required=False, max_value=1000)
    count_capped = serializers.BooleanField(required=False)
    facets = FacetsSerializer(required=False)


FACETS = OpenApiParameter("facets", bool, description="count what each value of a facet would find")


class PartnershipViewSet(Drafting, LedgerOfPartnership, LightTrack, ShowsMoney, RecordViewSet):
    queryset = Partnership.objects.all()
    serializer_class = PartnershipSerializer
    filterset_class = PartnershipFilter
    page_order = ("-updated_at", "-pk")
    rows = Rows(
        PartnershipSerializer,
        lists={
            "goals": "goals__number",
            "targets": "targets__code",
            "countries": "places__country__alpha2",
        },
        seen={"members": lambda user: Membership.objects.visible_to(user).order_by("pk")},
        ranked=True,
    )

    @extend_schema(parameters=[FACETS], responses=PartnershipPageSerializer)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest change first, or what a search fits best; each facet takes several values."""
        response: Response = super().list(request, *args, **kwargs)
        if request.query_params.get("facets", "").lower() in ("1", "true"):
            response.data["facets"] = self._facets(request)
        return response

    def _facets(self, request: Request) -> dict[str, Any]:
        filterset = PartnershipFilter(request.query_params, request=request)
        filterset.is_valid()
        seen = filterset.unfaceted(Partnership.objects.visible_to(request.user))
        text = request.query_params.get("search", "").strip()
        if text:
            # As the page has decided it: what is only spelt similarly counts, or does not.
            similar = getattr(self.paginator, "similar", False)
            seen = seen.fitting(text, similar=similar)
        found = count_facets(seen, filterset.asked())
        counts = {
            name: [{"value": value, "count": count} for value, count in sorted(values.items())]
            for name, values in found.by_facet.items()
        }
        return {"counts": counts, "capped": found.capped}

    def get_serializer_class(self) -> type[PartnershipSerializer]:
        changes = self.action == "partial_update"
        return PartnershipChangeSerializer if changes else PartnershipSerializer

    def shown(self, queryset: Any) -> Any:
        members = Membership.objects.visible_to(self.request.user).select_related("partner")
        return queryset.prefetch_related(
            "goals",
            "targets",
            "places__country",
            "sectors",
            Prefetch("memberships", members.order_by("pk")),
        )

    @verb(SubmitSerializer)
    def submit(self, partnership: Partnership, *, confirm_distinct: bool) -> Response:
        """Ask for registration; 400 names what is missing, 409 what may be the same."""
        partnership.submit(by=self.user, confirm_distinct=confirm_distinct)
        return self.answer(partnership)

    @verb()
    def register(self, partnership: Partnership) -> Response:
        """An admin admits it: it becomes public and gets its reference."""
        partnership.register(by=self.user)
        return self.answer(partnership)

    @verb(ReturnSerializer, url_path="return")
    def send_back(self, partnership: Partnership, **reasons: Any) -> Response:
        """An admin returns it to be completed, with at least one reason."""
        partnership.send_back(by=self.user, **reasons)
        return self.answer(partnership)

    @verb(OptionalReasonSerializer)
    def take_back(self, partnership: Partnership, *, reason: str = "") -> Response:
        """Before the secretariat has decided, it is a draft again."""
        partnership.take_back(by=self.user, reason=reason)
        return self.answer(partnership)

    @verb(OptionalReasonSerializer)
    def activate(self, partnership: Partnership, *, reason: str = "") -> Response:
        """Begin; one that was inactive goes on, with the reason."""
        partnership.activate(by=self.user, reason=reason)
        return self.answer(partnership)

    @verb(OptionalReasonSerializer)
    def complete(self, partnership: Partnership, *, reason: str = "") -> Response:
        """Close the books; before the end or with open promises, with the reason."""
        partnership.complete(by=self.user, reason=reason)
        return self.answer(partnership)

    @verb(OptionalReasonSerializer)
    def reinstate(self, partnership: Partnership, *, reason: str = "") -> Response:
        """An admin lifts the suspension: it is active again, or registered if it never was."""
        partnership.reinstate(by=self.user, reason=reason)
        return self.answer(partnership)

    @verb(ReasonSerializer)
    def reopen(self, partnership: Partnership, *, reason: str) -> Response:
        """An admin opens the books of a completed one again."""
        partnership.reopen(by=self.user, reason=reason)
        return self.answer(partnership)

    @verb(ReasonSerializer)
    def suspend(self, partnership: Partnership, *, reason: str) -> Response:
        partnership.suspend(by=self.user, reason=reason)
        return self.answer(partnership)

    @verb(ReasonSerializer)
    def terminate(self, partnership: Partnership, *, reason: str) -> Response:
        partnership.terminate(by=self.user, reason=reason)
        return self.answer(partnership)
