"""Who sees which row of every model: the public, invited partners, members and admins."""

import pytest
from django.contrib.auth.models import AnonymousUser

from monitoring.models import (
    Evidence,
    Framework,
    Indicator,
    Observation,
    Period,
    PeriodTarget,
    Report,
    ReportingUnit,
    ReportRun,
    Result,
    Submission,
)
from partnerships.models import (
    Agreement,
    Commitment,
    Delivery,
    Endorsement,
    Membership,
    Partnership,
)
from tests.factories import (
    AgreementFactory,
    CategoryFactory,
    CommitmentFactory,
    DeliveryFactory,
    EvidenceFactory,
    FrameworkFactory,
    ImportBatchFactory,
    IndicatorFactory,
    MembershipFactory,
    ObservationFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportFactory,
    ReportingUnitFactory,
    ReportRunFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
PUBLIC = ["anonymous", "outsider", "invited"]
INSIDE = ["observer", "evaluator", "manager", "lead_manager", "admin"]
EVERYBODY = [*PUBLIC, *INSIDE]
UNREGISTERED = ["draft", "submitted", "returned"]
PUBLIC_STATES = ["registered", "active", "completed", "suspended", "terminated", "inactive"]
PATHS = {
    Partnership: "pk",
    Membership: "partnership",
    Commitment: "partnership",
    Delivery: "partnership",
    Agreement: "partnership",
    Endorsement: "agreement__partnership",
    Framework: "partnership",
    Result: "framework__partnership",
    Indicator: "result__framework__partnership",
    PeriodTarget: "indicator__result__framework__partnership",
    Period: "framework__partnership",
    ReportingUnit: "membership__partnership",
    Submission: "unit__membership__partnership",
    Observation: "unit__membership__partnership",
    Evidence: "submission__unit__membership__partnership",
    Report: "partnership",
    ReportRun: "partnership",
}
MODELS = list(PATHS)
OF_MEMBERS = [Evidence, ReportRun]  # never public, unless a published file brought it


class World:
    """A partnership with one row of everything, each in a state that can be public."""

    def __init__(self, **partnership):
        self.partnership = PartnershipFactory(**partnership)
        self.people = People(self.partnership)
        self.people.anonymous = AnonymousUser()
        invited = MembershipFactory(partnership=self.partnership, invited=True)
        self.people.invited = UserFactory(manages=invited.partner)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.period = PeriodFactory(framework=self.framework)
        self.indicator = IndicatorFactory(result__framework=self.framework)
        self.unit = ReportingUnitFactory(membership=self.people.membership)
        PeriodTargetFactory(indicator=self.indicator)
        self.submission = SubmissionFactory(
            unit=self.unit, period=self.period, values={self.indicator: 5}, approved=True
        )
        EvidenceFactory(submission=self.submission)
        ReportFactory(period=self.period, published=True)
        ReportRunFactory(period=self.period)
        commitment = CommitmentFactory(
            partnership=self.partnership, membership=self.people.membership
        )
        DeliveryFactory(commitment=commitment)

    def rows(self, model):
        """This partnership's rows, without the invitation."""
        rows = model.objects.filter(**{PATHS[model]: self.partnership.pk})
        return rows.exclude(status="invited") if model is Membership else rows

    def draft(self):
        """The unit's unapproved data for the next period."""
        period = PeriodFactory(framework=self.framework)
        return SubmissionFactory(unit=self.unit, period=period, values={self.indicator: 7})

    def seers(self, row):
        found = type(row).objects.filter(pk=row.pk)
        return [who for who in EVERYBODY if found.visible_to(self.people[who]).exists()]


@pytest.mark.parametrize("state", PUBLIC_STATES)
def test_a_registered_partnership_is_public_whatever_became_of_it(state):
    world = World(public=True, status=state)

    assert world.seers(world.partnership) == EVERYBODY


@pytest.mark.parametrize("state", UNREGISTERED)
def test_before_registration_only_the_partners_see_it(state):
    world = World(status=state)

    assert world.seers(world.partnership) == ["invited", *INSIDE]


@pytest.mark.parametrize("model", MODELS)
def test_every_settled_row_is_as_public_as_its_partnership(model):
    world, hidden = World(active=True), World()

    shown, kept = world.rows(model), hidden.rows(model)

    assert len(shown) == len(kept) > 0
    for row in shown:
        assert world.seers(row) == (INSIDE if model in OF_MEMBERS else EVERYBODY)
    for row in kept:
        assert set(INSIDE) <= set(hidden.seers(row)) <= {"invited", *INSIDE}


def test_an_invitation_is_between_the_partnership_and_the_invited():
    world = World(active=True)

    row = world.partnership.memberships.get(status="invited")

    assert world.seers(row) == ["invited", *INSIDE]


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_unapproved_data_and_its_evidence_are_for_insiders(status):
    world = World(active=True)
    draft = world.draft()
    evidence = EvidenceFactory(submission=draft)
    draft.change(status=status)

    for row in (draft, draft.observations.get(), evidence):
        assert world.seers(row) == INSIDE


def test_a_value_that_no_longer_counts_is_for_insiders():
    world = World(active=True)
    old = world.submission.observations.get()

    world.submission.withdraw(by=world.people.admin, reason="Wrong year.")

    assert world.seers(old) == INSIDE


def test_breakdowns_of_people_are_withheld_from_the_public():
    world = World(active=True)
    people = IndicatorFactory(result=world.indicator.result, people=True)
    contacts = IndicatorFactory(result=world.indicator.result, counts_people="contacts")
    female, period = CategoryFactory(), PeriodFactory(framework=world.framework)
    indicators = (world.indicator, people, contacts)
    values = {(i, c): 3 for i in indicators for c in (None, female)}
    submission = SubmissionFactory(unit=world.unit, period=period, values=values, approved=True)

    for observation in submission.observations.all():
        withheld = observation.category and observation.indicator.counts_people != "no"
        assert world.seers(observation) == (INSIDE if withheld else EVERYBODY)


OVERTAKEN = {"status": "superseded", "agreed_at": None}  # a proposal; another was agreed first


@pytest.mark.parametrize("state", [{}, {"proposed": True}, OVERTAKEN])
def test_a_framework_that_is_not_agreed_is_for_insiders(state):
    world = World(active=True)
    framework = FrameworkFactory(partnership=world.partnership, **state)
    indicator = IndicatorFactory(result__framework=framework)
    target = PeriodTargetFactory(indicator=indicator)

    for row in (framework, indicator.result, indicator, target):
        assert world.seers(row) == INSIDE


@pytest.mark.parametrize("state", [{}, {"proposed": True}])
def test_an_agreement_that_does_not_bind_is_for_insiders(state):
    world = World(active=True)

    assert world.seers(AgreementFactory(partnership=world.partnership, **state)) == INSIDE


@pytest.mark.parametrize(
    ("status", "seers"),
    [
        ("draft", INSIDE),
        ("published", EVERYBODY),
        ("superseded", EVERYBODY),
        ("withdrawn", INSIDE),
    ],
)
def test_published_reports_are_public(status, seers):
    world = World(active=True)

    report = ReportFactory(period=PeriodFactory(framework=world.framework), status=status)

    assert world.seers(report) == seers


def test_an_imported_framework_and_its_documents_are_public():
    world = World(active=True)
    other = World(active=True)
    Framework.objects.filter(pk=other.framework.pk).update(status="imported")
    submission = SubmissionFactory(
        unit=world.unit,
        period=PeriodFactory(framework=world.framework),
        import_batch=ImportBatchFactory(),
    )
    evidence = EvidenceFactory(submission=submission)
    ObservationFactory(submission=submission, approved=True)

    assert world.seers(evidence) == EVERYBODY
    assert other.seers(other.framework) == EVERYBODY


@pytest.mark.parametrize("state", ["declined", "left"])
def test_who_declined_or_left_is_an_outsider_again(state):
    world = World(active=True)
    former = MembershipFactory(partnership=world.partnership, **{state: True})
    user = UserFactory(manages=former.partner)

    for row in (world.draft(), AgreementFactory(partnership=world.partnership)):
        assert row not in type(row).objects.visible_to(user)


def test_a_role_taken_away_no_longer_opens_anything():
    world = World()
    user = world.people.evaluator
    assert Partnership.objects.visible_to(user).exists()

    user.affiliations.all().delete()

    for model in MODELS:
        assert not model.objects.visible_to(user).filter(pk__in=model.objects.all()).exists(), model
