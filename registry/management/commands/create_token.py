from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.models import Token, User


class Command(BaseCommand):
    help = "Create an API token for a user and print it: only its hash is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--days", type=int, default=90, help="until it expires; default 90")
        parser.add_argument("--name", default="created on the command line")
        parser.add_argument("--read-only", action="store_true")

    def handle(self, *, email: str, days: int, name: str, read_only: bool, **options: Any) -> str:
        if not 1 <= days <= 3650:
            raise CommandError("A token lives 1 to 3650 days.")
        user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {email}.")
        _, secret = Token.issue(user, name=name[:80], days=days, read_only=read_only)
        return secret
