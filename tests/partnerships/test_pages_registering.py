"""The hub of a partnership and the sections in which it is described."""

import pytest

from partnerships.models import Section
from tests.factories import (
    MembershipFactory,
    ObjectiveFactory,
    PartnerFactory,
    PartnershipFactory,
    TargetFactory,
    UserFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
ABOUT = {
    "title": "Safe water",
    "summary": "",
    "kind": "alliance",
    "level": "global",
    "starts_on": "2024-01-01",
    "ends_on": "",
    "website": "",
}
OBJECTIVE = {"text": "Every village drinks safe water.", "goal_value": "40"}


@pytest.fixture
def partnership(client):
    partnership = PartnershipFactory(primary_goal=None)
    client.force_login(UserFactory(manages=partnership.memberships.get().partner))
    return partnership


def at(partnership, page=""):
    return f"/partnerships/{partnership.pk}/work/{page}"


def test_the_hub_tells_not_started_from_incomplete_from_complete(client, partnership):
    def states():
        rows = client.get(at(partnership)).context["rows"]
        return {row["section"]: row["state"] for row in rows}

    assert set(states()) == set(Section)
    assert states()[Section.TARGETS] == "not_started"
    assert states()[Section.MEMBERS] == "not_started"
    assert states()[Section.RISKS] == "optional"
    MembershipFactory(partnership=partnership, invited=True)
    partnership.targets.add(TargetFactory())
    assert states()[Section.TARGETS] == "incomplete"
    partnership.amend(primary_goal=partnership.targets.get().goal)
    assert states()[Section.MEMBERS] == "incomplete"
    assert states()[Section.TARGETS] == "complete"


def test_every_section_that_has_a_page_leads_to_it(client, partnership):
    rows = client.get(at(partnership)).context["rows"]

    addresses = [row["address"] for row in rows if row["address"]]
    assert len(addresses) >= 3
    for address in addresses:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("who", "hub", "about"),
    [
        ("lead_manager", 200, 200),
        ("admin", 200, 200),
        ("lead_observer", 200, 403),
        ("manager", 200, 403),
        ("observer", 200, 403),
        ("outsider", 404, 404),
    ],
)
def test_members_read_the_hub_and_the_lead_writes(client, partnership, who, hub, about):
    client.force_login(People(partnership)[who])

    assert client.get(at(partnership)).status_code == hub
    for page in ("about/", "objectives/", "targets/", "check/"):
        assert client.get(at(partnership, page)).status_code == about, page


def save(client, page, **values):
    stamp = page.context["stamp"]
    return client.post(page.wsgi_request.path, {"stamp": stamp, **values})


def test_about_is_saved_incomplete(client, partnership):
    page = client.get(at(partnership, "about/"))
    answer = save(client, page, **ABOUT)

    assert answer.url == at(partnership)
    partnership.refresh_from_db()
    assert (partnership.title, partnership.summary) == ("Safe water", "")
    assert partnership.ends_on is None


def test_leads_back_to_the_answers_from_where_one_came(client, partnership):
    page = client.get(at(partnership, "about/?back=check"))
    assert 'name="back" value="check"' in page.content.decode()
    assert save(client, page, **ABOUT, back="check").url == at(partnership, "check/")


def test_an_end_before_the_start_is_refused_and_nothing_is_lost(client, partnership):
    page = client.get(at(partnership, "about/"))
    answer = save(client, page, **{**ABOUT, "ends_on": "2023-12-31"})

    assert "The end must not come before the start." in answer.content.decode()
    assert answer.context["form"]["title"].value() == "Safe water"
    partnership.refresh_from_db()
    assert partnership.title != "Safe water"


def test_of_two_who_save_about_the_second_sees_both_and_may_save_again(client, partnership):
    first, second = (client.get(at(partnership, "about/")) for _ in range(2))
    save(client, first, **{**ABOUT, "summary": "The first."})

    told = save(client, second, **{**ABOUT, "summary": "The second."})
    assert "Somebody else saved this section meanwhile" in told.content.decode()
    assert told.context["theirs"] == [("Summary", "The first.", "The second.")]
    assert told.context["form"]["summary"].value() == "The second."
    partnership.refresh_from_db()
    assert partnership.summary == "The first."

    assert save(client, told, **{**ABOUT, "summary": "The second."}).status_code == 302
    partnership.refresh_from_db()
    assert partnership.summary == "The second."


def test_two_who_save_different_sections_do_not_disturb_each_other(client, partnership):
    about, goals = (client.get(at(partnership, page)) for page in ("about/", "targets/"))
    TargetFactory(code="6.1")

    assert save(client, goals, targets=["6.1"]).status_code == 302
    assert save(client, about, **ABOUT).status_code == 302


def test_the_light_track_is_offered_to_those_for_whom_it_is(client, partnership):
    assert "track" not in client.get(at(partnership, "about/")).context["form"].fields
    light = PartnershipFactory(lead=PartnerFactory(kind="start_up"))
    client.force_login(UserFactory(admin=True))
    page = client.get(at(light, "about/"))

    assert save(client, page, **ABOUT, track="light").status_code == 302
    light.refresh_from_db()
    assert light.track == "light"


def test_objectives_are_added_changed_and_removed(client, partnership):
    client.post(at(partnership, "objectives/"), OBJECTIVE)
    made = partnership.objectives.get()
    url = at(partnership, f"objectives/{made.pk}/")
    assert client.get(url).context["form"]["goal_value"].value() == "40"

    answer = client.post(url, {**OBJECTIVE, "measure": "villages", "version": made.version})
    assert answer.url == at(partnership, "objectives/")
    assert partnership.objectives.get().measure == "villages"
    client.post(f"{url}remove/")
    assert not partnership.objectives.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"target": "99.9"}, "target"),
        ({"baseline": "some"}, "baseline"),
        ({"reach_by": "2040-01-01"}, "reach_by"),
        ({"baseline_year": "1066"}, "__all__"),
    ],
)
def test_an_objective_s_wrong_field_is_named(client, partnership, values, field):
    page = client.post(at(partnership, "objectives/"), {**OBJECTIVE, **values})

    assert list(page.context["form"].errors) == [field]
    assert not partnership.objectives.exists()


def test_of_two_who_change_an_objective_the_second_is_told(client, partnership):
    made = ObjectiveFactory(partnership=partnership, target=TargetFactory(code="6.1"))
    url, kept = at(partnership, f"objectives/{made.pk}/"), {"target": "6.1", "version": 1}
    client.post(url, {**kept, "text": "The first."})

    told = client.post(url, {**kept, "text": "The second.", "baseline": "0"})
    assert ("What will be different", "The first.", "The second.") in told.context["theirs"]
    assert "Target" not in str(told.context["theirs"])
    assert 'name="version" value="2"' in told.content.decode()
    assert partnership.objectives.get().text == "The first."


def test_what_was_typed_for_an_objective_that_is_gone_is_kept(client, partnership):
    made = ObjectiveFactory(partnership=partnership)
    url = at(partnership, f"objectives/{made.pk}/")
    made.delete()

    page = client.post(url, {**OBJECTIVE, "version": 1})
    assert "Somebody removed this objective meanwhile" in page.content.decode()
    assert page.context["form"]["text"].value() == OBJECTIVE["text"]
    assert f'action="{at(partnership, "objectives/")}"' in page.content.decode()


def test_another_partnership_s_objective_is_not_there(client, partnership):
    other = ObjectiveFactory()

    client.post(at(partnership, f"objectives/{other.pk}/remove/"))
    client.post(at(partnership, f"objectives/{other.pk}/"), {**OBJECTIVE, "version": 1})

    other.refresh_from_db()
    assert other.text != OBJECTIVE["text"]


def test_targets_are_found_by_words_and_number_and_nothing_ticked_is_lost(client, partnership):
    TargetFactory(code="6.1", label="Safe water for all")
    TargetFactory(code="6.2", label="Sanitation")
    TargetFactory(code="1.1", label="No poverty")
    url = at(partnership, "targets/")
    page = client.get(url)

    found = client.post(url, {"step": "find", "q": "sanitation", "targets": ["1.1"]})
    assert [row.code for row in found.context["found"]] == ["6.2"]
    assert [row.code for row in found.context["chosen"]] == ["1.1"]
    by_goal = client.post(url, {"step": "find", "q": "6", "targets": ["6.1"]})
    assert [row.code for row in by_goal.context["found"]] == ["6.2"]
    assert not partnership.targets.exists()
    save(client, page, targets=["1.1", "6.2"], goals=["6"], primary_goal="1")
    assert sorted(t.code for t in partnership.targets.all()) == ["1.1", "6.2"]
    partnership.refresh_from_db()
    assert partnership.primary_goal_id == 1


@pytest.mark.parametrize("step", ["find", "save"])
@pytest.mark.parametrize("page", ["targets/", "light/"])
def test_what_can_be_no_target_is_left_out(client, partnership, page, step):
    hostile = {"step": step, "q": "wa\0ter", "targets": ["6\0", "x" * 900, "nonsense"]}

    assert client.post(at(partnership, page), hostile).status_code in (200, 302)
    assert not partnership.targets.exists()


def test_of_two_who_save_targets_the_second_is_told(client, partnership):
    TargetFactory(code="6.1")
    TargetFactory(code="6.2")
    first, second = (client.get(at(partnership, "targets/")) for _ in range(2))
    save(client, first, targets=["6.1"])

    told = save(client, second, targets=["6.2"])
    assert ("Targets", "6.1", "6.2") in told.context["theirs"]
    assert [t.code for t in partnership.targets.all()] == ["6.1"]
    assert save(client, told, targets=["6.2"]).status_code == 302
    assert [t.code for t in partnership.targets.all()] == ["6.2"]


@pytest.mark.parametrize("page", ["about/", "objectives/", "targets/", "check/"])
def test_who_looks_at_what_was_submitted_is_led_back(client, partnership, page):
    type(partnership).objects.update(status="submitted")

    assert client.get(at(partnership, page)).url == at(partnership)


def test_what_was_typed_while_somebody_submitted_is_kept_and_refused(client, partnership):
    page = client.get(at(partnership, "about/"))
    type(partnership).objects.update(status="submitted")

    told = save(client, page, **ABOUT)
    assert "The partnership is submitted." in told.content.decode()
    assert told.context["form"]["title"].value() == "Safe water"
