"""What is held on one person, for whoever asks by letter."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.models import User
from registry.services.privacy import export_person


class Command(BaseCommand):
    help = "Print everything held on one person, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> str:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError("Nobody has this e-mail address here.")
        return json.dumps(export_person(user, by=user), indent=1, ensure_ascii=False)
