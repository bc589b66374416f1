"""No number stands in a sentence of a report that is not in its data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from monitoring.models import ReportKind
from monitoring.reports.documents import document_of
from monitoring.reports.documents.parts import Document, Paragraph, Section
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CurrencyFactory,
    DeliveryFactory,
    GlobalIndicatorFactory,
    GoalFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    TargetFactory,
)
from tests.monitoring.reading_words import sentences, unfounded
from tests.monitoring.reported import Q1, built, indicator, partnership, report

pytestmark = pytest.mark.django_db
KINDS = [
    ReportKind.PORTFOLIO,
    ReportKind.GOAL,
    ReportKind.TARGET,
    ReportKind.HLPF,
    ReportKind.PARTNER,
]


@pytest.fixture
def subjects():
    """A goal with a target and an indicator, two partnerships for it, and one of their members;
    the names of all are Arabic or Chinese."""
    goal = GoalFactory(number=6)
    target = TargetFactory(goal=goal, code="6.1")
    TargetFactory(goal=goal, code="6.2")
    library = GlobalIndicatorFactory(target=target, code="6.1.1")
    partner = PartnerFactory(name="شركة المياه", kind="large_company")
    dollar, yen = CurrencyFactory(code="USD"), CurrencyFactory(code="JPY")
    for n, title in enumerate(("青溪流域", "شراكة")):
        made = partnership(primary_goal=goal, title=title)
        made.targets.add(target)
        member = MembershipFactory(partnership=made, partner=partner)
        measured = IndicatorFactory(
            result__framework=made.frameworks.get(),
            global_indicator=library,
            library_link="identical",
            unit="households",
            responsible=member,
        )
        report(made, Q1, measures={"A1": "0.25"}, score="0.25")
        said = [indicator(measured, "1234.5", progress="0.4")]
        kept = {"A1": f"0.{n + 3}", "D4": (300, 400)}
        lights = ("overdue", "at_risk")
        oldest = {"oldest": "2025-04-30", "due": 7, "reported": 5}
        report(made, measures=kept, score="0.375", indicators=said, lights=lights, **oldest)
        BudgetLineFactory(partnership=made, amount=5000, currency=dollar)
        promise = CommitmentFactory(
            membership=member,
            partnership=made,
            amount=400,
            currency=dollar,
            due_on=date(2025, 5, 31),
        )
        DeliveryFactory(commitment=promise, amount=300, currency=dollar, confirmed=True)
        CommitmentFactory(membership=member, partnership=made, amount=70, currency=yen)
    partnership(primary_goal=goal)
    return {"goal": goal, "target": target, "partner": partner}


def written(kind, **subject):
    content = built(kind, **subject)
    return document_of(kind, content), content


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_in_a_sentence_is_in_the_data(kind, subjects):
    own = {kind: subjects[kind]} if kind in subjects else {}

    document, content = written(kind, **own)

    assert unfounded(document, content) == []
    assert any(character.isdigit() for text in sentences(document) for character in text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_registry_without_anything_is_said_in_words(kind):
    GoalFactory(number=6)
    own = {
        ReportKind.GOAL: {"goal": GoalFactory(number=6)},
        ReportKind.TARGET: {"target": TargetFactory(code="6.1")},
        ReportKind.PARTNER: {"partner": PartnerFactory()},
    }.get(kind, {})

    document, content = written(kind, **own)

    assert unfounded(document, content) == []
    assert sentences(document)
    assert len({table.key for table in document.tables()}) == len(document.tables())


def test_what_was_promised_and_withdrawn_is_not_nothing():
    partner = PartnerFactory()
    member = MembershipFactory(partnership=partnership(), partner=partner)
    CommitmentFactory(
        membership=member, partnership=member.partnership, withdrawn=True, receiver_agreed=True
    )

    document = document_of(ReportKind.PARTNER, built(ReportKind.PARTNER, partner=partner))

    text = " ".join(sentences(document))
    assert "It has promised nothing" not in text
    assert "1 commitment was withdrawn, as the receiver agreed; no other is recorded." in text


def test_the_check_finds_a_number_of_nowhere():
    document = Document("t", "", [], [Section("s", "S", [Paragraph("Of 41 only 7.5 % came.")])])
    content = {"share": "0.075", "n": 40}

    assert [number for number, _ in unfounded(document, content)] == ["41"]
    assert unfounded(replace(document, sections=[]), content) == []
    assert Decimal("0.075") * 100 == Decimal("7.5")
