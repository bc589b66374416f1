"""The first steps on a new installation: an admin and a token, by command."""

import io
import re
import sys
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.models import Event, Token, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_creates_an_admin_with_a_generated_password():
    said = call_command("create_admin", "Boss@Example.org", name="Boss")

    admin = User.objects.get()
    password = re.search(r"password (\S+) ", said)[1]
    assert (admin.email, admin.name, admin.is_staff) == ("boss@example.org", "Boss", True)
    assert admin.check_password(password)
    assert Event.objects.about(admin).get().kind == "user.admin_created"


def test_takes_the_password_from_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    said = call_command("create_admin", "boss@example.org", password_stdin=True)

    assert User.objects.get().check_password("correct horse battery")
    assert "correct" not in said


@pytest.mark.parametrize(
    ("email", "password"),
    [("boss@example.org", "12345678"), ("nonsense", "correct horse"), ("BOSS@example.org", "")],
)
def test_refuses_a_weak_password_a_bad_or_a_taken_address(monkeypatch, email, password):
    if not password:
        UserFactory(email="boss@example.org")
        password = "correct horse battery"
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))

    with pytest.raises(CommandError):
        call_command("create_admin", email, password_stdin=True)
    assert not User.objects.filter(is_staff=True).exists()


def test_creates_a_token_and_prints_it_once(api):
    user = UserFactory()
    secret = call_command("create_token", user.email.upper(), days=3, name="robot", read_only=True)

    token = Token.objects.get()
    assert (token.user, token.name, token.read_only) == (user, "robot", True)
    assert timedelta(days=2) < token.expiry - timezone.now() <= timedelta(days=3)
    api.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    assert api.get("/api/v1/me/").json()["email"] == user.email


@pytest.mark.parametrize("days", [0, 3651])
def test_a_token_has_a_user_and_an_end(days):
    user = UserFactory()
    with pytest.raises(CommandError):
        call_command("create_token", "nobody@example.org")
    with pytest.raises(CommandError):
        call_command("create_token", user.email, days=days)
    assert not Token.objects.exists()
