"""The script in docs/ walks the whole path against a running server."""

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
    figures = done.stdout.splitlines()[-2:]
    assert figures == [
        "People who began to use a safe source: 430 of 500, progress 0.86, at_risk",
        "Share of pumps that work: 0.75 of 0.8, progress 0.875, at_risk",
    ]
