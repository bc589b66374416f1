"""The workspace: what waits, one's own partnerships, and beginning a new one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.models import Partnership
from tests.config.many import copies
from tests.factories import (
    AffiliationFactory,
    AgreementFactory,
    CommitmentFactory,
    DeliveryFactory,
    EndorsementFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NEW = {"title": "Safe water", "kind": "alliance", "level": "global", "starts_on": "2027-01-01"}


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(client, partner):
    user = UserFactory(manages=partner)
    client.force_login(user)
    return user


def titles(page):
    return [row.title for row, *_ in page.context["rows"]]


def test_asks_to_sign_in(client):
    assert client.get("/workspace/").status_code == 302


def test_shows_what_waits_with_a_way_to_it(client, manager, partner):
    MembershipFactory(partner=partner, invited=True, partnership__title="Asked to join")
    joined = MembershipFactory(partner=partner, partnership__active=True)
    AgreementFactory(partnership=joined.partnership, title="To be signed", proposed=True)
    returned = PartnershipFactory(lead=partner, returned=True, title="Sent back")
    MembershipFactory(partner=partner, partnership__returned=True)  # its lead has to act
    promise = CommitmentFactory(partnership__lead=partner, title="Ten pumps")
    DeliveryFactory(commitment=promise, confirmed_at=None)

    tasks = client.get("/workspace/").context["tasks"]

    labels = [task.label for task in tasks]
    assert labels[0] == "Invited to Asked to join"
    assert labels[1].startswith("To endorse: To be signed")
    assert labels[2] == "Returned to be completed: Sent back"
    assert labels[3].startswith("To confirm or dispute: Ten pumps")
    assert labels[4].startswith("To begin: what")  # the promise's partnership measures nothing yet
    assert len(labels) == 5
    assert tasks[2].url == f"/partnerships/{returned.pk}/work/"
    for task in tasks:
        assert client.get(task.url).status_code == 200


def test_of_two_partners_in_one_the_second_still_has_to_endorse(client, manager, partner):
    agreement = AgreementFactory(partnership__active=True, proposed=True)
    first = MembershipFactory(partner=partner, partnership=agreement.partnership)
    second = MembershipFactory(partnership=agreement.partnership)
    AffiliationFactory(user=manager, partner=second.partner, role="manager")

    for member, waiting in ((None, 1), (first, 1), (second, 0)):
        if member:
            EndorsementFactory(agreement=agreement, membership=member)
        assert len(client.get("/workspace/").context["tasks"]) == waiting


def test_observers_and_evaluators_have_nothing_to_answer(client, partner):
    MembershipFactory(partner=partner, invited=True)
    client.force_login(UserFactory(observes=partner))

    assert client.get("/workspace/").context["tasks"] == []


def test_lists_ones_own_partnerships_with_state_and_next_step(client, manager, partner):
    led = PartnershipFactory(lead=partner, title="Led")
    MembershipFactory(partner=partner, partnership__title="Joined", partnership__active=True)
    PartnershipFactory(title="Of others", active=True)

    page = client.get("/workspace/")

    assert sorted(titles(page)) == ["Joined", "Led"]
    steps = {row.title: (row.part, words, url) for row, words, url in page.context["rows"]}
    assert steps["Led"] == ("lead", "Complete it and submit", f"/partnerships/{led.pk}/work/")
    assert steps["Joined"][0] == "member"


def test_who_is_only_invited_is_led_to_the_invitation(client, manager, partner):
    MembershipFactory(partner=partner, invited=True, partnership__active=True)

    [(row, words, url)] = client.get("/workspace/").context["rows"]
    assert (row.part, words) == ("invited", "Answer the invitation")
    assert client.get(url).status_code == 200


def test_is_searched_and_filtered(client, manager, partner):
    PartnershipFactory(lead=partner, title="Wells of Turkana")
    PartnershipFactory(lead=partner, title="Solar pumps", active=True)
    MembershipFactory(partner=partner, partnership__title="Solar stoves", partnership__active=True)

    for query, found in {
        "q=turkana": ["Wells of Turkana"],
        "status=active": ["Solar pumps", "Solar stoves"],
        "role=lead": ["Solar pumps", "Wells of Turkana"],
        "role=member&q=solar": ["Solar stoves"],
        "status=unheard-of&role=x": ["Solar pumps", "Solar stoves", "Wells of Turkana"],
    }.items():
        assert sorted(titles(client.get(f"/workspace/?{query}"))) == found, query


def test_forty_partnerships_are_paged_through(client, manager, partner):
    first = PartnershipFactory(lead=partner)
    made = copies(first, 39, lambda n: {"title": f"Copy {n}"})
    copies(first.memberships.get(), 39, lambda n: {"partnership": made[n]})

    page = client.get("/workspace/")
    rest = client.get("/workspace/", {"after": page.context["page"].next})

    assert (len(titles(page)), len(titles(rest))) == (20, 20)
    assert not set(titles(page)) & set(titles(rest))
    assert rest.context["page"].next == ""


def test_costs_the_same_for_many_partners_and_partnerships(client, manager, partner):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/workspace/").status_code == 200
        return len(queries)

    MembershipFactory(partner=partner, invited=True)
    PartnershipFactory(lead=partner, returned=True)
    AgreementFactory(partnership__lead=partner, proposed=True)
    few = cost()
    for other in PartnerFactory.create_batch(5):
        AffiliationFactory(user=manager, partner=other, role="manager")
        MembershipFactory(partner=other, invited=True)
        PartnershipFactory(lead=other, returned=True)
        DeliveryFactory(commitment__partnership__lead=other)
    assert cost() == few


def test_begins_a_draft_with_four_facts(client, manager, partner):
    answer = client.post("/workspace/begin/", {"lead": partner.pk, **NEW})

    made = Partnership.objects.get()
    assert answer.url == f"/partnerships/{made.pk}/work/"
    assert (made.title, made.status, made.track) == ("Safe water", "draft", "full")
    assert made.memberships.get().partner == partner


def test_suggests_the_light_track_to_small_firms(client):
    small = PartnerFactory(kind="start_up")
    client.force_login(UserFactory(manages=small))

    client.post("/workspace/begin/", {"lead": small.pk, **NEW})

    assert Partnership.objects.get().track == "light"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"kind": "club"}, "kind"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
    ],
)
def test_names_what_is_wrong_and_keeps_what_was_typed(client, manager, partner, values, field):
    page = client.post("/workspace/begin/", {"lead": partner.pk, **NEW, **values})

    assert list(page.context["form"].errors) == [field]
    assert 'role="alert"' in page.content.decode()
    assert page.context["form"]["level"].value() == "global"
    assert not Partnership.objects.exists()


def test_only_verified_partners_that_one_manages_lead(client, manager, partner):
    pending = PartnerFactory(pending=True)
    AffiliationFactory(user=manager, partner=pending, role="manager")
    for other in (pending, PartnerFactory()):
        page = client.post("/workspace/begin/", {"lead": other.pk, **NEW})
        assert list(page.context["form"].errors) == ["lead"]

    assert not Partnership.objects.exists()
