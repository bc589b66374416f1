"""Whose things were at the cut-off, where two partners were made one (or two again) since, and of
which kind those partners were.

A merge moves memberships, reviews, identifiers and what members said to the partner that stays,
and in a partnership of both to the membership that goes on. A report as of an earlier cut-off
reads all of it as it was held then, from the log of the merges.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from monitoring.models import ReportingUnit
from partnerships.models import Membership, Partnership
from registry.models import AuditEntry, MovedField, Partner, PartnerMerge


def restore_kinds(partners: Iterable[Partner], at: datetime) -> None:
    """Let partners be of the kind that was known at a moment: what a published file left open, an
    admin may have stated since. No query where no file brought any of them."""
    brought = [one for one in partners if one.import_batch_id]
    AuditEntry.objects.restore(brought, at, "kind")


@dataclass(frozen=True)
class BeforeMerges:
    """What a partnership's rows held before the merges of after a moment.

    Without such a merge, as is usual, nothing is asked but whether there is one.
    """

    partnership: Partnership
    at: datetime

    @cached_property
    def any(self) -> bool:
        """Whether any two partners were made one, or two again, after the moment. One query."""
        return PartnerMerge.objects.since(self.at).exists()

    def restore(self, rows: Sequence[models.Model], *columns: str) -> None:
        if self.any:
            MovedField.objects.restore(rows, self.at, *columns)

    def held(self, rows: Any, column: str, values: Collection[int], *more: str) -> list[Any]:
        """Of a QuerySet the rows that held one of the values in a column."""
        if self.any:
            return MovedField.objects.held(rows, self.at, column, values, *more)
        return list(rows.filter(**{f"{column}__in": values}))

    def of_members(self, rows: Any, members: Collection[Membership]) -> list[Any]:
        """Of a QuerySet the rows that were some members'."""
        return self.held(rows, "membership_id", {member.pk for member in members})

    def members_on(self, day: date) -> list[Membership]:
        """Members on a day, as known at the moment, with the partner that each had then: one
        membership of each partner.

        A merge of two members ends one membership, and its end takes that back. Where it was
        between the day and the moment, both are the one partner's: the one that goes on counts.
        """
        joined = self.partnership.memberships.filter(accepted_on__lte=day, created_at__lte=self.at)
        members = self.with_partners(joined.order_by("pk"), "partner", "ended_on")
        present = [one for one in members if one.ended_on is None or one.ended_on >= day]
        last = {one.partner_id: one for one in sorted(present, key=_until)}
        return [one for one in present if last[one.partner_id] is one]

    def with_partners(self, rows: Any, name: str = "partner", *more: str) -> list[Any]:
        """The rows of a QuerySet with the partner that each had then, and more of its columns."""
        found = list(rows.select_related(name))
        self.restore(found, f"{name}_id", *more)
        models.prefetch_related_objects(found, name)
        restore_kinds((getattr(row, name) for row in found), self.at)
        return found

    def partners_of(self, rows: Sequence[Any]) -> dict[int, int]:
        """By row the partner of its membership; rows without one are left out."""
        self.restore(rows, "membership_id")
        owned = [row for row in rows if row.membership_id]
        if self.any:
            return {row.pk: self._partners[row.membership_id] for row in owned}
        return {row.pk: row.membership.partner_id for row in owned}

    @cached_property
    def _partners(self) -> Mapping[int, int]:
        """By membership, ended ones too."""
        memberships = list(self.partnership.memberships.only("pk", "partner_id"))
        self.restore(memberships, "partner_id")
        return {row.pk: row.partner_id for row in memberships}

    @cached_property
    def units(self) -> Mapping[int, ReportingUnit]:
        """Its reporting units as they were; empty where nothing was merged since."""
        if not self.any:
            return {}
        units = list(ReportingUnit.objects.filter(membership__partnership=self.partnership))
        self.restore(units, "membership_id", "merged_into_id", "since_on")
        return {unit.pk: unit for unit in units}

    @cached_property
    def partner_of_unit(self) -> Mapping[int, int]:
        """By reporting unit the partner; empty where nothing was merged since."""
        return {pk: self._partners[unit.membership_id] for pk, unit in self.units.items()}

    def of_partners(self, partners: Collection[int]) -> Q:
        """What was reported through units of some partners."""
        if not self.any:
            return Q(unit__membership__partner__in=partners)
        units = self.partner_of_unit.items()
        return Q(unit__in=[unit for unit, partner in units if partner in partners])


def _until(member: Membership) -> tuple[date, int]:
    return member.ended_on or date.max, member.pk
