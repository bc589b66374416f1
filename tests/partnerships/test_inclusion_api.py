"""Principles and dialogue over REST: what outsiders see of small counts, and bad input."""

import pytest

from partnerships.models import AffectedGroup, Consultation, Marker, TechnologyAssessment
from tests.factories import (
    AffectedGroupFactory,
    ConsultationFactory,
    MarkerFactory,
    PartnershipFactory,
    TechnologyAssessmentFactory,
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
    return AffectedGroupFactory(partnership=partnership, size=6)


@pytest.fixture
def lead(partnership, api):
    user = UserFactory(manages=partnership.memberships.get().partner)
    api.force_authenticate(user)
    return api


def send(api, path, expected, body):
    answer = api.post(f"/api/v1/{path}", body, format="json")
    assert answer.status_code == expected, answer.json()
    return answer.json()


def attrs(answer):
    return [error["attr"] for error in answer["errors"]]


def test_outsiders_see_no_small_count_in_list_or_record(api, partnership, group):
    other = AffectedGroupFactory(partnership=partnership, size=400)
    turnouts = [{"group": group, "people": 6, "women": 6}, {"group": other, "people": 40}]
    consultation = ConsultationFactory(partnership=partnership, people=46, turnouts=turnouts)

    def seen():
        listed = api.get("/api/v1/consultations/").json()["results"][0]
        assert listed == api.get(f"/api/v1/consultations/{consultation.pk}/").json()
        rows = [(row["people"], row["people_shown"], row["women"]) for row in listed["turnouts"]]
        sizes = api.get("/api/v1/affected-groups/").json()["results"]
        return listed["people"], rows, {row["size_shown"]: row["size"] for row in sizes}

    hidden = (None, "suppressed", None)
    assert seen() == (46, [hidden, hidden], {"1–10": None, "400": 400})
    api.force_authenticate(UserFactory(observes=partnership.memberships.get().partner))
    assert seen() == (46, [(6, "6", 6), (40, "40", None)], {"6": 6, "400": 400})


def test_nothing_in_the_openly_readable_answer_holds_a_small_count(api, partnership, group):
    turnouts = [{"group": group, "people": 7, "men": 7}]
    consultation = ConsultationFactory(partnership=partnership, people=7, turnouts=turnouts)

    answer = api.get(f"/api/v1/consultations/{consultation.pk}/").json()
    counts = {key: value for row in answer["turnouts"] for key, value in row.items()}
    assert answer["people_shown"] == "1–10"
    assert 7 not in [answer["people"], *counts.values()]


def test_records_corrects_and_tells_back(lead, partnership, group):
    body = {"partnership": partnership.pk, **HELD, "turnouts": [{"group": group.pk, "people": 6}]}
    made = send(lead, "consultations/", 201, body)
    assert (made["heard"], made["turnouts"][0]["people"]) == (SCRIPT, 6)

    told = {"changed": "Prices fell.", "told_how": "By radio.", "told_on": "2024-04-01"}
    assert send(lead, f"consultations/{made['id']}/tell-back/", 200, told)["told_at"]
    again = {**HELD, **told, "turnouts": [{"group": group.pk, "people": 60}], "reason": "A digit."}
    corrected = send(lead, f"consultations/{made['id']}/correct/", 200, again)
    assert (corrected["corrects"], corrected["told_on"]) == (made["id"], "2024-04-01")
    conflict = send(lead, f"consultations/{made['id']}/correct/", 409, again)
    assert conflict["errors"][0]["code"] == "withdrawn"


@pytest.mark.parametrize(
    ("attr", "changes"),
    [
        ("held_on", {"held_on": "2199-01-01"}),
        ("people", {"people": -1}),
        ("people", {"people": 10**30}),
        ("people", {"people": 5}),
        ("heard", {"heard": "x" * 1_000_000}),
        (None, {"heard": "a\0b"}),
        ("turnouts.non_field_errors", {"turnouts": []}),
        ("turnouts.0.people", {"turnouts": [{"group": "{group}", "people": -6}]}),
        ("turnouts.0.group", {"turnouts": [{"group": 10**30}]}),
        ("turnouts", {"turnouts": [{"group": "{group}", "people": 3, "women": 2, "men": 2}]}),
        ("turnouts", {"turnouts": [{"group": "{group}"}, {"group": "{group}"}]}),
        ("secret", {"secret": 1}),
    ],
)
def test_refuses_bad_consultations_naming_the_field(lead, partnership, group, attr, changes):
    body = {
        "partnership": partnership.pk,
        **HELD,
        "turnouts": [{"group": group.pk, "people": 6}],
        **changes,
    }
    for row in body["turnouts"]:
        row["group"] = group.pk if row["group"] == "{group}" else row["group"]

    answer = send(lead, "consultations/", 400, body)
    assert attrs(answer) == [attr]
    assert not Consultation.objects.exists()


def test_a_group_of_another_partnership_is_refused(lead, partnership):
    other = AffectedGroupFactory()
    turnouts = {"turnouts": [{"group": other.pk}]}
    answer = send(lead, "consultations/", 400, {"partnership": partnership.pk, **HELD, **turnouts})
    assert (attrs(answer), answer["errors"][0]["code"]) == (["turnouts"], "other_partnership")


MARKER = {
    "kind": "climate",
    "significance": 1,
    "evidence": "Solar pumps only.",
    "review_on": "2199-01-01",
}


def test_assesses_today_if_no_day_is_stated(lead, partnership):
    made = send(lead, "markers/", 201, {"partnership": partnership.pk, **MARKER})
    assert made["level"] == "pursued among other aims"
    assert Marker.objects.get().assessed_on


@pytest.mark.parametrize(
    ("attr", "changes"),
    [
        ("significance", {"significance": 4}),
        ("significance", {"significance": None}),
        ("reason", {"significance": 0}),
        ("evidence", {"evidence": ""}),
        ("evidence", {"evidence": "x" * 1_000_000}),
        ("kind", {"kind": "trade"}),
        ("assessed_on", {"assessed_on": None}),
        ("review_on", {"review_on": "2001-01-01"}),
        ("membership", {"membership": 10**12}),
    ],
)
def test_refuses_bad_assessments_naming_the_field(lead, partnership, attr, changes):
    answer = send(lead, "markers/", 400, {"partnership": partnership.pk, **MARKER, **changes})
    assert attrs(answer) == [attr]
    assert not Marker.objects.exists()


def test_shows_of_each_kind_what_holds_now(api, partnership):
    published = MarkerFactory(partnership=partnership, significance=2)
    assessed = MarkerFactory(partnership=partnership, assessed=True)

    def found(current):
        url = f"/api/v1/markers/?partnership={partnership.pk}&current={current}"
        return [row["id"] for row in api.get(url).json()["results"]]

    assert (found("true"), found("false")) == ([assessed.pk], [published.pk])


def test_a_stale_change_of_the_map_is_refused(lead, group):
    url = f"/api/v1/affected-groups/{group.pk}/"
    etag = lead.get(url)["ETag"]
    first = lead.patch(url, {"size": 70}, format="json", HTTP_IF_MATCH=etag)
    second = lead.patch(url, {"size": 80}, format="json", HTTP_IF_MATCH=etag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert AffectedGroup.objects.get().size == 70


@pytest.mark.parametrize(
    ("attr", "changes"),
    [
        ("assessors", {"assessors": []}),
        ("assessors.0", {"assessors": ["wizard"]}),
        ("groups.0", {"groups": [10**30]}),
        ("groups", {"groups": [999_999_999]}),
        ("review_on", {"review_on": "2024-01-01"}),
        ("due_on", {"mitigations": [{"text": "Meters.", "due_on": "2001-01-01"}]}),
        (
            "mitigations.non_field_errors",
            {"mitigations": [{"text": "x", "due_on": "2025-01-01"}] * 51},
        ),
    ],
)
def test_refuses_bad_technology_assessments(lead, partnership, attr, changes):
    body = {
        "partnership": partnership.pk,
        "technology": "Meters",
        "intended": "No debts.",
        "unintended": SCRIPT,
        "assessors": ["msme"],
        "assessed_on": "2024-02-01",
        "review_on": "2026-02-01",
        **changes,
    }
    answer = send(lead, "technology-assessments/", 400, body)
    assert attrs(answer) == [attr]
    assert not TechnologyAssessment.objects.exists()


def test_says_of_an_assessment_which_sectors_made_it(api):
    made = TechnologyAssessmentFactory()
    row = api.get(f"/api/v1/technology-assessments/{made.pk}/").json()
    assert (row["sectors"], row["is_broad"]) == (["private", "civil_society", "knowledge"], True)
