"""The secretariat's queue of partnerships, and its review of one, in pages."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from partnerships.models import Partnership, PartnershipReview
from tests.factories import (
    AmendmentFactory,
    MembershipFactory,
    PartnershipFactory,
    PartnershipReviewFactory,
    PartnershipVersionFactory,
    ReviewCommentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
QUEUE = "/secretariat/partnerships/"


@pytest.fixture
def admin(client):
    admin = UserFactory(admin=True, name="Ada")
    client.force_login(admin)
    return admin


def waiting(title="Wells", days=0, **fields):
    at = timezone.now() - timedelta(days=days)
    return PartnershipReviewFactory(partnership__title=title, submitted_at=at, **fields)


def test_the_oldest_comes_first_and_a_long_wait_is_marked(client, admin):
    young, old = waiting("Young", 1), waiting("Old", 20)
    answer = client.get(QUEUE)
    assert list(answer.context["page"].object_list) == [old, young]
    page = answer.content.decode()
    assert page.count("Too long</span>") == 1
    assert "2 partnerships to review; 1 waits longer than 14 days" in page


def test_is_filtered_and_sorted(client, admin):
    mine = waiting("Mine", 3, reviewer=admin, assigned_at=timezone.now())
    other = waiting("Another", 2)

    def shown(**query):
        return list(client.get(QUEUE, query).context["page"].object_list)

    assert shown(reviewer=str(admin.key)) == [mine]
    assert shown(reviewer="nobody") == [other]
    assert shown(q="anoth") == [other]
    assert shown(sort="title") == [other, mine]
    assert shown(sort="newest") == [other, mine]
    assert shown(slow="yes") == []


@pytest.mark.parametrize("size", [3, 60])
def test_the_queue_costs_the_same_at_any_size(client, admin, django_assert_num_queries, size):
    PartnershipReviewFactory.create_batch(size)

    # session; user; admins to choose from (twice); count; page; members who lead, partners;
    # how many are slow; amendments; unread notices
    with django_assert_num_queries(10):
        client.get(QUEUE)


def test_two_hundred_are_paged_without_gap_or_repeat(client, admin):
    made = [waiting(f"{n} waits", n % 7).pk for n in range(120)]
    seen = []
    for number in (1, 2, 3):
        seen += [row.pk for row in client.get(QUEUE, {"page": number}).context["page"]]
    assert sorted(seen) == sorted(made)


def test_many_are_given_at_once(client, admin):
    rows = [waiting(), waiting()]
    other = UserFactory(admin=True)
    sent = {"reviewer": str(other.key), "review": [row.pk for row in rows]}
    assert client.post(QUEUE, sent).status_code == 302
    assert set(PartnershipReview.objects.values_list("reviewer", flat=True)) == {other.pk}


def test_the_list_is_exported_safe_for_spreadsheets(client, admin):
    waiting("=cmd()", 3)
    rows = list(csv.reader(io.StringIO(client.get(f"{QUEUE}list.csv").content.decode()[1:])))
    assert rows[0][:3] == ["id", "title", "kind"]
    assert rows[1][1] == "'=cmd()"


def test_pending_amendments_stand_there_too(client, admin):
    amendment = AmendmentFactory(submitted=True)
    page = client.get(QUEUE).content.decode()
    assert f"/amendments/{amendment.pk}/" in page


def test_shows_what_was_submitted_what_changed_and_what_was_noted(client, admin):
    first = waiting("Wells")
    partnership = first.partnership
    partnership.send_back(by=UserFactory(admin=True), sections={"places": "Which ones?"})
    partnership.amend(title="Wells of Kisima")
    partnership.change(status="submitted")
    version = PartnershipVersionFactory(partnership=partnership, why="submitted")
    second = PartnershipReviewFactory(partnership=partnership, submission=version)
    ReviewCommentFactory(review=second, text="Better now.")
    page = client.get(f"{QUEUE}{second.pk}/").content.decode()
    assert "What was changed since it was submitted" in page
    assert '<ins><span class="hidden">added: </span>Wells of Kisima</ins>' in page
    assert "Better now." in page
    assert "Submission 1: returned" in page


def act(client, review, move, **fields):
    return client.post(f"{QUEUE}{review.pk}/", {"move": move, **fields})


def test_takes_ticks_comments_and_puts_back(client, admin):
    review = waiting()
    act(client, review, "take")
    act(client, review, "tick", done_identity="on", note_identity="Register.")
    act(client, review, "comment", section="places", text="Where?")
    stored = PartnershipReview.objects.get()
    assert stored.reviewer == admin
    assert [(c.item, c.is_done, c.note) for c in stored.checks.all()] == [
        ("identity", True, "Register.")
    ]
    assert stored.comments.get().text == "Where?"
    act(client, review, "drop")
    assert PartnershipReview.objects.get().reviewer is None


def test_registers(client, admin):
    review = waiting()
    assert act(client, review, "register")["Location"] == QUEUE
    assert Partnership.objects.get(pk=review.partnership_id).status == "registered"


def test_returns_with_reasons_by_section_and_loses_nothing_typed(client, admin):
    review = waiting()
    refused = act(client, review, "return", reason=" ")
    assert "Give the reason, as a whole or by section." in refused.content.decode()
    too_long = act(client, review, "return", reason="Almost.", section_places="x" * 2001)
    assert "Almost." in too_long.content.decode()
    act(client, review, "return", section_places="Which districts?")
    assert Partnership.objects.get(pk=review.partnership_id).status == "returned"


def test_what_was_decided_meanwhile_is_said(client, admin):
    review = waiting()
    Partnership.objects.get(pk=review.partnership_id).register(by=UserFactory(admin=True))
    page = act(client, review, "return", reason="No.").content.decode()
    assert "The partnership was registered." in page
    assert "Registered on" in page


def test_what_was_submitted_since_is_not_decided_with_what_was_read(client, admin):
    partnership = PartnershipFactory(smart=True)
    partnership.submit(by=UserFactory(admin=True))
    read = partnership.reviews.get()
    partnership.take_back(by=UserFactory(admin=True))
    partnership.submit(by=UserFactory(admin=True))
    for move in ("register", "return"):
        page = act(client, read, move, reason="No.").content.decode()
        assert "The partnership was taken back." in page
    partnership.refresh_from_db()
    assert partnership.status == "submitted"


def test_an_admin_of_a_member_is_refused(client):
    review = waiting()
    partner = MembershipFactory(partnership=review.partnership).partner
    client.force_login(UserFactory(admin=True, manages=partner))
    assert act(client, review, "register").status_code == 403
