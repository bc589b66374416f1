"""Saving the form changes what was typed and nothing else, whoever else has the draft open."""

from decimal import Decimal

import pytest
from django import forms

from monitoring.forms.entry import SubmissionForm
from monitoring.models import Submission
from monitoring.services.evidence import add_evidence
from monitoring.services.submissions import correct_submission, record_observations
from tests.factories import (
    NOON,
    CategoryFactory,
    DimensionFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.entering import Entering, fields_of, opened, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client):
    world = Entering()
    client.force_login(world.evaluator)
    return world


@pytest.fixture
def draft(world):
    return SubmissionFactory(unit=world.unit, period=world.period)


@pytest.fixture
def colleague(client, world):
    """A second evaluator, who types in a browser of their own."""
    other = type(client)()
    other.force_login(UserFactory(evaluates=world.member.partner))
    return other


def post(client, submission, form):
    return client.post(f"/submissions/{submission.pk}/", form)


@pytest.fixture
def late(client, colleague, world, draft):
    """The answer to B, who types Law into a form opened before A saved Wells and Coverage."""
    world.enter(client, draft, number="5", save="1")
    form = opened(client, draft)
    world.enter(colleague, draft, number="7", part="1", whole="4", save="1")
    return post(client, draft, world.typed(form, law="1", save="1"))


def test_who_saves_an_old_form_destroys_nothing(world, draft, late):
    assert late.status_code == 409
    stored = values(draft)
    assert stored[world.number.pk].value == 7
    assert world.yes_no.pk not in stored


def test_the_old_form_comes_back_with_what_was_typed_and_what_others_saved(world, late):
    page = late.content.decode()
    assert "Somebody else changed this draft meanwhile" in page
    assert f'href="#id_value-{world.number.pk}"' in page
    form = fields_of(late)
    assert form[world.names["law"]] == "1"
    assert form[world.names["number"]] == "7"
    assert form[world.names["whole"]] == "4"


def test_saved_once_more_it_keeps_both(client, world, draft, late):
    post(client, draft, fields_of(late) | {"save": "1"})

    stored = values(draft)
    assert stored[world.number.pk].value == 7
    assert stored[world.ratio.pk].denominator == 4
    assert stored[world.yes_no.pk].value == 1


def test_a_field_that_both_typed_shows_both_values(client, colleague, world, draft):
    form = opened(client, draft)
    world.enter(colleague, draft, number="7", law="0", save="1")

    answer = post(client, draft, world.typed(form, number="9", save="1"))

    assert fields_of(answer)[world.names["number"]] == "9"
    assert "Saved meanwhile: 7" in answer.content.decode()
    assert "Saved meanwhile: no" in answer.content.decode()
    assert values(draft)[world.number.pk].value == 7
    post(client, draft, fields_of(answer) | {"save": "1"})
    assert values(draft)[world.number.pk].value == 9


def test_a_value_that_was_emptied_meanwhile_is_said_to_be(client, colleague, world, draft):
    world.enter(client, draft, number="5", law="1", save="1")
    form = opened(client, draft)
    world.enter(colleague, draft, number="", save="1")

    answer = post(client, draft, world.typed(form, law="0", save="1"))

    assert "Saved meanwhile: no data" in answer.content.decode()
    assert fields_of(answer)[world.names["number"]] == ""


@pytest.mark.parametrize("version", [None, "", "x", "0", "9999999999"])
def test_a_form_without_a_current_version_is_an_old_one(client, world, draft, version):
    form = world.typed(opened(client, draft), number="5", save="1") | {"version": version}

    answer = post(client, draft, {name: text for name, text in form.items() if text is not None})

    assert answer.status_code == 409
    assert not draft.observations.exists()


def test_who_is_overtaken_while_saving_gets_the_form_again(client, world, draft, monkeypatch):
    def overtaken(form):
        """Valid when it was checked; before it is saved a colleague is faster."""
        if valid := forms.Form.is_valid(form):
            row = {"indicator": world.yes_no.pk, "value": 1}
            colleagues = Submission.objects.get(pk=draft.pk)
            record_observations(colleagues, [row], by=world.evaluator)
        return valid

    monkeypatch.setattr(SubmissionForm, "is_valid", overtaken)
    answer = world.enter(client, draft, number="5", save="1")

    assert answer.status_code == 409
    assert "Saved meanwhile: yes" in answer.content.decode()
    assert fields_of(answer)[world.names["number"]] == "5"
    assert list(values(draft)) == [world.yes_no.pk]


def test_saving_keeps_remark_mark_evidence_and_breakdown(client, world, draft):
    sex = DimensionFactory()
    world.number.dimensions.add(sex)
    female = CategoryFactory(dimension=sex)
    rows = [
        {"indicator": world.number.pk, "value": 5, "comment": "By phone.", "is_provisional": True},
        {"indicator": world.number.pk, "value": 3, "category": female.pk},
    ]
    total, part = record_observations(draft, rows, by=world.evaluator)
    fields = {"title": "List of wells", "url": "https://example.org/wells"}
    add_evidence(draft, by=world.evaluator, observation=total, **fields)

    world.enter(client, draft, number="6", law="1", save="1")

    total.refresh_from_db()
    assert (total.value, total.comment, total.is_provisional) == (6, "By phone.", True)
    assert total.evidence.count() == 1
    assert draft.observations.filter(pk=part.pk, value=Decimal(3)).exists()
    assert draft.observations.count() == 3


class Correction:
    """A correction that takes a value away; it is shown in the form and stays."""

    def __init__(self, world):
        cells = {world.number: 5, world.yes_no: 1}
        approved = SubmissionFactory(
            unit=world.unit, period=world.period, values=cells, approved=True
        )
        self.draft = correct_submission(approved, by=world.evaluator)
        row = {"indicator": world.number.pk, "withdraws": True, "comment": "Counted twice."}
        (self.row,) = record_observations(self.draft, [row], by=world.evaluator)


def test_saving_a_correction_keeps_its_withdrawals_and_shows_them(client, world):
    correction = Correction(world)

    page = client.get(f"/submissions/{correction.draft.pk}/").content.decode()
    assert "Withdrawn in this correction" in page
    world.enter(client, correction.draft, law="0", save="1")

    correction.row.refresh_from_db()
    assert (correction.row.withdraws, correction.row.comment) == (True, "Counted twice.")
    assert correction.draft.observations.count() == 2


def test_a_value_typed_over_a_withdrawal_takes_its_place(client, world):
    correction = Correction(world)

    world.enter(client, correction.draft, number="4", save="1")

    correction.row.refresh_from_db()
    assert (correction.row.withdraws, correction.row.value) == (False, 4)


def test_what_was_refused_was_not_saved_and_the_page_says_when_it_last_was(client, world, draft):
    Submission.objects.filter(pk=draft.pk).update(updated_at=NOON)
    form = opened(client, draft)

    page = post(client, draft, world.typed(form, number="abc", save="1")).content.decode()

    assert f"Last saved</dt><dd>{NOON:%-d %b %Y, %H:%M} UTC</dd>" in page
    assert "Nothing was saved." in page
