"""The page of a partnership's dialogue, and its forms."""

import pytest
from django.urls import reverse
from django.utils import timezone

from partnerships.models import AffectedGroup, Consultation, TechnologyAssessment
from tests.factories import (
    AffectedGroupFactory,
    ConsultationFactory,
    PartnershipFactory,
    TechnologyMitigationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert('x')</script>"
HELD = {
    "held_on": "2024-03-01",
    "level": "community",
    "place": "Kibanda ward",
    "method": "meeting",
    "heard": SCRIPT,
}


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def group(partnership):
    return AffectedGroupFactory(partnership=partnership, name="Water carriers", size=6)


@pytest.fixture
def lead(partnership, client):
    client.force_login(UserFactory(manages=partnership.memberships.get().partner))
    return client


def page_of(partnership, name="partnership-dialogue", *args):
    return reverse(name, args=[partnership.reference, *args])


def test_shows_the_map_from_far_away_to_home(client, partnership, group):
    AffectedGroupFactory(partnership=partnership, name="Mothers", level="household")
    AffectedGroupFactory(partnership=partnership, name="Donors", level="international")

    text = client.get(page_of(partnership)).content.decode()
    names = ["International", "Donors", "Community", "Water carriers", "Household", "Mothers"]
    assert sorted(names, key=text.index) == names
    assert "0 of 3 groups heard" in text


def test_hides_small_counts_from_the_public_as_the_api_does(client, api, partnership, group):
    others = AffectedGroupFactory(partnership=partnership, name="Neighbours", size=412)
    turnouts = [{"group": group, "people": 6, "women": 6}, {"group": others, "people": 37}]
    ConsultationFactory(partnership=partnership, people=43, turnouts=turnouts)

    text = client.get(page_of(partnership)).content.decode()
    row = api.get("/api/v1/consultations/").json()["results"][0]
    assert [one["people_shown"] for one in row["turnouts"]] == ["suppressed", "suppressed"]
    assert "Neighbours: suppressed" in text
    assert "Water carriers: suppressed" in text
    assert "43 people in all" in text
    assert ("1–10" in text, ">37<" in text) == (True, False)

    client.force_login(UserFactory(observes=partnership.memberships.get().partner))
    inside = client.get(page_of(partnership)).content.decode()
    assert "Water carriers: 6" in inside
    assert "women 6" in inside


@pytest.mark.parametrize("size", [1, 8])
def test_costs_the_same_at_any_size(client, partnership, size, django_assert_max_num_queries):
    for _ in range(size):
        row = ConsultationFactory(partnership=partnership).turnouts.get()
        mitigation = TechnologyMitigationFactory(assessment__partnership=partnership)
        mitigation.assessment.groups.add(row.group)

    # the partnership; whether inside; map; consultations, turnouts; technologies, groups,
    # mitigations; groups mapped, groups heard
    with django_assert_max_num_queries(11):
        client.get(page_of(partnership))


def test_records_who_came_group_by_group(lead, partnership, group):
    other = AffectedGroupFactory(partnership=partnership)
    url = page_of(partnership, "partnership-dialogue-record")
    counted = {f"people_{group.pk}": "40", f"women_{group.pk}": "25", f"came_{other.pk}": "on"}

    answer = lead.post(url, {**HELD, "people": "60", **counted})

    assert answer["Location"] == page_of(partnership)
    made = Consultation.objects.get()
    rows = {row.group_id: (row.people, row.women) for row in made.turnouts.all()}
    assert rows == {group.pk: (40, 25), other.pk: (None, None)}
    text = lead.get(page_of(partnership)).content.decode()
    assert "&lt;script&gt;" in text
    assert SCRIPT not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held_on": "2199-01-01"}, "This day has not come yet."),
        ({"people": "-1"}, "greater than or equal to 0"),
        ({"people": "5"}, "Fewer than the 40 people"),
        ({"women": "41"}, "more than the people in all"),
        ({"count": ""}, "Name at least one group"),
        ({"told_on": "2024-04-01"}, "Needed where people were told."),
    ],
)
def test_what_was_typed_is_not_lost_when_it_is_refused(lead, partnership, group, changes, said):
    count = changes.pop("count", "40")
    body = {**HELD, f"people_{group.pk}": count, **changes}
    if "women" in body:
        body[f"women_{group.pk}"] = body.pop("women")

    text = lead.post(page_of(partnership, "partnership-dialogue-record"), body).content.decode()
    assert said in text
    assert "Kibanda ward" in text
    assert f'value="{count}"' in text or not count
    assert not Consultation.objects.exists()


def test_corrects_a_record_from_what_stands(lead, partnership, group):
    turnouts = [{"group": group, "people": 6}]
    was = ConsultationFactory(partnership=partnership, turnouts=turnouts)
    url = page_of(partnership, "partnership-dialogue-correct", was.pk)
    assert 'value="6"' in lead.get(url).content.decode()

    said = {f"people_{group.pk}": "60", "reason": "A digit was left out.", "version": was.version}
    lead.post(url, {**HELD, **said})
    assert Consultation.objects.standing().get().corrects == was


def test_a_correction_does_not_undo_what_was_told_meanwhile(lead, partnership, group):
    was = ConsultationFactory(partnership=partnership, turnouts=[{"group": group, "people": 60}])
    url = page_of(partnership, "partnership-dialogue-correct", was.pk)
    read = lead.get(url).context["form"]["version"].value()
    told = {"changed": "A well more.", "told_on": timezone.localdate(), "told_how": "By radio."}
    lead.post(page_of(partnership, "partnership-dialogue-told", was.pk), told)

    said = {f"came_{group.pk}": "on", "reason": "The ward was wrong.", "version": read}
    shown = lead.post(url, {**HELD, **said})

    assert "The ward was wrong." in shown.content.decode()
    stands = Consultation.objects.standing().get()
    assert (stands.pk, stands.changed) == (was.pk, "A well more.")


def test_says_that_people_were_told(lead, partnership):
    consultation = ConsultationFactory(partnership=partnership)
    url = page_of(partnership, "partnership-dialogue-told", consultation.pk)

    lead.post(url, {"changed": "They fell.", "told_how": "By radio.", "told_on": "2024-04-01"})
    assert Consultation.objects.get().told_how == "By radio."


def test_a_stale_form_of_the_map_is_refused(lead, partnership, group):
    AffectedGroup.objects.update(size=7, version=2)
    body = {
        "name": "Water carriers",
        "level": "community",
        "effect": "both",
        "how": "As typed.",
        "influence": "low",
        "reach": "By radio.",
        "version": "1",
    }
    url = page_of(partnership, "partnership-dialogue-group", group.pk)
    text = lead.post(url, body).content.decode()
    assert "changed by somebody else" in text
    assert "As typed." in text
    assert AffectedGroup.objects.get().size == 7


def test_assesses_a_technology_with_mitigations(lead, partnership, group):
    body = {
        "technology": "Prepaid meters",
        "intended": "No debts.",
        "unintended": "Who has no coins has no water.",
        "groups": [group.pk],
        "assessors": ["msme", "community", "academia"],
        "assessed_on": "2024-02-01",
        "review_on": "2026-02-01",
        "text_1": "Free hours.",
    }
    url = page_of(partnership, "partnership-dialogue-technology")
    assert "a text and a due date" in lead.post(url, body).content.decode()
    lead.post(url, {**body, "due_on_1": "2024-06-30"})

    made = TechnologyAssessment.objects.get()
    assert [step.text for step in made.mitigations.all()] == ["Free hours."]
    done = page_of(partnership, "partnership-dialogue-mitigation", made.mitigations.get().pk)
    lead.post(done, {"done_on": "2024-05-01"})
    assert made.mitigations.get().done_on
