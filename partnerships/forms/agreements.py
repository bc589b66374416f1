"""Documents of clauses: writing them, and saying yes or no to them."""

from typing import Any

from django import forms

from partnerships.models import Agreement, Clause, Ingredient, Membership, Quorum


class Versioned(forms.Form):
    """Carries the version that was read, so that a stale form is refused and not merged."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)

    def version_read(self) -> int:
        said = self.cleaned_data.pop("version", "")
        return int(said) if said.isascii() and said.isdigit() else 0


class AgreementForm(Versioned):
    """Title, opening words and, for a partnership agreement, how is decided."""

    title = forms.CharField(max_length=300)
    preamble = forms.CharField(
        label="Opening words", widget=forms.Textarea, required=False, max_length=10_000
    )
    quorum = forms.ChoiceField(
        label="Documents bind when endorsed by",
        choices=[(code, label.capitalize()) for code, label in Quorum.choices],
    )
    silence_days = forms.IntegerField(
        label="Days after which silence counts as consent",
        required=False,
        min_value=14,
        max_value=366,
        help_text="To later documents, while this agreement binds. Empty: silence is no consent.",
    )
    amendments_need_endorsement = forms.BooleanField(
        label="Changes of what is registered need the members' endorsement", required=False
    )

    def __init__(self, agreement: Agreement, *args: Any, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if name != "version"]
        kwargs["initial"] = {name: getattr(agreement, name) for name in [*names, "version"]}
        super().__init__(*args, **kwargs)
        if agreement.kind != Agreement.Kind.PARTNERSHIP:
            for name in ("quorum", "silence_days", "amendments_need_endorsement"):
                del self.fields[name]


class ClauseForm(Versioned):
    kind = forms.ChoiceField(label="What it is about", choices=Ingredient.choices)
    heading = forms.CharField(max_length=200)
    text = forms.CharField(widget=forms.Textarea, max_length=10_000)

    def __init__(self, clause: Clause, *args: Any, **kwargs: Any) -> None:
        names = ("kind", "heading", "text", "version")
        kwargs["initial"] = {name: getattr(clause, name) for name in names}
        super().__init__(*args, **kwargs)


class ReasonForm(forms.Form):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)


class MembershipField(forms.ModelChoiceField):
    """A member, by its partner's name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.partner)


class SpeakForm(forms.Form):
    """For which member the reader speaks: one of those whose manager the reader is."""

    membership = MembershipField(label="For", queryset=Membership.objects.none(), empty_label=None)

    def __init__(self, speaks_for: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        assert isinstance(field, MembershipField)
        field.queryset = speaks_for


class EndorseForm(SpeakForm):
    """With the hash of the text that stood on the page."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ObjectForm(SpeakForm):
    reason = forms.CharField(
        label="Reason", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
