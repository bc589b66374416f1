"""Which partnerships somebody may see or change, and how they are searched."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Q

from registry.models import Partner


class PartnershipQuerySet(models.QuerySet[Any]):
    def public(self) -> Self:
        return self.filter(status__in=self.model.PUBLIC)

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
            places: Any = self.model.places.rel.related_model._default_manager
            there = places.filter(country__alpha2=country)
            rows = rows.filter(pk__in=there.values("partnership_id"))
        for facet, values in (("kind", kind), ("level", level), ("status", status)):
            if values:
                rows = rows.filter(**{f"{facet}__in": values})
        return rows

    def for_goals(self, numbers: Iterable[int | str]) -> Self:
        """Partnerships that name one of the goals, as primary, as such or by a target."""
        numbers = list(numbers)
        named = self.model.goals.through.objects.filter(goal_id__in=numbers)
        by_target = self.model.targets.through.objects.filter(target__goal_id__in=numbers)
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
