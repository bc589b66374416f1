"""Makes report runs, each of a partnership of its own: `python -m tests.faults.subjects N FROM`."""

import sys
from datetime import UTC, datetime

import django
import factory


def main():
    django.setup()
    from django.db import transaction

    from registry.acting import acting
    from tests import factories
    from tests.factories import PeriodFactory, ReportRunFactory

    for made in vars(factories).values():  # what an earlier call has named stays its own
        if isinstance(made, type) and issubclass(made, factory.Factory):
            made.reset_sequence(int(sys.argv[2]), force=True)

    with acting("fault tests"), transaction.atomic():
        for _ in range(int(sys.argv[1])):
            period = PeriodFactory()
            ReportRunFactory(period=period, cutoff_at=datetime(2026, 1, 1, tzinfo=UTC))


if __name__ == "__main__":
    main()
