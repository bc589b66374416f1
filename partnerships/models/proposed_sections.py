"""Sections of a partnership as an amendment would have them: read, compared, kept."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from partnerships.models.budgets import BudgetLine
from partnerships.models.documents import (
    ABOUT,
    BUDGET_LINE,
    FACTS,
    LOCATION,
    OBJECTIVE,
    PARTS,
    budget_row,
    plain,
    row_of,
    share_row,
    values_of,
)
from partnerships.models.objectives import Objective
from partnerships.models.partnership import Partnership
from partnerships.models.places import Location, PartnershipCountry, checked_shares
from partnerships.models.proposed_rows import (
    Lookup,
    Lookups,
    Slips,
    by_code,
    codes_at,
    in_use,
    object_at,
    rows_at,
    set_values,
    within,
)
from partnerships.models.sections import Section
from registry.models import Country, Currency, DacSector, Goal, Target
from registry.models.base import in_words

Shares = list[tuple[Any, Decimal | None]]


class Proposed:
    """One section; `was` is the partnership as it stands, `now` as it would be."""

    section: ClassVar[Section]

    def __init__(self, was: Partnership, now: Partnership, slips: Slips) -> None:
        self.was, self.now, self.slips = was, now, slips
        self.path = f"changes.{self.section.value}"

    def read(self, value: Any) -> None:
        """Understand what was proposed; every slip is said at its place."""
        raise TypeError(f"{type(self).__name__} reads nothing")

    def before(self) -> Any:
        return PARTS[self.section](self.was)

    def after(self) -> Any:
        """The section of the document as it would be; new rows have no number."""
        return self.kept()

    def kept(self) -> Any:
        """What was proposed, as it was understood."""
        raise TypeError(f"{type(self).__name__} keeps nothing")


class ProposedAbout(Proposed):
    section = Section.ABOUT

    def read(self, value: Any) -> None:
        self.given = object_at(value, self.path, ABOUT, self.slips)
        set_values(self.now, self.given, self.path, self.slips, {})
        for name in ("summary", "ends_on"):
            if getattr(self.was, name) and not getattr(self.now, name):
                self.slips.add(f"{self.path}.{name}", "It was registered with one: give a value.")
        if {"starts_on", "ends_on"} & set(self.given) and not self.slips.found:
            self._hold_promises()

    def _hold_promises(self) -> None:
        """What was promised still falls due while the partnership lasts."""
        promised = self.was.commitments.filter(status="open").with_standing().order_by("pk")
        dated = promised.exclude(held_due_on=None)
        self.hold(dated.values_list("title", "held_due_on"))

    def hold(self, rows: Iterable[tuple[str, date | None]]) -> None:
        """What stands, and is not changed with it, fits into the new days."""
        for name, day in rows:
            if not within(day, self.now):
                text = f"“{name}” has the day {in_words(day)}, outside of these days: amend it too."
                self.slips.add(f"{self.path}.ends_on", text)

    def after(self) -> Any:
        return values_of(self.now, FACTS)

    def kept(self) -> Any:
        return values_of(self.now, self.given)


class ProposedTargets(Proposed):
    section = Section.TARGETS
    goals: Sequence[Goal] | None = None
    targets: Sequence[Target] | None = None

    def read(self, value: Any) -> None:
        names = ("primary_goal", "goals", "targets")
        given = object_at(value, self.path, names, self.slips)
        goals = by_code(Goal.objects.all(), "number", "goal")
        targets = by_code(Target.objects.all(), "code", "target")
        if "primary_goal" in given:
            picked = {"primary_goal": given["primary_goal"]}
            set_values(self.now, picked, self.path, self.slips, {"primary_goal": goals})
            if self.was.primary_goal_id and not self.now.primary_goal_id:
                text = "It was registered with one: give a value."
                self.slips.add(f"{self.path}.primary_goal", text)
        if "goals" in given:
            self.goals = codes_at(given["goals"], f"{self.path}.goals", goals, self.slips)
        if "targets" in given:
            self.targets = codes_at(given["targets"], f"{self.path}.targets", targets, self.slips)
        if self.targets == [] and not (self.goals or self.was.goals.exists()):
            self.slips.add(f"{self.path}.targets", "Name at least one goal or target.")

    def after(self) -> Any:
        return {**self.before(), **self.kept()}

    def kept(self) -> Any:
        kept: dict[str, Any] = {"primary_goal": self.now.primary_goal_id}
        if self.goals is not None:
            kept["goals"] = sorted(goal.number for goal in self.goals)
        if self.targets is not None:
            ordered = sorted(self.targets, key=lambda target: target.pk)
            kept["targets"] = [target.code for target in ordered]
        return kept


class ProposedRows(Proposed):
    """Rows come whole: those with an `id` stay, those without are new, those not named go."""

    def read_rows(
        self,
        value: Any,
        path: str,
        names: Iterable[str],
        stands: Iterable[models.Model],
        make: Callable[[], models.Model],
        lookups: Lookups,
    ) -> None:
        of_id = {row.pk: row for row in stands}
        self.stay: list[Any] = []
        for n, given in enumerate(rows_at(value, path, ("id", *names), self.slips)):
            number = given.get("id")
            row = of_id.pop(number, None) if isinstance(number, int) else make()
            if row is None or "id" in given and not isinstance(number, int):
                self.slips.add(f"{path}.{n}.id", "Not a row of the partnership, or named twice.")
                continue
            row.partnership = self.now  # type: ignore[attr-defined]
            set_values(row, given, f"{path}.{n}", self.slips, lookups)
            self.stay.append(row)
        self.go = list(of_id.values())
        for row in self.go:
            if what := in_use(row):
                self.slips.add(path, f"“{row}” stays: {what} stand on it.")

    def once(self, path: str, key: Callable[[Any], Any]) -> None:
        seen = set()
        for n, row in enumerate(self.stay):
            if key(row) in seen:
                self.slips.add(f"{path}.{n}", "Named twice.")
            seen.add(key(row))


class ProposedObjectives(ProposedRows):
    section = Section.OBJECTIVES

    def read(self, value: Any) -> None:
        lookups = {"target": by_code(Target.objects.all(), "code", "target")}
        stands = self.was.objectives.select_related("target").order_by("pk")

        def make() -> Objective:
            return Objective(partnership=self.now)

        self.read_rows(value, self.path, OBJECTIVE, stands, make, lookups)
        if not self.stay and not self.slips.found:
            self.slips.add(self.path, "At least one objective.")
        for n, row in enumerate(self.stay):
            if not self.slips.found and not within(row.reach_by, self.now):
                text = "A day while the partnership lasts."
                self.slips.add(f"{self.path}.{n}.reach_by", text)

    def kept(self) -> Any:
        return [row_of(row, OBJECTIVE) for row in self.stay]


class ProposedPlaces(ProposedRows):
    section = Section.PLACES
    countries: Shares | None = None
    sectors: Shares | None = None
    stay: list[Any]

    def read(self, value: Any) -> None:
        given = object_at(value, self.path, ("countries", "locations", "sectors"), self.slips)
        codes = by_code(Country.objects.all(), "alpha2", "country")
        self.stay, self.names_locations = [], "locations" in given
        if "countries" in given:
            self.countries = self._shares_at(given, "countries", "country", codes)
        if "sectors" in given:
            known = by_code(DacSector.objects.all(), "code", "sector of work")
            self.sectors = self._shares_at(given, "sectors", "sector", known)
        if self.names_locations:
            stands = self.was.locations.select_related("country").order_by("pk")
            path = f"{self.path}.locations"

            def make() -> Location:
                return Location(partnership=self.now)

            self.read_rows(given["locations"], path, LOCATION, stands, make, {"country": codes})
            self.once(path, lambda row: (row.country_id, row.name))
        if not self.slips.found:
            self._hold_countries()

    def _shares_at(self, given: dict[str, Any], name: str, what: str, look: Lookup) -> Shares:
        """By `country` or `sector`; or as the document has them, with the code as `id`."""
        path = f"{self.path}.{name}"
        rows = rows_at(given[name], path, (what, "percentage", "id", "name"), self.slips)
        shares: Shares = []
        for n, row in enumerate(rows):
            try:
                one = look(row.get(what) or row.get("id"))
                shares.append((one, share_at(row.get("percentage"))))
            except ValidationError as error:
                self.slips.take(f"{path}.{n}", error)
        if len(shares) == len(rows):
            try:
                checked_shares(shares, field=name, what=what)
            except ValidationError as error:
                self.slips.add(path, " ".join(error.messages))
        return shares

    def _hold_countries(self) -> None:
        """Every place is in one of the countries."""
        if self.countries is None:
            stated = set(self.was.places.values_list("country_id", flat=True))
        else:
            stated = {country.pk for country, _ in self.countries}
        if self.names_locations:
            for n, row in enumerate(self.stay):
                if row.country_id not in stated:
                    path = f"{self.path}.locations.{n}.country"
                    self.slips.add(path, f"{row.country} is not among the countries.")
        elif self.countries is not None:
            for row in self.was.locations.exclude(country__in=stated).order_by("pk"):
                text = f"“{row}” is in {row.country}: amend the places, too."
                self.slips.add(f"{self.path}.countries", text)

    def after(self) -> Any:
        after = self.before()
        if self.countries is not None:
            ordered = sorted(self.countries, key=lambda pair: pair[0].alpha2)
            after["countries"] = [share_row(*pair) for pair in ordered]
        if self.names_locations:
            after["locations"] = [row_of(row, LOCATION) for row in self.stay]
        if self.sectors is not None:
            ordered = sorted(self.sectors, key=lambda pair: pair[0].code)
            after["sectors"] = [share_row(*pair) for pair in ordered]
        return after

    def kept(self) -> Any:
        kept: dict[str, Any] = {}
        for name, what, shares in (
            ("countries", "country", self.countries),
            ("sectors", "sector", self.sectors),
        ):
            if shares is not None:
                kept[name] = [{what: plain(one), "percentage": plain(of)} for one, of in shares]
        if self.names_locations:
            kept["locations"] = [row_of(row, LOCATION) for row in self.stay]
        return kept

    def written_locations(self) -> list[dict[str, Any]] | None:
        """As the service of places takes them; None where they stay."""
        if not self.names_locations:
            return None
        return [{name: getattr(row, name) for name in LOCATION} for row in self.stay]


def share_at(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    field: Any = PartnershipCountry._meta.get_field("percentage")
    if isinstance(value, bool | list | dict):
        raise ValidationError({"percentage": "A share from 0 to 100."})
    try:
        share: Decimal = field.clean(value, None)
    except ValidationError as error:
        raise ValidationError({"percentage": error.messages}) from error
    if not 0 <= share <= 100:
        raise ValidationError({"percentage": "A share from 0 to 100."})
    return share


class ProposedBudget(ProposedRows):
    section = Section.BUDGET

    def read(self, value: Any) -> None:
        members = self.was.memberships.select_related("partner")
        lookups = {
            "currency": by_code(Currency.objects.all(), "code", "currency"),
            "membership": by_code(members, "pk", "member of the partnership"),
        }
        stands = self.was.budget_lines.select_related("currency", "membership__partner")

        def make() -> BudgetLine:
            return BudgetLine(partnership=self.now)

        names = (*BUDGET_LINE, "membership", "member")
        self.read_rows(value, self.path, names, stands.order_by("pk"), make, lookups)

    def after(self) -> Any:
        return [budget_row(row) for row in self.stay]

    def kept(self) -> Any:
        names = (*BUDGET_LINE, "membership")
        return [row_of(row, names) for row in self.stay]


def total_by_currency(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Of the document's budget: what is planned in each currency."""
    field: Any = BudgetLine._meta.get_field("amount")
    totals: dict[str, Any] = {}
    for row in rows:
        totals[row["currency"]] = totals.get(row["currency"], 0) + field.to_python(row["amount"])
    return totals
