"""Five rows at most, on one page; a row that is empty is none."""

from typing import Any

from django import forms

from monitoring.models import Indicator
from monitoring.models.smart import LIGHT_MOST
from monitoring.services.light_frameworks import LightIndicator
from partnerships.forms.numbers import NumberField
from partnerships.forms.registering import A_DAY
from partnerships.models import Partnership
from registry.models import GlobalIndicator

Accumulation = Indicator.Accumulation
KINDS = [
    (Accumulation.CUMULATIVE, "The total so far, since the start"),
    (Accumulation.POINT_IN_TIME, "How things stand at the end of a year"),
    (Accumulation.FLOW, "What happened in the year; years add up"),
]
NEEDED = ("title", "global_indicator", "baseline_value", "baseline_year", "goal_value")
DIGITS: dict[str, Any] = {"max_digits": 24, "decimal_places": 6, "required": False}


class LightFrameworkForm(forms.Form):
    starts_on = forms.DateField(label="First day", widget=A_DAY)
    ends_on = forms.DateField(label="Last day", widget=A_DAY)

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "starts_on": partnership.starts_on,
            "ends_on": partnership.ends_on,
            **_known(partnership),
        }
        super().__init__(*args, **kwargs)
        targets = partnership.targets.values("pk")
        listed = GlobalIndicator.objects.in_force().filter(target__in=targets).order_by("pk")
        for number in range(1, LIGHT_MOST + 1):
            for name, field in _row_fields(listed).items():
                field.label = f"{field.label} ({number})" if number > 1 else field.label
                self.fields[f"{name}_{number}"] = field

    def rows(self) -> list[tuple[int, list[forms.BoundField], bool]]:
        """Number, inputs, and whether anything is in it."""
        rows = []
        for number in range(1, LIGHT_MOST + 1):
            fields = [self[f"{name}_{number}"] for name in _row_fields(None)]
            filled = any(f.value() or f.errors for f in fields if "accumulation" not in f.name)
            rows.append((number, fields, filled))
        return rows

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        begun = [n for n in range(1, LIGHT_MOST + 1) if self._is_begun(n)]
        for number in begun:
            for name in NEEDED:
                key = f"{name}_{number}"
                if said.get(key) in (None, "") and key not in self.errors:
                    self.add_error(key, "Needed, as the rest of this row is filled in.")
        if not begun:
            self.add_error("title_1", "Say at least one thing that you count.")
        return said

    def _is_begun(self, number: int) -> bool:
        names = (f"{name}_{number}" for name in (*NEEDED, "unit"))
        return any(str(self.data.get(name, "")).strip() for name in names)

    def indicators(self) -> list[LightIndicator]:
        said = self.cleaned_data
        return [
            LightIndicator(**{name: said[f"{name}_{n}"] for name in LightIndicator._fields})
            for n in range(1, LIGHT_MOST + 1)
            if self._is_begun(n)
        ]


def _row_fields(listed: Any) -> dict[str, forms.Field]:
    year = forms.TextInput(attrs={"inputmode": "numeric"})
    rows = GlobalIndicator.objects.none() if listed is None else listed
    return {
        "title": forms.CharField(label="What you count", max_length=300, required=False),
        "global_indicator": forms.ModelChoiceField(
            label="SDG indicator to which it contributes", queryset=rows, required=False
        ),
        "unit": forms.CharField(label="Unit", max_length=60, required=False),
        "accumulation": forms.ChoiceField(
            label="The value is", choices=KINDS, required=False, initial=Accumulation.CUMULATIVE
        ),
        "baseline_value": NumberField(label="How many before you began", **DIGITS),
        "baseline_year": forms.IntegerField(
            label="In which year", required=False, min_value=1900, max_value=2200, widget=year
        ),
        "goal_value": NumberField(label="How many on the last day", **DIGITS),
    }


def _known(partnership: Partnership) -> dict[str, Any]:
    """What the registration says already, so that nothing is asked twice."""
    known: dict[str, Any] = {}
    for number, one in enumerate(
        partnership.objectives.measurable().order_by("pk")[:LIGHT_MOST], 1
    ):
        listed = GlobalIndicator.objects.in_force().filter(target=one.target)
        known |= {
            f"title_{number}": one.measure,
            f"unit_{number}": one.unit,
            f"baseline_value_{number}": one.baseline,
            f"baseline_year_{number}": one.baseline_year or partnership.starts_on.year,
            f"goal_value_{number}": one.goal_value,
            f"global_indicator_{number}": listed.order_by("pk").first() if one.target else None,
        }
    return known
