"""The light track: one page, twelve answers, all of it or nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from partnerships.models import Commitment, Membership, Objective, Partnership
from partnerships.services.light import answers_of, complete_light, register_light
from partnerships.services.partnerships import edit_partnership
from partnerships.services.sections import stamp_of
from registry.errors import DomainError, NotAllowed
from tests.factories import (
    CountryFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    TargetFactory,
    UserFactory,
)
from tests.moves import field_of, refused

pytestmark = pytest.mark.django_db
ENDS = date(2199, 12, 31)
SAID = {
    "title": "Stoves for the stalls",
    "objective": "300 stalls cook without charcoal.",
    "measure": "stalls that cook without charcoal",
    "baseline": Decimal(0),
    "goal_value": Decimal(300),
    "starts_on": date(2024, 1, 1),
    "ends_on": ENDS,
    "commitment": "Lends 300 stoves.",
    "commitment_kind": "in_kind",
}
PAGE = "/workspace/light/"


@pytest.fixture
def firm():
    return PartnerFactory(kind="start_up")


@pytest.fixture
def manager(client, firm):
    user = UserFactory(manages=firm)
    client.force_login(user)
    return user


@pytest.fixture
def said():
    return {**SAID, "targets": [TargetFactory(code="7.1")], "country": CountryFactory()}


def read(draft):
    return stamp_of(answers_of(Partnership.objects.get(pk=draft.pk)))


@pytest.fixture
def typed(firm, said):
    words = {name: str(value) for name, value in SAID.items()}
    return {**words, "lead": firm.pk, "targets": ["7.1"], "country": said["country"].pk}


def nothing_is_saved():
    kinds = (Partnership, Objective, Commitment, Membership)
    return not any(kind.objects.exists() for kind in kinds)


def test_one_call_makes_the_whole_draft(firm, manager, said):
    other = PartnerFactory()

    made = register_light(firm, by=manager, invited=other, **said)

    assert (made.track, made.status, made.level) == ("light", "draft", "community")
    objective, promise = made.objectives.get(), made.commitments.get()
    assert (objective.text, objective.baseline, objective.reach_by) == (SAID["objective"], 0, ENDS)
    assert (promise.title, promise.kind, promise.due_on) == ("Lends 300 stoves.", "in_kind", ENDS)
    assert promise.membership.partner == firm
    assert [target.code for target in made.targets.all()] == ["7.1"]
    assert made.places.get().country == said["country"]
    assert made.memberships.get(status="invited").partner == other


@pytest.mark.parametrize("kind", ["large_company", "civil_society", "national_government"])
def test_only_partners_that_report_on_sdg_targets_take_it(kind, said):
    with pytest.raises(ValidationError) as error:
        register_light(PartnerFactory(kind=kind), by=UserFactory(admin=True), **said)

    assert list(error.value.error_dict) == ["track"]
    assert not Partnership.objects.exists()


def test_only_its_own_managers_register_for_a_verified_partner(firm, said):
    with refused("own_partner_only", NotAllowed):
        register_light(firm, by=UserFactory(observes=firm), **said)
    pending = PartnerFactory(kind="start_up", pending=True)
    with refused("partner_not_verified"):
        register_light(pending, by=UserFactory(manages=pending), **said)

    assert nothing_is_saved()


@pytest.mark.parametrize("name", [*SAID, "targets", "country"])
def test_each_of_the_answers_is_needed(firm, manager, said, name):
    with pytest.raises(ValidationError) as error:
        register_light(firm, by=manager, **{**said, name: [] if name == "targets" else None})

    assert list(error.value.error_dict) == [name]
    assert nothing_is_saved()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"objective": "x" * 501}, "objective"),
        ({"ends_on": date(2023, 1, 1)}, "ends_on"),
        ({"commitment": "x" * 301}, "commitment"),
        ({"commitment_kind": "love"}, "commitment_kind"),
        ({"amount": Decimal(-1)}, "amount"),
    ],
)
def test_what_is_wrong_is_named_as_it_was_asked_for_and_nothing_is_saved(
    firm, manager, said, values, field
):
    with pytest.raises(ValidationError) as error:
        register_light(firm, by=manager, **{**said, **values})

    assert field_of(error.value) == field
    assert nothing_is_saved()


def test_an_invitation_that_is_refused_takes_everything_back(firm, manager, said):
    with pytest.raises(DomainError):
        register_light(firm, by=manager, invited=PartnerFactory(pending=True), **said)

    assert nothing_is_saved()


def test_a_draft_that_was_begun_is_completed(firm, manager, said):
    draft = PartnershipFactory(lead=firm, title="Begun")
    elsewhere = CountryFactory(alpha2="PE")
    draft.places.create(country=elsewhere, percentage=40)

    complete_light(draft, by=manager, stamp=read(draft), **said)
    again = {**said, "goal_value": Decimal(400), "commitment": None, "commitment_kind": None}
    complete_light(draft, by=manager, stamp=read(draft), **again)

    draft.refresh_from_db()
    assert (draft.title, draft.track) == ("Stoves for the stalls", "light")
    assert draft.objectives.get().goal_value == 400
    assert draft.commitments.get().title == "Lends 300 stoves."
    assert {place.country for place in draft.places.all()} == {elsewhere, said["country"]}


def test_what_was_submitted_is_not_completed_any_more(firm, manager, said):
    submitted = PartnershipFactory(lead=firm, submitted=True)

    with refused("not_a_draft"):
        complete_light(submitted, by=manager, stamp=read(submitted), **said)


def test_the_page_has_at_most_twelve_required_fields(client, manager):
    form = client.get(PAGE).context["form"]

    required = [name for name, field in form.fields.items() if field.required]
    assert len(required) == 12


def test_the_page_makes_the_draft(client, manager, typed):
    answer = client.post(PAGE, {**typed, "step": "save"})

    made = Partnership.objects.get()
    assert answer.url == f"/partnerships/{made.pk}/work/"
    assert made.objectives.get().goal_value == 300


def test_what_cannot_be_submitted_yet_is_saved_and_told(client, manager, typed):
    page = client.post(PAGE, {**typed, "step": "submit"}, follow=True)

    assert Partnership.objects.get().status == "draft"
    assert "It is not submitted yet." in page.content.decode()
    assert "At least two members must have accepted." in page.content.decode()


def test_a_complete_draft_is_submitted_straight_from_the_page(client, firm, manager, typed, said):
    draft = register_light(firm, by=manager, **said)
    MembershipFactory(partnership=draft)
    page = client.get(f"/partnerships/{draft.pk}/work/light/")
    assert page.context["form"]["objective"].value() == SAID["objective"]
    assert "Lends 300 stoves." in page.content.decode()

    client.post(
        f"/partnerships/{draft.pk}/work/light/", {**typed, "step": "submit", "stamp": read(draft)}
    )

    draft.refresh_from_db()
    assert draft.status == "submitted"


def test_what_somebody_else_stored_meanwhile_is_not_written_over(
    client, firm, manager, typed, said
):
    draft = register_light(firm, by=manager, **said)
    stamp = read(draft)
    TargetFactory(code="6.1")
    edit_partnership(draft, by=manager, title="Ovens")
    sent = {**typed, "targets": ["6.1"], "step": "save", "stamp": stamp}

    page = client.post(f"/partnerships/{draft.pk}/work/light/", sent)

    assert ("Title", "Ovens", "Stoves for the stalls") in page.context["theirs"]
    assert ("SDG targets", "7.1", "6.1") in page.context["theirs"]
    assert Partnership.objects.get(pk=draft.pk).title == "Ovens"
    again = {**sent, "stamp": page.context["stamp"]}
    assert client.post(f"/partnerships/{draft.pk}/work/light/", again).status_code == 302


def test_the_browser_holds_back_neither_the_search_nor_the_draft(client, manager):
    page = client.get(PAGE).content.decode()
    for step in ("find", "save"):
        assert f'name="step" value="{step}" formnovalidate' in page
    assert 'value="submit" formnovalidate' not in page


def test_searching_for_targets_saves_nothing_and_loses_nothing(client, manager, typed):
    TargetFactory(code="6.1", label="Safe water")

    page = client.post(PAGE, {**typed, "title": "", "step": "find", "q": "water"})

    assert [row.code for row in page.context["found"]] == ["6.1"]
    assert [row.code for row in page.context["chosen"]] == ["7.1"]
    assert page.context["form"]["objective"].value() == SAID["objective"]
    assert "There is a problem" not in page.content.decode()
    assert nothing_is_saved()


def test_a_page_with_a_mistake_keeps_what_was_typed(client, manager, typed):
    page = client.post(PAGE, {**typed, "goal_value": "many", "step": "save"})

    assert list(page.context["form"].errors) == ["goal_value"]
    assert page.context["form"]["title"].value() == SAID["title"]
    assert nothing_is_saved()


def test_over_the_api_it_is_one_request(api, firm, manager, said):
    api.force_authenticate(manager)
    words = {name: str(value) for name, value in SAID.items()}
    body = {**words, "lead": firm.pk, "targets": ["7.1"], "country": said["country"].alpha2}

    made = api.post("/api/v1/partnerships/light/", body, format="json")
    assert made.status_code == 201
    assert (made.json()["track"], made.json()["targets"]) == ("light", ["7.1"])
    lacking = api.post("/api/v1/partnerships/light/", {**body, "targets": []}, format="json")
    assert (lacking.status_code, lacking.json()["errors"][0]["attr"]) == (400, "targets")
    assert Partnership.objects.count() == 1
