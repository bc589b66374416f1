"""Forms of the pages on which an organisation is registered and its facts are changed."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from registry.errors import DomainError
from registry.models import Basis, Country, Language, Partner, PartnerIdentifier

# The sections of a partner's workspace, in the order of the hub.
SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "names": ("Name and kind", ("name", "acronym", "summary", "kind", "size")),
    "places": ("Places", ("country", "city", "level", "countries")),
    "people": ("Groups and languages", ("groups", "languages")),
    "links": ("Website and parent organisation", ("website", "parent")),
}


def add_refusal(form: forms.BaseForm, error: DomainError | ValidationError) -> None:
    """Show what the domain refused at its field, or on top of the form."""
    if isinstance(error, DomainError):
        form.add_error(None, error.detail)
        return
    by_field = getattr(error, "error_dict", None) or {"": error}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)


class PartnerNameField(forms.CharField):
    """Another partner, by its exact name or the number in its page's address."""

    user: Any = None

    def prepare_value(self, value: Any) -> Any:
        return Partner.objects.get(pk=value).name if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        visible = Partner.objects.visible_to(self.user)
        named = (
            visible.filter(pk=int(text)) if text.isdecimal() else visible.filter(name__iexact=text)
        )
        found = list(named[:2]) if len(text) < 19 or not text.isdecimal() else []
        if len(found) != 1:
            how = "No partner has" if not found else "Several partners have"
            raise ValidationError(f"{how} this name. Give the number in its page's address.")
        return found[0]


class PartnerForm(forms.ModelForm):
    """Facts of a partner; it checks them and leaves saving to the services."""

    website = forms.URLField(required=False, assume_scheme="https", max_length=200)
    parent = PartnerNameField(
        label="Parent organisation",
        required=False,
        max_length=300,
        help_text="Its exact name here, or the number in its page's address.",
    )

    class Meta:
        model = Partner
        fields = [name for _, names in SECTIONS.values() for name in names]
        labels = {
            "summary": "What it does, in a few sentences",
            "country": "Country of its seat",
            "city": "City of its seat",
            "countries": "Countries in which it works",
            "level": "Level at which it works",
            "groups": "Major groups and other stakeholders",
            "languages": "Working languages",
        }
        help_texts = {
            "kind": "",
            "city": "",
            "size": "For companies. It must fit the kind.",
            "countries": "Hold Ctrl (or ⌘) to choose several.",
            "groups": "As the UN lists them. Leave all open if none fits.",
            "languages": "Hold Ctrl (or ⌘) to choose several.",
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "countries": forms.SelectMultiple(attrs={"size": 8}),
            "languages": forms.SelectMultiple(attrs={"size": 8}),
            "groups": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, only: tuple[str, ...] = (), user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if only and name not in only]:
            del self.fields[name]
        if "parent" in self.fields:
            cast(PartnerNameField, self.fields["parent"]).user = user
        if "kind" in self.fields:
            self.fields["kind"].required = not self.instance.import_batch_id
        for name, rows in (("countries", Country), ("country", Country), ("languages", Language)):
            if name in self.fields:
                field = cast(Any, self.fields[name])
                field.queryset = rows._default_manager.order_by("name")

    def _post_clean(self) -> None:
        """The model checks what it is given when the service stores it."""

    def changes(self) -> dict[str, Any]:
        """What was changed, as the services take it."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.fields}


class NewPartnerForm(PartnerForm):
    """An organisation to be registered, with an identifier if it has one."""

    scheme = forms.CharField(
        label="Register",
        max_length=20,
        required=False,
        help_text="LEI, UNGC (Global Compact), IATI, or a code of org-id.guide such as GB-COH.",
    )
    value = forms.CharField(label="Its number there", max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        scheme, value = self.cleaned_data.get("scheme"), self.cleaned_data.get("value")
        if value and not scheme:
            self.add_error("scheme", "Say which register gave the number.")
        if scheme and not value:
            self.add_error("value", "Give the number in that register.")
        if scheme and value:
            try:
                PartnerIdentifier.stated(scheme, value)
            except ValidationError as error:
                self.add_error(None, error)
        return self.cleaned_data

    def identifiers(self) -> list[tuple[str, str]]:
        scheme, value = self.cleaned_data["scheme"], self.cleaned_data["value"]
        return [(scheme, value)] if value else []

    def facts(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in PartnerForm.base_fields}
        return {name: value for name, value in given.items() if value is not None}


class IdentifierForm(forms.Form):
    scheme = NewPartnerForm.base_fields["scheme"]
    value = NewPartnerForm.base_fields["value"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].required = self.fields["value"].required = True


class FormerNameForm(forms.Form):
    name = forms.CharField(label="Former name", max_length=300)
    until_on = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class LogoForm(forms.Form):
    logo = forms.FileField(
        label="Image", help_text="PNG, JPEG, GIF or WebP, at most 512 KB.", allow_empty_file=True
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class BasisForm(forms.Form):
    basis = forms.ChoiceField(
        label="Reports on", required=False, choices=[("", "What its kind does"), *Basis.choices]
    )
    reason = forms.CharField(label="Reason (not public)", max_length=300)


class NamingForm(forms.Form):
    named_on = forms.DateField(
        label="Named on", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
