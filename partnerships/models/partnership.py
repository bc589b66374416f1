"""What several partners set out to do together."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import (
    Country,
    Event,
    Goal,
    ImportBatch,
    MovingRecord,
    Partner,
    Target,
    User,
    check_day,
    days_in_range,
    require_reason,
)


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def public(self) -> Self:
        return self.filter(status__in=Partnership.PUBLIC)

    def visible_to(self, user: Any) -> Self:
        """Registered partnerships, and those of the user's own partners that the role reaches."""
        if user.is_anonymous:
            return self.public()
        if user.is_staff:
            return self
        return self.filter(
            Q(status__in=Partnership.PUBLIC) | Q(pk__in=self._with_partners_of(user))
        )

    def editable_by(self, user: Any) -> Self:
        """Partnerships whose lead partner, verified, the user manages; admins edit all."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        leads = Partner.objects.acted_for_by(user, "manager")
        led = self.model.memberships.rel.related_model._default_manager.filter(
            partner__in=leads, status="accepted", roles__contains=["lead"], ended_on=None
        )
        return self.filter(pk__in=led.values("partnership_id"))

    def insider(self, user: Any) -> Self:
        """Partnerships whose private parts the user may read: members' people and admins.

        Who is only invited sees the partnership and the invitation, not the members' data.
        """
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(pk__in=self._with_partners_of(user).filter(status="accepted"))

    def history_open_to(self, user: Any) -> Self:
        return self.insider(user)

    def matching(self, words: str) -> Self:
        """Partnerships whose title or summary has the words, or whose title contains them.

        The pattern serves scripts without spaces, where full text finds whole runs only.
        """
        found = Q(search=SearchQuery(words, config="simple", search_type="websearch"))
        within = Q(title__iregex=re.escape(words))
        return self.filter(found | within | Q(reference=words.upper()))

    def chosen(
        self,
        *,
        q: str = "",
        goal: Sequence[str] = (),
        country: str = "",
        kind: Sequence[str] = (),
        level: Sequence[str] = (),
        status: Sequence[str] = (),
    ) -> Self:
        """Partnerships that fit a search and every facet; within a facet, any of its values."""
        rows = self.matching(q) if q else self
        if goal:
            rows = rows.for_goals(goal)
        if country:
            there = PartnershipCountry.objects.filter(country__alpha2=country)
            rows = rows.filter(pk__in=there.values("partnership_id"))
        for facet, values in (("kind", kind), ("level", level), ("status", status)):
            if values:
                rows = rows.filter(**{f"{facet}__in": values})
        return rows

    def for_goals(self, numbers: Iterable[int | str]) -> Self:
        """Partnerships that name one of the goals, as primary, as such or by a target."""
        numbers = list(numbers)
        named = Partnership.goals.through.objects.filter(goal_id__in=numbers)
        by_target = Partnership.targets.through.objects.filter(target__goal_id__in=numbers)
        return self.filter(
            Q(primary_goal_id__in=numbers)
            | Q(pk__in=named.values("partnership_id"))
            | Q(pk__in=by_target.values("partnership_id"))
        )

    def with_facts(self) -> Self:
        """With goals, countries and lead: five queries, whatever the number of rows."""
        memberships = self.model.memberships.rel.related_model._default_manager
        leads = memberships.filter(roles__contains=["lead"], ended_on=None)
        lead = models.Prefetch("memberships", leads.select_related("partner"), to_attr="leads")
        return self.select_related("primary_goal").prefetch_related(
            "goals", "targets__goal", "places__country", lead
        )

    def counts_by_goal(self) -> dict[int, int]:
        """How many partnerships name each goal; one query over the three ways to name it."""
        pairs = self.order_by().values_list
        primary = pairs("pk", "primary_goal_id").filter(primary_goal__isnull=False)
        named = pairs("pk", "goals").filter(goals__isnull=False)
        by_target = pairs("pk", "targets__goal").filter(targets__isnull=False)
        return Counter(goal for _, goal in primary.union(named, by_target))

    def _with_partners_of(self, user: Any) -> models.QuerySet[Any]:
        memberships: Any = self.model.memberships.rel.related_model._default_manager
        reached: models.QuerySet[Any] = (
            memberships.of_people(user)
            .filter(status__in=["invited", "accepted"])
            .values("partnership_id")
        )
        return reached


class Partnership(MovingRecord):
    """An initiative of several partners for the SDGs, from first idea to closed books."""

    class Kind(models.TextChoices):
        PPP = "ppp", "public-private partnership"
        UN_BUSINESS = "un_business", "UN-business partnership"
        MULTI_STAKEHOLDER = "multi_stakeholder", "multi-stakeholder initiative"
        ALLIANCE = "alliance", "global or regional alliance"
        SOUTH_SOUTH = "south_south", "South-South or triangular cooperation"
        COMMUNITY = "community", "community partnership"
        PROGRAMME = "programme", "development programme"

    class Level(models.TextChoices):
        GLOBAL = "global"
        REGIONAL = "regional"
        NATIONAL = "national"
        SUBNATIONAL = "subnational"
        COMMUNITY = "community"

    class Status(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        RETURNED = "returned"
        REGISTERED = "registered"
        ACTIVE = "active"
        COMPLETED = "completed"
        SUSPENDED = "suspended"
        TERMINATED = "terminated"
        INACTIVE = "inactive"

    PUBLIC = (
        Status.REGISTERED,
        Status.ACTIVE,
        Status.COMPLETED,
        Status.SUSPENDED,
        Status.TERMINATED,
        Status.INACTIVE,
    )
    # Kinds into which a company is accepted only after due diligence.
    REVIEWED = (Kind.PPP, Kind.UN_BUSINESS)
    MOVES = {
        Status.DRAFT: [Status.SUBMITTED],
        Status.SUBMITTED: [Status.REGISTERED, Status.RETURNED],
        Status.RETURNED: [Status.SUBMITTED],
        Status.REGISTERED: [Status.ACTIVE, Status.TERMINATED],
        Status.ACTIVE: [
            Status.COMPLETED,
            Status.SUSPENDED,
            Status.TERMINATED,
            Status.INACTIVE,
        ],
        Status.SUSPENDED: [Status.ACTIVE, Status.TERMINATED],
        Status.INACTIVE: [Status.ACTIVE, Status.TERMINATED],
        Status.COMPLETED: [],
        Status.TERMINATED: [],
    }

    reference = models.CharField(  # noqa: DJ001 - unique only once it is given
        max_length=12, null=True, unique=True, editable=False, help_text="P-YYYY-NNNNN"
    )
    title = models.CharField(max_length=300)
    summary = models.TextField(max_length=20_000)
    kind = models.CharField(max_length=17, choices=Kind)
    level = models.CharField(max_length=11, choices=Level)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(null=True, blank=True, validators=[check_day])
    primary_goal = models.ForeignKey(
        Goal, models.PROTECT, null=True, blank=True, related_name="primary_partnerships"
    )
    goals = models.ManyToManyField(Goal, blank=True, related_name="partnerships")
    targets = models.ManyToManyField(Target, blank=True, related_name="partnerships")
    website = models.URLField(blank=True)
    iati_identifier = models.CharField(max_length=200, blank=True)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="partnerships"
    )
    registered_at = models.DateTimeField(null=True, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("title", config="simple", weight="A")
        + SearchVector("summary", config="simple", weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PartnershipQuerySet.as_manager()
    history_of = ""

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(F("updated_at").desc(), F("id").desc(), name="partnership_newest"),
            GinIndex(fields=["search"], fastupdate=False, name="partnership_search"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="partnership_title_like"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="partnership_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=days_in_range("starts_on", "ends_on"), name="partnership_days_in_range"
            ),
            models.CheckConstraint(
                condition=Q(reference__isnull=False)
                | Q(status__in=["draft", "submitted", "returned"]),
                name="partnership_registered_has_reference",
            ),
            models.UniqueConstraint(
                fields=["iati_identifier"],
                condition=~Q(iati_identifier=""),
                name="partnership_iati_once",
                violation_error_message="A partnership has this IATI identifier already.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def all_goals(self) -> list[Goal]:
        """Every goal it names, by number; reads what `with_facts` has fetched."""
        named = [*self.goals.all(), *(target.goal for target in self.targets.all())]
        if self.primary_goal:
            named.append(self.primary_goal)
        return sorted(set(named), key=lambda goal: goal.number)

    def is_editable_by(self, user: Any) -> bool:
        return Partnership.objects.editable_by(user).filter(pk=self.pk).exists()

    def require_open(self) -> None:
        if self.status in (self.Status.COMPLETED, self.Status.TERMINATED):
            raise DomainError("partnership_closed", f"The partnership is {self.status}.")

    def hold(self) -> None:
        """Lock the partnership for the rest of the transaction, before any row below it.

        Whoever writes what a report reads stamps it while holding this lock, and a report's
        cut-off is taken under it: what is dated before the cut-off has been committed then.
        """
        Partnership.objects.select_for_update(no_key=True).values_list("pk").get(pk=self.pk)

    def require_within(self, due_on: date) -> None:
        """What is promised falls due while the partnership lasts."""
        if due_on < self.starts_on or (self.ends_on and due_on > self.ends_on):
            raise ValidationError({"due_on": "The due date is outside the partnership's dates."})

    def is_public(self) -> bool:
        return self.status in self.PUBLIC

    def submit(self, *, by: User) -> None:
        """Ask for registration. Needs members, targets and commitments: see `missing`."""
        self._lead_only(by)
        if missing := self.missing():
            raise ValidationError(missing)
        self._move(self.Status.SUBMITTED, by=by)

    def missing(self) -> dict[str, str]:
        """What a submission lacks, by section; empty when it can be submitted."""
        lacks = {
            "targets": "Name at least one SDG target."
            if not self.targets.exists() and not self.goals.exists()
            else "",
            "memberships": "At least two members must have accepted."
            if self.memberships.accepted().count() < 2
            else "",
            "commitments": "Add at least one commitment." if not self.commitments.exists() else "",
        }
        return {section: text for section, text in lacks.items() if text}

    @transaction.atomic
    def register(self, *, by: User) -> None:
        """Admit a submitted partnership: it becomes public and gets its reference for good."""
        self._admins_only(by)
        now = timezone.now()
        reference = self.reference or ReferenceYear.next(now.date())
        self._move(self.Status.REGISTERED, by=by, reference=reference, registered_at=now)

    def send_back(self, *, by: User, reason: str) -> None:
        self._admins_only(by)
        self._move(self.Status.RETURNED, by=by, reason=reason)

    def activate(self, *, by: User) -> None:
        """Begin, or go on; only an admin lifts a suspension."""
        if self.status == self.Status.SUSPENDED:
            self._admins_only(by)
        self._move(self.Status.ACTIVE, by=by, activated_at=self.activated_at or timezone.now())

    def complete(self, *, by: User) -> None:
        self._move(self.Status.COMPLETED, by=by)

    def suspend(self, *, by: User, reason: str) -> None:
        self._admins_only(by)
        self._move(self.Status.SUSPENDED, by=by, reason=reason)

    def terminate(self, *, by: User, reason: str) -> None:
        self._move(self.Status.TERMINATED, by=by, reason=reason)

    def _admins_only(self, by: User) -> None:
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")

    def _lead_only(self, by: User) -> None:
        if not self.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")

    def _move(self, to: str, *, by: User, reason: str = "", **values: Any) -> None:
        self._lead_only(by)
        if to in (self.Status.RETURNED, self.Status.SUSPENDED, self.Status.TERMINATED):
            require_reason(reason)
        Event.move(self, to, by=by, reason=reason, **values)


class ReferenceYear(models.Model):
    """The last number given to a partnership registered in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def next(cls, on: date) -> str:
        """The next free reference, such as P-2026-00042; waits for a racing registration."""
        cls.objects.get_or_create(year=on.year)
        row = cls.objects.select_for_update().get(year=on.year)
        row.last += 1
        row.save(update_fields=["last"])
        return f"P-{on.year}-{row.last:05}"


class PartnershipCountry(models.Model):
    """A country in which a partnership works, with its share of the whole where stated."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="places")
    country = models.ForeignKey(Country, models.PROTECT, related_name="partnership_places")
    percentage = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["partnership", "country", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "country"], name="partnership_country_once"
            ),
            models.CheckConstraint(
                condition=Q(percentage=None) | Q(percentage__range=(0, 100)),
                name="partnership_country_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}: {self.country}"
