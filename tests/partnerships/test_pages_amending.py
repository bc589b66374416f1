"""Amending in pages: the lead writes section by section, members endorse, everybody reads."""

import pytest

from partnerships.models import Amendment, Partnership
from partnerships.services.amendments import approve_amendment
from tests.factories import (
    AgreementFactory,
    AmendmentFactory,
    BudgetLineFactory,
    CountryFactory,
    LocationFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnerFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    PartnershipSectorFactory,
    PartnershipVersionFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    made = PartnershipFactory(active=True, title="Wells")
    MembershipFactory(partnership=made)
    PartnershipVersionFactory(partnership=made)
    return Partnership.objects.get(pk=made.pk)


@pytest.fixture
def lead(client, partnership):
    leads = partnership.memberships.get(roles__contains=["lead"]).partner
    lead = UserFactory(manages=leads)
    client.force_login(lead)
    return lead


def page_of(partnership, section=""):
    return f"/partnerships/{partnership.pk}/amend/{section}{'/' if section else ''}"


def as_shown(client, url, **typed):
    """What a browser would send of the form that the page shows."""
    form = client.get(url).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value not in (None, False, ""):
            sent[field.html_name] = value
    pending = client.get(url).context["pending"]
    return {**sent, "version": pending.version if pending else "", **typed}


ABOUT = {"reason": "More villages.", "title": "Wells and pipes"}


def test_begins_with_a_section_and_its_reason(client, lead, partnership):
    url = page_of(partnership, "about")
    answer = client.post(url, as_shown(client, url, **ABOUT))
    assert answer.status_code == 302
    amendment = partnership.amendments.get()
    assert (amendment.status, amendment.reason) == ("draft", "More villages.")
    assert amendment.after["about"]["title"] == "Wells and pipes"
    assert "changed" in client.get(page_of(partnership)).content.decode()


def test_each_section_saved_as_it_stands_changes_nothing(client, lead, partnership):
    ObjectiveFactory(partnership=partnership)
    BudgetLineFactory(partnership=partnership, membership=partnership.memberships.last())
    PartnershipCountryFactory(partnership=partnership)
    LocationFactory(partnership=partnership)
    partnership.targets.add(TargetFactory(code="6.1"))
    for section in ("about", "targets", "objectives", "places", "members", "budget"):
        url = page_of(partnership, section)
        answer = client.post(url, as_shown(client, url, reason="Because."))
        assert "nothing changes" in answer.content.decode(), section


def test_a_further_section_joins_and_may_be_left_out_again(client, lead, partnership):
    TargetFactory(code="6.2")
    for section, typed in (("about", ABOUT), ("targets", {"targets": "6.2"})):
        url = page_of(partnership, section)
        client.post(url, as_shown(client, url, **typed))
    assert set(partnership.amendments.get().changes) == {"about", "targets"}
    client.post(page_of(partnership, "about"), {"move": "leave"})
    assert set(partnership.amendments.get().changes) == {"targets"}
    client.post(page_of(partnership, "targets"), {"move": "leave"})
    assert partnership.amendments.get().status == "withdrawn"


def test_rows_are_changed_taken_out_and_added(client, lead, partnership):
    kept, gone = (ObjectiveFactory(partnership=partnership) for _ in range(2))
    url = page_of(partnership, "objectives")
    typed = {"row-0-goal_value": "60", "row-1-go": "on", "row-2-text": "Another.", "reason": "So."}
    client.post(url, as_shown(client, url, **typed))
    first, second = partnership.amendments.get().after["objectives"]
    assert (first["id"], first["goal_value"]) == (kept.pk, "60")
    assert (second.get("id"), second["text"]) == (None, "Another.")
    assert gone.pk not in (first["id"],)


def test_a_slip_stands_at_its_field_and_nothing_typed_is_lost(client, lead, partnership):
    BudgetLineFactory(partnership=partnership)
    url = page_of(partnership, "budget")
    typed = {"row-0-amount": "many", "row-1-title": "Pipes", "reason": "So."}
    answer = client.post(url, as_shown(client, url, **typed))
    form = answer.context["form"]
    assert "row-0-amount" in form.errors
    assert {"row-1-amount", "row-1-currency", "row-1-starts_on"} & set(form.errors)
    assert "Pipes" in answer.content.decode()
    assert not partnership.amendments.exists()


def test_places_with_shares(client, lead, partnership):
    CountryFactory(alpha2="UG", alpha3="UGA")
    PartnershipSectorFactory(partnership=partnership)
    url = page_of(partnership, "places")
    typed = {"country-0-country": "UG", "country-0-percentage": "100", "reason": "So."}
    client.post(url, as_shown(client, url, **typed, **{"sector-0-percentage": "100"}))
    assert partnership.amendments.get().changes["places"] == {
        "countries": [{"country": "UG", "percentage": "100"}],
        "sectors": [{"sector": "140", "percentage": "100"}],
        "locations": [],
    }
    again = as_shown(client, url, **{"country-0-percentage": "140"})
    assert "country-0-percentage" in client.post(url, again).context["form"].errors


def test_members_are_asked_change_roles_and_leave(client, lead, partnership):
    member = partnership.memberships.exclude(roles__contains=["lead"]).get()
    third = PartnerFactory()
    url = page_of(partnership, "members")
    typed = {
        f"roles-{member.pk}": ["technical"],
        "invite-0-partner": str(third.pk),
        "invite-0-roles": ["funding"],
        "reason": "So.",
    }
    client.post(url, as_shown(client, url, **typed))
    assert partnership.amendments.get().changes["members"] == {
        "invite": [{"partner": third.pk, "roles": ["funding"]}],
        "roles": [{"membership": member.pk, "roles": ["technical"]}],
        "end": [],
    }
    wrong = as_shown(client, url, **{"invite-0-partner": "nobody"})
    assert "invite-0-partner" in client.post(url, wrong).context["form"].errors


def test_an_outdated_form_is_refused_and_kept(client, lead, partnership):
    AmendmentFactory(partnership=partnership)
    url = page_of(partnership, "about")
    sent = as_shown(client, url, title="Mine")
    amendment = partnership.amendments.get()
    amendment.change(reason="Somebody else's.")
    answer = client.post(url, sent)
    assert "was changed by somebody else" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()


@pytest.mark.parametrize("state", ["completed", "inactive"])
def test_what_is_not_amendable_says_so(client, lead, partnership, state):
    partnership.change(status=state)
    assert "is not amended" in client.get(page_of(partnership)).content.decode()
    assert client.get(page_of(partnership, "about")).status_code == 302
    assert client.get(page_of(partnership, "weather")).status_code == 404


def move(client, amendment, name, **fields):
    return client.post(f"/amendments/{amendment.pk}/", {"move": name, **fields})


def test_is_submitted_endorsed_and_approved_in_pages(client, lead, partnership):
    AgreementFactory(partnership=partnership, binding=True, amendments_need_endorsement=True)
    amendment = AmendmentFactory(partnership=partnership)
    move(client, amendment, "submit")
    for member in partnership.memberships.accepted():
        client.force_login(UserFactory(manages=member.partner))
        page = client.get(f"/amendments/{amendment.pk}/")
        assert page.context["own"] == [member]
        sha256 = Amendment.objects.get().sha256
        move(client, amendment, "endorse", membership=member.pk, sha256=sha256)
    client.force_login(UserFactory(admin=True))
    move(client, amendment, "approve")
    assert Amendment.objects.get().status == "approved"
    client.logout()
    shown = client.get(f"/partnerships/{partnership.pk}/versions/").content.decode()
    assert "The council widened the work." in shown
    assert "Wells and pipes" in shown


def test_is_returned_with_a_reason_only(client, partnership):
    amendment = AmendmentFactory(partnership=partnership, submitted=True)
    client.force_login(UserFactory(admin=True))
    assert move(client, amendment, "return").context["form"].errors
    move(client, amendment, "return", reason="Say why.")
    assert Amendment.objects.get().answer == "Say why."


def test_what_is_pending_is_not_told_outside(client, partnership):
    amendment = AmendmentFactory(partnership=partnership, submitted=True)
    assert client.get(f"/amendments/{amendment.pk}/").status_code == 404
    page = client.get(f"/partnerships/{partnership.pk}/versions/").content.decode()
    assert "Wells and pipes" not in page
    assert "Amendment" not in page


def test_whom_an_approved_amendment_invited_is_not_told_outside(client, partnership):
    asked = PartnerFactory(name="Asked in Confidence")
    members = {"invite": [{"partner": asked.pk, "roles": ["funding"]}]}
    amendment = AmendmentFactory(
        partnership=partnership, wanted={"members": members}, submitted=True
    )
    approve_amendment(amendment, by=UserFactory(admin=True))
    for url in (f"/amendments/{amendment.pk}/", f"/partnerships/{partnership.pk}/versions/"):
        assert "Asked in Confidence" not in client.get(url).content.decode()


def test_public_pages_are_light(client, partnership):
    approve_amendment(
        AmendmentFactory(partnership=partnership, submitted=True), by=UserFactory(admin=True)
    )
    for url in (
        f"/partnerships/{partnership.pk}/versions/",
        f"/amendments/{Amendment.objects.get().pk}/",
    ):
        assert len(client.get(url).content) < 60_000
