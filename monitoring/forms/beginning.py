"""How a framework begins: from nothing, from a template, or from that of another partnership."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404

from monitoring.forms.frameworks import CADENCES
from monitoring.models import Framework
from monitoring.models.framework_templates import templates
from partnerships.forms.registering import A_DAY
from partnerships.models import Partnership
from partnerships.views.finding import lookup
from registry.models import Currency, User

EMPTY, TEMPLATE, COPY = "empty", "template", "copy"
HOW = [
    (TEMPLATE, "From one of the templates below, to be put into your own words"),
    (COPY, "With a copy of what another partnership measures"),
    (EMPTY, "With an empty draft"),
]
OWN = ("title", "cadence")


class BeginForm(forms.Form):
    """Days in any case; title and cadence where nothing else brings them along."""

    how = forms.ChoiceField(label="Begin", choices=HOW, widget=forms.RadioSelect)
    template = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    currency = forms.ModelChoiceField(
        label="Currency of its amounts of money",
        queryset=Currency.objects.order_by("code"),
        required=False,
        help_text="Only where the template has any.",
    )
    source = forms.CharField(
        label="Whose framework is copied",
        required=False,
        max_length=18,
        help_text="The partnership’s reference, as in P-2026-00042. Its indicators come along.",
    )
    keep_targets = forms.BooleanField(label="Its targets come along too", required=False)
    keep_baselines = forms.BooleanField(label="Its baselines come along too", required=False)
    title = forms.CharField(
        max_length=300,
        required=False,
        help_text="Empty: the title of the template or of what is copied.",
    )
    starts_on = forms.DateField(
        label="First day", widget=A_DAY, help_text="Periods are counted from here."
    )
    ends_on = forms.DateField(label="Last day", widget=A_DAY)
    cadence = forms.ChoiceField(
        label="How often members report",
        choices=[("", "As the template or the copy has it"), *CADENCES],
        required=False,
    )

    def __init__(self, partnership: Partnership, user: User, *args: Any, **kwargs: Any) -> None:
        days = {"starts_on": partnership.starts_on, "ends_on": partnership.ends_on}
        kwargs["initial"] = {"how": TEMPLATE, **days}
        super().__init__(*args, **kwargs)
        self.partnership, self.user = partnership, user
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, one.title) for code, one in templates().items()]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        how = said.get("how")
        if how == TEMPLATE and not said.get("template") and "template" not in self.errors:
            self.add_error("template", "Choose a template.")
        if how == EMPTY:
            for name, text in (("title", "Give it a title."), ("cadence", "Say how often.")):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return said

    def clean_source(self) -> Framework | None:
        """The framework in force of the partnership that is named, if the reader sees both."""
        said = self.cleaned_data["source"].strip()
        if self.data.get("how") != COPY:
            return None
        try:
            theirs = Partnership.objects.visible_to(self.user).filter(**lookup(said or "0"))
        except Http404:
            theirs = Partnership.objects.none()
        rows = Framework.objects.visible_to(self.user).in_force()
        found = rows.filter(partnership__in=theirs.values("pk")).first()
        if found is None:
            text = f"No partnership “{said}” with a framework in force that you see."
            raise ValidationError(text if said else "Name the partnership.")
        return found

    def facts(self) -> dict[str, Any]:
        """Days, and what else was said of the framework itself."""
        said = self.cleaned_data
        own = {name: said[name] for name in OWN if said[name]}
        return {"starts_on": said["starts_on"], "ends_on": said["ends_on"], **own}
