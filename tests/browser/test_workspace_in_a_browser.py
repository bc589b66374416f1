"""The pages of a partner's people and of the secretariat in a real browser."""

import pytest

from tests.browser.test_pages_in_a_browser import overflow, sign_in, visit
from tests.factories import (
    ContactFactory,
    IdentifierSchemeFactory,
    InvitationFactory,
    PartnerFactory,
    StandardFactory,
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
    return world


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("who", "pages"), [("manager", MANAGER), ("admin", ADMIN)])
def test_pages_are_quiet_and_fit_the_screen(open_page, place, who, pages, width):
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
