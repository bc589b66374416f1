"""A submission's page shows an outsider approved values, and nothing about people."""

import pytest

from monitoring.services.submissions import correct_submission, record_observations
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    EvidenceFactory,
    ImportBatchFactory,
    IndicatorFactory,
    MembershipFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.entering import Entering
from tests.moves import People

pytestmark = pytest.mark.django_db
PRIVATE = [
    "Attendance list",
    "https://example.org/attendance",
    "Which district",
    "ann@example.org",
    "Reviewer Rita",
    "Asked the chief himself",
    "Coverage",  # without a value yet
    "4711",  # women
]


@pytest.fixture
def world():
    return returned_once_then_approved()


def returned_once_then_approved(**fields):
    """An approved submission that was returned once, with evidence, remark and breakdown."""
    world = Entering()
    people = IndicatorFactory(
        result__framework=world.framework, title="People served", counts_people="unique"
    )
    people.dimensions.add(DimensionFactory())
    women = CategoryFactory(dimension=people.dimensions.get())
    ann = UserFactory(email="ann@example.org", name="", evaluates=world.member.partner)
    rita = UserFactory(
        name="Reviewer Rita", manages=world.partnership.memberships.get(roles=["lead"]).partner
    )
    world.sent = SubmissionFactory(
        unit=world.unit, period=world.period, values={(people, women): 4711}, **fields
    )
    rows = [{"indicator": people.pk, "value": 9000, "comment": "Asked the chief himself"}]
    record_observations(world.sent, rows, by=ann)
    EvidenceFactory(
        submission=world.sent, title="Attendance list", url="https://example.org/attendance"
    )
    world.sent.submit(by=ann)
    world.sent.send_back(by=rita, reason="Which district?")
    world.sent.submit(by=ann)
    world.sent.approve(by=rita)
    return world


def page_for(client, user, world):
    client.force_login(user)
    answer = client.get(f"/submissions/{world.sent.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


OUTSIDERS = ["stranger", "invited", "left", "member_elsewhere"]


def outsider(world, kind):
    if kind == "stranger":
        return UserFactory()
    if kind == "member_elsewhere":
        return UserFactory(manages=MembershipFactory().partner)
    fields = {"invited": True} if kind == "invited" else {}
    membership = MembershipFactory(partnership=world.partnership, **fields)
    manager = UserFactory(manages=membership.partner)
    if kind == "left":
        membership.leave(by=manager)
    return manager


@pytest.mark.parametrize("kind", OUTSIDERS)
def test_an_outsider_sees_approved_totals_only(client, world, kind):
    page = page_for(client, outsider(world, kind), world)

    assert "9,000" in page
    assert [private for private in PRIVATE if private in page] == []
    assert "What happened" not in page
    assert "Without a value" not in page


@pytest.mark.parametrize("kind", ["lead_observer", "observer", "evaluator", "admin"])
def test_insiders_see_all_of_it(client, world, kind):
    page = page_for(client, People(world.partnership)[kind], world)

    shown = page.replace("4,711", "4711")
    assert [private for private in PRIVATE if private not in shown] == []


def test_an_outsider_sees_no_value_that_was_replaced_or_waits(client, world):
    correction = correct_submission(world.sent, by=world.evaluator)
    rows = [{"indicator": world.number.pk, "value": 31337}]
    record_observations(correction, rows, by=world.evaluator)
    client.force_login(UserFactory())

    assert client.get(f"/submissions/{correction.pk}/").status_code == 404
    assert "31,337" not in page_for(client, UserFactory(), world)


def test_a_link_that_a_published_file_carried_is_public(client):
    world = returned_once_then_approved(import_batch=ImportBatchFactory())

    page = page_for(client, UserFactory(), world)

    assert "https://example.org/attendance" in page
    assert "Which district" not in page


def test_who_left_does_not_read_on_in_the_work_list(client, world):
    correction = correct_submission(world.sent, by=world.evaluator)
    record_observations(
        correction, [{"indicator": world.number.pk, "value": 5}], by=world.evaluator
    )
    correction.submit(by=world.evaluator)
    correction.send_back(by=world.lead, reason="Ask the new district office.")
    client.force_login(world.evaluator)
    assert "new district office" in client.get("/submissions/").content.decode()

    world.member.leave(by=UserFactory(manages=world.member.partner))

    assert "new district office" not in client.get("/submissions/").content.decode()
    assert client.get("/").context["returned"] == 0


def test_an_outsider_who_posts_changes_and_learns_nothing(client, world):
    client.force_login(UserFactory())

    page = client.post(
        f"/submissions/{world.sent.pk}/", {world.names["number"]: "5", "version": "1"}
    ).content.decode()

    assert [private for private in PRIVATE if private in page] == []
    assert world.sent.observations.count() == 2
