"""The whole product, started once, with its demo data and people of every kind."""

import json
import subprocess
import sys
import urllib.request

import pytest

from tests.installation import installed_in

PASSWORD = "partnerships-2030"
UNLIMITED = dict.fromkeys(
    (f"RATE_LIMIT_{who}" for who in ("ANONYMOUS", "TOKEN", "PERSON", "PARTNER", "VOICE")), "1000000"
)


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    """An installation that serves at `product.address`; nobody may call it too often."""
    folder = tmp_path_factory.mktemp("running") / "registry"
    with installed_in(folder, LOG_LEVEL="ERROR", **UNLIMITED) as installed:
        installed.address = installed.start().rstrip("/")
        yield installed


@pytest.fixture(scope="session")
def tokens(product):
    """A token for each kind of caller; None for nobody."""
    manager = sign_in(product, "lead@demo.example")
    return {
        "anonymous": None,
        "manager": manager,
        "service account": service_account(product),
        "admin": sign_in(product, "admin@demo.example"),
    }


def sign_in(product, email):
    return send(product, "sign-in/", {"email": email, "password": PASSWORD})["token"]


def service_account(product):
    """Made by a script, as an operator would: its token is all there is to it."""
    script = (
        "from registry.models import Affiliation, Token, User;"
        "partner = Affiliation.objects.get(user__email='lead@demo.example').partner;"
        "user = User.objects.create_user('service@demo.example', is_service=True);"
        "Affiliation.objects.create(user=user, partner=partner, role='manager');"
        "print(Token.issue(user, name='fuzz')[1])"
    )
    command = [sys.executable, str(product.folder / "run.py"), "manage", "shell", "-v", "0", "-c"]
    done = subprocess.run(
        [*command, script], env=product.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()[-1]


def send(product, path, body=None, *, token=None, method=None, **headers):
    """The answer's JSON; an HTTPError for a refusal."""
    request = urllib.request.Request(
        f"{product.address}/api/v1/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
        method=method,
    )
    if token:
        request.add_header("Authorization", f"Token {token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        said = json.loads(answer.read() or "null")
        return {**said, "etag": answer.headers["ETag"]} if isinstance(said, dict) else said
