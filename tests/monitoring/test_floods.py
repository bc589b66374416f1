"""Small bodies that would make a request long, or its answer endless."""

import json
import time

import pytest

from registry.api.parsers import _object
from tests.factories import SubmissionFactory
from tests.monitoring.consolidating import Consolidating

pytestmark = pytest.mark.django_db


def test_a_name_given_twice_is_found_at_once_among_many():
    pairs = [(f"n{number}", 1) for number in range(300_000)]
    start = time.monotonic()

    with pytest.raises(ValueError, match="'last' is given twice"):
        _object([*pairs, ("last", 1), ("last", 2)])

    assert time.monotonic() - start < 5


def test_of_very_many_unknown_fields_a_few_are_named_with_their_number(api):
    many = Consolidating()
    draft = SubmissionFactory(unit=many.unit, period=many.first)
    api.force_authenticate(many.by)
    row = {"indicator": "W1", "value": 1} | {f"x{number:06}": 1 for number in range(50_000)}

    answer = api.generic(
        "POST",
        f"/api/v1/submissions/{draft.pk}/observations/",
        json.dumps([row]),
        content_type="application/json",
    )

    errors = answer.json()["errors"]
    assert answer.status_code == 400
    assert [e["attr"] for e in errors] == [f"rows.1.x{number:06}" for number in range(10)]
    assert errors[0]["detail"].startswith("50,000 fields are unknown, these among them.")
