"""Bad input: every error has the same shape, names the field, and changes nothing."""

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from config.api import ExceptionHandler
from monitoring.models import Observation, Period
from registry.api.due_diligence import CriterionAnswerSerializer
from registry.api.service_accounts import KeptAccountField
from registry.models import Partner, User
from tests import factories as f

pytestmark = pytest.mark.django_db
URL = "/api/v1/partners/"


@pytest.fixture
def api(api):
    api.force_authenticate(f.UserFactory(admin=True))
    return api


def fault(answer):
    body = answer.json()
    assert set(body) == {"type", "errors"}
    assert all({"code", "detail", "attr"} <= set(error) for error in body["errors"])
    return answer.status_code, body["errors"][0]["code"], body["errors"][0]["attr"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"name": "a', "invalid_json"),
        (b'{"name": "a"} {}', "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b'{"name": "a", "name": "b"}', "invalid_json"),
        (b'{"size": NaN}', "invalid_json"),
        (b'{"size": -Infinity}', "invalid_json"),
        (b'{"name": "a\\u0000b"}', "nul_character"),
        (b'{"a\\u0000b": 1}', "nul_character"),
        (b'{"name": "\\ud800"}', "lone_surrogate"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too_deep"),
        (b"[" + b"9" * 5000 + b"]", "invalid_json"),
        (b'{"size": ' + b"9" * 401 + b"}", "invalid_json"),
        (b'{"size": 1e1000000}', "invalid_json"),
        (b'{"size": -1e-1000000}', "invalid_json"),
        (b'{"size": 1e99999999999999999999}', "invalid_json"),
        (b'{"identifiers": [{"deep": [0.1e403]}]}', "invalid_json"),
    ],
)
def test_refuses_a_body_that_is_not_plain_json(api, body, code):
    answer = api.generic("POST", URL, body, content_type="application/json")

    assert fault(answer) == (400, code, None)
    assert not Partner.objects.exists()


@pytest.mark.parametrize("number", ["1e1000000", "1.5", "true", "1e2", "9" * 400])
@pytest.mark.parametrize(
    ("path", "body", "attr"),
    [
        ("service-tokens/", '{"account": %s, "days": 1, "read_only": true}', "account"),
        ("due-diligence/", '{"answers": [{"criterion": %s}]}', "answers.0.criterion"),
    ],
)
def test_a_row_is_named_by_a_whole_number(api, path, body, attr, number):
    """What has an exponent would be made an integer of as many digits, at great length."""
    answer = api.generic("POST", f"/api/v1/{path}", body % number, content_type="application/json")

    assert answer.status_code == 400
    if number == "1e1000000":
        assert fault(answer) == (400, "invalid_json", None)
    else:
        found = {error["attr"]: error["code"] for error in answer.json()["errors"]}
        wanted = "does_not_exist" if number.isdigit() else "incorrect_type"
        assert found[attr] == wanted


def test_a_reference_refuses_what_is_no_whole_number_whichever_parser_read_it():
    for field in (KeptAccountField(queryset=User.objects), reference_to_criterion()):
        with pytest.raises(ValidationError, match="Incorrect type"):
            field.to_internal_value(Decimal("1e1000000"))


def reference_to_criterion():
    return CriterionAnswerSerializer().fields["criterion"]


def test_who_may_begin_none_learns_nothing_from_a_bad_body(api):
    api.force_authenticate(f.UserFactory())
    for body in ({}, {"partner": 10**9}, {"partner": f.PartnerFactory().pk}):
        answer = api.post("/api/v1/due-diligence/", body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "admins_only")


def test_a_text_with_a_number_too_long_is_400(api):
    answer = api.post(URL, {"name": "New", "kind": "academia", "size": "9" * 5000})

    assert answer.status_code == 400


def test_refuses_a_body_that_is_too_large(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = {"name": "x" * 200, "kind": "academia"}
    assert fault(api.post(URL, body)) == (413, "body_too_large", None)


@pytest.mark.parametrize(
    ("change", "code", "attr"),
    [
        ({"name": None}, "null", "name"),
        ({"name": "x" * 301}, "max_length", "name"),
        ({"kind": "unheard-of"}, "invalid_choice", "kind"),
        ({"kind": ""}, "invalid_choice", "kind"),
        ({"country": "XX"}, "does_not_exist", "country"),
        ({"website": "nonsense"}, "invalid", "website"),
        ({"status": "verified"}, "unknown_field", "status"),
        ({"colour": "red"}, "unknown_field", "colour"),
        ({"identifiers": [{"scheme": "X"}]}, "required", "identifiers.0.value"),
        (
            {"identifiers": [{"scheme": "X", "value": "1", "x": 1}]},
            "unknown_field",
            "identifiers.0.x",
        ),
    ],
)
def test_names_the_field_that_is_wrong(api, change, code, attr):
    body = {"name": "New", "kind": "academia", **change}

    assert fault(api.post(URL, body)) == (400, code, attr)
    assert not Partner.objects.exists()


def test_a_rule_of_the_model_is_400_with_its_field(api):
    lead = f.PartnerFactory()
    body = {"title": "x", "summary": "x", "kind": "ppp", "level": "global", "lead": lead.pk}
    backwards = {**body, "starts_on": "2024-01-02", "ends_on": "2024-01-01"}

    answer = api.post("/api/v1/partnerships/", backwards)
    assert fault(answer) == (400, "invalid", "ends_on")
    assert "The end must not come before the start." in str(answer.json())


def test_a_taken_identifier_is_409_under_the_constraints_name(api):
    f.PartnerIdentifierFactory(scheme="IATI", value="X1")
    body = {"name": "New", "kind": "academia", "identifiers": [{"scheme": "IATI", "value": "x1"}]}

    assert fault(api.post(URL, body)) == (409, "partner_identifier_once", None)
    assert Partner.objects.count() == 1  # the partner was not left behind


def test_a_broken_rule_is_409_with_its_code(api):
    partner = f.PartnerFactory(pending=True)

    answer = api.post(f"{URL}{partner.pk}/suspend/", {"reason": "x"})
    assert fault(answer) == (409, "invalid_transition", None)


def test_what_a_trigger_refuses_is_409_in_the_triggers_words():
    value = f.ObservationFactory()
    Period.objects.filter(pk=value.period_id).update(status="closed", closed_at=timezone.now())
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Observation.objects.filter(pk=value.pk).update(value=3)

    refused = ExceptionHandler(caught.value, {}).convert_known_exceptions(caught.value)
    assert (refused.status_code, refused.detail.code) == (409, "period_closed")
    assert str(refused.detail) == f"The period {value.period} is closed."


@pytest.mark.parametrize("pk", ["0", "9" * 30, "x", "1.5"])
def test_a_row_that_is_not_there_is_404(api, pk):
    assert api.get(f"{URL}{pk}/").status_code == 404


def test_a_method_or_type_that_is_not_offered(api):
    assert fault(api.put(URL, {}))[0] == 405
    assert fault(api.post(URL, "<x/>", content_type="application/xml"))[0] == 415


def test_money_and_figures_stay_exact(api):
    """A number of 18 digits comes back as it was sent, which a float would not."""
    membership = f.MembershipFactory(partnership__active=True)
    f.CurrencyFactory()
    body = json.dumps(
        {
            "membership": membership.pk,
            "title": "x",
            "kind": "finance",
            "currency": "USD",
            "committed_on": "2024-01-01",
            "due_on": "2025-01-01",
            "amount": 0,
        }
    ).replace('"amount": 0', '"amount": 12345678901234567.1')

    answer = api.generic("POST", "/api/v1/commitments/", body, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["amount"] == "12345678901234567.1000"


def test_describes_itself_from_its_own_server_only(client):
    schema = client.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    page = client.get("/api/v1/docs/")

    described = json.loads(schema.content)["paths"]
    assert {"409", "412", "428"} <= set(described["/api/v1/partners/{id}/"]["patch"]["responses"])
    assert reverse("api-schema") == "/api/v1/schema/"
    policy = page["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "unsafe-inline" not in client.get("/api/v1/me/")["Content-Security-Policy"]
    for address in (b"http://", b"https://", b'="//'):
        assert address not in page.content
    assert b"drf_spectacular_sidecar/swagger-ui-dist" in page.content


@pytest.mark.parametrize(
    "path", ["nothing/", "goals/x/", "partners/%C2%84/", "partners/1/nothing/"]
)
def test_an_unknown_address_is_answered_in_the_same_shape(api, path):
    answer = api.get(f"/api/v1/{path}")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "type": "client_error",
        "errors": [{"code": "not_found", "detail": "Not found.", "attr": None}],
    }


def test_an_error_of_ours_is_answered_in_the_same_shape_and_says_nothing(api, monkeypatch):
    monkeypatch.setattr("registry.api.vocabularies.GoalViewSet.list", lambda *_: 1 / 0)
    api.raise_request_exception = False

    answer = api.get("/api/v1/goals/")

    assert (answer.status_code, answer.json()["type"]) == (500, "server_error")
    assert b"ZeroDivision" not in answer.content
