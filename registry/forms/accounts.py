"""Forms of one's own account, on the ones that django-allauth brings."""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError

from registry.addresses import client_address
from registry.lockout import give_back, guess_code
from registry.models import User

LONGEST_PASSWORD = 1000
LONGEST_CODE = 20
LONGEST_EMAIL = 254  # what the column holds
TOO_MANY = "Too many attempts. Wait a while before you try again."
LABELS = {
    "login": "E-mail",
    "email": "E-mail",
    "password": "Password",
    "oldpassword": "Current password",
    "code": "Code",
}


class Plain:
    """Labels in our words, no placeholders; and nobody makes us hash ten megabytes."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in ("login", "email"):
                field.validators.append(MaxLengthValidator(LONGEST_EMAIL))
            if "password" in name:
                field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
                field.help_text = ""
        if "password1" in self.fields:
            self.fields["password1"].help_text = " ".join(password_validators_help_texts())
            self.fields["password1"].label = "New password"
        if "password2" in self.fields:
            self.fields["password2"].label = "New password again"


class SignInForm(Plain, account.LoginForm):
    """Sign-in by e-mail; one message for every reason, so that it names no account."""

    def login(self, request: Any, redirect_url: Any = None) -> Any:
        """The session keeps who it is, and not the e-mail besides."""
        return self._login_with_password(request, redirect_url, {})


class SignUpForm(Plain, account.SignupForm):
    """An account of one's own; what it says is the same whether there is one already."""

    field_order = ["name", "email", "password1"]
    account_already_exists: bool

    name = forms.CharField(max_length=150, help_text="Your own; colleagues will see it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Password"

    def try_save(self, request: Any) -> tuple[Any, Any]:
        if not self.account_already_exists:
            try:
                return super().try_save(request)
            except IntegrityError:  # somebody was faster with the same address
                self.account_already_exists = True
        make_password(self.cleaned_data["password1"])  # takes as long as for a new account
        return super().try_save(request)


class ForgottenPasswordForm(Plain, account.ResetPasswordForm):
    """Asks for a link to a new password; also for the first one, after an invitation."""

    users: list[User]

    def clean_email(self) -> str:
        """Only the address that is the account's: not one that still waits for confirmation."""
        email: str = super().clean_email()
        own = [u for u in self.users if u.email.lower() == email.lower() and not u.is_service]
        self.users = own
        return email


class NewPasswordForm(Plain, account.ResetPasswordKeyForm):
    """A new password, by a link from the mailbox."""


class FirstPasswordForm(Plain, account.SetPasswordForm):
    """A password for somebody signed in who has none."""


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        """Guesses at the old password count as those of a sign-in."""
        password: str = self.cleaned_data["oldpassword"]
        adapter = account.get_adapter()
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return password


class ChangeEmailForm(Plain, account.AddEmailForm):
    """The new address counts once it is confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail"


class ConfirmPasswordForm(Plain, account.ReauthenticateForm):
    """Whoever has found the session open still does not know the password."""


class CodeForm(Plain):
    """A code of the second factor; guesses are counted before it is looked at."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].validators.append(MaxLengthValidator(LONGEST_CODE))
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True}

    def clean_code(self) -> str:
        if not guess_code(context.request, self.user):
            raise forms.ValidationError(TOO_MANY, code="too_many_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        give_back(self.user.email, client_address(context.request))
        return code


class SecondFactorForm(CodeForm, mfa.AuthenticateForm):
    """The second step of a sign-in."""


class ConfirmCodeForm(CodeForm, mfa.ReauthenticateForm):
    """A code instead of the password, to confirm who sits there."""


class ActivateForm(CodeForm, ActivateTOTPForm):
    """The first code shows that the authenticator app has the secret; it is used up by that."""

    def clean_code(self) -> str:
        code = super().clean_code()
        TOTP(Authenticator(user=self.user))._mark_code_used(code)
        return code


class ProfileForm(forms.ModelForm):
    """The name that others see."""

    class Meta:
        model = User
        fields = ["name"]
        help_texts = {"name": "Colleagues and the secretariat see it; the public does not."}
