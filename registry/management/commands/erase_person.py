"""Erase a person who asked for it by letter."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.errors import DomainError
from registry.models import User
from registry.services.privacy import erase_person


class Command(BaseCommand):
    help = "Erase a person for good; lists texts written by hand that still name the person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="why; do not name the person")

    def handle(self, *, email: str, reason: str, **options: Any) -> str:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError("Nobody has this e-mail address here.")
        try:
            left = erase_person(user, by=user, reason=reason)
        except DomainError as refused:
            raise CommandError(refused.detail) from refused
        return "\n".join(["Erased.", *(f"still named in {trace}" for trace in left)])
