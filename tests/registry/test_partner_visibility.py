"""Who sees a partner and its people."""

import pytest
from django.contrib.auth.models import AnonymousUser

from registry.models import Affiliation, Partner
from tests.factories import ImportBatchFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


def seers(partner):
    people = {
        "anonymous": AnonymousUser(),
        "outsider": UserFactory(manages=PartnerFactory()),
        "observer": UserFactory(observes=partner),
        "evaluator": UserFactory(evaluates=partner),
        "manager": UserFactory(manages=partner),
        "admin": UserFactory(admin=True),
    }
    found = Partner.objects.filter(pk=partner.pk)
    return [who for who, user in people.items() if found.visible_to(user).count() == 1]


EVERYBODY = ["anonymous", "outsider", "observer", "evaluator", "manager", "admin"]
INSIDE = ["observer", "evaluator", "manager", "admin"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [({}, EVERYBODY), ({"pending": True}, INSIDE), ({"suspended": True}, INSIDE)],
)
def test_verified_partners_are_public_and_others_see_their_own(state, expected):
    assert seers(PartnerFactory(**state)) == expected


def test_a_partner_that_a_published_file_named_is_public_before_it_is_verified():
    assert seers(PartnerFactory(pending=True, import_batch=ImportBatchFactory())) == EVERYBODY


def test_a_partner_with_several_roles_of_one_user_is_one_row():
    partner = PartnerFactory(pending=True)
    user = UserFactory(manages=partner, evaluates=partner, observes=partner)

    assert Partner.objects.visible_to(user).count() == 1


def test_roles_are_seen_by_their_user_the_partners_managers_and_admins():
    partner = PartnerFactory()
    manager, evaluator = UserFactory(manages=partner), UserFactory(evaluates=partner)
    role = evaluator.affiliations.get()

    for user, sees in (
        (AnonymousUser(), False),
        (UserFactory(manages=PartnerFactory()), False),
        (UserFactory(observes=partner), False),
        (evaluator, True),
        (manager, True),
        (UserFactory(admin=True), True),
    ):
        assert Affiliation.objects.visible_to(user).filter(pk=role.pk).exists() == sees
