"""The review of one partnership is one form: nothing typed is lost, whichever button is pressed."""

import pytest

from partnerships.models import Partnership, PartnershipReview
from tests.factories import (
    CountryFactory,
    PartnershipFactory,
    PartnershipReviewFactory,
    PartnershipVersionFactory,
    ReviewCommentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TYPED = {
    "note_identity": "Seen in the register.",
    "done_identity": "on",
    "section": "places",
    "text": "Where is it?",
    "reason": "Almost there.",
    "section_members": "Who signs?",
}


@pytest.fixture
def admin(client):
    admin = UserFactory(admin=True, name="Ada")
    client.force_login(admin)
    return admin


@pytest.fixture
def review():
    return PartnershipReviewFactory(partnership__title="Wells")


def at(review):
    return f"/secretariat/partnerships/{review.pk}/"


def values(page):
    shown = page.context["forms"]
    return {
        "note_identity": shown["tick"]["note_identity"].value(),
        "done_identity": "on" if shown["tick"]["done_identity"].value() else "",
        "section": shown["comment"]["section"].value(),
        "text": shown["comment"]["text"].value(),
        "reason": shown["return"]["reason"].value(),
        "section_members": shown["return"]["section_members"].value(),
    }


def test_is_one_form(client, admin, review):
    assert client.get(at(review)).content.decode().count('<form method="post" novalidate>') == 1


def test_a_refused_return_loses_nothing(client, admin, review):
    typed = {**TYPED, "reason": "", "section_members": ""}

    page = client.post(at(review), {**typed, "move": "return"})

    assert "Give the reason, as a whole or by section." in page.content.decode()
    assert values(page) == typed
    assert not review.checks.exists()
    assert not review.comments.exists()


@pytest.mark.parametrize("move", ["take", "tick", "comment"])
def test_what_another_button_saves_leaves_the_rest_typed(client, admin, review, move):
    page = client.post(at(review), {**TYPED, "move": move}, follow=True)

    kept = values(page)
    expected = dict(TYPED)
    if move == "comment":
        expected |= {"section": None, "text": None}
    assert kept == expected
    assert review.checks.exists() == (move == "tick")
    assert review.comments.exists() == (move == "comment")
    # What is carried over was not saved: it is sent with the next button.
    again = client.post(
        at(review), {**{name: text or "" for name, text in kept.items()}, "move": "tick"}
    )
    assert again.status_code == 302
    assert review.checks.get().note == "Seen in the register."


def test_a_decision_takes_checklist_and_comment_along(client, admin, review):
    client.post(at(review), {**TYPED, "move": "return"})

    stored = PartnershipReview.objects.get()
    assert stored.outcome == "returned"
    assert stored.checks.get().note == "Seen in the register."
    assert [(one.section, one.text) for one in stored.noted()] == [
        ("members", "Who signs?"),
        ("places", "Where is it?"),
    ]


def test_nobody_registers_what_reasons_are_typed_against(client, admin, review):
    page = client.post(at(review), {**TYPED, "move": "register"})

    assert "Reasons for a return are typed" in page.content.decode()
    assert Partnership.objects.get(pk=review.partnership_id).status == "submitted"
    assert values(page) == TYPED


def test_what_another_admin_ticked_meanwhile_stands(client, admin, review):
    opened = {"initial-note_identity": "", "initial-done_identity": "False", "note_identity": ""}
    review.tick("identity", by=UserFactory(admin=True), note="Done yesterday.")

    client.post(at(review), {**opened, "note_smart": "Yes.", "move": "tick"})

    assert {one.item: one.note for one in review.checks.all()} == {
        "identity": "Done yesterday.",
        "smart": "Yes.",
    }


def test_days_and_countries_are_read_as_people_write_them(client, admin):
    partnership = PartnershipFactory(submitted=True, starts_on="2023-02-01")
    kenya = CountryFactory(alpha2="KE", name="Kenya")
    partnership.places.create(country=kenya)
    partnership.locations.create(country=kenya, name="Kisima")
    version = PartnershipVersionFactory(partnership=partnership, why="submitted")
    review = PartnershipReviewFactory(partnership=partnership, submission=version)

    page = client.get(at(review)).content.decode()

    assert "1 Feb 2023" in page
    assert "2023-02-01" not in page
    assert "Country: Kenya" in page
    assert "Country: KE" not in page
    assert '<dt class="mut">Kenya</dt>' not in page
    assert '<dt class="mut">Places</dt><dd class="text">Kenya</dd>' in page


def test_a_second_round_shows_what_the_first_asked_for(client, admin):
    partnership = PartnershipFactory(submitted=True)
    before = PartnershipVersionFactory(partnership=partnership, why="submitted")
    first = PartnershipReviewFactory(partnership=partnership, submission=before)
    ReviewCommentFactory(review=first, section="members", text="No hospital yet?")
    partnership.send_back(by=UserFactory(admin=True), sections={"places": "Which districts?"})
    partnership.change(status="submitted")
    version = PartnershipVersionFactory(partnership=partnership, why="submitted")
    second = PartnershipReviewFactory(partnership=partnership, submission=version, round=2)

    page = client.get(at(second)).content.decode()

    assert page.index("What was asked for") < page.index("Which districts?")
    assert page.index("Which districts?") < page.index("No hospital yet?")
    assert page.index("No hospital yet?") < page.index("What was done")
    assert "What was asked for" not in client.get(at(first)).content.decode()
