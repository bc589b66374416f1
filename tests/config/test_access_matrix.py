"""Every route × method × principal answers with the status that the design gives it."""

import importlib
import json
import pkgutil

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, resolve
from rest_framework.test import APIClient

from config.urls import api as routes
from config.urls import urlpatterns
from registry.models import User
from tests.config import access
from tests.config.access import PRINCIPALS
from tests.config.world import build

pytestmark = pytest.mark.django_db
API = "/api/v1/"
NOWHERE = {
    "type": "client_error",
    "errors": [{"code": "not_found", "detail": "Not found.", "attr": None}],
}
ROWS = [
    row
    for part in pkgutil.iter_modules(access.__path__)
    for row in importlib.import_module(f"{access.__name__}.{part.name}").ROWS
]
MATRIX = [row for row in ROWS if not row[1].startswith("/")]
PAGES = [row for row in ROWS if row[1].startswith("/")]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once: every request is rolled back, and in the end the world."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"), MATRIX, ids=[f"{m} {p}" for m, p, _, _ in MATRIX]
)
def test_answers_each_principal_as_designed(world, method, path, body, expected):
    names, humans, tokens = world
    answers = {}
    for principal in PRINCIPALS:
        client = APIClient(raise_request_exception=False)
        cache.clear()  # how many attempts each one has had is another test's subject
        if principal in tokens:
            client.credentials(HTTP_AUTHORIZATION=f"Token {tokens[principal]}")
        elif principal in humans:
            # read anew: what an earlier request changed was rolled back, in the database alone
            client.force_authenticate(User.objects.get(pk=humans[principal].pk))
        with transaction.atomic():
            answers[principal] = send(client, method, path, body, names)
            transaction.set_rollback(True)

    wanted = dict(zip(PRINCIPALS, map(int, expected.split()), strict=True))
    assert {p: answer.status_code for p, answer in answers.items()} == wanted, {
        p: getattr(answer, "data", None)
        for p, answer in answers.items()
        if answer.status_code != wanted[p]
    }
    for answer in answers.values():
        if answer.status_code == 404:
            assert answer.json() == NOWHERE, "nothing of what is not there for them"


def send(client, method, path, body, names):
    url = API + path.format(**names)
    headers = {"HTTP_IF_MATCH": "*"} if method == "PATCH" else {}
    if body == "png":
        upload = SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n")
        return client.post(url, {"logo": upload}, format="multipart")
    if body == "file":
        upload = SimpleUploadedFile("empty.xml", b"<iati-activities version='2.03'/>")
        return client.post(url, {"file": upload}, format="multipart")
    if isinstance(body, dict) and "csv" in body:
        stated = {name: str(value).format(**names) for name, value in body.items()}
        stated["file"] = SimpleUploadedFile("values.csv", stated.pop("csv").encode())
        return client.post(url, stated, format="multipart")
    if method == "GET":
        return client.get(url)
    filled = json.loads(fill(json.dumps(body), names)) if body is not None else None
    return client.generic(
        method,
        url,
        json.dumps(filled or {}) if filled is not None else "",
        content_type="application/json",
        **headers,
    )


def fill(text, names):
    for name, value in names.items():
        text = text.replace(f'"{{{name}}}"', json.dumps(value))
    return text


def test_names_every_route_and_method():
    stated = {
        (resolve(API + path.format_map(AnyNumber()).partition("?")[0]).url_name, method)
        for method, path, _, _ in MATRIX
    }
    assert stated == set(all_routes())


class AnyNumber(dict):
    def __missing__(self, name):
        return "1"


def all_routes():
    for route in routes:
        actions = getattr(route.callback, "actions", None)
        view = getattr(route.callback, "cls", None)
        methods = actions or [m for m in ("get", "post", "patch", "delete") if hasattr(view, m)]
        yield from ((route.name, method.upper()) for method in methods if method != "head")


@pytest.mark.parametrize(
    ("method", "path", "form", "expected"),
    PAGES,
    ids=[f"{m} {p} {n}" for n, (m, p, _, _) in enumerate(PAGES)],
)
def test_opens_pages_to_each_principal_as_designed(world, method, path, form, expected):
    names, humans, tokens = world
    answers = {}
    for principal in PRINCIPALS:
        client = Client(raise_request_exception=False)
        cache.clear()
        if principal in tokens:
            client.defaults["HTTP_AUTHORIZATION"] = f"Token {tokens[principal]}"
        with transaction.atomic():
            if principal in humans:
                client.force_login(humans[principal])
            answers[principal] = open_page(client, method, path, form, names)
            transaction.set_rollback(True)

    assert answers == dict(zip(PRINCIPALS, map(int, expected.split()), strict=True))


def open_page(client, method, path, form, names):
    """The status; 401 where the page asks to sign in first."""
    filled = json.loads(fill(json.dumps(form or {}), names))
    answer = getattr(client, method.lower())(path.format_map(names), filled)
    asks = answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")
    return 401 if asks else answer.status_code


def test_names_every_page():
    addresses = [path.format_map(AnyNumber()).partition("?")[0] for _, path, _, _ in PAGES]
    stated = {resolve(address).func for address in addresses}
    missing = {route.name for route in all_pages(urlpatterns) if route.callback not in stated}

    assert missing == set()


def all_pages(patterns):
    """Every route but the API's, which has a table of its own, and the back office's."""
    for pattern in patterns:
        if not isinstance(pattern, URLResolver):
            yield pattern
        elif str(pattern.pattern) not in ("api/v1/", "admin/"):
            yield from all_pages(pattern.url_patterns)
