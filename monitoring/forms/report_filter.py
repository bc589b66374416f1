"""How the list of reports is searched."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from monitoring.models import Report, ReportKind
from partnerships.models import Partnership
from registry.forms.filters import FilterForm, choose
from registry.models import Partner

FIRST_YEAR = 2015  # of the goals


class ReportFilter(FilterForm):
    q = forms.CharField(label="Search by what a report is about", max_length=100, required=False)
    kind = forms.MultipleChoiceField(
        label="Kind",
        choices=ReportKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    year = forms.ChoiceField(label="Year", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(timezone.localdate().year, FIRST_YEAR - 1, -1)
        choose(self, "year", [("", "All years"), *((str(year), str(year)) for year in years)])

    def found(self, reports: Any) -> Any:
        """The reports that fit: of any of the kinds, with days in the year, about what is named."""
        chosen = self.chosen()
        if kinds := chosen.get("kind"):
            reports = reports.filter(kind__in=kinds)
        if year := chosen.get("year"):
            reports = reports.filter(ends_on__year__gte=year, starts_on__year__lte=year)
        if text := chosen.get("q"):
            reports = reports.filter(_about(text))
        return reports


def _about(text: str) -> Q:
    about = Q(partnership__in=Partnership.objects.found(text).values("pk"))
    about |= Q(partner__in=Partner.objects.found(text).values("pk"))
    about |= Q(country__name__icontains=text) | Q(goal__label__icontains=text)
    return about | Q(target__code=text)


def public_reports(user: Any) -> Any:
    """Published reports on what somebody may see."""
    return Report.objects.visible_to(user).filter(status=Report.Status.PUBLISHED)
