"""An evaluator with assignments works in those partnerships only; one without, in all."""

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import ReportingUnit, Submission
from monitoring.services.submissions import correct_submission, start_submission
from partnerships.models import Assignment, Membership, Partnership
from registry.errors import NotAllowed
from registry.models import IdempotentAnswer
from tests.factories import (
    AffiliationFactory,
    AssignmentFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def evaluator(partner):
    return UserFactory(evaluates=partner)


@pytest.fixture
def here(partner):
    return MembershipFactory(partner=partner)


@pytest.fixture
def there(partner):
    return MembershipFactory(partner=partner)


def assign(user, membership):
    affiliation = user.affiliations.get(role="evaluator")
    return AssignmentFactory(affiliation=affiliation, partnership=membership.partnership)


def reached(user):
    return set(Membership.objects.of_people(user, "evaluator").values_list("pk", flat=True))


def test_without_assignments_the_role_holds_everywhere(evaluator, here, there):
    assert reached(evaluator) == {here.pk, there.pk}


def test_with_assignments_it_holds_there_only(evaluator, here, there):
    assign(evaluator, here)

    assert reached(evaluator) == {here.pk}
    assert set(Partnership.objects.visible_to(evaluator)) == {here.partnership}
    assert set(Partnership.objects.insider(evaluator)) == {here.partnership}
    assert set(Membership.objects.visible_to(evaluator).filter(partner=here.partner)) == {here}


def test_another_role_at_the_partner_still_reaches_everything(evaluator, here, there):
    assign(evaluator, here)
    AffiliationFactory(user=evaluator, partner=here.partner, role="observer")

    assert set(Partnership.objects.insider(evaluator)) == {here.partnership, there.partnership}
    assert reached(evaluator) == {here.pk}


def test_a_limit_at_one_partner_does_not_limit_at_another(evaluator, here):
    assign(evaluator, here)
    elsewhere = MembershipFactory()
    AffiliationFactory(user=evaluator, partner=elsewhere.partner, role="evaluator")

    assert reached(evaluator) == {here.pk, elsewhere.pk}


def test_data_of_other_partnerships_is_neither_sent_nor_corrected(evaluator, here, there):
    assign(evaluator, here)
    framework = FrameworkFactory(partnership=there.partnership, agreed=True)
    indicator = IndicatorFactory(result__framework=framework)
    unit, (first, second) = (
        ReportingUnitFactory(membership=there),
        PeriodFactory.create_batch(2, framework=framework),
    )
    approved = SubmissionFactory(unit=unit, period=first, values={indicator: 1}, approved=True)

    assert unit not in ReportingUnit.objects.reportable_by(evaluator)
    assert not Submission.objects.editable_by(evaluator).exists()
    with refused("unit_only", NotAllowed):
        start_submission(unit, second, by=evaluator)
    with refused("unit_only", NotAllowed):
        correct_submission(approved, by=evaluator)

    assign(evaluator, there)
    assert correct_submission(approved, by=evaluator).revision == 2


def test_sending_for_another_member_asks_for_the_assignment_too(evaluator, here, there):
    assign(evaluator, here)
    other = MembershipFactory(partnership=there.partnership)
    framework = FrameworkFactory(partnership=there.partnership, agreed=True)
    unit, period = ReportingUnitFactory(membership=other), PeriodFactory(framework=framework)

    with refused("unit_only", NotAllowed):
        start_submission(unit, period, by=evaluator, sent_for=there)

    assign(evaluator, there)
    assert start_submission(unit, period, by=evaluator, sent_for=there).sent_for == there


@pytest.mark.parametrize("role", ["manager", "observer"])
def test_only_evaluators_are_assigned(role, here):
    affiliation = AffiliationFactory(partner=here.partner, role=role)

    with pytest.raises(ValidationError) as refusal:
        Assignment(affiliation=affiliation, partnership=here.partnership).clean()
    assert set(refusal.value.error_dict) == {"affiliation"}


def test_only_to_partnerships_of_the_partner(evaluator):
    affiliation = evaluator.affiliations.get()

    with pytest.raises(ValidationError) as refusal:
        Assignment(affiliation=affiliation, partnership=PartnershipFactory()).clean()
    assert set(refusal.value.error_dict) == {"partnership"}


def test_a_first_answer_is_not_given_again_once_the_role_was_narrowed(evaluator, here, there):
    first = IdempotentAnswer(standing=IdempotentAnswer.standing_of(evaluator))
    assert first.still_stands_for(evaluator)

    assign(evaluator, here)
    assert not first.still_stands_for(evaluator)

    narrowed = IdempotentAnswer(standing=IdempotentAnswer.standing_of(evaluator))
    assign(evaluator, there)
    assert narrowed.still_stands_for(evaluator)
    evaluator.affiliations.get().assignments.get(partnership=here.partnership).delete()
    assert not narrowed.still_stands_for(evaluator)
