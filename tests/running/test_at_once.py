"""The same request many times at once, over HTTP, against several processes."""

import urllib.error
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.running.conftest import send

pytestmark = pytest.mark.running
PARTNER = {"name": "Only Once Foundation", "kind": "foundation", "country": "KE"}


def at_once(number, call):
    def outcome(n):
        try:
            return call(n)
        except urllib.error.HTTPError as refused:
            return refused.code

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(outcome, range(number)))


def test_a_hundred_posts_with_one_key_make_one_partner(product, tokens):
    token = tokens["manager"]
    key = {"Idempotency-Key": "only-once"}

    answers = at_once(100, lambda _: send(product, "partners/", PARTNER, token=token, **key)["id"])

    made = {answer for answer in answers if answer != 409}
    found = send(product, "partners/?search=only+once+foundation", token=token)["results"]
    print(f"{Counter(answer == 409 for answer in answers)} of 100 (True: in flight, 409)")
    assert len(made) == 1
    assert [row["id"] for row in found] == list(made)


def test_fifty_patches_with_one_version_change_it_once(product, tokens):
    token = tokens["manager"]
    partner = send(product, "partners/", {**PARTNER, "name": "Changed once"}, token=token)
    match = {"If-Match": partner["etag"]}
    url = f"partners/{partner['id']}/"

    def patch(n):
        body = {"summary": f"Written by {n}"}
        send(product, url, body, token=token, method="PATCH", **match)
        return 200

    answers = Counter(at_once(50, patch))

    print(dict(answers))
    assert answers == {200: 1, 412: 49}
