"""Seal the audit log now; Celery beat has it done every AUDIT_SEAL_SECONDS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.errors import DomainError
from registry.seals import continue_after_restore, seal


class Command(BaseCommand):
    help = "Seal what the audit log has got since the last seal, and anchor it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="the database was restored into another cluster; as the owner, before any write",
        )

        parser.add_argument(
            "--new-anchor",
            action="store_true",
            help="begin AUDIT_ANCHOR_FILE anew, where it is missing or empty; this is logged",
        )

    def handle(self, *, after_restore: bool, new_anchor: bool, **options: Any) -> str:
        if after_restore:
            done = continue_after_restore()
            return "The log goes on here." if done else "This is the cluster it was written in."
        try:
            return f"{seal(new_anchor=new_anchor)} entries sealed."
        except DomainError as error:
            raise CommandError(error.detail) from None
