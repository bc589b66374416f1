"""Submissions in some state, and the people around them."""

from monitoring.models import Observation, Submission
from monitoring.services.submissions import correct_submission, record_observations
from tests.factories import (
    IndicatorFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
    approve,
)
from tests.moves import People

MOVES = {
    "submit": lambda s, by: s.submit(by=by),
    "send_back": lambda s, by: s.send_back(by=by, reason="Q2 is missing."),
    "approve": lambda s, by: s.approve(by=by),
    "withdraw": lambda s, by: s.withdraw(by=by, reason="Wrong year."),
}
FROM = {
    "submit": {"draft": "submitted", "returned": "submitted"},
    "send_back": {"submitted": "returned"},
    "approve": {"submitted": "approved"},
    "withdraw": dict.fromkeys(
        ["draft", "submitted", "returned", "approved", "superseded"], "withdrawn"
    ),
}


class Sent:
    """A submission of the member (not the lead) in some state, with one value."""

    def __init__(self, status, submitted_by=None):
        unit = ReportingUnitFactory()
        self.people = People(unit.membership.partnership)
        self.people.manager = UserFactory(manages=unit.membership.partner)
        self.people.evaluator = UserFactory(evaluates=unit.membership.partner)
        self.people.observer = UserFactory(observes=unit.membership.partner)
        self.submission = SubmissionFactory(unit=unit)
        self.indicator = IndicatorFactory(result__framework=self.submission.period.framework)
        self.observation = Observation.objects.create(
            submission=self.submission,
            indicator=self.indicator,
            period=self.submission.period,
            unit=unit,
            value=5,
        )
        self._bring_to(status, submitted_by or self.people.evaluator)

    def _bring_to(self, status, submitted_by):
        if status in ("submitted", "returned"):
            self.submission.change(status="submitted", submitted_by=submitted_by)
        if status in ("approved", "superseded"):
            approve(self.submission)
        if status not in ("draft", "submitted", "approved"):
            self.submission.change(status=status)

    @property
    def stored(self):
        return Submission.objects.get(pk=self.submission.pk)


class Unit:
    """A member's unit with two approved values, and who acts on it."""

    def __init__(self):
        self.unit = ReportingUnitFactory()
        self.people = People(self.unit.membership.partnership)
        self.own = UserFactory(evaluates=self.unit.membership.partner)
        self.period = PeriodFactory(framework__partnership=self.people.partnership)
        self.first, self.second = IndicatorFactory.create_batch(
            2, result__framework=self.period.framework
        )
        self.submission = SubmissionFactory(
            unit=self.unit,
            period=self.period,
            values={self.first: 5, self.second: 6},
            approved=True,
        )

    def correct(self, *rows, approve=True):
        correction = correct_submission(self.newest_approved(), by=self.own)
        record_observations(correction, rows, by=self.own)
        correction.submit(by=self.own)
        if approve:
            correction.approve(by=self.people.lead_manager)
        return correction

    def newest_approved(self):
        return self.unit.submissions.filter(status="approved").order_by("-revision").first()

    def counting(self):
        return {o.indicator: o.value for o in Observation.objects.counting()}

    def status_of(self, submission):
        return Submission.objects.get(pk=submission.pk).status
