"""What no page can read is answered as any wrong address or form is: never with a 500."""

import json
import re

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, RequestFactory

from config.wsgi import application
from tests.config.test_access_matrix import API, PAGES, fill
from tests.config.world import build

pytestmark = pytest.mark.django_db
NAMED = re.compile(rb'<(?:input|select|textarea|button)[^>]*? name="([^"]+)"')
USUAL = ("after", "next", "search", "duplicate", "partner", "choose", "before")


@pytest.fixture(scope="module")
def admin(django_db_setup, django_db_blocker):
    """The world of the access matrix, and who sees all of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        names, humans, _ = build()
        yield names, humans["admin"]
        transaction.set_rollback(True)


@pytest.fixture
def client(admin):
    """One that passes failures on."""
    cache.clear()
    client = Client()
    client.force_login(admin[1])
    return client


def fields(client, path):
    page = client.get(path)
    found = NAMED.findall(page.content) if page.status_code == 200 and not page.streaming else []
    return sorted({name.decode() for name in found} - {"csrfmiddlewaretoken"})


@pytest.mark.parametrize("path", sorted({path for method, path, _, _ in PAGES if method == "GET"}))
def test_no_page_fails_on_an_address_of_somebodys_making(client, admin, path):
    path = path.format_map(admin[0])
    asked = {*fields(client, path), *USUAL}
    for value in ("%00", "1%00", "%ED%A0%80", "%ff", "\xff", "%"):
        answer = client.get(path, QUERY_STRING="&".join(f"{name}={value}" for name in asked))
        assert answer.status_code < 500, value
    for name in asked:  # alone, where one of them may hide another
        assert client.get(path, QUERY_STRING=f"{name}=1%00\xff").status_code < 500, name


@pytest.mark.parametrize(
    ("path", "form"),
    [(path, form) for method, path, form, _ in PAGES if method == "POST"],
    ids=[f"{path} {n}" for n, (method, path, _, _) in enumerate(PAGES) if method == "POST"],
)
def test_no_form_fails_on_what_it_cannot_store(client, admin, path, form):
    names = admin[0]
    filled = json.loads(fill(json.dumps(form or {}), names))
    path = path.format_map(names)
    for name in {*filled, *fields(client, path)}:
        for value in ("1\0", "a\0b"):
            with transaction.atomic():
                answer = client.post(path, {**filled, name: value})
                assert answer.status_code < 500, name
                transaction.set_rollback(True)


@pytest.mark.parametrize(
    "path",
    [
        "/standards/%00/%00/",
        "/standards/%00/",
        "/partnerships/%00/",
        "/history/registry.partner/%00/",
        "/invitations/%00/",
        "/%00",
        "/static/%00.css",
        f"{API}standards/%00/",
        f"{API}countries/%00/",
        "/admin/registry/partner/%00/change/",
    ],
)
def test_an_address_with_a_nul_leads_nowhere(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer["X-Request-ID"]
    assert ("errors" in answer.json()) if path.startswith(API) else b"<h1" in answer.content


@pytest.mark.parametrize("encoding", ["unicode_escape", "latin-1", "utf-16", "utf-7"])
def test_speaks_utf_8_alone(client, encoding):
    kind = f"application/x-www-form-urlencoded; charset={encoding}"
    wrong = {"CONTENT_TYPE": kind, "QUERY_STRING": "search=%5Cud800"}
    multipart = f"multipart/form-data; boundary=b; charset={encoding}"
    body = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800\r\n--b--\r\n'

    assert client.get("/partners/", **wrong).status_code == 400
    assert client.get(f"{API}partners/", **wrong).status_code == 400
    assert client.generic("POST", "/account/", body, multipart).status_code == 400


@pytest.mark.parametrize("encoding", ["hex", "rot13", "undefined", "idna", "unheard-of"])
def test_an_encoding_that_is_none_of_texts_is_no_fault_of_ours(encoding):
    """As the server hands it over: Django reads the query before any of our code is asked."""
    kind = f"application/x-www-form-urlencoded; charset={encoding}"
    for query in ("search=xn--%ff.%00a", "a&" * 2000):
        environ = RequestFactory()._base_environ(
            PATH_INFO="/partners/", QUERY_STRING=query, CONTENT_TYPE=kind
        )
        # not by calling it, which would close the tests' connection
        answer = application.get_response(application.request_class(environ))

        readable = encoding == "unheard-of" and len(query) < 2000
        assert answer.status_code == (200 if readable else 400)
