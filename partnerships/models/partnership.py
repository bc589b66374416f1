"""What several partners set out to do together."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models.partnership_rows import PartnershipQuerySet
from partnerships.models.references import ReferenceYear
from partnerships.models.sections import return_texts
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Event,
    Goal,
    ImportBatch,
    MovingRecord,
    Target,
    User,
    check_day,
    days_in_range,
    require_reason,
)


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
    # States in which its managers write freely.
    UNREGISTERED = (Status.DRAFT, Status.RETURNED)
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

    class Track(models.TextChoices):
        FULL = "full", "full"
        LIGHT = "light", "light: for small firms and start-ups"

    reference = models.CharField(  # noqa: DJ001 - unique only once it is given
        max_length=12, null=True, unique=True, editable=False, help_text="P-YYYY-NNNNN"
    )
    title = models.CharField(max_length=300)
    # Asked for at submission, not before: a draft may begin with a title.
    summary = models.TextField(max_length=20_000, blank=True)
    track = models.CharField(max_length=5, choices=Track, default=Track.FULL)
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

    objects = PartnershipQuerySet.as_manager()
    history_of = ""

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(F("updated_at").desc(), F("id").desc(), name="partnership_newest"),
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

    def require_editor(self, by: User) -> None:
        """The managers of the lead partner act for the partnership, and admins."""
        if not self.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")

    def require_draft(self) -> None:
        """What was registered stands as registered: it changes by an amendment."""
        if self.status not in self.UNREGISTERED:
            raise DomainError("not_a_draft", f"The partnership is {self.status}.")

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

    @transaction.atomic
    def submit(self, *, by: User) -> None:
        """Ask for registration. Needs members, targets and commitments: see `missing`."""
        self.require_editor(by)
        if missing := self.missing():
            raise ValidationError(missing)
        self._move(self.Status.SUBMITTED, by=by)
        self.reviews.begin(self.versions.take(self, "submitted", by=by))

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
        self.reviews.decide(self, "registered", by=by)
        self.versions.take(self, "registered", by=by, at=now)

    @transaction.atomic
    def send_back(
        self, *, by: User, reason: str = "", sections: Mapping[str, str] | None = None
    ) -> None:
        """Return it to be completed, with a reason for the whole or for single sections."""
        self._admins_only(by)
        texts = return_texts(reason, sections or {})
        self._move(self.Status.RETURNED, by=by, reason=reason or " ".join(texts.values()))
        self.reviews.decide(self, "returned", by=by, reason=reason, sections=texts)

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

    def _move(self, to: str, *, by: User, reason: str = "", **values: Any) -> None:
        self.require_editor(by)
        if to in (self.Status.RETURNED, self.Status.SUSPENDED, self.Status.TERMINATED):
            require_reason(reason)
        Event.move(self, to, by=by, reason=reason, **values)
