"""A partnership as a document, and what differs between two of them."""

from decimal import Decimal

import pytest

from partnerships.models import Section, difference, document_of, hash_of, word_difference
from tests.factories import (
    AffectedGroupFactory,
    AgreementFactory,
    BeneficiaryGroupFactory,
    BenefitFactory,
    BudgetLineFactory,
    CommitmentFactory,
    DacSectorFactory,
    DeclarationFactory,
    DeliverableDateFactory,
    DeliverableFactory,
    DueDateFactory,
    LocationFactory,
    MarkerFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    PartnershipSectorFactory,
    PlannedDisbursementFactory,
    RiskFactory,
    TargetFactory,
    TechnologyAssessmentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(title="Wells", lead__partner__name="Kisima")


def fill(partnership, times):
    for number in range(times):
        member = MembershipFactory(partnership=partnership)
        commitment = CommitmentFactory(partnership=partnership, membership=member)
        for part in DeliverableFactory.create_batch(2, commitment=commitment):
            DeliverableDateFactory(deliverable=part)
        DueDateFactory(commitment=commitment)
        PlannedDisbursementFactory(commitment=commitment)
        ObjectiveFactory(partnership=partnership, target=TargetFactory())
        LocationFactory(partnership=partnership)
        BudgetLineFactory(partnership=partnership, membership=member)
        partnership.targets.add(TargetFactory())
        PartnershipSectorFactory(
            partnership=partnership, sector=DacSectorFactory(code=f"9{number}")
        )
        AgreementFactory(partnership=partnership, edition=number + 1)
        RiskFactory(partnership=partnership)
        BenefitFactory(partnership=partnership)
        PartnershipCountryFactory(
            partnership=partnership, country__alpha2=f"A{number}", country__alpha3=f"AA{number}"
        )


@pytest.mark.parametrize("size", [1, 8])
def test_costs_the_same_at_any_size(partnership, size, django_assert_num_queries):
    fill(partnership, size)

    # the partnership; its objectives; main goal, goals, targets; countries, locations, sectors;
    # members; commitments with targets, deliverables, due dates of both and planned payments;
    # budget; whether it is public, its agreements; whether a ledger binds, whether it is public,
    # risks and benefits with sharings and shares; markers, beneficiaries, Ten Principles;
    # stakeholder map, technologies
    with django_assert_num_queries(31):
        document_of(partnership)


def test_says_the_same_twice(partnership):
    fill(partnership, 2)
    assert hash_of(document_of(partnership)) == hash_of(document_of(partnership))


def test_leaves_out_who_is_only_invited_and_what_members_declare(partnership):
    MembershipFactory(partnership=partnership, invited=True, partner__name="Only Asked")
    DeclarationFactory(membership__partnership=partnership, interests="Sells pumps.")
    text = str(document_of(partnership))
    assert "Only Asked" not in text
    assert "Sells pumps." not in text


def test_numbers_and_days_are_plain(partnership):
    line = BudgetLineFactory(partnership=partnership, amount=Decimal("2500.5000"))
    (row,) = document_of(partnership)["budget"]
    assert row == {
        "id": line.pk,
        "membership": None,
        "member": "",
        "title": line.title,
        "amount": "2500.5",
        "currency": line.currency.code,
        "starts_on": "2024-01-01",
        "ends_on": "2024-12-31",
    }


def test_equal_documents_do_not_differ(partnership):
    fill(partnership, 1)
    assert difference(document_of(partnership), document_of(partnership)) == {}


def test_names_each_field_and_row_that_differs(partnership):
    gone = ObjectiveFactory(partnership=partnership, text="Old aim.", measure="")
    kept = BudgetLineFactory(partnership=partnership, title="Pumps", amount=Decimal(10))
    before = document_of(partnership)
    partnership.amend(title="Wells and pipes", level="community")
    gone.delete()
    kept.amend(amount=Decimal(12))
    MembershipFactory(partnership=partnership, partner__name="Maji", roles=["funding"])
    partnership.targets.add(TargetFactory(code="6.1"))

    changes = difference(before, document_of(partnership))

    assert list(changes) == [
        Section.ABOUT,
        Section.OBJECTIVES,
        Section.TARGETS,
        Section.MEMBERS,
        Section.BUDGET,
    ]
    about = [(c.label, c.before, c.after) for c in changes[Section.ABOUT]]
    assert about == [("Title", "Wells", "Wells and pipes"), ("Level", "National", "Community")]
    (removed,) = changes[Section.OBJECTIVES]
    assert (removed.row, removed.what) == ("Old aim.", "removed")
    (target,) = changes[Section.TARGETS]
    assert (target.label, target.before, target.after) == ("Targets", "", "6.1")
    (joined,) = changes[Section.MEMBERS]
    assert (joined.row, joined.what, joined.after) == ("Maji", "added", "Roles: Funding")
    (amount,) = changes[Section.BUDGET]
    assert (amount.row, amount.label, amount.before, amount.after) == (
        "Pumps",
        "Amount",
        "10",
        "12",
    )


def test_a_deliverable_that_moves_is_named_with_its_promise(partnership):
    one = DeliverableFactory(commitment__partnership=partnership, commitment__title="Forty pumps")
    before = document_of(partnership)
    one.amend(title="Pumps in place")
    (change,) = difference(before, document_of(partnership))[Section.COMMITMENTS]
    assert (change.row, change.label) == ("Pumps in place", "Title")


@pytest.mark.parametrize("text", ["a " * 10_000, "a\n" * 10_000, "x" * 200_000])
def test_texts_made_to_cost_much_are_compared_at_once(text):
    pieces = word_difference(text, text + "b")
    assert "".join(p.text for p in pieces if p.what != "added") == text
    assert "".join(p.text for p in pieces if p.what != "removed") == text + "b"


def test_long_texts_differ_word_by_word_and_lose_nothing():
    before = "Clean water for every village of the district by 2026."
    after = "Safe water for every village and school of the district by 2026."
    pieces = word_difference(before, after)
    assert [(p.what, p.text) for p in pieces if p.what != "same"] == [
        ("removed", "Clean"),
        ("added", "Safe"),
        ("added", " and school"),
    ]
    assert "".join(p.text for p in pieces if p.what != "added") == before
    assert "".join(p.text for p in pieces if p.what != "removed") == after


def test_holds_principles_and_the_map_without_small_counts_or_what_was_withdrawn(partnership):
    MarkerFactory(partnership=partnership, assessed=True)
    BeneficiaryGroupFactory(partnership=partnership, people="youth")
    AffectedGroupFactory(partnership=partnership, name="Carriers", size=7)
    AffectedGroupFactory(partnership=partnership, withdrawn=True)
    TechnologyAssessmentFactory(partnership=partnership, technology="Meters")

    document = document_of(partnership)
    assert [row["id"] for row in document["principles"]["markers"]] == ["gender"]
    assert [row["name"] for row in document["principles"]["beneficiaries"]] == ["young people"]
    assert [(g["name"], g["size"]) for g in document["dialogue"]["groups"]] == [
        ("Carriers", "1–10")
    ]
    assert document["dialogue"]["technologies"][0]["name"] == "Meters"
