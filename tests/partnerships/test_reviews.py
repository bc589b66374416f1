"""The secretariat's review of a submitted partnership: who has it, what was looked at, the end."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from partnerships.models import (
    Partnership,
    PartnershipReview,
    ReviewComment,
    Section,
    returned_reasons,
)
from partnerships.services.reviews import assign_all
from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    PartnershipReviewFactory,
    UserFactory,
)
from tests.moves import People, field_of, race, read_twice, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(admin=True)


@pytest.fixture
def submitted():
    """Complete, and submitted by its lead for the first time."""
    partnership = PartnershipFactory(title="Wells", smart=True)
    partnership.submit(by=lead_of(partnership))
    return partnership


def lead_of(partnership):
    lead = partnership.memberships.get(roles__contains=["lead"])
    return UserFactory(manages=lead.partner)


def test_a_submission_opens_a_round_with_what_was_submitted(submitted):
    review = submitted.reviews.get()
    assert (review.round, review.decided_at) == (1, None)
    assert review.submission == submitted.versions.get()


def test_registering_closes_the_round(submitted, admin):
    submitted.register(by=admin)
    review = submitted.reviews.get()
    assert (review.outcome, review.decided_by) == ("registered", admin)


def test_what_was_returned_says_why_section_by_section(submitted, admin):
    review = submitted.reviews.get()
    review.comment("members", "Who is the third one?", by=admin)
    submitted.send_back(
        by=admin, reason="Almost.", sections={"places": "Which districts?", "members": "Two only."}
    )
    assert returned_reasons(submitted) == {
        Section.ABOUT: ["Almost."],
        Section.PLACES: ["Which districts?"],
        Section.MEMBERS: ["Two only.", "Who is the third one?"],
    }


def test_the_next_round_is_compared_with_the_one_before_and_keeps_its_reviewer(submitted, admin):
    submitted.reviews.get().assign(admin, by=admin)
    submitted.send_back(by=admin, sections={"about": "Name the district."})
    submitted.amend(title="Wells of Kisima")
    submitted.submit(by=lead_of(submitted))
    second = submitted.reviews.get(round=2)
    assert second.reviewer == admin
    assert second.earlier().document["about"]["title"] == "Wells"
    assert second.submission.document["about"]["title"] == "Wells of Kisima"
    assert returned_reasons(submitted) == {}


@pytest.mark.parametrize(
    ("reasons", "field"),
    [
        ({}, "reason"),
        ({"reason": "  "}, "reason"),
        ({"sections": {"places": " "}}, "reason"),
        ({"sections": {"weather": "Rain."}}, "sections"),
        ({"sections": {"places": "x" * 2001}}, "sections"),
    ],
)
def test_a_return_needs_a_reason_of_a_known_section(submitted, admin, reasons, field):
    with pytest.raises(ValidationError) as refusal:
        submitted.send_back(by=admin, **reasons)
    assert field_of(refusal.value) == field
    assert Partnership.objects.get(pk=submitted.pk).status == "submitted"
    assert submitted.reviews.get().decided_at is None


@pytest.mark.parametrize("who", ["lead_manager", "manager", "evaluator", "outsider"])
def test_only_admins_review(submitted, who):
    by = People(submitted)[who]
    review = submitted.reviews.get()
    for act in (
        lambda: review.assign(by, by=by),
        lambda: review.unassign(by=by),
        lambda: review.tick("smart", by=by),
        lambda: review.comment("about", "Hm.", by=by),
    ):
        with refused("admins_only", NotAllowed):
            act()


def test_nobody_reviews_a_partnership_of_their_own(submitted, admin):
    member = submitted.memberships.exclude(roles=["lead"]).first()
    own = UserFactory(admin=True, manages=member.partner)
    review = submitted.reviews.get()
    for act in (
        lambda: review.assign(own, by=own),
        lambda: review.assign(own, by=admin),
        lambda: Partnership.objects.get().register(by=own),
        lambda: Partnership.objects.get().send_back(by=own, reason="No."),
    ):
        with refused("own_partnership", NotAllowed):
            act()
    assert Partnership.objects.get(pk=submitted.pk).status == "submitted"


def test_is_given_to_an_admin_who_is_told(submitted, admin):
    review, other = submitted.reviews.get(), UserFactory(admin=True)
    review.assign(other, by=admin)
    assert PartnershipReview.objects.get().reviewer == other
    assert Event.objects.about(review).get().kind == "partnershipreview.assigned"
    review.unassign(by=admin)
    with refused("not_assigned"):
        review.unassign(by=admin)


def test_is_not_given_to_somebody_who_is_no_admin(submitted, admin):
    with pytest.raises(ValidationError) as refusal:
        submitted.reviews.get().assign(UserFactory(), by=admin)
    assert field_of(refusal.value) == "reviewer"


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_take_it_at_once_one_has_it():
    review = PartnershipReviewFactory()
    first, second = read_twice(review)
    one, other = UserFactory.create_batch(2, admin=True)
    outcomes = race(lambda: first.assign(one, by=one), lambda: second.assign(other, by=other))
    assert [type(o) for o in outcomes if o is not None] == [StaleVersion]


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_decide_at_once_one_wins(admin):
    review = PartnershipReviewFactory()
    first, second = read_twice(review.partnership)
    outcomes = race(
        lambda: first.register(by=admin), lambda: second.send_back(by=admin, reason="No.")
    )
    (lost,) = [o for o in outcomes if o is not None]
    assert lost.code == "invalid_transition"
    stored = PartnershipReview.objects.get(pk=review.pk)
    assert stored.outcome == Partnership.objects.get(pk=review.partnership_id).status


def test_the_last_word_on_an_item_counts(submitted, admin):
    review = submitted.reviews.get()
    review.tick("identity", by=admin, note="Register of companies.")
    review.tick("identity", by=admin, is_done=False, note="Another firm!")
    check = review.checks.get()
    assert (check.is_done, check.note, check.by) == (False, "Another firm!", admin)


def test_due_diligence_is_asked_of_ppps_only(submitted, admin):
    review = submitted.reviews.get()
    with pytest.raises(ValidationError) as refusal:
        review.tick("due_diligence", by=admin)
    assert field_of(refusal.value) == "item"
    submitted.amend(kind="ppp")
    review.partnership.refresh_from_db()
    review.tick("due_diligence", by=admin)


def test_what_was_decided_is_not_worked_on(submitted, admin):
    submitted.register(by=admin)
    review = submitted.reviews.get()
    for act in (
        lambda: review.assign(admin, by=admin),
        lambda: review.tick("smart", by=admin),
        lambda: review.comment("about", "Hm.", by=admin),
    ):
        with refused("review_decided"):
            act()


def test_comments_are_the_editors_once_it_is_returned(submitted, admin):
    people = People(submitted)
    submitted.reviews.get().comment("about", "Too long.", by=admin)
    seen = ReviewComment.objects.visible_to
    assert seen(admin).count() == 1
    assert not seen(people.lead_manager).exists()
    submitted.send_back(by=admin, sections={"places": "Where?"})
    assert seen(people.lead_manager).count() == 2
    for who in ("manager", "lead_evaluator", "outsider"):
        assert not seen(people[who]).exists()


def test_many_are_given_at_once_and_those_refused_come_back(admin):
    reviews = PartnershipReviewFactory.create_batch(2)
    own = PartnershipReviewFactory(partnership__lead=admin_partner(admin))
    done, not_done = assign_all([*reviews, own], admin, by=UserFactory(admin=True))
    assert done == reviews
    assert [review for review, _ in not_done] == [own]


def admin_partner(admin):
    partner = MembershipFactory().partner
    admin.affiliations.create(partner=partner, role="observer")
    return partner


def test_long_waits_are_marked():
    now = timezone.now()
    slow = PartnershipReviewFactory(submitted_at=now - timedelta(days=15))
    PartnershipReviewFactory(submitted_at=now - timedelta(days=13))
    assert list(PartnershipReview.objects.slow(now)) == [slow]
    assert slow.is_slow


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "returned"},
        {"decided_at": timezone.now()},
        {"assigned_at": timezone.now()},
    ],
)
def test_the_database_holds_what_belongs_together(wrong):
    review = PartnershipReviewFactory()
    with pytest.raises(IntegrityError, match="partnership_review_"), transaction.atomic():
        PartnershipReview.objects.filter(pk=review.pk).update(**wrong)


def test_a_partnership_has_one_open_review():
    review = PartnershipReviewFactory()
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        PartnershipReviewFactory(partnership=review.partnership)


def test_the_api_returns_by_section_and_the_lead_reads_why(api, submitted, admin):
    api.force_authenticate(admin)
    url = f"/api/v1/partnerships/{submitted.pk}/return/"
    assert api.post(url, {}, format="json").status_code == 400
    wrong = api.post(url, {"sections": {"weather": "Rain."}}, format="json")
    assert wrong.json()["errors"][0]["attr"] == "sections"
    sent = api.post(url, {"sections": {"places": "Which districts?"}}, format="json")
    assert sent.json()["status"] == "returned"
    api.force_authenticate(lead_of(submitted))
    said = api.get(f"/api/v1/review-comments/?partnership={submitted.pk}").json()["results"]
    assert [(c["section"], c["text"], c["is_reason"]) for c in said] == [
        ("places", "Which districts?", True)
    ]


def test_the_api_shows_what_was_changed_since_the_round_before(api, submitted, admin):
    submitted.send_back(by=admin, reason="Name the district.")
    submitted.amend(title="Wells of Kisima")
    submitted.submit(by=lead_of(submitted))
    api.force_authenticate(admin)
    (waiting,) = api.get("/api/v1/partnership-reviews/?open=true").json()["results"]
    (change,) = api.get(f"/api/v1/partnership-reviews/{waiting['id']}/difference/").json()
    assert (change["section"], change["before"], change["after"]) == (
        "about",
        "Wells",
        "Wells of Kisima",
    )
    taken = api.post(f"/api/v1/partnership-reviews/{waiting['id']}/assign/", {}, format="json")
    assert taken.json()["reviewer"] == str(admin.key)


def test_refused_decisions_leave_the_review_open(admin):
    partnership = PartnershipReviewFactory().partnership
    with pytest.raises(DomainError):
        partnership.activate(by=admin)
    assert partnership.reviews.get().decided_at is None
