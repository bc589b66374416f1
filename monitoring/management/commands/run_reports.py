"""Computes the reports of a kind for all its subjects, or waits until workers have done so."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any, Self, TextIO

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from monitoring.models import ReportBatch, ReportKind
from monitoring.models.report_batches import Progress
from monitoring.models.report_subjects import Days, days_from_words
from monitoring.services.reports import compute_batch, request_batch
from registry.errors import DomainError

LOOK_EVERY = 1.0  # seconds between two looks at the rows
SAY_EVERY = 10.0  # seconds between two lines where nobody watches a bar


def period(words: str) -> Days:
    try:
        return days_from_words(words)
    except ValidationError as refused:
        raise ArgumentTypeError(" ".join(refused.messages)) from refused


class Command(BaseCommand):
    help = (
        "Ask for the reports of a kind on all its subjects: one run each, whoever asks and however "
        "often. Waits for the workers, or computes here with --now. Exit code 1 when a run failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", required=True, choices=ReportKind.values)
        parser.add_argument(
            "--period", required=True, type=period, help="2026, 2026-Q1 or 2026-01: it must be over"
        )
        parser.add_argument("--revision", type=int, default=1, help="default: 1")
        parser.add_argument("--now", action="store_true", help="compute in this process")

    def handle(self, *, kind: str, period: Days, revision: int, now: bool, **options: Any) -> str:
        try:
            batch = request_batch(kind, period, by=None, revision=revision, hints=not now)
        except (DomainError, ValidationError) as refused:
            raise CommandError("; ".join(getattr(refused, "messages", [str(refused)]))) from refused
        try:
            with Watched(batch, self.stderr) as watched:
                if now:
                    compute_batch(batch, watched.look)
                watched.wait()
        except KeyboardInterrupt:
            text = "Stopped looking: what is queued goes on, and asking again shows how far it is."
            raise CommandError(text, returncode=130) from None
        return self._outcome(batch, batch.progress)

    def _outcome(self, batch: ReportBatch, progress: Progress) -> str:
        text = f"{batch}: {progress.ready} ready, {progress.failed} failed of {progress.total} runs"
        if progress.failed:
            raise CommandError(text)
        return text


class Watched:
    """Shows how far a batch is: a bar on a terminal, else a line now and then."""

    def __init__(self, batch: ReportBatch, out: Any) -> None:
        self.batch = batch
        self.out: TextIO = out
        self.said = self.looked = time.monotonic()
        on_terminal = sys.stderr.isatty()
        self.bar = tqdm(total=batch.total, unit="report", disable=not on_terminal, file=sys.stderr)
        self.tell: Callable[[Progress], None] = self._draw if on_terminal else self._say

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def look(self) -> None:
        """Read the rows and show them, at most once a second."""
        if time.monotonic() - self.looked >= LOOK_EVERY:
            self.looked = time.monotonic()
            self.tell(self.batch.progress)

    def wait(self) -> None:
        """Until every run has ended, whoever works on it."""
        while not (progress := self.batch.progress).is_over:
            self.tell(progress)
            time.sleep(LOOK_EVERY)
        self.tell(progress)

    def _draw(self, progress: Progress) -> None:
        self.bar.total, self.bar.n = progress.total, progress.done
        self.bar.set_postfix(failed=progress.failed, running=progress.running, refresh=False)
        self.bar.refresh()

    def _say(self, progress: Progress) -> None:
        if progress.is_over or time.monotonic() - self.said >= SAY_EVERY:
            self.said = time.monotonic()
            left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
            self.out.write(
                f"{progress.done} of {progress.total} done, {progress.failed} failed,"
                f" {progress.rate:.1f} a second{left}"
            )
