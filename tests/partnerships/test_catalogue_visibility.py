"""Solutions, needs and funds: who sees and finds them."""

import pytest
from django.utils import timezone

from partnerships.models import Solution
from tests.factories import (
    FundFactory,
    NeedFactory,
    PartnerFactory,
    PartnershipFactory,
    SolutionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def test_what_is_not_public_is_seen_by_its_own_people_and_admins(admin):
    proposed = SolutionFactory(proposed=True)
    never_screened = SolutionFactory(status="retired", screened_at=None)
    hidden = FundFactory(partner__status="pending")
    draft = PartnershipFactory()
    lead = draft.memberships.get().partner
    need = NeedFactory(partnership=draft, partner=lead)
    outsider = UserFactory(manages=PartnerFactory())

    for row, owner in (
        (proposed, proposed.owner),
        (never_screened, never_screened.owner),
        (hidden, hidden.partner),
        (need, lead),
    ):
        rows = type(row).objects
        assert rows.visible_to(UserFactory(observes=owner)).filter(pk=row.pk).exists()
        assert rows.visible_to(admin).filter(pk=row.pk).exists()
        assert not rows.visible_to(outsider).exists()
        assert not rows.public().exists()


def test_words_find_it_in_any_script():
    for text in ("Réparer les pompes", "修理水泵", "إصلاح المضخات", "Насосы"):
        SolutionFactory(title=text, problem="x")
    for asked in ("reparer pomp", "水泵", "المضخات", "насос"):
        assert Solution.objects.found(asked).count() == 1, asked
    assert not Solution.objects.found("%").exists()


def test_past_screening_and_local_are_told_apart():
    local = SolutionFactory(owner__kind="community")
    SolutionFactory(owner__kind="large_company")
    SolutionFactory(proposed=True, owner__level="community")
    past = Solution.objects.past_screening(timezone.now())
    assert past.count() == 2
    assert list(past.from_local()) == [local]
