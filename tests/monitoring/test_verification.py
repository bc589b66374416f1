"""Levels of verification: dated, never changed, each by who may give it (one value or many)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from monitoring.models import Observation, Verification
from monitoring.models.verifications import level_at
from monitoring.services.reviewing import decide
from monitoring.services.verifying import verify, verify_submission
from registry.errors import NotAllowed
from tests.factories import MembershipFactory, ObservationFactory, UserFactory, VerificationFactory
from tests.monitoring.sending import Sent, Unit
from tests.moves import race, refused

pytestmark = pytest.mark.django_db
INTERNAL, INDEPENDENT = "internally_validated", "independently_verified"
HOW = {"note": "Lists of all clinics were read."}
LINK = {"url": "https://example.org/report.pdf"}


@pytest.fixture
def sent():
    sent = Sent("submitted")
    sent.submission.approve(by=sent.people.lead_manager)
    sent.observation.refresh_from_db()
    return sent


def level_of(observation, at=None):
    return Observation.objects.annotate(level=level_at(at)).get(pk=observation.pk).level


def independent(sent):
    return UserFactory(evaluates=MembershipFactory(partnership=sent.people.partnership).partner)


@pytest.mark.parametrize("who", ["lead_manager", "admin"])
def test_a_reviewer_validates_internally(sent, who):
    made = verify(sent.observation, INTERNAL, by=sent.people[who], **HOW)

    assert level_of(sent.observation) == INTERNAL
    assert (made.by, made.note, made.membership) == (sent.people[who], HOW["note"], None)


@pytest.mark.parametrize("who", ["manager", "evaluator", "observer", "lead_evaluator", "outsider"])
def test_others_do_not_validate(sent, who):
    with refused("reviewer_only", NotAllowed):
        verify(sent.observation, INTERNAL, by=sent.people[who], **HOW)


def test_an_evaluator_of_a_member_at_a_distance_verifies_independently(sent):
    by = independent(sent)

    made = verify(sent.observation, INDEPENDENT, by=by, **HOW)

    assert made.membership.partner == by.affiliations.get().partner
    assert level_of(sent.observation) == INDEPENDENT


def test_neither_who_reports_nor_who_approved_nor_their_organisations_verify(sent):
    colleague = UserFactory(evaluates=sent.people.lead_membership.partner)
    manager = UserFactory(manages=MembershipFactory(partnership=sent.people.partnership).partner)
    for by in (sent.people.manager, sent.people.lead_manager, colleague, manager):
        with refused("not_independent", NotAllowed):
            verify(sent.observation, INDEPENDENT, by=by, **HOW)
    with refused("own_submission", NotAllowed):
        verify(sent.observation, INDEPENDENT, by=sent.people.evaluator, **HOW)
    assert not Verification.objects.exists()


def test_an_admin_records_an_outside_verifier_with_the_document(sent):
    admin = sent.people.admin
    with pytest.raises(ValidationError) as refusal:
        verify(sent.observation, INDEPENDENT, by=admin, verifier="Auditors Ltd", **HOW)
    assert "url" in refusal.value.message_dict

    made = verify(sent.observation, INDEPENDENT, by=admin, verifier="Auditors Ltd", **LINK)

    assert (made.verifier, made.by) == ("Auditors Ltd", admin)
    with refused("outside_by_admin", NotAllowed):
        verify(sent.observation, INDEPENDENT, by=independent(sent), verifier="Us", **LINK)


def test_a_sender_says_where_it_is_published_with_the_document(sent):
    with pytest.raises(ValidationError):
        verify(sent.observation, "published_elsewhere", by=sent.people.evaluator)

    verify(sent.observation, "published_elsewhere", by=sent.people.evaluator, **LINK)

    assert level_of(sent.observation) == "published_elsewhere"


def test_a_level_is_taken_back_only_with_why_and_by_a_reviewer(sent):
    lead = sent.people.lead_manager
    verify(sent.observation, INDEPENDENT, by=independent(sent), **HOW)

    with refused("verified_further"):
        verify(sent.observation, INTERNAL, by=lead)
    with refused("verified_further"):
        verify(sent.observation, "published_elsewhere", by=sent.people.evaluator, **LINK)
    with pytest.raises(ValidationError):
        verify(sent.observation, "self_reported", by=lead)
    with refused("reviewer_only", NotAllowed):
        verify(sent.observation, "self_reported", by=sent.people.evaluator, note="No.")
    verify(sent.observation, "self_reported", by=lead, note="The lists were of another year.")

    assert level_of(sent.observation) == "self_reported"
    assert Verification.objects.count() == 2


def test_the_level_at_a_cut_off_is_the_latest_by_then_else_its_own(sent):
    verify(sent.observation, INTERNAL, by=sent.people.lead_manager)
    first = Verification.objects.get()
    verify(sent.observation, INDEPENDENT, by=independent(sent), **HOW)

    before = first.at - timedelta(seconds=1)
    assert level_of(sent.observation, before) == "self_reported"
    assert level_of(sent.observation, first.at) == INTERNAL
    assert level_of(sent.observation) == INDEPENDENT


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "withdrawn"])
def test_only_values_that_count_are_verified(status):
    sent = Sent(status)

    with refused("not_counting"):
        verify(sent.observation, INTERNAL, by=sent.people.admin)


def test_a_replaced_value_is_not_verified_and_its_successor_begins_anew():
    unit = Unit()
    old = unit.submission.observations.get(indicator=unit.first)
    verify(old, INTERNAL, by=unit.people.lead_manager)
    correction = unit.correct({"indicator": unit.first.pk, "value": 50})

    with refused("not_counting"):
        verify(old, "self_reported", by=unit.people.lead_manager, note="Old.")
    assert level_of(correction.observations.get()) == "self_reported"


def test_the_same_level_twice_is_refused(sent):
    verify(sent.observation, INTERNAL, by=sent.people.lead_manager)

    with refused("level_unchanged"):
        verify(sent.observation, INTERNAL, by=sent.people.admin)


def test_a_whole_submission_at_once_with_one_document():
    unit = Unit()
    document = SimpleUploadedFile("visit.pdf", b"%PDF-1.7 read")

    made = verify_submission(unit.submission, INTERNAL, by=unit.people.lead_manager, file=document)

    stored = list(Verification.objects.order_by("pk"))
    assert [one.pk for one in stored] == [one.pk for one in made]
    assert len({one.file.name for one in stored}) == 1
    assert "visit" not in stored[0].file.name
    assert stored[0].file.read() == b"%PDF-1.7 read"
    with refused("level_unchanged"):
        verify_submission(unit.submission, INTERNAL, by=unit.people.admin)


def test_what_is_approved_may_be_validated_in_the_same_step():
    sent = Sent("submitted")

    decide(sent.submission, by=sent.people.lead_manager, is_validated=True)

    assert level_of(sent.observation) == INTERNAL


def test_validating_while_approving_leaves_levels_that_are_there_already():
    sent = Sent("draft")
    Observation.objects.filter(pk=sent.observation.pk).update(verification=INTERNAL)
    sent.submission.change(status="submitted", submitted_by=sent.people.evaluator)

    decide(sent.submission, by=sent.people.lead_manager, is_validated=True)

    sent.submission.refresh_from_db()
    assert sent.submission.status == "approved"
    assert level_of(sent.observation) == INTERNAL
    assert not Verification.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "believed"},
        {"level": INTERNAL, "url": "no link"},
        {"level": INTERNAL, "file": SimpleUploadedFile("a.exe", b"MZ\x90\x00\x03")},
        {"level": INTERNAL, "file": SimpleUploadedFile("a.pdf", b"%PDF-"), **LINK},
        {"level": INTERNAL, "note": "x" * 2001},
    ],
    ids=str,
)
def test_wrong_input_is_refused_and_nothing_is_kept(sent, wrong):
    with pytest.raises(ValidationError):
        verify(sent.observation, wrong.pop("level"), by=sent.people.lead_manager, **wrong)

    assert not Verification.objects.exists()


def test_no_verification_is_changed_or_deleted_whoever_writes():
    made = VerificationFactory()
    rows = Verification.objects.filter(pk=made.pk)

    for write in (lambda: rows.update(level=INDEPENDENT), rows.delete):
        with pytest.raises(IntegrityError, match="neither changed"), transaction.atomic():
            write()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_kept():
    observation = ObservationFactory(approved=True)
    admins = UserFactory.create_batch(3, admin=True)

    outcomes = race(*[lambda by=by: verify(observation, INTERNAL, by=by) for by in admins])

    assert [getattr(o, "code", "") for o in outcomes].count("level_unchanged") == 2
    assert Verification.objects.count() == 1
