"""Which partnerships somebody may see or change, and how they are searched."""

from collections import Counter
from typing import Any, Self

from django.db import models
from django.db.models import Q

from partnerships.models.narrowing import condition
from partnerships.models.smart import Finding, findings_of
from registry.models import Partner
from registry.models.search import SearchedQuerySet


class PartnershipQuerySet(SearchedQuerySet[Any]):
    def public(self) -> Self:
        return self.filter(status__in=self.model.PUBLIC)

    def hold(self) -> None:
        """Lock them for the rest of the transaction, by number: see `Partnership.hold`."""
        list(self.order_by("pk").select_for_update(no_key=True).values_list("pk"))

    def visible_to(self, user: Any) -> Self:
        """Registered partnerships, and those of the user's own partners that the role reaches."""
        if user.is_anonymous:
            return self.public()
        if user.is_staff:
            return self
        return self.filter(Q(status__in=self.model.PUBLIC) | Q(pk__in=self._with_partners_of(user)))

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

    def open_to(self, user: Any) -> Self:
        """Partnerships whose promises and money the user may read: public ones, and those of
        the own partners that have accepted."""
        inside = self.model._default_manager.insider(user).values("pk")
        return self.filter(Q(status__in=self.model.PUBLIC) | Q(pk__in=inside))

    def history_open_to(self, user: Any) -> Self:
        return self.insider(user)

    def chosen(self, *, q: str = "", **facets: Any) -> Self:
        """Partnerships that fit a search and every facet; within a facet, any of its values."""
        rows = self.found(q) if q else self
        for name, stated in facets.items():
            if stated:
                rows = rows.filter(condition(name, stated))
        return rows

    def with_facts(self) -> Self:
        """With goals, countries and lead: five queries, whatever the number of rows."""
        memberships = self.model.memberships.rel.related_model._default_manager
        leads = memberships.filter(roles__contains=["lead"], ended_on=None)
        lead = models.Prefetch("memberships", leads.select_related("partner"), to_attr="leads")
        return self.select_related("primary_goal").prefetch_related(
            "goals", "targets__goal", "places__country", lead
        )

    def findings(self) -> dict[int, list[Finding]]:
        """What each one lacks to be submitted, as it is stored now; empty where nothing is."""
        return findings_of(list(self.prefetch_related(None)))

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
