"""What a partnership has none of is not read for its scorecard; what it has is seen."""

import pytest

from monitoring.reports.accountability.there import ASKED, there
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make.PartnershipFactory(active=True)


def _disclosing(partnership):
    framework = make.FrameworkFactory(partnership=partnership)
    disclosure = make.DisclosureFactory()
    make.IndicatorFactory(result__framework=framework, disclosure=disclosure)


def _of_member(factory):
    return lambda partnership: factory(membership=partnership.memberships.get())


def _of_partnership(factory):
    return lambda partnership: factory(partnership=partnership)


MAKERS = {
    "affectedgroup": _of_partnership(make.AffectedGroupFactory),
    "agreement": _of_partnership(make.AgreementFactory),
    "commitment": _of_partnership(make.CommitmentFactory),
    "evaluation": _of_partnership(make.EvaluationFactory),
    "marker": _of_partnership(make.MarkerFactory),
    "need": _of_partnership(make.NeedFactory),
    "report": lambda partnership: make.ReportFactory(period__framework__partnership=partnership),
    "solution": _of_partnership(make.SolutionFactory),
    "conflictofinterest": _of_member(make.ConflictOfInterestFactory),
    "declaration": _of_member(make.DeclarationFactory),
    "indicator": _disclosing,
}


def test_every_kind_is_tried_here():
    assert {model._meta.model_name for model in ASKED} == set(MAKERS)


@pytest.mark.parametrize("name", MAKERS)
def test_one_record_is_seen_by_its_own_partnership_alone(partnership, name):
    other = make.PartnershipFactory(active=True)
    MAKERS[name](partnership)

    assert name in {model._meta.model_name for model in there(partnership.pk)}
    assert there(other.pk) == set()


def test_indicators_without_a_disclosure_are_none_here(partnership):
    make.IndicatorFactory(result__framework__partnership=partnership)

    assert there(partnership.pk) == set()
