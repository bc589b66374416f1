"""Evidence: added while the data is open, decided by a reviewer who did not bring it."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from monitoring.models import Evidence
from monitoring.services.evidence import add_evidence
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import EvidenceFactory, ObservationFactory, SubmissionFactory, UserFactory
from tests.moves import People, read_twice, refused

pytestmark = pytest.mark.django_db
LINK = {"title": "Photo", "url": "https://example.org/a"}


@pytest.fixture
def evidence():
    return EvidenceFactory(submission=SubmissionFactory(submitted=True))


def people_of(evidence):
    people = People(evidence.submission.unit.membership.partnership)
    people.sender = UserFactory(evaluates=evidence.submission.unit.membership.partner)
    return people


@pytest.mark.parametrize("who", ["lead_manager", "admin"])
@pytest.mark.parametrize(("accepted", "kind"), [(True, "accepted"), (False, "refused")])
def test_a_reviewer_decides(evidence, who, accepted, kind):
    evidence.decide(accepted, by=people_of(evidence)[who], reason="" if accepted else "Unsigned.")

    stored = Evidence.objects.get(pk=evidence.pk)
    assert (stored.accepted, stored.decided_at is not None) == (accepted, True)
    assert stored.decision_reason == ("" if accepted else "Unsigned.")
    assert [e.kind for e in Event.objects.about(evidence)] == [f"evidence.{kind}"]


@pytest.mark.parametrize(
    "who", ["sender", "manager", "lead_evaluator", "lead_observer", "outsider"]
)
def test_others_do_not_decide(evidence, who):
    with refused("reviewer_only", NotAllowed):
        evidence.decide(True, by=people_of(evidence)[who])

    assert Evidence.objects.get(pk=evidence.pk).accepted is None


def test_neither_who_handed_it_in_nor_who_added_it_decides():
    sent_by_lead = EvidenceFactory(submission=SubmissionFactory(submitted=True))
    lead_manager = people_of(sent_by_lead).lead_manager
    sent_by_lead.submission.change(submitted_by=lead_manager)
    added = EvidenceFactory(submission=sent_by_lead.submission)
    Evidence.objects.filter(pk=added.pk).update(added_by=UserFactory(admin=True))
    added.refresh_from_db()

    with refused("own_submission", NotAllowed):
        sent_by_lead.decide(True, by=lead_manager)
    with refused("own_evidence", NotAllowed):
        added.decide(True, by=added.added_by)


def test_of_two_decisions_read_at_once_one_is_logged(evidence):
    admin = UserFactory(admin=True)
    first, second = read_twice(evidence)

    first.decide(True, by=admin)
    with refused("stale_version", StaleVersion):
        second.decide(False, by=admin, reason="Unsigned.")

    assert Evidence.objects.get(pk=evidence.pk).accepted is True
    assert Event.objects.about(evidence).count() == 1


@pytest.mark.parametrize("status", ["submitted", "approved", "superseded", "withdrawn"])
def test_evidence_is_added_while_the_data_is_open(status):
    submission = SubmissionFactory()
    submission.change(status=status, approved_at="2024-05-01T00:00Z")

    with refused("submission_locked"):
        add_evidence(submission, by=UserFactory(admin=True), **LINK)


def test_evidence_for_a_copy_read_before_the_data_was_handed_in_is_refused():
    first, second = read_twice(ObservationFactory().submission)
    admin = UserFactory(admin=True)
    first.submit(by=admin)

    with refused("submission_locked"):
        add_evidence(second, by=admin, **LINK)

    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Photo"},
        {"title": "", "url": "https://example.org/a"},
        {"title": "Photo", "url": "no link"},
        {"title": "Photo", "url": "javascript:alert(1)"},
        LINK | {"file": SimpleUploadedFile("a.png", b"png")},
    ],
    ids=str,
)
def test_evidence_is_one_link_or_one_file(fields):
    with pytest.raises(ValidationError):
        add_evidence(SubmissionFactory(), by=UserFactory(admin=True), **fields)

    assert not Evidence.objects.exists()


def test_evidence_stands_behind_a_value_of_its_own_submission():
    with pytest.raises(ValidationError) as refusal:
        add_evidence(
            SubmissionFactory(),
            by=UserFactory(admin=True),
            observation=ObservationFactory(),
            **LINK,
        )

    assert "observation" in refusal.value.message_dict
