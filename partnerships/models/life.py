"""The life of a partnership: from draft to closed books, and who moves it on.

docs/models/lifecycle.md has the table of moves in words.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from partnerships.models.references import ReferenceYear
from partnerships.models.sections import return_texts
from partnerships.models.similar import Similar, similar_to
from partnerships.models.smart import FEWEST_MEMBERS, Finding
from registry.errors import DomainError, NotAllowed
from registry.models import Event, MovingRecord, Partner, User, check_day, require_reason
from registry.models.base import in_words

BEGINS_WITHIN = timedelta(days=30)  # so long before its first day it can be made active


class Living(MovingRecord):
    """What moves a partnership through its life."""

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
    CLOSED = (Status.COMPLETED, Status.TERMINATED)
    MOVES = {
        Status.DRAFT: [Status.SUBMITTED],
        Status.SUBMITTED: [Status.REGISTERED, Status.RETURNED, Status.DRAFT],
        Status.RETURNED: [Status.SUBMITTED],
        Status.REGISTERED: [Status.ACTIVE, Status.SUSPENDED, Status.TERMINATED],
        Status.ACTIVE: [
            Status.COMPLETED,
            Status.SUSPENDED,
            Status.TERMINATED,
            Status.INACTIVE,
        ],
        Status.SUSPENDED: [Status.REGISTERED, Status.ACTIVE, Status.TERMINATED],
        Status.INACTIVE: [Status.ACTIVE, Status.SUSPENDED, Status.TERMINATED],
        Status.COMPLETED: [Status.ACTIVE],
        Status.TERMINATED: [],
    }

    reference = models.CharField(  # noqa: DJ001 - unique only once it is given
        max_length=12, null=True, unique=True, editable=False, help_text="P-YYYY-NNNNN"
    )
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(null=True, blank=True, validators=[check_day])
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False, help_text="the last time")
    registered_at = models.DateTimeField(null=True, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False, help_text="the first time")
    resumed_at = models.DateTimeField(
        null=True, editable=False, help_text="when it last went on after a pause"
    )
    closed_at = models.DateTimeField(null=True, editable=False)

    memberships: ClassVar[Any]
    commitments: ClassVar[Any]
    versions: ClassVar[Any]
    reviews: ClassVar[Any]

    class Meta:
        abstract = True

    def is_public(self) -> bool:
        return self.status in self.PUBLIC

    def is_editable_by(self, user: Any) -> bool:
        rows: Any = type(self)._default_manager
        return bool(rows.editable_by(user).filter(pk=self.pk).exists())

    def require_editor(self, by: User) -> None:
        """The managers of the lead partner act for the partnership, and admins."""
        if not self.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")

    def require_draft(self) -> None:
        """What was registered stands as registered: it changes by an amendment."""
        if self.status not in self.UNREGISTERED:
            raise DomainError("not_a_draft", f"The partnership is {self.status}.")

    def require_open(self) -> None:
        if self.status in self.CLOSED:
            raise DomainError("partnership_closed", f"The partnership is {self.status}.")

    def hold(self) -> None:
        """Lock the partnership for the rest of the transaction, before any row below it.

        Whoever writes what a report reads stamps it while holding this lock, and a report's
        cut-off is taken under it: what is dated before the cut-off has been committed then.
        """
        held = type(self)._default_manager.select_for_update(no_key=True)
        held.values_list("pk").get(pk=self.pk)

    def findings(self) -> list[Finding]:
        """What it lacks to be submitted and registered, by section: see models/smart.py."""
        rows: Any = type(self)._default_manager
        found: dict[int, list[Finding]] = rows.filter(pk=self.pk).findings()
        return found[self.pk]

    def similar(self, user: Any) -> list[Similar]:
        """Others that the user sees and that may be the same initiative, with why."""
        return similar_to(self, user)

    @transaction.atomic
    def submit(self, *, by: User, confirm_distinct: bool = False) -> None:
        """Ask for registration; everything that `findings` names is there by then.

        Where another one may be the same, `confirm_distinct` says that it is not.
        """
        self.require_editor(by)
        self._require_way_to(self.Status.SUBMITTED)
        self.hold()
        if lacking := self.findings():
            raise ValidationError(_by_section(lacking))
        near = [one for one in self.similar(by) if one.is_near]
        if near and not confirm_distinct:
            raise _possible_duplicates(near)
        facts = {"distinct_from": [one.partnership.pk for one in near]} if near else {}
        now = timezone.now()
        Event.move(self, self.Status.SUBMITTED, by=by, facts=facts, submitted_at=now)
        self.reviews.begin(self.versions.take(self, "submitted", by=by))

    @transaction.atomic
    def take_back(self, *, by: User, reason: str = "") -> None:
        """The lead goes on writing before the secretariat has decided."""
        self.require_editor(by)
        Event.move(self, self.Status.DRAFT, by=by, reason=reason)
        self.reviews.decide(self, "taken_back", by=by, reason=reason)

    @transaction.atomic
    def register(self, *, by: User) -> None:
        """Admit a submitted partnership: it becomes public and gets its reference for good.

        What it was submitted with still holds: members may have left since.
        """
        self._admins_only(by)
        self._require_way_to(self.Status.REGISTERED, self.Status.SUBMITTED)
        self.hold()
        self._require_verified_lead()
        if lacking := self.findings():
            text = "Return it to be completed: " + " ".join(one.text for one in lacking)
            raise DomainError("incomplete", text, findings=[one._asdict() for one in lacking])
        now = timezone.now()
        reference = self.reference or ReferenceYear.next(now.date())
        Event.move(self, self.Status.REGISTERED, by=by, reference=reference, registered_at=now)
        self.reviews.decide(self, "registered", by=by)
        self.versions.take(self, "registered", by=by, at=now)

    @transaction.atomic
    def send_back(
        self, *, by: User, reason: str = "", sections: Mapping[str, str] | None = None
    ) -> None:
        """Return it to be completed, with a reason for the whole or for single sections."""
        self._admins_only(by)
        texts = return_texts(reason, sections or {})
        told = reason or " ".join(texts.values())
        Event.move(self, self.Status.RETURNED, by=by, reason=told)
        self.reviews.decide(self, "returned", by=by, reason=reason, sections=texts)

    @transaction.atomic
    def activate(self, *, by: User, reason: str = "") -> None:
        """Begin; or go on after it had been inactive, and say why."""
        self.require_editor(by)
        self._require_way_to(self.Status.ACTIVE, self.Status.REGISTERED, self.Status.INACTIVE)
        now = timezone.now()
        if self.status == self.Status.INACTIVE:
            require_reason(reason)
            Event.move(self, self.Status.ACTIVE, by=by, reason=reason, resumed_at=now)
            return
        self._require_ready_to_begin()
        Event.move(self, self.Status.ACTIVE, by=by, reason=reason, activated_at=now)

    def complete(self, *, by: User, reason: str = "") -> None:
        """Close the books; before the end, or with promises not kept, only with the reason."""
        self.require_editor(by)
        self._require_way_to(self.Status.COMPLETED)
        if not reason.strip() and (left := self.unfinished()):
            raise ValidationError({"reason": f"Give the reason: {' '.join(left)}"})
        now = timezone.now()
        Event.move(self, self.Status.COMPLETED, by=by, reason=reason, closed_at=now)

    def unfinished(self) -> list[str]:
        """What speaks against closing it today; none of it forbids it."""
        left = []
        if self.ends_on is None or self.ends_on > timezone.localdate():
            left.append(
                f"it ends on {in_words(self.ends_on)}." if self.ends_on else "it has no end."
            )
        if kept := self.commitments.unkept().count():
            left.append(f"{kept} of its commitments have no confirmed delivery.")
        return left

    def suspend(self, *, by: User, reason: str) -> None:
        self._admins_only(by)
        require_reason(reason)
        Event.move(self, self.Status.SUSPENDED, by=by, reason=reason)

    def reinstate(self, *, by: User, reason: str = "") -> None:
        """Lift the suspension: active if it had begun, else registered."""
        self._admins_only(by)
        to = self.Status.ACTIVE if self.activated_at else self.Status.REGISTERED
        self._require_way_to(to, self.Status.SUSPENDED)
        Event.move(self, to, by=by, reason=reason, resumed_at=timezone.now())

    def terminate(self, *, by: User, reason: str) -> None:
        """End it early, for good; while it is suspended only an admin does."""
        self.require_editor(by)
        if self.status == self.Status.SUSPENDED:
            self._admins_only(by)
        require_reason(reason)
        now = timezone.now()
        Event.move(self, self.Status.TERMINATED, by=by, reason=reason, closed_at=now)

    def reopen(self, *, by: User, reason: str) -> None:
        """Books that were closed too early are opened again; a termination is for good."""
        self._admins_only(by)
        require_reason(reason)
        self._require_way_to(self.Status.ACTIVE, self.Status.COMPLETED)
        now = timezone.now()
        Event.move(self, self.Status.ACTIVE, by=by, reason=reason, resumed_at=now, closed_at=None)

    def _require_way_to(self, to: str, *sources: str) -> None:
        """Said before what the move needs: what it lacks does not matter from a wrong state."""
        known = sources or tuple(was for was, moves in self.MOVES.items() if to in moves)
        if self.status not in known:
            raise DomainError("invalid_transition", f"Cannot go from {self.status} to {to}.")

    def _require_ready_to_begin(self) -> None:
        begins = self.starts_on - BEGINS_WITHIN
        if timezone.localdate() < begins:
            text = (
                f"It starts on {in_words(self.starts_on)}: it can be active from"
                f" {in_words(begins)} on."
            )
            raise DomainError("too_early", text)
        if self.memberships.accepted().count() < FEWEST_MEMBERS:
            raise DomainError("too_few_members", "At least two members must have accepted.")

    def _require_verified_lead(self) -> None:
        lead = self.memberships.accepted().filter(roles__contains=["lead"])
        if not lead.filter(partner__status=Partner.Status.VERIFIED).exists():
            text = "The lead partner is not verified, or there is no lead."
            raise DomainError("lead_not_verified", text)

    def _admins_only(self, by: User) -> None:
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")


def _by_section(findings: list[Finding]) -> dict[str, list[ValidationError]]:
    sections: dict[str, list[ValidationError]] = {}
    for one in findings:
        error = ValidationError(one.text, code=one.code)
        sections.setdefault(one.section.value, []).append(error)
    return sections


def _possible_duplicates(near: list[Similar]) -> DomainError:
    text = "This may be the same initiative as one that is there already: look, and confirm."
    named = [
        {
            "id": one.partnership.pk,
            "reference": one.partnership.reference,
            "title": one.partnership.title,
            "why": one.why,
        }
        for one in near
    ]
    return DomainError("possible_duplicates", text, partnerships=named)
