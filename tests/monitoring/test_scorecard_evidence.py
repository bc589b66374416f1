"""A3 against arithmetic done by hand, in the comments."""

from datetime import date, timedelta

import pytest

from registry.models import Event
from tests.factories import (
    CategoryFactory,
    EvidenceFactory,
    FrameworkFactory,
    IndicatorFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
    VerificationFactory,
)
from tests.factories.monitoring import approve
from tests.monitoring.scored import CUTOFF, ON, outcome_of, subject_of

pytestmark = pytest.mark.django_db
BEFORE, LATER = CUTOFF - timedelta(days=5), CUTOFF + timedelta(days=1)


class Scene:
    """Two units that reported two indicators each in the last quarter of 2025."""

    def __init__(self):
        unit = ReportingUnitFactory()
        self.partnership = unit.membership.partnership
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.indicators = IndicatorFactory.create_batch(2, result__framework=self.framework)
        self.period = PeriodFactory(
            framework=self.framework, starts_on=date(2025, 10, 1), ends_on=ON
        )
        other = ReportingUnitFactory(membership__partnership=self.partnership)
        self.sent = [
            SubmissionFactory(
                unit=one, period=self.period, values=dict.fromkeys(self.indicators, 3)
            )
            for one in (unit, other)
        ]

    def outcome(self, **dates):
        return outcome_of("A3", subject_of(self.partnership, self.framework, **dates))


@pytest.fixture
def scene():
    return Scene()


def approved(scene):
    for one in scene.sent:
        approve(one, CUTOFF - timedelta(days=10))


def decide(evidence, verb, at):
    Event.log(evidence, verb, at=at)
    evidence.change(accepted=verb == "accepted", decided_at=at, decided_by=UserFactory())


def added(**fields):
    return EvidenceFactory(created_at=CUTOFF - timedelta(days=20), **fields)


def test_evidence_of_a_submission_stands_behind_its_values_and_levels_behind_theirs(scene):
    whole = added(submission=scene.sent[0])
    approved(scene)
    decide(whole, "accepted", BEFORE)
    value = scene.sent[1].observations.first()
    VerificationFactory(observation=value, at=BEFORE)

    outcome = scene.outcome()

    # 2 units × 2 indicators; the first unit's 2 by evidence, of the other's 2 one was validated.
    assert (outcome.numerator, outcome.denominator) == (3, 4)
    assert outcome.evidence == [
        {"type": "monitoring.evidence", "id": whole.pk},
        {"type": "monitoring.observation", "id": value.pk},
    ]


def test_evidence_that_waits_for_a_reviewer_is_left_out_and_refused_evidence_is_none(scene):
    first, second = (
        added(submission=scene.sent[0], observation=one)
        for one in scene.sent[0].observations.order_by("pk")
    )
    approved(scene)
    decide(second, "refused", BEFORE)

    outcome = scene.outcome()

    # Of 4 one is not decided on: 3 are left, none of them backed.
    assert (outcome.numerator, outcome.denominator) == (0, 3)
    assert outcome.beside["left_out"] == [
        {"observations": 1, "reason": "evidence waits for a reviewer"}
    ]
    assert first.accepted is None


def test_words_and_levels_after_the_cutoff_change_nothing(scene):
    accepted = added(submission=scene.sent[0])
    approved(scene)
    decide(accepted, "accepted", BEFORE)
    before = scene.outcome()
    decide(accepted, "refused", LATER)
    VerificationFactory(observation=scene.sent[1].observations.first(), at=LATER)
    EvidenceFactory(submission=scene.sent[1], created_at=LATER)

    assert scene.outcome() == before
    assert (before.numerator, before.denominator) == (2, 4)
    # A day later: the first unit's evidence is refused, that of the other waits, one is validated.
    later = scene.outcome(cutoff_at=LATER + timedelta(days=1))
    assert (later.numerator, later.denominator) == (1, 3)


def test_a_breakdown_makes_no_more_observations(scene):
    """Who breaks values down is not counted more strictly than who does not."""
    indicator = scene.indicators[0]
    category = CategoryFactory()
    unit = ReportingUnitFactory(membership__partnership=scene.partnership)
    SubmissionFactory(
        unit=unit,
        period=scene.period,
        values={indicator: 5, (indicator, category): 5},
        approved__at=BEFORE,
    )

    assert scene.outcome().denominator == 1


def test_without_approved_values_there_is_no_data_unless_they_wait_for_a_reviewer(scene):
    assert scene.outcome().state == "no_data"

    Event.log(scene.sent[0], "submitted", became="submitted", at=CUTOFF - timedelta(days=8))

    outcome = scene.outcome()
    assert outcome.state == "not_applicable"
    assert outcome.beside == {"waiting_for_reviewer": 1, "longest_wait_days": 8}
