"""Pages of tokens and systems: a secret is shown once, and what is refused stands in the form."""

import pytest

from registry.models import Token
from tests.factories import PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
OWN = "/account/tokens/"
GOOD = {"name": "robot", "days": "30", "allowed_addresses": "192.0.2.0/24\n\n2001:db8::1"}


@pytest.fixture
def user(client):
    user = UserFactory(manages=PartnerFactory())
    client.force_login(user)
    return user


def test_the_secret_is_shown_once_and_never_stored_by_anybody(client, user):
    answer = client.post(OWN, GOOD)

    token = Token.objects.get(user=user)
    assert token.allowed_addresses == ["192.0.2.0/24", "2001:db8::1"]
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in client.get(OWN).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"days": "0"}, "days"),
        ({"days": "366"}, "days"),
        ({"allowed_addresses": "192.0.2.0/33"}, "allowed_addresses"),
        ({"allowed_addresses": "\n".join(["192.0.2.1"] * 51)}, "allowed_addresses"),
    ],
)
def test_what_is_refused_stands_at_its_field_beside_what_was_typed(client, user, wrong, field):
    answer = client.post(OWN, {**GOOD, **wrong})

    assert set(answer.context["form"].errors) == {field}
    assert "There is a problem" in answer.content.decode()
    assert not Token.objects.exists()


def test_a_system_is_added_gets_a_token_and_is_removed(client, user):
    partner = user.affiliations.get().partner
    url = f"/partners/{partner.pk}/service-accounts/"
    added = client.post(url, {"name": "Ledger", "role": "evaluator"})
    page = added["Location"]
    assert client.post(page, GOOD).context["secret"]
    assert "robot" in client.get(page).content.decode()

    assert client.post(page, {"remove": "yes"})["Location"] == url

    assert "Ledger" not in client.get(url).content.decode().partition("<table")[2]
    assert not Token.objects.exists()
