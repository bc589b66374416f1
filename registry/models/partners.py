"""Organisations that take part."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Case, Count, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, JSONObject, Lower
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import kinds
from registry.models.base import MovingRecord, require_reason
from registry.models.events import Event, ImportBatch
from registry.models.kinds import FACTS, Basis, basis_of, sector_of
from registry.models.languages import Language
from registry.models.places import Country
from registry.models.search import SearchedQuerySet
from registry.models.stakeholders import StakeholderGroup

if TYPE_CHECKING:
    from registry.models.people import User


def normal(name: str) -> Func:
    """The column in small letters with one blank for whatever is no letter or digit."""
    return Func(
        Lower(name),
        Value(r"[^[:alnum:]]+"),
        Value(" "),
        Value("g"),
        function="regexp_replace",
    )


SIMILAR, NEARLY_THE_SAME = 0.5, 0.9
ONE_PARENT_AT_A_TIME = 20150926  # the trigger partner_parent_cycle takes the same lock


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.lower()).strip()


class PartnerQuerySet(SearchedQuerySet["Partner"]):
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
        return self.public() | self.filter(pk__in=own).exclude(status=Partner.Status.MERGED)

    def editable_by(self, user: Any) -> Self:
        if user.is_anonymous:
            return self.none()
        standing = self.exclude(status=Partner.Status.MERGED)
        return standing if user.is_staff else standing.with_role(user, "manager")

    def survivor_of(self, pk: int) -> "Partner | None":
        """The partner that the one of this number was merged into, if one may see it."""
        merged = Partner.objects.filter(pk=pk, status=Partner.Status.MERGED)
        return self.filter(pk__in=merged.values("merged_into_id")).first()

    def history_open_to(self, user: Any) -> Self:
        """Partners whose whole history the user, no admin, reads: those that the user manages."""
        return self.with_role(user, "manager")

    def similar_to(
        self, name: str, *, country: Country | None = None, identifiers: Iterable[str] = ()
    ) -> Self:
        """What may be the same organisation, with its `likeness` (1 is the same), likest first.

        By an identifier (written out), or by a name, present or former, that shares most of its
        groups of three letters: half in the same country, nearly all elsewhere.
        """
        words = _words(name)
        former = Partner.former_names.rel.related_model._default_manager
        stated = Partner.identifiers.rel.related_model._default_manager
        same = stated.filter(full__in=[one.upper() for one in identifiers]).values("partner_id")
        # Three index scans; one condition with OR would read the whole table.
        near = Partner.objects.order_by().filter(normal_name__trigram_similar=words).values("pk")
        once = former.order_by().filter(normal_name__trigram_similar=words).values("partner_id")
        earlier = former.order_by().filter(partner=OuterRef("pk"))
        likest = earlier.annotate(likeness=TrigramSimilarity("normal_name", words))
        likeness = Greatest(
            TrigramSimilarity("normal_name", words),
            Subquery(likest.order_by("-likeness").values("likeness")[:1]),
        )
        rows = self.filter(pk__in=near.union(once, same.order_by()))
        rows = rows.annotate(likeness=Case(When(pk__in=same, then=Value(1.0)), default=likeness))
        here = Q(country=country) | Q(country=None) if country else Q()
        return rows.filter(
            Q(here, likeness__gte=SIMILAR) | Q(likeness__gte=NEARLY_THE_SAME)
        ).order_by("-likeness", "pk")

    def to_verify(
        self, *, q: str = "", kind: Sequence[str] = (), country: str = "", source: str = ""
    ) -> Self:
        """Those that wait for an admin: registered by people, or named in files, or all."""
        rows = self.filter(status=Partner.Status.PENDING).chosen(q=q, kind=kind, country=country)
        if source != "all":
            rows = rows.filter(import_batch__isnull=source != "files")
        return rows.select_related("country")

    def with_similar(self) -> Self:
        """With `similar_ones`: at most five others that may be the same, in one query."""
        others = Partner.objects.order_by().filter(
            ~Q(pk=OuterRef("pk")), normal_name__trigram_similar=OuterRef("normal_name")
        )
        likeness = TrigramSimilarity("normal_name", cast(str, OuterRef("normal_name")))
        here = Q(country=OuterRef("country")) | Q(country=None)
        near = others.annotate(likeness=likeness).filter(
            Q(here, likeness__gte=SIMILAR) | Q(likeness__gte=NEARLY_THE_SAME)
        )
        found = JSONObject(id="pk", name="name", status="status")
        return self.annotate(
            similar_ones=ArraySubquery(near.order_by("-likeness", "pk").values_list(found)[:5])
        )

    def chosen(self, *, q: str = "", kind: Sequence[str] = (), country: str = "") -> Self:
        """Partners found by name, former name, acronym or identifier, of these kinds, there."""
        rows = self.found(q) if q else self
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

    def reporting_on(self, basis: str) -> Self:
        """Partners that report on this, by their kind or by an admin's decision."""
        kinds = [kind for kind, facts in FACTS.items() if facts.basis == basis]
        return self.filter(Q(basis_override=basis) | Q(basis_override="", kind__in=kinds))

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
        gone = Event.objects.filter(
            Q(kind__in=["partner.affiliated", "partner.disaffiliated"])
            | Q(kind="partner.registered", by__is_staff=False),
            subject_type="registry.partner",
        )
        people = Q(affiliations__isnull=False) | Q(pk__in=gone.values("subject_id"))
        return self.filter(pk__in=self.with_managers(0).filter(people).values("pk"))


class Partner(MovingRecord):
    """An organisation that takes part in partnerships."""

    Kind = kinds.Kind
    Size = kinds.Size

    class Level(models.TextChoices):
        GLOBAL = "global"
        REGIONAL = "regional"
        NATIONAL = "national"
        SUBNATIONAL = "subnational"
        COMMUNITY = "community"

    class Status(models.TextChoices):
        PENDING = "pending"
        VERIFIED = "verified"
        SUSPENDED = "suspended"
        MERGED = "merged"

    # Out of a merge leads only its undoing, which is no move of the partner's own.
    MOVES = {
        Status.PENDING: [Status.VERIFIED, Status.MERGED],
        Status.VERIFIED: [Status.SUSPENDED, Status.MERGED],
        Status.SUSPENDED: [Status.VERIFIED, Status.MERGED],
        Status.MERGED: [],
    }
    # Nobody is let in any more, by name: one of them may be of another's making.
    CLOSED = ("suspended", "merged")
    FACTS = kinds.FACTS
    SIZES = kinds.SIZES
    OTHER_SIZES = kinds.OTHER_SIZES

    name = models.CharField(max_length=300)
    normal_name = models.GeneratedField(
        expression=normal("name"),
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
    city = models.CharField(max_length=100, blank=True, help_text="of its seat")
    countries = models.ManyToManyField(
        Country, blank=True, related_name="active_partners", help_text="where it works"
    )
    level = models.CharField(max_length=11, choices=Level, blank=True)
    groups = models.ManyToManyField(
        StakeholderGroup,
        blank=True,
        related_name="partners",
        help_text="UN major groups and other stakeholders",
    )
    languages = models.ManyToManyField(
        Language, blank=True, related_name="partners", help_text="the languages it works in"
    )
    website = models.URLField(blank=True)
    logo = models.FileField(upload_to="logos/", blank=True, editable=False)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        help_text="the organisation it belongs to",
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged_partners"
    )
    basis_override = models.CharField(max_length=11, choices=Basis, blank=True, editable=False)
    basis_reason = models.CharField(max_length=300, blank=True, editable=False)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="partners"
    )

    objects = PartnerQuerySet.as_manager()
    history_of = ""

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
                condition=(Q(kind="large_company") & Q(size__in=["", "large"]))
                | (Q(kind="msme") & ~Q(size__in=["large", "start_up"]))
                | (Q(kind="start_up") & ~Q(size="large"))
                | (~Q(kind__in=["large_company", "msme", "start_up"]) & ~Q(size="start_up")),
                name="partner_size_fits_kind",
                violation_error_message="The size contradicts the kind of organisation.",
                violation_error_code="size_contradicts_kind",
            ),
            models.CheckConstraint(
                condition=~Q(status="verified") | Q(verified_at__isnull=False),
                name="partner_verified_dated",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) & ~Q(merged_into=F("id"))
                | ~Q(status="merged") & Q(merged_into=None),
                name="partner_merged_into_another",
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

    def clean(self) -> None:
        """Refuse a start-up that is large, and the like."""
        if self.size and self.size not in self.SIZES.get(self.kind, self.OTHER_SIZES):
            text = "The size contradicts the kind of organisation."
            raise ValidationError({"size": ValidationError(text, code="size_contradicts_kind")})

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

    def require_no_cycle(self, parent: "Partner | None") -> None:
        """Refuse to belong to oneself, directly or over others; call it in a transaction."""
        with connection.cursor() as cursor:
            # Two that make each other their parent at once wait here for one another.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_PARENT_AT_A_TIME])
        above, seen = parent, set()
        while above and above.pk not in seen:
            if above.pk == self.pk:
                text = "An organisation cannot belong to itself, also not over others."
                raise DomainError("partner_parent_cycle", text)
            seen.add(above.pk)
            above = Partner.objects.filter(subsidiaries=above.pk).first()

    def _takes_part(self) -> bool:
        # A relation from above, read only: what a membership is, partnerships knows.
        return self.memberships.filter(accepted_on__isnull=False).exists()

    @property
    def public_parent(self) -> "Partner | None":
        """The organisation above, if everybody may see that one."""
        above = self.parent
        imported = above and above.status == self.Status.PENDING and above.import_batch_id
        return above if above and (above.status == self.Status.VERIFIED or imported) else None

    @property
    def sector(self) -> str:
        return sector_of(self.kind)

    @property
    def reporting_basis(self) -> str:
        return basis_of(self.kind, self.basis_override)

    def verify(self, *, by: "User") -> None:
        """An admin has checked that the organisation is what it says."""
        self._move_from(
            self.Status.PENDING, self.Status.VERIFIED, by=by, verified_at=timezone.now()
        )

    @transaction.atomic
    def suspend(self, *, by: "User", reason: str) -> None:
        """From now on it acts nowhere, and is no country's focal point."""
        require_reason(reason)
        self._move_from(self.Status.VERIFIED, self.Status.SUSPENDED, by=by, reason=reason)
        for point in self.focal_points.filter(ended_on=None):
            point.end(by=by, reason=reason)

    def reinstate(self, *, by: "User", reason: str) -> None:
        """The reason for its suspension has gone."""
        require_reason(reason)
        self._move_from(self.Status.SUSPENDED, self.Status.VERIFIED, by=by, reason=reason)

    def override_basis(self, basis: str, *, reason: str, by: "User") -> None:
        """Let it report on something else than its kind does; empty: on that again."""
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin sets the reporting basis.")
        require_reason(reason)
        if basis and basis not in Basis.values:
            raise ValidationError({"basis": "Unknown reporting basis."})
        if len(reason) > 300:
            raise ValidationError({"reason": "At most 300 characters."})
        with transaction.atomic():
            self.change(basis_override=basis, basis_reason=reason if basis else "")
            became = basis or "by kind"
            Event.log(self, "basis_overridden", by=by, reason=f"{became}: {reason}")

    def _move_from(self, start: str, to: str, *, by: "User", reason: str = "", **new: Any) -> None:
        """Change status and log it. When two requests race, exactly one wins."""
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        if self.status != start:
            raise DomainError("invalid_transition", f"Cannot go from {self.status} to {to} so.")
        Event.move(self, to, by=by, reason=reason, **new)
