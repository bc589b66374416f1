import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from registry.models import Event, User


class Command(BaseCommand):
    help = "Create a registry admin; prints a generated password once, unless one is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *, email: str, name: str, password_stdin: bool, **options: Any) -> str:
        password = (
            sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(15)
        )
        try:
            with transaction.atomic():
                admin = User(email=email.strip().lower(), name=name)
                validate_password(password, admin)
                admin = User.objects.create_superuser(admin.email, password, name=name)
                Event.log(admin, "admin_created")
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        shown = "" if password_stdin else f" with the password {password} (shown only now)"
        return f"{admin.email} is a registry admin{shown}"
