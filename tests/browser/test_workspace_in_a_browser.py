"""The pages of a partner's people and of the secretariat in a real browser."""

import pytest

from partnerships.models import Partnership
from tests.browser.test_pages_in_a_browser import overflow, sign_in, visit
from tests.factories import (
    CommitmentFactory,
    ContactFactory,
    DeliverableFactory,
    IdentifierSchemeFactory,
    InvitationFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnerFactory,
    PartnershipFactory,
    StandardFactory,
    TargetFactory,
    UserFactory,
    WebhookFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MANAGER = [
    "/partners/new/",
    "/partners/{partner.pk}/",
    "/partners/{partner.pk}/edit/",
    "/partners/{partner.pk}/identifiers/",
    "/partners/{partner.pk}/former-names/",
    "/partners/{partner.pk}/people/",
    "/partners/{partner.pk}/service-accounts/",
    "/partners/{partner.pk}/contacts/",
    "/partners/{partner.pk}/webhooks/",
    "/webhooks/{webhook.pk}/",
    "/history/registry.partner/{partner.pk}/",
    "/account/",
    "/account/email/",
    "/account/password/",
    "/account/two-factor/",
    "/account/tokens/",
    "/account/notifications/",
    "/account/data/",
    "/notices/",
    "/sdgs/",
    "/sdgs/6/",
    "/standards/",
    "/focal-points/",
]
LEAD = [
    "/workspace/",
    "/workspace/begin/",
    "/workspace/light/",
    "/partnerships/{draft.pk}/work/",
    "/partnerships/{draft.pk}/work/about/",
    "/partnerships/{draft.pk}/work/objectives/",
    "/partnerships/{draft.pk}/work/targets/",
    "/partnerships/{draft.pk}/work/check/",
    "/partnerships/{partnership.reference}/work/",
    "/partnerships/{partnership.reference}/commitments/",
    "/partnerships/{partnership.reference}/commitments/new/",
    "/partnerships/{partnership.reference}/budget/",
    "/partnerships/{draft.pk}/budget/new/",
    "/partnerships/{partnership.reference}/members/",
    "/partnerships/{draft.pk}/members/",
    "/partnerships/{draft.pk}/places/edit/",
    "/partnerships/{partnership.reference}/agreements/",
    "/partnerships/{partnership.reference}/risks/",
    "/partnerships/{partnership.reference}/risks/new/",
    "/partnerships/{partnership.reference}/principles/",
    "/partnerships/{partnership.reference}/dialogue/",
    "/partnerships/{partnership.reference}/versions/",
    "/partnerships/{partnership.reference}/amend/",
    "/partnerships/{partnership.reference}/amend/places/",
    "/partnerships/{partnership.reference}/amend/members/",
    "/partnerships/{partnership.reference}/feedback/",
    "/partnerships/{partnership.reference}/lessons/",
    "/needs/new/",
]
ADMIN = [
    "/secretariat/",
    "/secretariat/partners/",
    "/secretariat/merges/",
    "/secretariat/due-diligence/",
    "/secretariat/exclusion-criteria/",
    "/secretariat/without-manager/",
    "/secretariat/webhooks/",
    "/secretariat/people-data/",
    "/partners/{partner.pk}/review/",
    "/admin/",
]


@pytest.fixture
def place(world):
    """A partner with something on each of its pages, and somebody who keeps it."""
    world.partner = PartnerFactory(name="Water and Sanitation Trust of the Dry Districts")
    world.manager = UserFactory(manages=world.partner)
    world.admin = UserFactory(admin=True)
    world.webhook = WebhookFactory(partner=world.partner)
    ContactFactory.create_batch(3, partner=world.partner)
    PartnerFactory.create_batch(3, pending=True)
    IdentifierSchemeFactory()
    StandardFactory()
    lead = world.partnership.memberships.get(roles=["lead"]).partner
    world.draft = PartnershipFactory(lead=lead, title="Pumps for all the schools of the districts")
    ObjectiveFactory(partnership=world.draft)
    return world


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("who", "pages"), [("manager", MANAGER), ("lead", LEAD), ("admin", ADMIN)])
def test_pages_are_quiet_and_fit_the_screen(open_page, living, place, who, pages, width):
    page = open_page(width)
    sign_in(page, getattr(place, who))
    for address in pages:
        answer = visit(page, address, place)

        assert answer.status == 200, address
        assert page.said == [], address
        assert {url.split("/")[2] for url in page.asked} == {answer.url.split("/")[2]}, address
        assert overflow(page) <= 0, address


def test_an_organisation_is_registered_without_script(open_page, place):
    page = open_page(390, script=False)
    sign_in(page, place.manager)
    page.goto("/partners/new/")
    page.fill("#id_name", "School beside the River")
    page.select_option("#id_kind", "academia")
    page.click("main form button.btn")
    page.click("main form button.btn")  # check answers, and confirm

    assert "School beside the River" in page.inner_text("main")
    assert place.manager.affiliations.filter(partner__name="School beside the River").exists()


@pytest.mark.parametrize(("answer", "status"), [("Accept", "accepted"), ("Decline", "declined")])
def test_an_invitation_is_answered(open_page, place, answer, status):
    """In a browser, which says where a form comes from."""
    invited = UserFactory()
    invitation = InvitationFactory(partner=place.partner, email=invited.email)
    secret = invitation.new_secret()
    page = open_page(390, script=False)
    sign_in(page, invited)

    page.goto(f"/invitations/{secret}/")
    page.locator("main").get_by_role("button", name=answer).click()

    invitation.refresh_from_db()
    assert invitation.status == status, page.inner_text("main")


def test_a_partnership_is_begun_described_and_submitted_without_script(open_page, place):
    """What its members promise comes over pages of their own: here it is there already."""
    TargetFactory(code="6.1", label="Safe water for all")
    lead = place.partnership.memberships.get(roles=["lead"]).partner
    page = open_page(390, script=False)
    sign_in(page, place.lead)
    page.click("nav >> text=Workspace")
    page.click("text=Begin a partnership")
    page.select_option("#id_lead", str(lead.pk))
    page.fill("#id_title", "Safe water in every school")
    page.select_option("#id_kind", "alliance")
    page.select_option("#id_level", "national")
    page.fill("#id_starts_on", "2027-01-01")
    page.get_by_role("button", name="Begin the draft").click()
    made = Partnership.objects.get(title="Safe water in every school")

    page.click("text=About the partnership")
    page.fill("#id_summary", "Wells and filters for 60 schools of two districts.")
    page.fill("#id_ends_on", "2029-12-31")
    page.get_by_role("button", name="Save").click()
    page.click("text=Objectives and how they are measured")
    page.fill("#id_text", "Pupils of 60 schools drink safe water.")
    page.fill("#id_measure", "schools with safe water")
    page.fill("#id_baseline", "12")
    page.fill("#id_goal_value", "60")
    page.get_by_role("button", name="Add the objective").click()
    page.click("text=Back to all sections")
    page.click("text=Goals and targets")
    page.fill("#id_q", "water")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Safe water for all").check()
    page.select_option("#id_primary_goal", "6")
    page.get_by_role("button", name="Save").click()

    for member in (made.memberships.get(), MembershipFactory(partnership=made)):
        promise = CommitmentFactory(
            membership=member, partnership=made, committed_on="2027-01-01", due_on="2029-01-01"
        )
        DeliverableFactory(commitment=promise, due_on="2029-01-01")
    page.click("text=Check your answers")
    assert "Pupils of 60 schools drink safe water." in page.inner_text("main")
    page.locator("main section a", has_text="Change").first.click()
    page.fill("#id_website", "https://schools.example.org/")
    page.get_by_role("button", name="Save").click()
    assert page.inner_text("h1") == "Check your answers"
    assert page.locator(".errors").count() == 0, page.inner_text(".errors")
    page.get_by_role("button", name="Submit for registration").click()

    assert "What happens next" in page.inner_text("main")
    made.refresh_from_db()
    assert (made.status, made.objectives.get().goal_value) == ("submitted", 60)
    assert overflow(page) <= 0


def test_two_who_save_one_section_lose_nothing(open_page, place):
    first, second = open_page(390, script=False), open_page(390, script=False)
    for page in (first, second):
        sign_in(page, place.lead)
        page.goto(f"/partnerships/{place.draft.pk}/work/about/")
    first.fill("#id_summary", "The first.")
    first.get_by_role("button", name="Save").click()
    second.fill("#id_summary", "The second.")
    second.get_by_role("button", name="Save").click()

    assert "Somebody else saved this section meanwhile" in second.inner_text(".errors")
    assert "The first." in second.inner_text("main section.note")
    assert second.input_value("#id_summary") == "The second."
    assert overflow(second) <= 0
    second.get_by_role("button", name="Save").click()
    place.draft.refresh_from_db()
    assert place.draft.summary == "The second."
