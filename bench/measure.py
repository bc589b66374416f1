"""Interleaved timing of two ways to the same thing."""

import atexit
import os
import statistics
import time
from collections.abc import Callable


def setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    # The factories make people with passwords; hashing those is not what is measured.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    from tests.monitoring.locked import set_locks

    # The factories write frameworks as they are after years.
    set_locks("DISABLE")
    atexit.register(set_locks, "ENABLE")


def machine() -> str:
    """How fast the machine is right now, beside times that are not ratios: a million additions."""
    times = []
    for _ in range(9):
        started = time.perf_counter()
        sum(number for number in range(1_000_000))
        times.append((time.perf_counter() - started) * 1000)
    return f"a million additions in {statistics.median(times):.0f} ms ({min(times):.0f} at best)"


def compare(
    name: str, product: Callable[[], object], raw: Callable[[], object], rounds: int = 15
) -> None:
    """Print the medians of both, taken in turn, and their ratio."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for taken, way in zip(times, (product, raw), strict=True):
            started = time.perf_counter()
            way()
            if number:  # the first round warms up
                taken.append((time.perf_counter() - started) * 1000)
    ours, theirs = map(statistics.median, times)
    print(f"{name:<44} {ours:9.2f} ms {theirs:9.2f} ms  ratio {ours / theirs:6.2f}")
