"""Forms of one's own account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from registry.models import User


class SignInForm(AuthenticationForm):
    """Sign-in by e-mail; one message for every reason, so that it names no account."""

    error_messages = {
        "invalid_login": "E-mail and password do not belong together.",
        "inactive": "E-mail and password do not belong together.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"


class ProfileForm(forms.ModelForm):
    """The name that others see."""

    class Meta:
        model = User
        fields = ["name"]
        help_texts = {"name": "Colleagues and the secretariat see it; the public does not."}
