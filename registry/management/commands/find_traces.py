"""Where a name or an address still stands."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.traces import SHORTEST, find_traces


class Command(BaseCommand):
    help = "Search every table and stored file for words, such as a name; fails if one is found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="+", help=f"each of {SHORTEST} characters or more")

    def handle(self, *, words: list[str], **options: Any) -> str:
        if left := find_traces(words):
            raise CommandError("\n".join(f"stands in {trace}" for trace in left))
        return "no trace"
