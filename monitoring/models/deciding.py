"""What is decided about a submission, and by whom: see docs/models/submissions.md."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from monitoring.models.of_cells import stated
from monitoring.models.reviewers import Reviewer, members_of, reviewed_by
from monitoring.models.rollups import figures_changed
from registry.errors import NotAllowed
from registry.models import Event, MovingRecord, User, require_reason

LONGEST_REASON = 2000


class Decided(MovingRecord):
    """What somebody else than its writers approves or returns."""

    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="submissions"
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="approved_submissions"
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    writers = ArrayField(
        models.BigIntegerField(),
        default=list,
        editable=False,
        help_text="who began it, typed into it or handed it in: none of them decides on it",
    )

    Status: ClassVar[Any]
    period: Any
    unit: Any
    observations: ClassVar[Any]
    return_reasons: ClassVar[Any]
    unsafe_breakdowns: ClassVar[Any]
    created_by_id: int | None
    sent_for_id: int | None

    class Meta:
        abstract = True

    def note_writer(self, by: User) -> None:
        """Remember who had a hand in it; twice is once."""
        rows: Any = type(self)._default_manager.filter(pk=self.pk)
        rows.note_writer(by)
        if by.pk not in self.writers:
            self.writers = [*self.writers, by.pk]

    def require_reviewer(self, by: User) -> None:
        """The partnership's reviewers, or an admin; never who had a hand in the data, and of
        those named never one whose own organisation reports or sends it."""
        partnership = self.period.framework.partnership_id
        if not reviewed_by(by).filter(pk=partnership).exists():
            raise NotAllowed("reviewer_only", "Only a reviewer of the partnership may do this.")
        self.refuse_writer(by)
        is_named = Reviewer.objects.current().filter(partnership=partnership).exists()
        if is_named and not by.is_staff and self.is_data_of(by):
            text = "A reviewer does not decide on data of the own organisation."
            raise NotAllowed("own_data", text)

    def refuse_writer(self, by: User) -> None:
        written = type(self)._default_manager.filter(pk=self.pk, writers__contains=[by.pk])
        if by.pk in (self.submitted_by_id, self.created_by_id) or written.exists():
            text = "The submitter cannot review the submission, nor who wrote into it."
            raise NotAllowed("own_submission", text)

    def is_data_of(self, user: User) -> bool:
        """Whether the user works for the member that reports, or for the one that sends."""
        own = Q(pk=self.unit.membership_id) | Q(pk=self.sent_for_id)
        return members_of(user).filter(own).exists()

    @transaction.atomic
    def send_back(self, *, by: User, reason: str, rows: Mapping[int, str] | None = None) -> None:
        """Return it with the reason, and for single values (by key) with theirs."""
        self.require_reviewer(by)
        require_reason(reason)
        reason = stated(reason, "reason", LONGEST_REASON)
        asked = self._reasons_stated(rows or {})
        self.period.hold()
        facts = {"cells": [[row.indicator_id, row.category_id] for row, _ in asked]}
        Event.move(self, self.Status.RETURNED, by=by, reason=reason, facts=facts)
        self.return_reasons.model.state(self, reason, asked, by=by)

    def _reasons_stated(self, rows: Mapping[int, str]) -> list[tuple[Any, str]]:
        found = {row.pk: row for row in self.observations.filter(pk__in=rows)}
        wrong: dict[str, Any] = {}
        for key, text in rows.items():
            if key not in found:
                wrong[f"rows.{key}"] = "Not a value of this submission."
            elif not text.strip():
                wrong[f"rows.{key}"] = "Give the reason."
            elif len(text) > LONGEST_REASON:
                wrong[f"rows.{key}"] = f"At most {LONGEST_REASON:,} characters."
        if wrong:
            raise ValidationError(wrong)
        return [(found[key], text.strip()) for key, text in rows.items()]

    @transaction.atomic
    def approve(self, *, by: User, at: datetime | None = None) -> None:
        """Make the values count; a correction's rows end those they replace, for good."""
        self.require_reviewer(by)
        self.period.hold()
        at = at or timezone.now()
        Event.move(self, self.Status.APPROVED, by=by, approved_by=by, approved_at=at)
        self.observations.model.objects.put_in_force(self, at)
        self._supersede_emptied(by=by)
        figures_changed.send(type(self), partnership=self.period.framework.partnership_id)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take the submission's values out; what they had replaced is not revived."""
        require_reason(reason)
        rows: Any = type(self)._default_manager
        is_sender = rows.editable_by(by).filter(pk=self.pk).exists()
        if not (is_sender or self.period.framework.partnership.is_editable_by(by)):
            raise NotAllowed("unit_only", "Only its own people or a reviewer may do this.")
        self.period.hold()
        now = timezone.now()
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason, withdrawn_at=now)
        self.observations.filter(counts_from__isnull=False, counts_until=None).update(
            counts_until=now
        )
        figures_changed.send(type(self), partnership=self.period.framework.partnership_id)
        self.return_reasons.answer(self, by=by)

    def _supersede_emptied(self, *, by: User) -> None:
        """An earlier revision without a counting value left is superseded."""
        rows: Any = type(self)._default_manager
        earlier = rows.filter(
            unit=self.unit, period=self.period, status=self.Status.APPROVED
        ).exclude(pk=self.pk)
        for submission in earlier.exclude(
            observations__counts_from__isnull=False, observations__counts_until=None
        ):
            Event.move(submission, self.Status.SUPERSEDED, by=by)
