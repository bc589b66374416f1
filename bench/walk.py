"""Random approvals, corrections, withdrawals, closings and re-openings; then: 0 differences?

python -m bench.walk [STEPS]        10,000 by default; everything is rolled back
"""

import sys
import time
from collections import Counter

from bench.measure import setup

AT_ONCE = 500  # steps in one partnership, a new edition of its framework halfway


def main() -> None:
    setup()
    from django.db import transaction

    from monitoring.aggregation.checking import differences
    from monitoring.aggregation.refreshing import refresh, refresh_all
    from monitoring.models import FigureRollup, UnitRollup
    from tests.monitoring.locked import set_locks
    from tests.monitoring.walk import Walk

    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    made: Counter[str] = Counter()
    begun = time.perf_counter()
    with transaction.atomic():
        set_locks("DISABLE")  # for factories; rolled back with the rest
        refresh_all()
        for number in range(steps):
            if number % AT_ONCE == 0:
                walk = Walk(seed=number, units=4, periods=8)
            if number % AT_ONCE == AT_ONCE // 2:
                walk.new_edition()
            made[walk.step()] += 1
            refresh()
        print(", ".join(f"{count:,} × {move}" for move, count in made.most_common()))
        print(f"{UnitRollup.objects.count():,} values, {FigureRollup.objects.count():,} figures")
        found = list(differences())
        for difference in found[:20]:
            print(difference)
        taken = time.perf_counter() - begun
        print(f"{steps:,} steps, a refresh after each: {len(found)} differences ({taken:.0f} s)")
        transaction.set_rollback(True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
