"""Stories of change: told with data, public after approval and with consent, never with a name
that nobody agreed to."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from monitoring.models import Story
from monitoring.services.stories import edit_story, select_story, tell_story, withdraw_consent
from registry.errors import DomainError, NotAllowed
from tests.factories import IndicatorFactory, StoryFactory, SubmissionFactory, UserFactory, approve
from tests.monitoring.entering import Entering, fields_of

pytestmark = pytest.mark.django_db
TOLD = {
    "title": "Water at school",
    "changed": "We no longer walk to the river.",
    "for_whom": "Girls",
    "significance": "They have time to learn.",
}


@pytest.fixture
def world():
    return Entering()


@pytest.fixture
def draft(world):
    return SubmissionFactory(unit=world.unit, period=world.period)


def page_of(world):
    return f"/partnerships/{world.partnership.reference or world.partnership.pk}/stories/"


def test_its_own_people_tell_it_on_a_page(client, world, draft):
    client.force_login(world.evaluator)
    address = f"/submissions/{draft.pk}/stories/new/"
    typed = {**TOLD, "told_by": "Akinyi", "consent": "on"}

    refused = client.post(address, typed).content.decode()
    assert "Say how consent was given" in refused
    client.post(address, {**typed, "consent_how": "signed form"})

    story = draft.stories.get()
    assert (story.told_by, story.consent, story.teller) == ("Akinyi", True, "")
    form = fields_of(client.get(f"/submissions/{draft.pk}/stories/{story.pk}/"))
    client.post(f"/submissions/{draft.pk}/stories/{story.pk}/", form | {"title": "Water, at last"})
    story.refresh_from_db()
    assert story.title == "Water, at last"
    stale = client.post(f"/submissions/{draft.pk}/stories/{story.pk}/", form | {"title": "Old"})
    assert stale.status_code == 409
    story.refresh_from_db()
    assert story.title == "Water, at last"
    shown = stale.content.decode()
    assert "You typed" in shown
    assert "Water, at last" in shown
    client.post(f"/submissions/{draft.pk}/stories/{story.pk}/", fields_of(stale))
    story.refresh_from_db()
    assert story.title == "Old"  # having seen both
    client.post(f"/submissions/{draft.pk}/stories/{story.pk}/remove/")
    assert not draft.stories.exists()


def test_everybody_reads_it_once_it_is_approved_and_agreed_to(client, world, draft):
    StoryFactory(submission=draft, title="Agreed", told_by="Akinyi Odhiambo")
    StoryFactory(submission=draft, title="Kept", consent=False, consent_how="")
    assert "Agreed" not in client.get(page_of(world)).content.decode()

    approve(draft)

    page = client.get(page_of(world)).content.decode()
    assert "Agreed" in page
    assert "A mother of three" in page
    assert "Akinyi" not in page
    assert "Kept" not in page
    answer = client.get("/api/v1/stories/").json()["results"]
    assert [(one["title"], one["told_by"], one["teller"]) for one in answer] == [
        ("Agreed", "", "A mother of three")
    ]


def test_who_agreed_to_it_is_named(client, world, draft):
    StoryFactory(submission=draft, consent_to_name=True)
    approve(draft)

    assert "Akinyi Odhiambo" in client.get(page_of(world)).content.decode()


def test_consent_can_be_withdrawn_at_any_time_and_the_name_is_erased(client, world, draft):
    story = StoryFactory(submission=draft)
    approve(draft)
    client.force_login(world.evaluator)

    client.post(f"/stories/{story.pk}/consent/", {"reason": "She called."})

    story.refresh_from_db()
    assert (story.consent, story.told_by) == (False, "")
    client.logout()
    assert story.title not in client.get(page_of(world)).content.decode()


def test_withdrawing_needs_a_reason_and_somebody_who_may(world, draft):
    story = StoryFactory(submission=draft, approved=True)
    with pytest.raises(ValidationError):
        withdraw_consent(story, by=world.evaluator, reason=" ")
    with pytest.raises(NotAllowed):
        withdraw_consent(story, by=UserFactory(), reason="No.")
    withdraw_consent(story, by=world.lead, reason="She called.")
    with pytest.raises(DomainError) as refused:
        withdraw_consent(story, by=world.lead, reason="Again.")
    assert refused.value.code == "no_consent"


def test_withdrawn_data_takes_its_stories_along(client, world, draft):
    story = StoryFactory(submission=draft, approved=True)
    draft.refresh_from_db()
    draft.withdraw(by=world.evaluator, reason="Wrong year.")

    assert story.title not in client.get(page_of(world)).content.decode()


def test_it_is_chosen_from_approved_ones_by_members(client, world, draft):
    story = StoryFactory(submission=draft)
    with pytest.raises(DomainError) as refused:
        select_story(story, by=world.lead, chosen_by="A panel", reason="It shows it.")
    assert refused.value.code == "not_approved"
    approve(draft)
    with pytest.raises(NotAllowed):
        select_story(Story.objects.get(), by=world.evaluator, chosen_by="I", reason="So.")
    client.force_login(world.lead)

    client.post(
        f"/stories/{story.pk}/select/", {"chosen_by": "Village committee", "reason": "It shows it."}
    )

    story.refresh_from_db()
    assert (story.selected_by, story.selection_reason) == ("Village committee", "It shows it.")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"consent_to_name": True, "told_by": "A"}, "consent_to_name"),
        ({"consent": True}, "consent_how"),
        ({"title": ""}, "title"),
        ({"changed": "x" * 10_001}, "changed"),
        ({"consent": True, "consent_how": "form", "consent_to_name": True}, "told_by"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(world, draft, wrong, field):
    with pytest.raises(ValidationError) as refused:
        tell_story(draft, by=world.evaluator, **{**TOLD, **wrong})
    assert field in refused.value.message_dict
    assert not Story.objects.exists()


def test_it_is_about_its_own_framework(world, draft):
    with pytest.raises(ValidationError):
        tell_story(draft, by=world.evaluator, **TOLD, indicator=IndicatorFactory())


def test_strangers_tell_nothing(world, draft):
    with pytest.raises(NotAllowed):
        tell_story(draft, by=UserFactory(), **TOLD)


def test_what_was_handed_in_stays_as_it_was_told(world, draft):
    story = StoryFactory(submission=draft, approved=True)
    with pytest.raises(DomainError):
        edit_story(story, by=world.evaluator, title="Nicer")
    for change in ("title = 'x'", "consent = true, consent_to_name = true", "changed = ''"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE monitoring_story SET {change}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Story.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoryFactory(submission=draft)


def test_a_story_that_comes_too_late_stays_on_the_page(client, world, draft):
    client.force_login(world.evaluator)
    told = StoryFactory(submission=draft)
    removed = f"/submissions/{draft.pk}/stories/{told.pk}/"
    told.delete()

    gone = client.post(removed, TOLD)
    draft.change(status="submitted")
    late = client.post(f"/submissions/{draft.pk}/stories/new/", TOLD)

    assert (gone.status_code, late.status_code) == (409, 409)
    assert "tell it as a new one" in gone.content.decode()
    assert "no longer open for changes" in late.content.decode()
    for answer in (gone, late):
        assert TOLD["changed"] in answer.content.decode()
    assert not draft.stories.exists()
