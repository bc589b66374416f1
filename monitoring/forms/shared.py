"""Results that several partnerships share, as people state them."""

from typing import Any

from django import forms

from monitoring.models import Framework, Indicator, SharedResult
from partnerships.models import Partnership


class SharedResultForm(forms.ModelForm):
    class Meta:
        model = SharedResult
        fields = [
            "title",
            "global_indicator",
            "disclosure",
            "country",
            "place",
            "starts_on",
            "ends_on",
        ]
        labels = {
            "title": "What the result is",
            "global_indicator": "SDG indicator",
            "disclosure": "or ESG disclosure",
            "starts_on": "From",
            "ends_on": "To",
        }
        help_texts = {
            "country": "Empty: anywhere.",
            "place": "As it is written for reporting units, such as “Kisumu”. Empty: the country.",
        }
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}),
            "ends_on": forms.DateInput(attrs={"type": "date"}),
        }

    def _post_clean(self) -> None:
        """The service checks the values; a form must not change the record before."""


class ContributionForm(forms.Form):
    """A partnership's indicator, its share of its own figure, and how that was worked out."""

    indicator = forms.ModelChoiceField(Indicator.objects.none(), label="Your indicator")
    share = forms.DecimalField(
        label="Share of your own figure",
        min_value=0,
        max_value=1,
        max_digits=7,
        decimal_places=6,
        help_text="As a number up to 1: 0.4 is 40 %.",
    )
    method = forms.CharField(
        label="How the share was worked out",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For instance by what each partnership spent on it.",
    )

    def __init__(self, result: SharedResult, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own = Partnership.objects.editable_by(user).values("pk")
        in_force = Framework.objects.in_force().filter(partnership__in=own)
        choices = Indicator.objects.filter(
            result__framework__in=in_force,
            library_link=Indicator.LibraryLink.IDENTICAL,
            global_indicator=result.global_indicator_id,
            disclosure=result.disclosure_id,
        )
        field = self.fields["indicator"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = choices.select_related("result__framework__partnership")
        field.label_from_instance = _named  # type: ignore[assignment,method-assign]

    @property
    def has_choice(self) -> bool:
        field = self.fields["indicator"]
        assert isinstance(field, forms.ModelChoiceField)
        return bool(field.queryset is not None and field.queryset.exists())


def _named(indicator: Indicator) -> str:
    return f"{indicator.framework.partnership}: {indicator}"
