"""Organisations that take part."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from stdnum import lei

from registry.errors import DomainError, NotAllowed
from registry.models.base import MovingRecord, require_reason
from registry.models.events import Event, ImportBatch
from registry.models.places import Country

if TYPE_CHECKING:
    from registry.models.people import User


class Sector(models.TextChoices):
    """The five sectors of a broad coalition."""

    PUBLIC = "public"
    PRIVATE = "private"
    CIVIL_SOCIETY = "civil_society", "civil society"
    KNOWLEDGE = "knowledge", "knowledge and philanthropy"
    INTERNATIONAL = "international"


class Basis(models.TextChoices):
    """What a partner reports on, as the 2021 Forum recommended."""

    ESG = "esg", "ESG disclosures"
    SDG_TARGETS = "sdg_targets", "SDG targets"
    RESULTS = "results"


class KindFacts(NamedTuple):
    iati_type: str
    sector: Sector
    basis: Basis


class PartnerQuerySet(models.QuerySet["Partner"]):
    def public(self) -> Self:
        """Verified partners, and those that a published file had made public already."""
        imported = Q(status=Partner.Status.PENDING, import_batch__isnull=False)
        return self.filter(Q(status=Partner.Status.VERIFIED) | imported)

    def visible_to(self, user: Any) -> Self:
        """Public partners and the user's own; admins see all."""
        if user.is_anonymous:
            return self.public()
        if user.is_staff:
            return self
        affiliations = Partner.affiliations.rel.related_model._default_manager
        own = affiliations.filter(user_id=user.pk).values("partner_id")
        return self.public() | self.filter(pk__in=own)

    def editable_by(self, user: Any) -> Self:
        if user.is_anonymous:
            return self.none()
        return self if user.is_staff else self.with_role(user, "manager")

    def chosen(self, *, q: str = "", kind: Sequence[str] = (), country: str = "") -> Self:
        """Partners whose name contains the words, of these kinds, in this country."""
        normal = re.sub(r"[\W_]+", " ", q.lower()).strip()
        rows = self.filter(normal_name__contains=normal) if normal else self
        if kind:
            rows = rows.filter(kind__in=kind)
        return rows.filter(country__alpha2=country) if country else rows

    def acted_for_by(self, user: Any, *roles: str) -> Self:
        """Partners for which the user acts in partnerships: none while it is suspended."""
        return self.with_role(user, *roles).filter(status=Partner.Status.VERIFIED)

    def with_role(self, user: Any, *roles: str) -> Self:
        """Partners at which the user holds one of the roles; for subqueries as well."""
        from_user = Partner.affiliations.rel.related_model._default_manager.filter(user_id=user.pk)
        return self.filter(pk__in=from_user.filter(role__in=roles).values("partner_id"))

    def with_managers(self, count: int) -> Self:
        """Open partners with exactly so many people who can manage them today."""
        held: Any = Partner.affiliations.rel.related_model._default_manager
        managers = (
            held.managing()
            .filter(partner=OuterRef("pk"))
            .order_by()
            .values("partner")
            .annotate(people=Count("user", distinct=True))
            .values("people")
        )
        known = self.annotate(managers=Coalesce(Subquery(managers), 0))
        return known.filter(managers=count).exclude(status__in=Partner.CLOSED)

    def that_lost_their_manager(self) -> Self:
        """Partners that people act, or have acted, for, and that nobody can manage any more."""
        people = Q(affiliations__isnull=False) | Q(role_reasons__isnull=False)
        return self.filter(pk__in=self.with_managers(0).filter(people).values("pk"))


class Partner(MovingRecord):
    """An organisation that takes part in partnerships."""

    class Kind(models.TextChoices):
        NATIONAL_GOVERNMENT = "national_government", "national government"
        PARLIAMENT = "parliament"
        LOCAL_GOVERNMENT = "local_government", "local government"
        UN_ENTITY = "un_entity", "UN entity"
        INTERGOVERNMENTAL = "intergovernmental", "other intergovernmental organisation"
        MULTILATERAL_BANK = "multilateral_bank", "multilateral bank or fund"
        STATE_OWNED = "state_owned", "state-owned enterprise"
        LARGE_COMPANY = "large_company", "large company"
        MSME = "msme", "micro, small or medium enterprise"
        START_UP = "start_up", "start-up"
        FINANCIAL = "financial", "financial institution"
        CIVIL_SOCIETY = "civil_society", "civil society organisation"
        COMMUNITY = "community", "community-based organisation"
        FOUNDATION = "foundation"
        ACADEMIA = "academia", "academia and research"
        UNION = "union", "union or professional body"

    class Size(models.TextChoices):
        LARGE = "large"
        MEDIUM = "medium"
        SMALL = "small"
        MICRO = "micro"
        START_UP = "start_up", "start-up"

    class Status(models.TextChoices):
        PENDING = "pending"
        VERIFIED = "verified"
        SUSPENDED = "suspended"

    MOVES = {
        Status.PENDING: [Status.VERIFIED],
        Status.VERIFIED: [Status.SUSPENDED],
        Status.SUSPENDED: [Status.VERIFIED],
    }
    # Nobody is let in any more, by name: one of them may be of another's making.
    CLOSED = ("suspended", "merged")
    # IATI OrganisationType, sector and default reporting basis of each kind.
    FACTS: Mapping[str, KindFacts] = {
        Kind.NATIONAL_GOVERNMENT: KindFacts("10", Sector.PUBLIC, Basis.RESULTS),
        Kind.PARLIAMENT: KindFacts("10", Sector.PUBLIC, Basis.RESULTS),
        Kind.LOCAL_GOVERNMENT: KindFacts("11", Sector.PUBLIC, Basis.RESULTS),
        Kind.UN_ENTITY: KindFacts("40", Sector.INTERNATIONAL, Basis.RESULTS),
        Kind.INTERGOVERNMENTAL: KindFacts("40", Sector.INTERNATIONAL, Basis.RESULTS),
        Kind.MULTILATERAL_BANK: KindFacts("40", Sector.INTERNATIONAL, Basis.RESULTS),
        Kind.STATE_OWNED: KindFacts("15", Sector.PUBLIC, Basis.RESULTS),
        Kind.LARGE_COMPANY: KindFacts("70", Sector.PRIVATE, Basis.ESG),
        Kind.MSME: KindFacts("70", Sector.PRIVATE, Basis.SDG_TARGETS),
        Kind.START_UP: KindFacts("70", Sector.PRIVATE, Basis.SDG_TARGETS),
        Kind.FINANCIAL: KindFacts("70", Sector.PRIVATE, Basis.ESG),
        Kind.CIVIL_SOCIETY: KindFacts("22", Sector.CIVIL_SOCIETY, Basis.RESULTS),
        Kind.COMMUNITY: KindFacts("24", Sector.CIVIL_SOCIETY, Basis.RESULTS),
        Kind.FOUNDATION: KindFacts("60", Sector.KNOWLEDGE, Basis.RESULTS),
        Kind.ACADEMIA: KindFacts("80", Sector.KNOWLEDGE, Basis.RESULTS),
        Kind.UNION: KindFacts("90", Sector.CIVIL_SOCIETY, Basis.RESULTS),
    }

    name = models.CharField(max_length=300)
    normal_name = models.GeneratedField(
        expression=Func(
            Lower("name"),
            Value(r"[^[:alnum:]]+"),
            Value(" "),
            Value("g"),
            function="regexp_replace",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    acronym = models.CharField(max_length=30, blank=True)
    summary = models.TextField(blank=True, max_length=2000)
    kind = models.CharField(
        max_length=20, choices=Kind, blank=True, help_text="empty only where a file did not say"
    )
    size = models.CharField(max_length=8, choices=Size, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="partners"
    )
    website = models.URLField(blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    basis_override = models.CharField(max_length=11, choices=Basis, blank=True, editable=False)
    basis_reason = models.CharField(max_length=300, blank=True, editable=False)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="partners"
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(F("updated_at").desc(), F("id").desc(), name="partner_newest"),
            GinIndex(fields=["normal_name"], opclasses=["gin_trgm_ops"], name="partner_name_like"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="") | Q(import_batch__isnull=False),
                name="partner_kind_stated",
                violation_error_message="A partner's kind must be stated.",
            ),
            models.CheckConstraint(
                condition=Q(basis_override="") | ~Q(basis_reason=""), name="basis_override_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="verified") | Q(verified_at__isnull=False),
                name="partner_verified_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def require_open(self) -> None:
        """Refuse new people and systems where the registry has closed the partner."""
        if self.status in self.CLOSED:
            raise DomainError(f"partner_{self.status}", f"The partner is {self.status}.")

    def needs_second_manager(self) -> bool:
        """Whether one person alone holds it: nobody could go on if that one left."""
        return Partner.objects.with_managers(1).filter(pk=self.pk).exists()

    def require_unsettled(self, facts: Collection[str], *, by: "User") -> None:
        """Kind and country stand in reports: they do not change once the partner takes part.

        What a published file left open, an admin may still state.
        """
        if self.status == self.Status.PENDING and not self._takes_part():
            return
        stated = {"kind": self.kind, "country": self.country_id}
        if any(value or not by.is_staff for name, value in stated.items() if name in facts):
            text = "Kind and country of a partner that takes part stand in reports, and stay."
            raise DomainError("partner_settled", text)

    def _takes_part(self) -> bool:
        # A relation from above, read only: what a membership is, partnerships knows.
        return self.memberships.filter(accepted_on__isnull=False).exists()

    @property
    def sector(self) -> str:
        return sector_of(self.kind)

    @property
    def reporting_basis(self) -> str:
        return basis_of(self.kind, self.basis_override)

    def verify(self, *, by: "User") -> None:
        self._move(self.Status.VERIFIED, by=by, verified_at=timezone.now())

    def suspend(self, *, by: "User", reason: str) -> None:
        require_reason(reason)
        self._move(self.Status.SUSPENDED, by=by, reason=reason)

    def override_basis(self, basis: str, *, reason: str, by: "User") -> None:
        """Set what the partner reports on against the default of its kind, with the reason."""
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin sets the reporting basis.")
        require_reason(reason)
        if basis not in Basis.values:
            raise ValidationError({"basis": "Unknown reporting basis."})
        with transaction.atomic():
            self.change(basis_override=basis, basis_reason=reason)
            Event.log(self, "basis_overridden", by=by, reason=f"{basis}: {reason}")

    def _move(self, to: str, *, by: "User", reason: str = "", **values: Any) -> None:
        """Change status and log it. When two requests race, exactly one wins."""
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        Event.move(self, to, by=by, reason=reason, **values)


def sector_of(kind: str) -> str:
    return Partner.FACTS[kind].sector if kind else ""


def basis_of(kind: str, override: str = "") -> str:
    """What a partner of this kind reports on, unless an admin has set it otherwise."""
    if override:
        return override
    return Partner.FACTS[kind].basis if kind else Basis.RESULTS


class PartnerIdentifierQuerySet(models.QuerySet["PartnerIdentifier"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user).values("pk"))


class PartnerIdentifier(models.Model):
    """An identifier of a partner in a register, such as an org-id list, IATI or LEI."""

    LEI = ("LEI", "XI-LEI")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=20, help_text="IATI, LEI, or an org-id list code")
    value = models.CharField(max_length=120)

    objects = PartnerIdentifierQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "scheme", "value", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("scheme"),
                Lower("value"),
                name="partner_identifier_once",
                violation_error_message="A partner has this scheme and value already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"

    def clean(self) -> None:
        """Write an LEI as the register does, and refuse one that cannot be (ISO 17442)."""
        if self.scheme.upper() not in self.LEI:
            return
        self.value = lei.compact(self.value)
        if not re.fullmatch("[0-9A-Z]{18}[0-9]{2}", self.value) or not lei.is_valid(self.value):
            text = "Not an LEI: 18 letters or digits, then 2 check digits (ISO 17442)."
            raise ValidationError({"value": text}, code="bad_check_digits")
