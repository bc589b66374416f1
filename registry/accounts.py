"""How django-allauth works here: its views and mails, our rules."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from registry.addresses import client_address
from registry.lockout import give_back
from registry.models import Event, User
from registry.services.accounts import replace_password

logger = logging.getLogger(__name__)


class Accounts(DefaultAccountAdapter):
    """Sign-up, confirmation, passwords: in our words, logged, and counted by registry.lockout."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "E-mail and password do not belong together.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your current password.",
        "incorrect_code": "This code is not right, or it was used already.",
        "too_many_login_attempts": "Too many attempts. Wait a while before you try again.",
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages answer pages; programs have the API."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """registry.lockout counts, exactly and for the API as well."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """An account that is switched off answers like a wrong password."""
        user: User | None = authenticate(request, **credentials)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether the password is the user's; guesses count as those of a sign-in."""
        request = self.request
        found = self.authenticate(request, email=user.email, password=password)
        if found is None or found.pk != user.pk:
            return False
        give_back(user.email, client_address(request))
        return True

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.email = form.cleaned_data["email"]
        user.name = form.cleaned_data["name"]
        user.set_password(form.cleaned_data["password1"])
        if commit:
            user.save()
            Event.log(user, "signed_up")
        return user

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Confirm an address; it may have become somebody else's since the mail was sent."""
        user = email_address.user
        was = user.email
        try:
            with transaction.atomic():
                confirmed = super().confirm_email(request, email_address)
                verb = "email_confirmed" if was == email_address.email else "email_changed"
                if confirmed:
                    Event.log(user, verb, by=user)
        except IntegrityError:
            self.add_message(
                request, 40, "account/messages/email_confirmation_failed.txt", {"email": ""}
            )
            return False
        return confirmed

    def set_password(self, user: User, password: str) -> None:
        replace_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/account/"

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("sign-in")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away is logged, without the address; the page goes on."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:  # smtplib's errors and those of the network
            logger.exception("The mail %s could not be sent", template_prefix)
