"""A POST that is sent twice with one Idempotency-Key has one effect."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.test import APIClient, APIRequestFactory

from registry.api.base import WritesOnce
from registry.models import Affiliation, IdempotentAnswer, Partner
from tests import factories as f

pytestmark = pytest.mark.django_db
URL = "/api/v1/partners/"
BODY = {"name": "Water Trust", "kind": "civil_society", "confirm_distinct": True}
KEY = {"HTTP_IDEMPOTENCY_KEY": "one"}


@pytest.fixture
def user():
    return f.UserFactory()


@pytest.fixture
def api(api, user):
    api.force_authenticate(user)
    return api


def test_gives_the_first_answer_again(api):
    first = api.post(URL, BODY, **KEY)
    again = api.post(URL, dict(reversed(BODY.items())), **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    assert again["Location"] == first["Location"] == f"{URL}{first.json()['id']}/"
    assert again["Idempotent-Replayed"] == "true"
    assert Partner.objects.count() == 1


def test_refuses_the_key_with_another_body(api):
    api.post(URL, BODY, **KEY)
    other = api.post(URL, {**BODY, "name": "Other"}, **KEY)

    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert Partner.objects.count() == 1


def test_another_route_user_or_key_is_another_request(api, user):
    api.post(URL, BODY, **KEY)
    api.post(URL, BODY, HTTP_IDEMPOTENCY_KEY="two")
    api.force_authenticate(f.UserFactory())
    answer = api.post(URL, BODY, **KEY)

    assert "Idempotent-Replayed" not in answer
    assert Partner.objects.count() == 3


def test_a_refusal_is_not_kept(api):
    bad = api.post(URL, {"name": "Water Trust"}, **KEY)
    good = api.post(URL, BODY, **KEY)

    assert (bad.status_code, good.status_code) == (400, 201)


def test_an_expired_answer_is_forgotten(api):
    api.post(URL, BODY, **KEY)
    kept_for = IdempotentAnswer.objects.get().expires_at - timezone.now()
    assert kept_for > timedelta(hours=24)

    IdempotentAnswer.objects.update(expires_at=timezone.now())
    api.post(URL, BODY, **KEY)
    assert Partner.objects.count() == 2


def test_is_authorised_again_when_a_role_was_lost(api):
    api.post(URL, BODY, **KEY)
    Affiliation.objects.all().delete()

    again = api.post(URL, BODY, **KEY)
    assert again.status_code == 403
    assert again.json()["errors"][0]["code"] == "standing_changed"


def test_does_not_show_again_what_is_out_of_sight(api, user):
    partnership = f.PartnershipFactory(lead=f.PartnerFactory())
    partner = partnership.memberships.get().partner
    f.AffiliationFactory(user=user, partner=partner)
    url = f"/api/v1/partnerships/{partnership.pk}/terminate/"
    f.MembershipFactory(partnership=partnership)
    partnership.change(status="active", reference="P-2026-00001")
    first = api.post(url, {"reason": "Done."}, **KEY)
    assert first.status_code == 200

    partnership.memberships.filter(partner=partner).delete()
    type(partnership).objects.filter(pk=partnership.pk).update(status="draft")
    assert api.post(url, {"reason": "Done."}, **KEY).status_code == 404


def test_a_verb_is_done_once(api, user):
    submission = f.SubmissionFactory(
        unit__membership__partner=f.AffiliationFactory(user=user).partner
    )
    indicator = f.IndicatorFactory(result__framework=submission.period.framework)
    url = f"/api/v1/submissions/{submission.pk}/observations/"
    rows = [{"indicator": indicator.pk, "value": "1.50"}]

    first, again = (api.post(url, rows, **KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert submission.observations.count() == 1


def test_an_upload_is_told_apart_by_its_content(api, user, settings):
    submission = f.SubmissionFactory(
        unit__membership__partner=f.AffiliationFactory(user=user).partner
    )

    def send(content):
        upload = SimpleUploadedFile("proof.pdf", content)
        body = {"submission": submission.pk, "title": "Proof", "file": upload}
        return api.post("/api/v1/evidence/", body, format="multipart", **KEY).status_code

    assert [send(b"a"), send(b"a"), send(b"b")] == [201, 201, 422]
    assert submission.evidence.count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "é"])
def test_refuses_a_key_that_is_none(api, key):
    answer = api.post(URL, BODY, HTTP_IDEMPOTENCY_KEY=key)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "Idempotency-Key"


@pytest.mark.parametrize("url", ["tokens/", "sign-in/"])
def test_keeps_no_secret(api, user, url):
    body = {"name": "x", "email": user.email, "password": f.PASSWORD}
    body = {"name": "x"} if url == "tokens/" else body
    answer = api.post(f"/api/v1/{url}", body, **KEY)

    assert answer.status_code == 400
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_question_asked_by_post_is_answered_anew_each_time(api, is_signed_in):
    asking = api if is_signed_in else APIClient()
    report = f.ReportFactory(published=True)

    def standing():
        answer = asking.post("/api/v1/report-checks/", {"sha256": report.sha256}, **KEY)
        return answer.json()["standing"]

    before = standing()
    report.withdraw(by=f.UserFactory(admin=True), reason="A wrong figure.")
    assert (before, standing()) == ("current", "withdrawn")
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("url", ["feedback/", "complaints/", "sent-messages/", "sign-in/"])
def test_who_has_no_account_is_told_that_no_key_is_taken(url):
    answer = APIClient().post(f"/api/v1/{url}", {"text": "Good."}, **KEY)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "no_idempotency_here"


def test_nor_is_it_where_nobody_thought_of_it():
    class Open(WritesOnce):
        permission_classes = (AllowAny,)

        def post(self, request):
            raise AssertionError("not reached")

    answer = Open.as_view()(APIRequestFactory().post("/", **KEY))

    assert answer.status_code == 400
    assert answer.data["errors"][0]["code"] == "no_idempotency_here"


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one():
    user = f.UserFactory()

    def send(number):
        client = APIClient()
        client.force_authenticate(user)
        try:
            return client.post(URL, BODY, **KEY).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))

    assert Partner.objects.count() == 1
    assert 201 in answers
    assert set(answers) <= {201, 409}


@pytest.mark.django_db(transaction=True)
def test_says_that_the_first_is_still_being_worked_on():
    user = f.UserFactory()
    client = APIClient()
    client.force_authenticate(user)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert IdempotentAnswer.take_turn(user, URL, "one")
        answer = pool.submit(post_and_close, client).result()
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "in_flight"
    assert not Partner.objects.exists()


def post_and_close(client):
    try:
        return client.post(URL, BODY, **KEY)
    finally:
        connection.close()
