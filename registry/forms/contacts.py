"""Forms of contacts, and of one's own data."""

from django import forms

from registry.models import Contact


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["name", "position", "email", "phone", "subject"]
        labels = {"subject": "To be asked about"}


class EraseForm(forms.Form):
    """The password proves who it is, the address that it is meant."""

    confirm = forms.EmailField(
        label="Your e-mail address",
        help_text="To make sure that you mean this account. It cannot be undone.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Your password",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    totp = forms.CharField(
        label="Code of your authenticator app, or a recovery code",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class PersonForm(forms.Form):
    """A person who asked the secretariat by letter."""

    email = forms.EmailField(label="E-mail address of the account")


class ErasePersonForm(PersonForm):
    reason = forms.CharField(
        label="Reason", max_length=300, help_text="Such as: asked by letter. Name nobody."
    )
    sure = forms.BooleanField(label="Erase for good. It cannot be undone.")
