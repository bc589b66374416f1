"""Forms for the sections of an amendment: they ask in plain values, the proposal decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from partnerships.models import Location, Membership, Partnership
from partnerships.models.sections import Section
from registry.models import Currency, DacSector, Goal

SPARE = 2  # empty rows below those that are there
LONG = forms.Textarea(attrs={"rows": 5})
DAY = forms.DateInput(attrs={"type": "date"})
ROLES = Membership.Role.choices


@dataclass(frozen=True)
class Column:
    """A value of a row, as it is asked for."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    is_day: bool = False
    many: bool = False
    is_long: bool = False

    def field(self, label: str, initial: Any) -> forms.Field:
        if self.many:
            return forms.MultipleChoiceField(
                label=label,
                choices=self.choices,
                required=False,
                initial=initial,
                widget=forms.CheckboxSelectMultiple,
            )
        if self.choices:
            choices = [("", "–"), *self.choices]
            return forms.ChoiceField(label=label, choices=choices, required=False, initial=initial)
        lines = forms.Textarea(attrs={"rows": 3}) if self.is_long else forms.TextInput()
        widget = DAY if self.is_day else lines
        return forms.CharField(
            label=label, max_length=500, required=False, initial=initial, widget=widget
        )


class SectionForm(forms.Form):
    """One section and the reason; `stands` is its part of the document, as it would be so far."""

    section: ClassVar[Section]
    reason = forms.CharField(
        label="Reason of the amendment",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="for all of it; public once it is approved",
    )

    def __init__(
        self, partnership: Partnership, stands: Any, *args: Any, reason: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partnership, self.stands = partnership, stands
        self.fields["reason"].initial = reason
        self.build()
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def build(self) -> None:
        """Add what depends on the partnership."""

    def value(self) -> Any:
        """The section's new values, as an amendment holds them."""
        raise TypeError(f"{type(self).__name__} asks for nothing")

    def field_at(self, path: str) -> str:
        """The field that asks for the value at a path below the section."""
        return path

    def placed(self, error: ValidationError) -> ValidationError:
        """The proposal's slips at the fields of this form."""
        if not hasattr(error, "error_dict"):
            return error
        start = f"changes.{self.section.value}."
        found: dict[str, list[str]] = {}
        for path, texts in error.message_dict.items():
            name = self.field_at(path.removeprefix(start))
            if name not in self.fields:
                name = "reason" if path == "reason" else "__all__"
            found.setdefault(name, []).extend(texts)
        return ValidationError(found)


class AboutForm(SectionForm):
    section = Section.ABOUT
    title = forms.CharField(max_length=300)
    summary = forms.CharField(max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))
    kind = forms.ChoiceField(choices=Partnership.Kind.choices)
    level = forms.ChoiceField(choices=Partnership.Level.choices)
    starts_on = forms.CharField(label="Begins on", widget=DAY)
    ends_on = forms.CharField(label="Ends on", widget=DAY, required=False)
    website = forms.CharField(max_length=200, required=False)

    def build(self) -> None:
        for name in self.stands.keys() & self.fields.keys():
            self.fields[name].initial = self.stands[name]

    def value(self) -> Any:
        return {n: v for n, v in self.cleaned_data.items() if n in self.stands}


class TargetsForm(SectionForm):
    section = Section.TARGETS
    primary_goal = forms.ChoiceField(label="Main goal", required=False)
    goals = forms.MultipleChoiceField(
        label="Goals", required=False, widget=forms.CheckboxSelectMultiple
    )
    targets = forms.CharField(
        required=False, max_length=1500, help_text="codes with commas between them: 6.1, 6.b"
    )

    def build(self) -> None:
        goals = [(str(goal.number), f"{goal.number} {goal.label}") for goal in Goal.objects.all()]
        self.fields["primary_goal"].choices = [("", "–"), *goals]  # type: ignore[attr-defined]
        self.fields["goals"].choices = goals  # type: ignore[attr-defined]
        self.fields["primary_goal"].initial = str(self.stands["primary_goal"] or "")
        self.fields["goals"].initial = [str(number) for number in self.stands["goals"]]
        self.fields["targets"].initial = ", ".join(self.stands["targets"])

    def value(self) -> Any:
        codes = self.cleaned_data["targets"].replace(",", " ").split()
        return {
            "primary_goal": self.cleaned_data["primary_goal"] or None,
            "goals": self.cleaned_data["goals"],
            "targets": codes,
        }


class Grid:
    """Rows of a form: those that are there, each of which may go, and empty ones to fill in."""

    def __init__(
        self,
        form: forms.Form,
        name: str,
        columns: Sequence[Column],
        rows: Sequence[Mapping[str, Any]],
        path: str = "",
    ) -> None:
        self.form, self.name, self.columns, self.path = form, name, columns, path
        self.numbers = [row.get("id") for row in rows]
        more = max(SPARE, self._sent() - len(rows))
        self.count = min(len(rows) + more, 120)
        for n in range(self.count):
            row = rows[n] if n < len(rows) else {}
            for column in columns:
                label = f"{column.label}, row {n + 1}"
                form.fields[self.key(n, column.name)] = column.field(label, row.get(column.name))
            if row:
                form.fields[self.key(n, "go")] = forms.BooleanField(
                    label=f"Take out row {n + 1}", required=False
                )

    def _sent(self) -> int:
        """How many rows came, so that none that was typed is lost."""
        begins = f"{self.name}-"
        names = [key for key in (self.form.data or {}) if key.startswith(begins)]
        rows = [key.split("-")[1] for key in names]
        return max((int(n) + 1 for n in rows if n.isdecimal() and len(n) < 4), default=0)

    def key(self, n: int, name: str) -> str:
        return f"{self.name}-{n}-{name}"

    def lines(self) -> list[tuple[list[tuple[str, Any]], Any]]:
        """Bound fields with their labels, and the one that takes the row out."""
        shown = []
        for n in range(self.count):
            cells = [(c.label, self.form[self.key(n, c.name)]) for c in self.columns]
            go = self.key(n, "go")
            shown.append((cells, self.form[go] if go in self.form.fields else None))
        return shown

    def filled(self) -> list[int]:
        """Rows that are meant: not taken out, not empty."""
        said = self.form.cleaned_data
        return [
            n
            for n in range(self.count)
            if not said.get(self.key(n, "go"))
            and any(said.get(self.key(n, column.name)) for column in self.columns)
        ]

    def value(self) -> list[dict[str, Any]]:
        said = self.form.cleaned_data
        rows = []
        for n in self.filled():
            row = {c.name: said[self.key(n, c.name)] for c in self.columns}
            number = self.numbers[n] if n < len(self.numbers) else None
            rows.append({"id": number, **row} if number else row)
        return rows

    def field_at(self, path: str) -> str:
        """`1.currency` is the second of the rows that are meant."""
        n, _, name = path.removeprefix(self.path).partition(".")
        filled = self.filled()
        if not n.isdecimal() or int(n) >= len(filled):
            return ""
        return self.key(filled[int(n)], name or self.columns[0].name)


class ObjectivesForm(SectionForm):
    section = Section.OBJECTIVES
    COLUMNS = (
        Column("text", "What will be different", is_long=True),
        Column("measure", "Measure", is_long=True),
        Column("unit", "Unit"),
        Column("baseline", "Baseline"),
        Column("baseline_year", "Year of the baseline"),
        Column("goal_value", "Value to be reached"),
        Column("reach_by", "By", is_day=True),
        Column("target", "SDG target"),
    )

    def build(self) -> None:
        self.grids = [Grid(self, "row", self.COLUMNS, self.stands)]

    def value(self) -> Any:
        return self.grids[0].value()

    def field_at(self, path: str) -> str:
        return self.grids[0].field_at(path)


class BudgetForm(SectionForm):
    section = Section.BUDGET

    def build(self) -> None:
        members = self.partnership.memberships.accepted().select_related("partner")
        spent_by = [(str(member.pk), str(member.partner)) for member in members]
        money = [(code, code) for code in Currency.objects.values_list("code", flat=True)]
        columns = (
            Column("title", "Purpose", is_long=True),
            Column("amount", "Amount"),
            Column("currency", "Currency", choices=money),
            Column("membership", "Spent by", choices=spent_by),
            Column("starts_on", "From", is_day=True),
            Column("ends_on", "To", is_day=True),
        )
        self.grids = [Grid(self, "row", columns, self.stands)]

    def value(self) -> Any:
        return self.grids[0].value()

    def field_at(self, path: str) -> str:
        return self.grids[0].field_at(path)


class PlacesForm(SectionForm):
    section = Section.PLACES
    COUNTRIES = (Column("country", "Country (two letters)"), Column("percentage", "Share in %"))
    LOCATIONS = (
        Column("country", "Country (two letters)"),
        Column("name", "Place"),
        Column("reach", "Reach", choices=Location.Reach.choices),
        Column("latitude", "Latitude"),
        Column("longitude", "Longitude"),
    )

    def build(self) -> None:
        countries = [
            {"country": row["id"], "percentage": row["percentage"]}
            for row in self.stands["countries"]
        ]
        locations = self.stands["locations"]
        known = [(one.code, f"{one.code} {one.label}") for one in DacSector.objects.all()]
        columns = (
            Column("sector", "Sector of work", choices=known),
            Column("percentage", "Share in %"),
        )
        sectors = [
            {"sector": row["id"], "percentage": row["percentage"]} for row in self.stands["sectors"]
        ]
        self.grids = [
            Grid(self, "country", self.COUNTRIES, countries, "countries."),
            Grid(self, "location", self.LOCATIONS, locations, "locations."),
            Grid(self, "sector", columns, sectors, "sectors."),
        ]

    def value(self) -> Any:
        countries, locations, sectors = (grid.value() for grid in self.grids)
        return {"countries": countries, "locations": locations, "sectors": sectors}

    def field_at(self, path: str) -> str:
        grid = next((grid for grid in self.grids if path.startswith(grid.path)), None)
        return grid.field_at(path) if grid else ""


class MembersForm(SectionForm):
    """Members who stay with their roles or leave, and whom to invite."""

    section = Section.MEMBERS

    def build(self) -> None:
        self.members = [row for row in self.stands if "id" in row]
        asked = [row for row in self.stands if "id" not in row]
        accepted = self.partnership.memberships.accepted().select_related("partner")
        self.stored = {m.pk: m for m in accepted.order_by("pk")}
        stay = {row["id"]: row["roles"] for row in self.members}
        for pk, member in self.stored.items():
            self.fields[f"roles-{pk}"] = forms.MultipleChoiceField(
                label=f"Roles of {member.partner}",
                choices=ROLES,
                required=False,
                initial=stay.get(pk, member.roles),
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[f"end-{pk}"] = forms.BooleanField(
                label=f"{member.partner} leaves", required=False, initial=pk not in stay
            )
        columns = (
            Column("partner", "Number of the partner"),
            Column("roles", "Roles", choices=ROLES, many=True),
        )
        self.grids = [Grid(self, "invite", columns, asked, "invite.")]

    def people(self) -> list[tuple[Any, Any, Any]]:
        return [
            (m.partner, self[f"roles-{pk}"], self[f"end-{pk}"]) for pk, m in self.stored.items()
        ]

    def value(self) -> Any:
        said = self.cleaned_data
        end = [pk for pk in self.stored if said[f"end-{pk}"]]
        changed = [
            {"membership": pk, "roles": said[f"roles-{pk}"]}
            for pk, member in self.stored.items()
            if pk not in end and sorted(said[f"roles-{pk}"]) != sorted(member.roles)
        ]
        self.changed = [row["membership"] for row in changed]
        asked = [{**row, "partner": _number(row["partner"])} for row in self.grids[0].value()]
        return {
            "invite": asked,
            "roles": changed,
            "end": [{"membership": pk} for pk in end],
        }

    def field_at(self, path: str) -> str:
        what, _, rest = path.partition(".")
        n = rest.partition(".")[0]
        if what == "roles" and n.isdecimal() and int(n) < len(self.changed):
            return f"roles-{self.changed[int(n)]}"
        return self.grids[0].field_at(path) if what == "invite" else ""


def _number(text: str) -> Any:
    """What is typed as a number is one; the rest is left for the proposal to refuse."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else text


FORMS: dict[str, type[SectionForm]] = {
    form.section.value: form
    for form in (AboutForm, TargetsForm, ObjectivesForm, PlacesForm, MembersForm, BudgetForm)
}
