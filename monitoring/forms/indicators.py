"""An indicator, asked about in the order in which somebody thinks of one."""

from typing import Any

from django import forms
from django.db.models import Q

from monitoring.forms.frameworks import AREA, RecordForm, ResultChoice
from monitoring.models import Dimension, Framework, Indicator, Result
from partnerships.forms.agreements import MembershipField
from partnerships.forms.numbers import NumberField
from partnerships.forms.registering import A_DAY
from partnerships.models import Membership
from registry.models import Currency, Disclosure, GlobalIndicator

Measure, Accumulation, Combine = Indicator.Measure, Indicator.Accumulation, Indicator.Combine
MEASURES = [
    (Measure.NUMBER, "A number: wells, people, tonnes"),
    (Measure.RATIO, "A share: so many of so many, as in children at school of all children"),
    (Measure.CURRENCY, "An amount of money"),
    (Measure.YES_NO, "Yes or no"),
    (Measure.RATING, "A grade on a scale, as in 1 to 5"),
    (Measure.NARRATIVE, "A text: what changed, in people’s own words"),
    (Measure.PERCENT, "A bare percentage whose parts nobody knows: it cannot be added up"),
]
ACCUMULATIONS = [
    (Accumulation.FLOW, "What happened in the period (wells dug this quarter): periods add up"),
    (Accumulation.CUMULATIVE, "The running total since the start (wells dug so far)"),
    (Accumulation.POINT_IN_TIME, "How things stand on the period’s last day (wells in use)"),
]
COMBINES = [
    ("", "As is usual for what is measured"),
    (Combine.SUM, "Added up"),
    (Combine.MEAN, "On average"),
    (Combine.MIN, "The lowest counts"),
    (Combine.MAX, "The highest counts"),
]
# What is meant where nothing is said, and all that is possible where one thing is.
USUAL: dict[str, str] = {
    Measure.NUMBER: Combine.SUM,
    Measure.CURRENCY: Combine.SUM,
    Measure.YES_NO: Combine.SUM,
    Measure.RATING: Combine.MEAN,
}
ONLY: dict[str, str] = {
    Measure.RATIO: Combine.RATIO,
    Measure.PERCENT: Combine.NONE,
    Measure.NARRATIVE: Combine.NONE,
}
STATES = (Measure.RATING, Measure.YES_NO, Measure.PERCENT)
PEOPLE = [
    (Indicator.CountsPeople.NO, "No, not people"),
    (Indicator.CountsPeople.CONTACTS, "Contacts: who comes twice counts twice"),
    (Indicator.CountsPeople.UNIQUE, "Persons, each once"),
]
DIRECTIONS = [
    (Indicator.Direction.INCREASE, "More is better"),
    (Indicator.Direction.DECREASE, "Less is better"),
    (Indicator.Direction.MAINTAIN_UP, "To be kept; more does no harm"),
    (Indicator.Direction.MAINTAIN_DOWN, "To be kept; less does no harm"),
]
LINKS = [
    ("", "Not taken from a library, or not said"),
    (Indicator.LibraryLink.IDENTICAL, "Identical with it"),
    (Indicator.LibraryLink.PROXY, "Stands in for it"),
    (Indicator.LibraryLink.CONTRIBUTES, "Contributes to it"),
    (Indicator.LibraryLink.NONE, "No link after all"),
]
GROUPS = {
    "What is measured": [
        *("result", "title", "code", "definition", "measure", "unit", "currency"),
        *("rating_min", "rating_max", "direction", "tolerance"),
    ],
    "How it adds up": [
        *("accumulation", "combine", "counts_people", "counts_new_people", "units_overlap"),
    ],
    "Who reports it, and for whom": ["responsible", "by_place", "frequency", "dimensions"],
    "Where it starts": [
        *("baseline_value", "baseline_numerator", "baseline_denominator", "baseline_on"),
        *("baseline_year", "baseline_source"),
        *("baseline_unavailable", "baseline_plan", "baseline_plan_on"),
    ],
    "How anybody can check it": ["method", "source", "means_of_verification"],
    "The library it is from": ["global_indicator", "disclosure", "library_link"],
    "The edition before": ["breaks_series", "break_reason", "joins_series"],
}
HINTS = {
    "What is measured": "One thing that can be counted or judged, so that two people who look at"
    " the same facts arrive at the same value.",
    "How it adds up": "Totals over periods and members are made from this. If in doubt: what"
    " happened in the period, added up.",
    "Where it starts": "The value before the work began. Without it no progress can be shown."
    " 0 is a value; where nobody has it yet, say how it will be found.",
    "The edition before": "It stands in the place of an indicator of an earlier edition. Other"
    " targets, baselines and wording go on with its values; another measure does not.",
}
DIGITS: dict[str, Any] = {"max_digits": 30, "decimal_places": 10, "required": False}
SHORT = forms.Textarea(attrs={"rows": 2})


class DimensionsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class GlobalField(forms.ModelChoiceField):
    """By its code; a list of all would be longer than the page."""

    widget = forms.HiddenInput


class IndicatorForm(RecordForm):
    """Everything that the members agree on for one indicator."""

    result = ResultChoice(label="It measures", queryset=Result.objects.none(), empty_label=None)
    title = forms.CharField(label="Indicator", max_length=2000, widget=SHORT)
    code = forms.CharField(
        label="Short code", required=False, max_length=60, help_text="As in OC1.2; may be empty."
    )
    definition = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What counts and what does not. “In use: gave water on the day of the visit.”",
    )
    measure = forms.ChoiceField(label="A value is", choices=MEASURES, widget=forms.RadioSelect)
    unit = forms.CharField(
        required=False, max_length=60, help_text="What is counted: wells, people, kg."
    )
    currency = forms.ModelChoiceField(
        queryset=Currency.objects.order_by("code"), required=False, help_text="Only for money."
    )
    rating_min = NumberField(
        label="Lowest grade",
        required=False,
        max_digits=8,
        decimal_places=2,
        help_text="Scales only.",
    )
    rating_max = NumberField(label="Highest grade", required=False, max_digits=8, decimal_places=2)
    direction = forms.ChoiceField(choices=DIRECTIONS)
    tolerance = NumberField(
        label="How far it may move", help_text="Only for what is to be kept.", **DIGITS
    )
    accumulation = forms.ChoiceField(
        label="Each value says", choices=ACCUMULATIONS, widget=forms.RadioSelect, required=False
    )
    combine = forms.ChoiceField(
        label="Values of several members are",
        choices=COMBINES,
        required=False,
        help_text="A share is always all numerators over all denominators.",
    )
    counts_people = forms.ChoiceField(label="Does it count people?", choices=PEOPLE)
    counts_new_people = forms.BooleanField(
        label="Only those who are new in the period", required=False
    )
    units_overlap = forms.BooleanField(
        label="Two members may count the same person", required=False
    )
    responsible = MembershipField(
        label="Who reports it",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="every reporting unit",
    )
    by_place = forms.BooleanField(label="Reported place by place", required=False)
    frequency = forms.CharField(
        label="How often it is collected",
        required=False,
        max_length=120,
        help_text="Where that differs from the periods: “once a year, after harvest”.",
    )
    dimensions = DimensionsField(
        label="Broken down by",
        queryset=Dimension.objects.none(),
        required=False,
        help_text="Only what is safe to ask, and will be looked at.",
    )
    baseline_value = NumberField(label="Value", help_text="Leave it empty for a share.", **DIGITS)
    baseline_numerator = NumberField(label="For a share: so many", **DIGITS)
    baseline_denominator = NumberField(label="of so many", **DIGITS)
    baseline_on = forms.DateField(label="As of the day", required=False, widget=A_DAY)
    baseline_year = forms.IntegerField(
        label="or of the year",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    baseline_source = forms.CharField(
        label="Where it comes from", required=False, max_length=2000, widget=SHORT
    )
    baseline_unavailable = forms.BooleanField(label="Nobody has it yet", required=False)
    baseline_plan = forms.CharField(
        label="How it will be found", required=False, max_length=2000, widget=SHORT
    )
    baseline_plan_on = forms.DateField(label="By", required=False, widget=A_DAY)
    method = forms.CharField(
        label="How it is worked out", required=False, max_length=20_000, widget=SHORT
    )
    source = forms.CharField(
        label="Where the data comes from", required=False, max_length=20_000, widget=SHORT
    )
    means_of_verification = forms.CharField(
        label="How somebody else can check it",
        required=False,
        max_length=20_000,
        widget=SHORT,
        help_text="Registers, photos, receipts, a visit.",
    )
    global_indicator = GlobalField(
        queryset=GlobalIndicator.objects.all(), required=False, to_field_name="code"
    )
    disclosure = GlobalField(queryset=Disclosure.objects.select_related("standard"), required=False)
    library_link = forms.ChoiceField(
        label="How close it is to the library’s", choices=LINKS, required=False
    )
    breaks_series = forms.NullBooleanField(
        label="Does the series break?",
        widget=forms.Select(
            choices=[
                ("", "Nothing changed that asks for it"),
                ("False", "No: what changed is wording only"),
                ("True", "Yes: values are no longer those of before"),
            ]
        ),
        required=False,
    )
    break_reason = forms.CharField(
        label="What is measured differently, and why", required=False, max_length=2000, widget=AREA
    )
    joins_series = forms.BooleanField(
        label="Show one line over the break all the same", required=False
    )

    def __init__(
        self, indicator: Indicator, framework: Framework, *args: Any, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {**self.stored_values(indicator), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name, rows in _choices(indicator, framework).items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        if not _stands_in(indicator):
            for name in GROUPS["The edition before"]:
                del self.fields[name]

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Heading, hint and visible fields, in the order in which they are asked."""
        return [
            (name, HINTS.get(name, ""), fields)
            for name, names in GROUPS.items()
            if (fields := [self[n] for n in names if n in self.fields and not self[n].is_hidden])
        ]

    def clean(self) -> dict[str, Any]:
        """What follows from the measure is not asked for twice."""
        said = super().clean() or {}
        measure = said.get("measure", "")
        said["combine"] = ONLY.get(measure) or said.get("combine") or USUAL.get(measure, "")
        if not said.get("accumulation") and measure in STATES:
            said["accumulation"] = Accumulation.POINT_IN_TIME
        if not said.get("accumulation") and measure and "accumulation" not in self.errors:
            self.add_error("accumulation", "Say what each value stands for.")
        return said

    def stored_values(self, record: Any) -> dict[str, Any]:
        library = record.global_indicator
        combine = record.combine
        return {
            name: getattr(record, record._meta.get_field(name).attname)
            for name in self.base_fields
            if name not in ("version", "dimensions")
        } | {
            "global_indicator": library.code if library else None,
            "combine": "" if combine in {*ONLY.values(), USUAL.get(record.measure)} else combine,
            "dimensions": [one.pk for one in record.dimensions.all()] if record.pk else [],
        }


def _stands_in(indicator: Indicator) -> bool:
    return bool(indicator.result_id and indicator.former())


def _choices(indicator: Indicator, framework: Framework) -> dict[str, Any]:
    members = framework.partnership.memberships.accepted().select_related("partner")
    return {
        "result": framework.results.order_by("pk"),
        "dimensions": Dimension.objects.filter(Q(framework=None) | Q(framework=framework)),
        "responsible": members.order_by("partner__name", "pk"),
    }
