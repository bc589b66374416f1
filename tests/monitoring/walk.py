"""A random walk through what changes figures: approvals, corrections, withdrawals, closings …

Everything goes through the product's own moves; the same seed makes the same walk.
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from monitoring.models import Observation, Period, ReportingUnit, Submission
from partnerships.models import Membership
from tests.factories import (
    CategoryFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)

KINDS = [
    {},
    {"combine": "mean"},
    {"people": True},
    {"cumulative": True},
    {"cumulative": True, "combine": "max"},
    {"point_in_time": True, "combine": "min"},
    {"point_in_time": True, "people": True},
    {"ratio": True},
    {"ratio": True, "accumulation": "flow"},
    {"percent": True},
    {"yes_no": True},
]


class Walk:
    """One partnership; `step` makes one random change and says which."""

    def __init__(self, seed=0, units=3, periods=6):
        self.random = random.Random(seed)
        self.admin, self.sender = UserFactory(admin=True), UserFactory()
        self.partnership = PartnershipFactory(active=True)
        members = [self.partnership.memberships.get()]
        members += MembershipFactory.create_batch(units - 1, partnership=self.partnership)
        self.units = [ReportingUnitFactory(membership=member) for member in members]
        framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.frameworks = [framework]
        self.periods = PeriodFactory.create_batch(periods, framework=framework)
        self.indicators = {
            framework.pk: [IndicatorFactory(result__framework=framework, **k) for k in KINDS]
        }
        self.categories = [CategoryFactory(code=code) for code in ("F", "M")]
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.moves = {
            self.approve: 45,
            self.correct: 22,
            self.withdraw: 14,
            self.close: 8,
            self.reopen: 6,
            self.leave: 1,
            self.stay: 1,
            self.hand_over: 2,
            self.open_period: 1,
        }

    def step(self):
        move = self.random.choices(list(self.moves), list(self.moves.values()))[0]
        self.at += timedelta(minutes=1)
        move()
        return move.__name__

    def approve(self):
        """Data of a unit and period that have none."""
        unit, period = self.random.choice(self.units), self.open()
        if period and not self.standing(unit=unit, period=period):
            self.send(unit, period, self.cells(0.5, period.framework))

    def correct(self):
        approved = self.any(self.standing(period__status="open", status="approved"))
        if approved:
            cells = self.cells(0.25, approved.period.framework)
            self.send(approved.unit, approved.period, cells, withdrawing=self.random.random() < 0.3)

    def withdraw(self):
        submission = self.any(self.standing(period__status="open"))
        if submission:
            submission.withdraw(by=self.admin, reason="Wrong.")

    def close(self):
        if period := self.open():
            period.close(by=self.admin)

    def reopen(self):
        if closed := self.any(self.of_partnership(Period, "framework").filter(status="closed")):
            closed.reopen(by=self.admin, reason="A late correction.")

    def leave(self):
        member = self.random.choice(self.units[1:]).membership
        member.refresh_from_db()
        member.change(
            status="left", ended_on=self.random.choice(self.periods).ends_on - timedelta(days=20)
        )

    def stay(self):
        Membership.objects.filter(partnership=self.partnership).update(
            status="accepted", ended_on=None
        )

    def hand_over(self):
        """Once for each unit: from when on it is another's is history."""
        one, other = self.random.sample(self.units, 2)
        free = ReportingUnit.objects.filter(pk=one.pk, successor=None)
        if not ReportingUnit.objects.filter(pk=other.pk, successor=one).exists():
            since = self.random.choice(self.periods).starts_on
            free.update(successor=other, successor_since=since, handed_over_at=self.at)

    def open_period(self):
        if len(self.periods) < 10:
            self.periods.append(PeriodFactory(framework=self.frameworks[-1]))

    def new_edition(self):
        """The framework goes on in a new edition: half of the series with it."""
        was = self.frameworks[-1]
        last = self.periods[-1].ends_on
        was.agreement.change(status="superseded")
        was.change(status="superseded", superseded_at=self.at)
        now = FrameworkFactory(
            partnership=self.partnership, agreed=True, starts_on=last + timedelta(days=1)
        )
        self.frameworks.append(now)
        self.periods += PeriodFactory.create_batch(3, framework=now)
        former = self.indicators[was.pk]
        self.indicators[now.pk] = [
            IndicatorFactory(
                result__framework=now, **kind, **({"series": former[n].series} if n % 2 else {})
            )
            for n, kind in enumerate(KINDS)
        ]

    def open(self):
        """A period of the edition in force that takes data."""
        return self.any(self.frameworks[-1].periods.filter(status="open"))

    def any(self, rows):
        found = list(rows.order_by("pk"))
        return self.random.choice(found) if found else None

    def standing(self, **which):
        rows = self.of_partnership(Submission, "period__framework")
        return rows.filter(status__in=["approved", "superseded"], **which)

    def of_partnership(self, model, path):
        return model.objects.filter(**{f"{path}__partnership": self.partnership})

    def cells(self, share, framework):
        """Totals, each perhaps with parts; 0, negative and with decimals."""
        indicators = self.indicators[framework.pk]
        cells = {(indicators[0], None): self.value(indicators[0])}
        for indicator in indicators:
            for category in [None, *self.categories]:
                if self.random.random() < (share if category is None else share / 3):
                    cells[indicator, category] = self.value(indicator)
        return cells

    def value(self, indicator):
        number = Decimal(self.random.choice([0, 0, 1, -7, 12.5, 3.125, 100, 41, -0.5]))
        if indicator.measure == "ratio":
            return abs(number), Decimal(self.random.choice([0, 1, 3, 40]))
        return Decimal(self.random.randint(0, 1)) if indicator.measure == "yes_no" else number

    def send(self, unit, period, cells, *, withdrawing=False):
        submission = SubmissionFactory(unit=unit, period=period, values=cells)
        if withdrawing:
            half = list(submission.observations.values_list("pk", flat=True))[::2]
            Observation.objects.filter(pk__in=half).update(
                withdraws=True, value=None, numerator=None, denominator=None
            )
        submission.change(status="submitted", submitted_by=self.sender, submitted_at=self.at)
        submission.approve(by=self.admin, at=self.at)

    def reference_days(self):
        return [date(2024, 12, 31), date(2025, 8, 15), self.periods[-1].ends_on]
