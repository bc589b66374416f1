"""The page of a partnership's principles, and its forms."""

from datetime import date

import pytest
from django.urls import reverse

from partnerships.models import BeneficiaryGroup, Marker, PeopleGroup
from tests.factories import (
    BeneficiaryGroupFactory,
    MarkerFactory,
    MembershipFactory,
    PartnershipFactory,
    TenPrinciplesCommitmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert('x')</script>"
GIVEN = {
    "significance": "1",
    "evidence": "Half of the operators are women.",
    "assessed_on": "2024-02-01",
    "review_on": "2025-02-01",
}


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def lead(partnership, client):
    client.force_login(UserFactory(manages=partnership.memberships.get().partner))
    return client


def page_of(partnership, name="partnership-principles", *args):
    return reverse(name, args=[partnership.reference, *args])


def test_shows_the_latest_assessment_and_the_earlier_ones(client, partnership):
    made = {"partnership": partnership, "assessed": True, "review_on": date(2030, 1, 1)}
    MarkerFactory(**made, assessed_on=date(2024, 2, 1), evidence="First words.")
    MarkerFactory(**made, assessed_on=date(2025, 2, 1), significance=2, evidence=SCRIPT)
    MarkerFactory(partnership=partnership, kind="trade")

    text = client.get(page_of(partnership)).content.decode()
    assert "Earlier (1)" in text
    assert "First words." in text
    assert "&lt;script&gt;" in text
    assert SCRIPT not in text
    assert "Trade development: 1" in text
    assert text.count("not assessed") == 3
    assert "Assess again" not in text, "not for the public"


def test_says_which_companies_keep_the_ten_principles(client, partnership):
    made = {"partnership": partnership, "partner__company": True}
    committed = MembershipFactory(**made, partner__name="Kisima Pumps")
    TenPrinciplesCommitmentFactory(membership=committed)
    MembershipFactory(**made, partner__name="Silent Mills")

    text = client.get(page_of(partnership)).content.decode()
    assert "Committed" in text
    assert "Not stated" in text
    assert "State it" not in text


def test_offers_a_member_its_own_statement_only(client, partnership):
    own, other = (
        MembershipFactory(partnership=partnership, partner__company=True) for _ in range(2)
    )
    client.force_login(UserFactory(manages=own.partner))

    text = client.get(page_of(partnership)).content.decode()
    assert page_of(partnership, "partnership-principles-ten", own.pk) in text
    assert page_of(partnership, "partnership-principles-ten", other.pk) not in text


@pytest.mark.parametrize("size", [1, 8])
def test_costs_the_same_at_any_size(client, partnership, size, django_assert_max_num_queries):
    for number in range(size):
        MarkerFactory(partnership=partnership, assessed=True)
        BeneficiaryGroupFactory(partnership=partnership, people=list(PeopleGroup)[number])
        member = MembershipFactory(partnership=partnership, partner__company=True)
        TenPrinciplesCommitmentFactory(membership=member)

    # the partnership; markers; groups; members; statements; pages and history of the bar
    with django_assert_max_num_queries(8):
        client.get(page_of(partnership))


def test_gives_guidance_at_the_choice_and_stores_the_answer(lead, partnership):
    url = page_of(partnership, "partnership-principles-assess", "gender")
    text = lead.get(url).content.decode()
    assert "an indicator by sex and somebody who answers for it" in text

    answer = lead.post(url, GIVEN)
    assert answer["Location"] == page_of(partnership)
    assert Marker.objects.get().kind == "gender"


@pytest.mark.parametrize(
    "changes",
    [
        {"significance": "0"},
        {"evidence": " "},
        {"significance": "3"},
        {"assessed_on": "2199-01-01"},
        {"review_on": "2024-01-01"},
        {"evidence": "x" * 5001},
    ],
)
def test_what_was_typed_is_not_lost_when_it_is_refused(lead, partnership, changes):
    url = page_of(partnership, "partnership-principles-assess", "gender")
    answer = lead.post(url, {**GIVEN, **changes})

    text = answer.content.decode()
    assert "There is a problem" in text
    assert GIVEN["review_on"] in text or changes.get("review_on", "") in text
    assert not Marker.objects.exists()


def test_a_stale_form_is_refused_and_keeps_what_was_typed(lead, partnership):
    group = BeneficiaryGroupFactory(partnership=partnership)
    BeneficiaryGroup.objects.update(how_reached="By others.", version=2)

    url = page_of(partnership, "partnership-principles-beneficiaries", group.pk)
    text = lead.post(url, {"how_reached": "By radio.", "version": "1"}).content.decode()
    assert "changed by somebody else" in text
    assert "By radio." in text
    assert BeneficiaryGroup.objects.get().how_reached == "By others."


def test_withdraws_with_a_reason(lead, partnership):
    marker = MarkerFactory(partnership=partnership, assessed=True)
    url = page_of(partnership, "partnership-principles-withdraw", "marker", marker.pk)

    assert "This field is required" in lead.post(url, {"reason": ""}).content.decode()
    lead.post(url, {"reason": "A slip."})
    assert Marker.objects.get().withdrawal_reason == "A slip."


@pytest.mark.parametrize("kind", ["trade", "unheard-of"])
def test_there_is_no_page_for_other_kinds(lead, partnership, kind):
    assert lead.get(page_of(partnership, "partnership-principles-assess", kind)).status_code == 404
