"""What people type is understood where nothing else can be meant, and else told how to write it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from partnerships.forms.numbers import NumberField
from partnerships.forms.registering import ObjectiveForm, TargetCodeField
from partnerships.models import Commitment
from registry.models import Target
from tests.factories import (
    CommitmentFactory,
    CurrencyFactory,
    DeliverableFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnershipFactory,
    TargetFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3200", "3200"),
        ("18 000", "18000"),
        ("18\u00a0000", "18000"),
        ("1 234 567.5", "1234567.5"),
        ("1,234,567", "1234567"),
        ("3,200.50", "3200.50"),
        (" -3.2 ", "-3.2"),
    ],
)
def test_numbers_are_understood(typed, meant):
    assert NumberField().clean(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["3,200", "3,2", "1.234,5", "1,23,456"])
def test_a_comma_that_may_mean_either_is_asked_about(typed):
    with pytest.raises(ValidationError, match="without commas"):
        NumberField().clean(typed)


@pytest.mark.parametrize("typed", ["1 80", "18 0000", "many", "NaN", "1e999999999", "\u0663"])
def test_what_is_no_number_is_refused_or_one(typed):
    try:
        NumberField(max_digits=24, decimal_places=6).clean(typed)
    except ValidationError as refused:
        assert refused.messages  # noqa: PT017 - Arabic digits are numbers, the others are not
    else:
        assert typed == "\u0663"


def test_a_stored_number_is_shown_without_empty_places():
    stored = ObjectiveFactory(baseline=Decimal(3200), goal_value=Decimal("0.5"))
    stored.refresh_from_db()
    form = ObjectiveForm(instance=stored)
    assert 'value="3200"' in str(form["baseline"])
    assert 'value="0.5"' in str(form["goal_value"])


@pytest.mark.parametrize("typed", ["6.1", "SDG 6.1", "sdg6.1", "Target 6.1", " 6.1"])
def test_a_target_is_known_by_its_number_however_it_is_called(typed):
    target = TargetFactory(code="6.1")
    assert TargetCodeField().clean(typed) == target
    assert list(Target.objects.chosen(typed)) == [target]


@pytest.fixture
def partnership(client):
    partnership = PartnershipFactory()
    client.force_login(People(partnership)["lead_manager"])
    return partnership


def test_a_new_commitment_leads_to_its_deliverables(client, partnership):
    member = partnership.memberships.leading().get()
    sent = {
        "membership": member.pk,
        "title": "Lends 300 stoves",
        "kind": "in_kind",
        "amount": "3,200",
        "unit": "stoves",
        "committed_on": "2024-01-01",
        "due_on": "2024-06-30",
    }
    at = f"/partnerships/{partnership.pk}/commitments/new/"
    refused = client.post(at, sent).content.decode()
    assert "Write the number without commas" in refused
    assert 'value="3,200"' in refused

    page = client.post(at, {**sent, "amount": "3 200"}, follow=True)

    made = Commitment.objects.get()
    assert made.amount == 3200
    assert page.redirect_chain == [(f"/partnerships/{partnership.pk}/commitments/{made.pk}/", 302)]
    assert "Now add a deliverable with its day" in page.content.decode()


def test_the_answers_say_how_much_and_by_when(client, partnership):
    made = CommitmentFactory(
        membership=partnership.memberships.leading().get(),
        partnership=partnership,
        title="Lends stoves",
        amount=3200,
        currency=CurrencyFactory(code="USD"),
        due_on="2027-06-30",
    )
    DeliverableFactory(commitment=made, title="First hundred", due_on="2027-02-01")

    page = client.get(f"/partnerships/{partnership.pk}/work/check/").content.decode()

    assert "Lends stoves; USD 3,200; due 30 Jun 2027" in page
    assert "First hundred, 1 Feb 2027" in page


@pytest.mark.parametrize("page", ["places/", "members/", "commitments/", "budget/"])
def test_the_sections_of_a_draft_lead_back_to_all(client, partnership, page):
    link = f'<a href="/partnerships/{partnership.pk}/work/">Back to all sections</a>'
    assert link in client.get(f"/partnerships/{partnership.pk}/{page}").content.decode()


def test_the_public_is_not_led_to_sections(client):
    partnership = PartnershipFactory(active=True)
    MembershipFactory(partnership=partnership)
    for page in ("places/", "members/"):
        text = client.get(f"/partnerships/{partnership.reference}/{page}").content.decode()
        assert "Back to all sections" not in text


def test_an_end_before_the_start_is_said_at_the_end(client, partnership):
    at = f"/partnerships/{partnership.pk}/work/about/"
    stamp = client.get(at).context["stamp"]
    facts = {"title": "Water", "kind": "alliance", "level": "global", "stamp": stamp}
    days = {"starts_on": "2024-06-01", "ends_on": "2024-05-31"}

    page = client.post(at, {**facts, **days})

    assert page.context["form"].errors == {
        "ends_on": ["The end must not come before the start."],
    }


def test_an_amount_without_a_currency_is_said_at_the_amount():
    made = CommitmentFactory()
    made.amount, made.currency, made.unit = 5, None, ""
    with pytest.raises(ValidationError) as refused:
        made.check_values()
    assert list(refused.value.message_dict) == ["amount"]
