"""The script in docs/ walks the whole path against a running server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from registry.vocabularies import load_vocabularies
from tests.factories import PASSWORD, UserFactory

SCRIPT = Path(__file__).resolve().parent.parent.parent / "docs" / "walkthrough.py"


@pytest.mark.django_db(transaction=True)
def test_walks_from_registration_to_the_reports_figures(live_server):
    load_vocabularies()
    admin, manager = UserFactory(admin=True), UserFactory()

    done = subprocess.run(
        [
            sys.executable,
            SCRIPT,
            live_server.url,
            f"--admin={admin.email}:{PASSWORD}",
            f"--manager={manager.email}:{PASSWORD}",
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout[done.stdout.index("[\n") :])
    people, share = (one["period"]["actual"] for one in figures)
    assert people["value"] == "430"
    assert (share["numerator"], share["denominator"], share["value"]) == ("27", "36", "0.75")
