"""The secretariat's first page says how much waits, each number leading to its queue."""

import pytest

from tests.factories import (
    AffiliationFactory,
    ComplaintFactory,
    FeedbackFactory,
    PartnershipReviewFactory,
    SolutionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


# Monitoring tells of these; its own tests count them.
MONITORINGS = {
    "Reports to publish",
    "Recommendations to answer",
    "Actions after evaluations overdue",
    "Responses to evaluations overdue",
}


def numbers(client):
    waits = client.get("/secretariat/").context["waits"]
    return {one.label: one.number for one in waits}


def test_what_waits_is_counted_and_what_is_done_is_not(client):
    client.force_login(UserFactory(admin=True))
    PartnershipReviewFactory()
    PartnershipReviewFactory(returned=True)
    FeedbackFactory.create_batch(2)
    FeedbackFactory(passed=True)
    ComplaintFactory()
    ComplaintFactory(closed=True)
    SolutionFactory(proposed=True)

    found = numbers(client)
    assert {label: found[label] for label in found.keys() - MONITORINGS} == {
        "Partnerships to review": 1,
        "Amendments to decide": 0,
        "Feedback to moderate": 2,
        "Complaints open": 1,
        "Solutions to screen": 1,
    }
    page = client.get("/secretariat/").content.decode()
    assert "1 without a word for 7 days" in page
    assert page.count(">Merge partners<") == 1


def test_a_complaint_that_concerns_the_admin_is_not_counted(client):
    complaint = ComplaintFactory()
    admin = UserFactory(admin=True)
    lead = complaint.partnership.memberships.get().partner
    AffiliationFactory(user=admin, partner=lead)
    client.force_login(admin)

    assert numbers(client)["Complaints open"] == 0
