"""Deliverables: inside their promise, postponed with a reason, never rewritten once registered."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from partnerships.models import Deliverable
from partnerships.services.deliverables import (
    add_deliverable,
    edit_deliverable,
    remove_deliverable,
)
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    CommitmentFactory,
    DeliverableFactory,
    DeliveryFactory,
    DueDateFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, read_twice, refused

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 30)


@pytest.fixture
def admin():
    return UserFactory(admin=True)


@pytest.fixture
def drafted():
    return DeliverableFactory(commitment__partnership=PartnershipFactory())


def people_of(commitment):
    people = People(commitment.partnership)
    people.promiser = UserFactory(manages=commitment.membership.partner)
    return people


def add(commitment, by, due_on=DAY, title="Twenty pumps"):
    return add_deliverable(commitment, by=by, title=title, due_on=due_on)


@pytest.mark.parametrize("who", ["promiser", "admin"])
def test_a_member_says_what_its_promise_consists_of(who):
    commitment = CommitmentFactory()

    made = add(commitment, people_of(commitment)[who])

    assert (made.due_on, made.standing_on(date(2025, 5, 1))) == (DAY, "on_time")
    assert Event.objects.about(made).get().kind == "deliverable.added"


@pytest.mark.parametrize("who", ["lead_manager", "manager", "evaluator", "observer", "outsider"])
def test_nobody_else_adds_postpones_edits_or_removes(who, drafted):
    by = people_of(drafted.commitment)[who]

    for act in (
        lambda: add(drafted.commitment, by),
        lambda: drafted.postpone(date(2025, 7, 1), by=by, reason="Rain."),
        lambda: edit_deliverable(drafted, by=by, title="Less"),
        lambda: remove_deliverable(drafted, by=by),
    ):
        with refused("members_only", NotAllowed):
            act()

    assert Deliverable.objects.get() == drafted


@pytest.mark.parametrize(
    "due_on",
    [date(2023, 12, 31), date(2026, 1, 1), date(2027, 1, 1), date(1899, 1, 1)],
    ids=["before the promise", "after its due date", "after the partnership", "never"],
)
def test_it_falls_due_within_its_promise_and_the_partnership(admin, due_on):
    with pytest.raises(ValidationError) as refusal:
        add(CommitmentFactory(), admin, due_on=due_on)

    assert list(refusal.value.message_dict) == ["due_on"]
    assert not Deliverable.objects.exists()


def test_a_promise_that_was_postponed_has_room_for_later_parts(admin):
    commitment = DueDateFactory(due_on=date(2026, 6, 30)).commitment

    assert add(commitment, admin, due_on=date(2026, 6, 30)).pk


def test_nothing_is_added_to_what_is_closed_or_withdrawn(admin):
    with refused("withdrawn"):
        add(CommitmentFactory(withdrawn=True), admin)
    for state in ("completed", "terminated"):
        with refused("partnership_closed"):
            add(CommitmentFactory(partnership=PartnershipFactory(**{state: True})), admin)


def test_a_postponement_keeps_the_day_promised_at_first(admin):
    part = DeliverableFactory()

    part.postpone(date(2025, 9, 30), by=admin, reason="The rains came early.")

    stored = Deliverable.objects.with_standing(date(2025, 7, 31)).get()
    assert (stored.due_on, stored.held_due_on) == (DAY, DAY)  # stated later than that day
    now = Deliverable.objects.with_standing().get()
    assert (now.due_on, now.held_due_on) == (DAY, date(2025, 9, 30))
    assert stored.due_dates.get().reason == "The rains came early."
    assert Event.objects.about(part).get().kind == "deliverable.postponed"


@pytest.mark.parametrize("due_on", [DAY, date(2025, 6, 29), date(2026, 1, 1)])
def test_it_is_postponed_to_a_later_day_within_the_promise(admin, due_on):
    part = DeliverableFactory()

    with pytest.raises(ValidationError):
        part.postpone(due_on, by=admin, reason="Rain.")

    assert not part.due_dates.exists()


def test_a_postponement_has_a_reason_and_comes_before_the_delivery(admin):
    part = DeliverableFactory()
    with pytest.raises(ValidationError):
        part.postpone(date(2025, 9, 30), by=admin, reason=" ")

    DeliveryFactory(commitment=part.commitment, confirmed=True).deliverables.add(part)
    with refused("delivered"):
        part.postpone(date(2025, 9, 30), by=admin, reason="Rain.")


def test_of_two_postponements_read_at_once_one_is_stale(admin):
    first, second = read_twice(DeliverableFactory())

    first.postpone(date(2025, 9, 30), by=admin, reason="Rain.")
    with refused("stale_version", StaleVersion):
        second.postpone(date(2025, 10, 31), by=admin, reason="Rain.")

    assert first.due_dates.count() == 1


def test_it_is_edited_and_removed_while_the_partnership_is_a_draft(drafted, admin):
    edit_deliverable(drafted, by=admin, title="Forty pumps", due_on=date(2025, 7, 31))
    assert Deliverable.objects.get().title == "Forty pumps"

    remove_deliverable(drafted, by=admin)
    assert not Deliverable.objects.exists()


@pytest.mark.parametrize("state", ["submitted", "registered", "active", "completed"])
def test_what_is_submitted_or_registered_stands(admin, state):
    part = DeliverableFactory(commitment__partnership=PartnershipFactory(**{state: True}))

    with refused("not_a_draft"):
        edit_deliverable(part, by=admin, title="Less")
    with refused("not_a_draft"):
        remove_deliverable(part, by=admin)

    assert Deliverable.objects.get().title == part.title


def test_an_edit_stays_within_the_promise(drafted, admin):
    with pytest.raises(ValidationError) as refusal:
        edit_deliverable(drafted, by=admin, due_on=date(2026, 12, 31))

    assert list(refusal.value.message_dict) == ["due_on"]
    assert Deliverable.objects.get().due_on == DAY


def test_the_public_sees_those_of_public_partnerships_only(api, drafted):
    public = DeliverableFactory()

    seen = api.get("/api/v1/deliverables/").json()["results"]
    assert [row["id"] for row in seen] == [public.pk]
    assert api.get(f"/api/v1/deliverables/{drafted.pk}/").status_code == 404


def test_a_member_writes_them_over_the_api(api):
    membership = MembershipFactory(partnership=PartnershipFactory())
    commitment = CommitmentFactory(membership=membership, partnership=membership.partnership)
    api.force_authenticate(UserFactory(manages=membership.partner))
    body = {"commitment": commitment.pk, "title": "Twenty pumps", "due_on": "2025-06-30"}

    made = api.post("/api/v1/deliverables/", body)
    url = f"/api/v1/deliverables/{made.json()['id']}/"
    changed = api.patch(url, {"title": "Forty pumps"}, HTTP_IF_MATCH=made["ETag"])
    late = api.post("/api/v1/deliverables/", body | {"due_on": "2031-01-01"})

    assert (made.status_code, changed.json()["title"]) == (201, "Forty pumps")
    assert (late.status_code, late.json()["errors"][0]["attr"]) == (400, "due_on")
    assert api.delete(url).status_code == 204
