"""What an evaluation holds: its findings, its recommendations, and the report itself."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from monitoring.models import Evaluation, EvaluationFinding
from monitoring.services.evaluations import (
    add_finding,
    add_recommendation,
    attach_document,
    edit_part,
    remove_part,
)
from registry.errors import NotAllowed, StaleVersion
from tests.factories import (
    AssignmentFactory,
    EvaluationFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
)
from tests.moves import People, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("lead_manager", True),
        ("lead_evaluator", True),
        ("evaluator", True),
        ("admin", True),
        ("manager", False),
        ("observer", False),
        ("outsider", False),
    ],
)
def test_findings_and_recommendations_are_drafted_by_evaluators_too(people, who, may):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    say = {"text": "Four wells in five are used."}
    to = {"text": "Train caretakers.", "member": people.membership}

    if may:
        assert add_finding(evaluation, by=people[who], **say).number == 1
        assert add_finding(evaluation, by=people[who], **say).number == 2
        assert add_recommendation(evaluation, by=people[who], **to).number == 1
    else:
        with refused("writers_only", NotAllowed):
            add_finding(evaluation, by=people[who], **say)
        with refused("writers_only", NotAllowed):
            add_recommendation(evaluation, by=people[who], **to)


def test_an_evaluator_assigned_elsewhere_does_not_draft(people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    assigned = people.evaluator.affiliations.get()
    elsewhere = MembershipFactory(partner=people.membership.partner).partnership
    AssignmentFactory(affiliation=assigned, partnership=elsewhere)

    with refused("writers_only", NotAllowed):
        add_finding(evaluation, by=people.evaluator, text="Used.")


def test_numbers_are_not_given_twice(people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    first, second, _ = (
        add_finding(evaluation, by=people.evaluator, text=f"Finding {n}.") for n in range(3)
    )
    remove_part(second, by=people.evaluator)

    assert add_finding(evaluation, by=people.evaluator, text="Later.").number == 4
    stale = EvaluationFinding.objects.get(pk=first.pk)
    edit_part(first, by=people.evaluator, text="Better said.")
    with pytest.raises(StaleVersion):
        remove_part(stale, by=people.evaluator)


def test_the_number_of_the_last_one_is_not_given_again_either(people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    by, to = people.evaluator, {"text": "Train caretakers.", "member": people.membership}
    add_finding(evaluation, by=by, text="Used.")
    for number in (2, 3):
        found = add_finding(evaluation, by=by, text="Unused.")
        assert found.number == number
        remove_part(found, by=by)
    advised = add_recommendation(evaluation, by=by, **to)
    remove_part(advised, by=by)

    assert add_recommendation(evaluation, by=by, **to).number == 2


def test_a_recommendation_goes_to_a_member_of_now_or_to_the_secretariat(people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    left = MembershipFactory(partnership=people.partnership, left=True)
    bad = {
        "other_partnership": MembershipFactory(),
        "not_a_member": left,
        "recommendation_has_addressee": None,
    }
    for code, member in bad.items():
        with pytest.raises(ValidationError) as refusal:
            add_recommendation(evaluation, by=people.evaluator, text="Do.", member=member)
        assert list(refusal.value.message_dict) == ["member"], code
    with pytest.raises(ValidationError) as refusal:
        add_recommendation(
            evaluation,
            by=people.evaluator,
            text="Do.",
            addressed_to="secretariat",
            member=people.membership,
        )
    assert list(refusal.value.message_dict) == ["member"]
    to_us = add_recommendation(
        evaluation, by=people.evaluator, text="Do.", addressed_to="secretariat"
    )
    assert to_us.is_for_secretariat


def test_a_finding_is_about_an_indicator_of_its_own_partnership(people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    own = measured(people.partnership, agreed=True)
    assert add_finding(evaluation, by=people.evaluator, text="Up.", indicator=own).indicator == own

    foreign = measured(PartnershipFactory(active=True), agreed=True)
    with pytest.raises(ValidationError) as refusal:
        add_finding(evaluation, by=people.evaluator, text="Up.", indicator=foreign)
    assert list(refusal.value.message_dict) == ["indicator"]
    for text in (" \n", "x" * 5001):
        with pytest.raises(ValidationError) as refusal:
            add_finding(evaluation, by=people.evaluator, text=text)
        assert list(refusal.value.message_dict) == ["text"]


def measured(partnership, **framework):
    values = {f"result__framework__{name}": value for name, value in framework.items()}
    return IndicatorFactory(result__framework__partnership=partnership, **values)


@pytest.mark.parametrize(
    ("state", "may"),
    [
        ({}, False),
        ({"proposed": True}, False),
        ({"status": "withdrawn"}, False),
        ({"agreed": True}, True),
        ({"superseded": True}, True),
        ({"imported": True}, True),
    ],
)
def test_a_finding_is_about_an_indicator_that_was_settled(people, state, may):
    """It becomes public with the evaluation: what is only drafted would be given away."""
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    indicator = measured(people.partnership, **state)
    finding = add_finding(evaluation, by=people.evaluator, text="Up.")

    for write in (
        lambda: add_finding(evaluation, by=people.evaluator, text="Up.", indicator=indicator),
        lambda: edit_part(finding, by=people.evaluator, indicator=indicator),
    ):
        if may:
            assert write().indicator == indicator
            continue
        with pytest.raises(ValidationError) as refusal:
            write()
        (error,) = refusal.value.error_dict["indicator"]
        assert error.code == "framework_unsettled"


def test_the_report_is_a_link_or_a_file_that_is_looked_into(people):
    evaluation = EvaluationFactory(partnership=people.partnership, url="")
    by = people.lead_manager
    attach_document(evaluation, by=by, file=ContentFile(b"%PDF-1.7", "Our report.pdf"))
    evaluation.refresh_from_db()
    assert evaluation.file.read() == b"%PDF-1.7"
    assert "Our" not in evaluation.file.name
    # printf '%PDF-1.7' | sha256sum
    assert evaluation.sha256 == "86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b"

    attach_document(evaluation, by=by, url="https://example.org/report")
    assert (evaluation.url, evaluation.file, evaluation.sha256) == (
        "https://example.org/report",
        "",
        "",
    )
    for file, url in ((None, ""), (ContentFile(b"%PDF-", "a.pdf"), "https://example.org/")):
        with pytest.raises(ValidationError, match="Either a link or a file"):
            attach_document(evaluation, by=by, file=file, url=url)
    with pytest.raises(ValidationError, match="A PDF"):
        attach_document(evaluation, by=by, file=ContentFile(b"<html>", "report.pdf"))


def files_of(evaluation):
    if not default_storage.exists("evaluations"):
        return []
    names = default_storage.listdir("evaluations")[1]
    return [name for name in names if name.startswith(f"{evaluation.pk}-")]


def test_what_could_not_be_attached_leaves_no_file(people):
    evaluation = EvaluationFactory(partnership=people.partnership, url="")
    pdf = lambda: ContentFile(b"%PDF-1.7", "a.pdf")  # noqa: E731
    old = Evaluation.objects.get(pk=evaluation.pk)
    evaluation.amend(title="Another title")
    with pytest.raises(StaleVersion):
        attach_document(old, by=people.lead_manager, file=pdf())
    assert files_of(evaluation) == []

    # Where the transaction fails at its very end, the next attempt has the same name.
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            copy = Evaluation.objects.get(pk=evaluation.pk)
            attach_document(copy, by=people.lead_manager, file=pdf())
            raise ZeroDivisionError
    assert len(files_of(evaluation)) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_attached_anew_takes_the_place_of_the_former_file():
    people = People(PartnershipFactory(active=True))
    evaluation = EvaluationFactory(partnership=people.partnership, url="")
    for _ in range(2):
        attach_document(evaluation, by=people.lead_manager, file=ContentFile(b"%PDF-1.7", "a.pdf"))
        evaluation.refresh_from_db()
        assert files_of(evaluation) == [evaluation.file.name.removeprefix("evaluations/")]
        assert evaluation.file.read() == b"%PDF-1.7"
