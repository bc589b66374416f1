"""The pages on which data is backed up, verified and checked, and reviewers are named."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from monitoring.models import DataQualityAssessment, Evidence, Reviewer, SpotCheck, Verification
from tests.factories import (
    EvidenceFactory,
    MembershipFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
    approve,
)
from tests.monitoring.entering import Entering
from tests.monitoring.test_pages_review import handed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = Entering()
    world.sent = handed_in(world)
    return world


def test_evidence_is_added_and_removed_by_senders_while_the_data_is_open(client, world):
    unit = ReportingUnitFactory(membership=world.member, place="Kilifi")
    draft = SubmissionFactory(unit=unit, period=world.period)
    address = f"/submissions/{draft.pk}/evidence/"
    client.force_login(world.evaluator)

    neither = client.post(address, {"title": "Photo"}).content.decode()
    assert "Either a link or a file." in neither
    wrong = {"title": "Photo", "file": SimpleUploadedFile("photo.png", b"<html>")}
    assert "A PDF, a picture" in client.post(address, wrong).content.decode()
    client.post(address, {"title": "Photo", "file": SimpleUploadedFile("p.png", b"%PDF-1.7")})
    piece = Evidence.objects.get()
    assert piece.file.name.endswith(".pdf")
    download = client.get(f"/evidence/{piece.pk}/file/")
    assert download["Content-Disposition"].startswith("attachment")
    assert download["X-Content-Type-Options"] == "nosniff"
    client.post(f"/evidence/{piece.pk}/remove/", {"version": piece.version})

    assert not Evidence.objects.exists()
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404


def test_a_reviewer_says_why_evidence_is_not_accepted(client, world):
    piece = EvidenceFactory(submission=world.sent)
    address = f"/evidence/{piece.pk}/decide/"
    client.force_login(world.evaluator)
    assert client.get(address).status_code == 403
    client.force_login(world.lead)

    silent = {"word": "refuse", "version": piece.version}
    assert "Give the reason." in client.post(address, silent).content.decode()
    client.post(address, silent | {"reason": "Not signed."})

    piece.refresh_from_db()
    assert (piece.accepted, piece.decision_reason) == (False, "Not signed.")
    assert piece.decided_by == world.lead


def test_levels_checks_and_assessments_are_recorded_and_shown(client, world):
    approve(world.sent)
    value = world.sent.observations.get(indicator=world.number)
    client.force_login(world.lead)
    base = f"/submissions/{world.sent.pk}"

    client.post(f"{base}/verify/", {"values": [value.pk], "level": "internally_validated"})
    day = {"checked_on": "2024-05-02", "assessed_on": "2024-05-02"}
    found = {"checked_by": "District office", "found_value": "4", "finding": "One was dry."}
    client.post(f"{base}/spot-check/{value.pk}/", day | found)
    standards = dict.fromkeys(DataQualityAssessment.STANDARDS, "met")
    client.post(f"{base}/assess/", day | standards)

    assert Verification.objects.get().observation == value
    check = SpotCheck.objects.get()
    assert (check.deviation.difference, float(check.deviation.share)) == (1, 0.25)
    assert DataQualityAssessment.objects.get().submission == world.sent
    page = client.get(f"{base}/checks/").content.decode()
    assert "Internally validated" in page
    assert "deviation 25" in page
    for address in (
        f"/spot-checks/{check.pk}/",
        f"/data-quality-assessments/{DataQualityAssessment.objects.get().pk}/",
        f"/partnerships/{world.partnership.reference}/data-review/",
    ):
        assert client.get(address).status_code == 200


def test_what_may_not_be_verified_is_said_in_the_form(client, world):
    approve(world.sent)
    value = world.sent.observations.get(indicator=world.number)
    client.force_login(world.evaluator)

    page = client.post(
        f"/submissions/{world.sent.pk}/verify/",
        {"values": [value.pk], "level": "independently_verified", "note": "Seen."},
    ).content.decode()

    assert "does not verify it independently" in page
    assert not Verification.objects.exists()


def test_the_lead_names_reviewers_and_ends_it(client, world):
    membership = MembershipFactory(partnership=world.partnership)
    address = f"/partnerships/{world.partnership.reference}/data-review/"
    client.force_login(world.lead)

    both = {"membership": membership.pk, "email": world.evaluator.email}
    assert "Name a member, or a person." in client.post(address, both).content.decode()
    strange = client.post(address, {"email": UserFactory().email}).content.decode()
    assert "No manager or evaluator of a member has this address." in strange
    client.post(address, {"membership": membership.pk})
    reviewer = Reviewer.objects.get()
    client.post(f"{address}reviewers/{reviewer.pk}/end/", {"version": reviewer.version})

    assert not Reviewer.objects.current().exists()
    client.force_login(world.evaluator)
    assert client.get(address).status_code == 200
    assert client.post(address, {"membership": membership.pk}).status_code == 403


def test_who_may_not_name_learns_nothing_of_addresses_nor_is_offered_to_assess(client, world):
    address = f"/partnerships/{world.partnership.reference}/data-review/"
    offer = "Assess the data of an indicator"
    client.force_login(world.evaluator)
    assert offer in client.get(address).content.decode()
    client.force_login(UserFactory(observes=world.member.partner))

    assert offer not in client.get(address).content.decode()
    for email in (world.evaluator.email, "nobody@example.org"):
        assert client.post(address, {"email": email}).status_code == 403
