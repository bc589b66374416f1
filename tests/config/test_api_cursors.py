"""Cursors that somebody made: each list refuses them, or begins its page somewhere else."""

import base64

import pytest

from config.urls import router
from tests import factories as f

pytestmark = pytest.mark.django_db
LISTS = {prefix: one for prefix, one, _ in router.registry if hasattr(one, "list")}
# Their rows are in the order of a text, and "inf" and "nan" are texts.
BY_TEXT = (
    "currencies",
    "dac-sectors",
    "identifier-schemes",
    "stakeholder-groups",
    "service-tokens",
    "tokens",
)
HOSTILE = [
    "1e999",
    "-1e999",
    "NaN",
    "1e400000",
    "1.5",
    "9" * 30,
    "9" * 5000,
    "true",
    "null",
    "[]",
    '{"a": 1}',
    '"\\u0000"',
    '"\\ud800"',
    '"1e999"',
    '"NaN"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59.999999-14:00"',
    '"0001-01-01"',
]


def cursor(values):
    return base64.urlsafe_b64encode(f"[{', '.join(values)}]".encode()).decode()


@pytest.mark.parametrize("prefix", LISTS)
def test_no_list_fails_on_a_cursor(api, prefix):
    """A failure would be raised here: the test's client passes it on."""
    api.force_authenticate(f.UserFactory(admin=True))
    about = f.PartnerFactory().pk
    asked = {"subject_type": "registry.partner", "subject_id": about} if prefix == "history" else {}
    order = getattr(LISTS[prefix], "page_order", ("-pk",))

    for values in mixtures(len(order)):
        answer = api.get(f"/api/v1/{prefix}/", {"cursor": cursor(values), **asked})
        assert answer.status_code in (200, 400), values
        if values[-1] in HOSTILE[:3] and prefix not in BY_TEXT:
            assert answer.json()["errors"][0]["code"] == "invalid_cursor", values


def mixtures(length):
    for value in HOSTILE:
        yield [value] * length
        yield ['"2024-01-01T00:00:00Z"'] * (length - 1) + [value]


@pytest.mark.parametrize("value", HOSTILE[:4])
@pytest.mark.parametrize("place", range(5))
def test_nor_does_a_ranked_search(api, value, place):
    f.PartnerFactory(name="Lake")
    values = ["1", "1", "1", "1", "false"]
    values[place] = value

    answer = api.get("/api/v1/partners/", {"search": "lake", "cursor": cursor(values)})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "invalid_cursor"


@pytest.mark.parametrize("text", ["%", "====", "a", "\ud800", "é", "\x00", "W10", "[" * 5000])
def test_nor_does_any_on_what_is_no_base64(api, text):
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")
    answer = api.get("/api/v1/partners/", QUERY_STRING=f"cursor={raw}")

    assert answer.status_code == 400
