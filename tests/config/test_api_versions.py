"""Two who change the same record: the second is told (ETag and If-Match)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from rest_framework.test import APIClient

from registry.models import Partner
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return f.PartnerFactory()


@pytest.fixture
def api(api, partner):
    api.force_authenticate(f.UserFactory(manages=partner))
    return api


def url(partner):
    return f"/api/v1/partners/{partner.pk}/"


def test_an_update_names_the_version_it_has_read(api, partner):
    etag = api.get(url(partner))["ETag"]
    changed = api.patch(url(partner), {"summary": "New."}, HTTP_IF_MATCH=etag)

    assert (etag, changed.status_code, changed["ETag"]) == ('"1"', 200, '"2"')
    assert changed.json()["summary"] == "New."


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ({}, 428, "if_match_required"),
        ({"HTTP_IF_MATCH": '"7"'}, 412, "stale_version"),
        ({"HTTP_IF_MATCH": 'W/"1"'}, 412, "stale_version"),
        ({"HTTP_IF_MATCH": "1"}, 412, "stale_version"),
    ],
)
def test_without_the_version_nothing_changes(api, partner, header, status, code):
    answer = api.patch(url(partner), {"summary": "New."}, **header)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    partner.refresh_from_db()
    assert (partner.summary, partner.version) == ("", 1)


@pytest.mark.parametrize("header", ['"1"', '"7", "1"', "*"])
def test_takes_any_form_of_the_header(api, partner, header):
    answer = api.patch(url(partner), {"summary": "New."}, HTTP_IF_MATCH=header)
    assert answer.status_code == 200


def test_a_verb_heeds_it_where_it_is_sent(partner, api):
    api.force_authenticate(f.UserFactory(admin=True))
    verb = f"{url(partner)}suspend/"

    stale = api.post(verb, {"reason": "x"}, HTTP_IF_MATCH='"9"')
    fresh = api.post(verb, {"reason": "x"}, HTTP_IF_MATCH='"1"')
    assert (stale.status_code, fresh.status_code, fresh["ETag"]) == (412, 200, '"2"')


def test_a_move_makes_what_was_read_stale(api, partner):
    partner.suspend(by=f.UserFactory(admin=True), reason="x")

    answer = api.patch(url(partner), {"summary": "New."}, HTTP_IF_MATCH='"1"')
    assert answer.status_code == 412


def test_a_value_has_the_version_of_its_submission(api, partner):
    observation = f.ObservationFactory(submission__unit__membership__partner=partner)
    path = f"/api/v1/observations/{observation.pk}/"

    etag = api.get(path)["ETag"]
    changed = api.patch(path, {"value": "3"}, HTTP_IF_MATCH=etag)
    again = api.patch(path, {"value": "4"}, HTTP_IF_MATCH=etag)
    assert (changed.status_code, again.status_code) == (200, 412)
    observation.refresh_from_db()
    assert observation.value == 3


@pytest.mark.django_db(transaction=True)
def test_of_ten_updates_at_once_one_wins():
    partner = f.PartnerFactory()
    user, start = f.UserFactory(manages=partner), Barrier(10)

    def send(number):
        client = APIClient()
        client.force_authenticate(user)
        start.wait()
        try:
            body = {"summary": f"By {number}"}
            answer = client.patch(url(partner), body, HTTP_IF_MATCH='"1"')
            return answer.status_code, number
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(send, range(10)))

    statuses = [status for status, _ in answers]
    assert statuses == [200] + [412] * 9
    stored = Partner.objects.get()
    assert (stored.summary, stored.version) == (f"By {answers[0][1]}", 2)


@pytest.mark.django_db(transaction=True)
def test_an_update_never_undoes_a_racing_move():
    """Ten rounds of a PATCH against a suspension: the partner ends suspended."""
    admin = f.UserFactory(admin=True)
    for _ in range(10):
        partner, start = f.PartnerFactory(), Barrier(2)

        def send(method, path, body, headers, start=start):
            client = APIClient()
            client.force_authenticate(admin)
            start.wait()
            try:
                return getattr(client, method)(path, body, **headers).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            match = {"HTTP_IF_MATCH": '"1"'}
            patch = pool.submit(send, "patch", url(partner), {"summary": "New."}, match)
            move = pool.submit(send, "post", f"{url(partner)}suspend/", {"reason": "x"}, {})
        statuses = patch.result(), move.result()
        partner.refresh_from_db()
        expected = {200: "suspended", 412: "verified"}[statuses[1]]
        assert partner.status == expected
        assert statuses != (412, 412)
        assert (partner.summary == "New.") == (statuses[0] == 200)


@pytest.mark.parametrize("kind", ["partners", "memberships", "submissions", "contacts"])
def test_an_empty_change_is_told_so(api, kind):
    made = {
        "partners": f.PartnerFactory,
        "memberships": f.MembershipFactory,
        "submissions": f.SubmissionFactory,
        "contacts": f.ContactFactory,
    }[kind]()
    api.force_authenticate(f.UserFactory(admin=True))

    answer = api.patch(f"/api/v1/{kind}/{made.pk}/", {}, HTTP_IF_MATCH="*")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "nothing_sent")
