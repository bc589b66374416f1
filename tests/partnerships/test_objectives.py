"""Objectives: the lead's managers write them while the partnership is a draft."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Objective
from partnerships.services import objectives as services
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import ObjectiveFactory, PartnershipFactory, TargetFactory, UserFactory
from tests.moves import People, field_of, read_twice, refused

pytestmark = pytest.mark.django_db
TEXT = "Every household of Turkana has safe water."
EDITORS = ["lead_manager", "admin"]
OTHERS = ["lead_evaluator", "lead_observer", "manager", "evaluator", "observer", "outsider"]
LATER = ["submitted", "registered", "active", "completed", "suspended", "terminated"]
CHANGES = {
    "add": lambda o, by: services.add_objective(o.partnership, by=by, text=TEXT),
    "edit": lambda o, by: services.edit_objective(o, by=by, text=TEXT),
    "remove": lambda o, by: services.remove_objective(o, by=by),
}


def stored():
    return sorted(Objective.objects.values_list("text", flat=True))


@pytest.mark.parametrize("who", EDITORS)
@pytest.mark.parametrize("status", [{}, {"returned": True}], ids=["draft", "returned"])
def test_the_leads_managers_and_admins_write_them(who, status):
    objective = ObjectiveFactory(partnership=PartnershipFactory(**status), text="At first.")
    partnership, by = objective.partnership, People(objective.partnership)[who]

    CHANGES["edit"](objective, by)
    assert stored() == [TEXT]
    second = services.add_objective(partnership, by=by, text="The second.")
    assert stored() == [TEXT, "The second."]
    services.remove_objective(second, by=by)
    assert stored() == [TEXT]

    told = Event.objects.about(partnership).order_by("pk")
    kinds = ["objective_edited", "objective_added", "objective_removed"]
    assert list(told.values_list("kind", flat=True)) == [f"partnership.{kind}" for kind in kinds]
    assert {event.by for event in told} == {by}


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("change", CHANGES)
def test_nobody_else_does(change, who):
    objective = ObjectiveFactory(text="At first.")

    with refused("lead_only", NotAllowed):
        CHANGES[change](objective, People(objective.partnership)[who])

    assert stored() == ["At first."]


@pytest.mark.parametrize("status", LATER)
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_submitted_stands(change, status):
    objective = ObjectiveFactory(partnership=PartnershipFactory(**{status: True}), text="At first.")

    with refused("not_a_draft"):
        CHANGES[change](objective, UserFactory(admin=True))

    assert stored() == ["At first."]


@pytest.mark.parametrize("change", CHANGES)
def test_a_draft_read_before_it_was_submitted_is_looked_at_again(change):
    objective = ObjectiveFactory(text="At first.")
    type(objective.partnership).objects.update(status="submitted")

    with refused("not_a_draft"):
        CHANGES[change](objective, UserFactory(admin=True))

    assert stored() == ["At first."]


def test_of_two_who_edit_one_the_second_is_told():
    first, second = read_twice(ObjectiveFactory())
    admin = UserFactory(admin=True)

    services.edit_objective(first, by=admin, text="The first.")
    with refused("stale_version", StaleVersion):
        services.edit_objective(second, by=admin, text="The second.")

    assert stored() == ["The first."]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"baseline_year": 1066}, None),
        ({"reach_by": date(2023, 12, 31)}, "reach_by"),
        ({"reach_by": date(2027, 1, 1)}, "reach_by"),
        ({"goal_value": "a lot"}, "goal_value"),
    ],
)
def test_names_the_field_that_is_wrong_and_saves_nothing(values, field):
    objective = ObjectiveFactory(text="At first.")
    admin = UserFactory(admin=True)

    with pytest.raises(ValidationError) as error:
        services.add_objective(objective.partnership, by=admin, **{"text": TEXT, **values})
    assert field_of(error.value) == field
    with pytest.raises(ValidationError) as error:
        services.edit_objective(objective, by=admin, **values)
    assert field_of(error.value) == field

    assert stored() == ["At first."]


def test_there_is_a_limit():
    partnership = PartnershipFactory()
    Objective.objects.bulk_create(Objective(partnership=partnership, text=TEXT) for _ in range(50))

    with refused("too_many_objectives"):
        services.add_objective(partnership, by=UserFactory(admin=True), text=TEXT)


def test_the_database_holds_the_years():
    with pytest.raises(IntegrityError), transaction.atomic():
        Objective.objects.bulk_create(
            [Objective(partnership=PartnershipFactory(), text=TEXT, baseline_year=1066)]
        )


def test_a_draft_s_objectives_are_for_those_who_see_it():
    objective = ObjectiveFactory()
    public = ObjectiveFactory(partnership=PartnershipFactory(active=True))
    people = People(objective.partnership)

    for who in ("lead_manager", "manager", "observer", "admin"):
        assert objective in Objective.objects.visible_to(people[who])
    assert set(Objective.objects.visible_to(people.outsider)) == {public}


def test_over_the_api_it_is_written_read_changed_and_removed(api):
    partnership = PartnershipFactory()
    TargetFactory(code="6.1")
    api.force_authenticate(UserFactory(admin=True))
    body = {"partnership": partnership.pk, "text": TEXT, "baseline": "12.5", "target": "6.1"}

    made = api.post("/api/v1/objectives/", body, format="json")
    assert made.status_code == 201
    shown = made.json()
    assert (shown["baseline"], shown["target"], shown["goal_value"]) == ("12.500000", "6.1", None)
    url = f"/api/v1/objectives/{shown['id']}/"
    other = {"partnership": PartnershipFactory().pk}
    assert api.patch(url, other, format="json", HTTP_IF_MATCH="*").status_code == 400
    assert api.patch(url, {"text": "New."}, format="json").status_code == 428
    changed = api.patch(url, {"text": "New."}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert (changed.status_code, changed.json()["text"]) == (200, "New.")
    stale = api.patch(url, {"text": "Old."}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert stale.status_code == 412
    assert [row["id"] for row in api.get("/api/v1/objectives/?target=6.1").json()["results"]]
    assert api.delete(url).status_code == 204
    assert not Objective.objects.exists()


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({"target": "99.9"}, "target"),
        ({"target": {"code": "6.1"}}, "target"),
        ({"baseline": "1e400"}, "baseline"),
        ({"baseline_year": 10**30}, "baseline_year"),
        ({"reach_by": "2020-01-01"}, "reach_by"),
        ({"text": " "}, "text"),
    ],
)
def test_the_api_names_the_field(api, values, attr):
    partnership = PartnershipFactory()
    api.force_authenticate(UserFactory(admin=True))
    body = {"partnership": partnership.pk, "text": TEXT, **values}

    refusal = api.post("/api/v1/objectives/", body, format="json")

    assert refusal.status_code == 400
    assert refusal.json()["errors"][0]["attr"] == attr
    assert not Objective.objects.exists()
