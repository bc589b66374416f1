"""The back office reads everything and writes only by the models' own verbs."""

import pytest
from django.contrib import admin
from django.urls import reverse

from registry.admin import ReadAdmin
from tests.factories import (
    PartnerFactory,
    PartnershipFactory,
    ReportFactory,
    TokenFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
OURS = [m for m, a in admin.site._registry.items() if isinstance(a, ReadAdmin)]


@pytest.fixture
def secretariat(client):
    """A registry admin without any of Django's own permissions."""
    client.force_login(UserFactory(is_staff=True))
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_can_be_read_and_not_added_to(secretariat, model):
    assert secretariat.get(address(model, "changelist")).status_code == 200
    assert secretariat.get(address(model, "add")).status_code == 403


def test_nobody_else_gets_in(client):
    client.force_login(UserFactory())

    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_a_record_is_shown_and_cannot_be_changed_or_deleted(secretariat):
    partnership = PartnershipFactory(active=True, title="Before")
    change = address(type(partnership), "change", partnership.pk)

    assert secretariat.get(change).status_code == 200
    assert secretariat.post(change, {"title": "After", "status": "completed"}).status_code == 403
    delete = address(type(partnership), "delete", partnership.pk)
    assert secretariat.post(delete, {"post": "yes"}).status_code == 403
    partnership.refresh_from_db()
    assert (partnership.title, partnership.status) == ("Before", "active")


def test_verifies_registers_and_publishes_by_the_models_own_verbs(secretariat):
    partner, report = PartnerFactory(pending=True), ReportFactory(in_review=True)
    partnership = PartnershipFactory(smart=True, submitted=True)

    for record, verb in ((partner, "verify"), (partnership, "register"), (report, "publish")):
        form = {"action": verb, "_selected_action": record.pk}
        secretariat.post(address(type(record), "changelist"), form)
        record.refresh_from_db()

    assert partner.status == "verified"
    assert partnership.reference
    assert report.status == "published"


def test_a_refused_verb_is_shown(secretariat):
    partnership = PartnershipFactory(active=True)

    form = {"action": "register", "_selected_action": partnership.pk}
    answer = secretariat.post(address(type(partnership), "changelist"), form, follow=True)

    assert "Cannot go from active to registered." in answer.content.decode()


def test_a_token_can_be_revoked(secretariat):
    token = TokenFactory()

    secretariat.post(address(type(token), "delete", token.pk), {"post": "yes"})

    assert not type(token).objects.exists()


def test_an_account_is_made_with_an_email(client):
    client.force_login(UserFactory(admin=True))
    form = {
        "email": "new@example.org",
        "usable_password": "false",
        "affiliations-TOTAL_FORMS": 0,
        "affiliations-INITIAL_FORMS": 0,
    }

    client.post(reverse("admin:registry_user_add"), form)

    account = UserFactory._meta.model.objects.get(email="new@example.org")
    assert not account.is_staff
