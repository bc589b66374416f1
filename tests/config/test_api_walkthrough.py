"""The script in docs/ walks the whole path against a running server."""

import subprocess
import sys
from pathlib import Path

import pytest

from registry.models import PartnerIdentifier
from registry.vocabularies import load_vocabularies
from tests.factories import PASSWORD, UserFactory

SCRIPT = Path(__file__).resolve().parent.parent.parent / "docs" / "walkthrough.py"


FIGURES = [
    "People who began to use a safe source: 430 of 500, progress 0.86, at_risk",
    "Share of pumps that work: 0.75 of 0.8, progress 0.875, at_risk",
]


def walk(url, admin, manager):
    done = subprocess.run(
        [
            sys.executable,
            SCRIPT,
            url,
            f"--admin={admin.email}:{PASSWORD}",
            f"--manager={manager.email}:{PASSWORD}",
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.django_db(transaction=True)
def test_walks_from_registration_to_the_reports_figures_and_a_second_time(live_server):
    load_vocabularies()
    admin, manager = UserFactory(admin=True), UserFactory()

    first = walk(live_server.url, admin, manager)
    second = walk(live_server.url, admin, manager)

    assert first[-2:] == second[-2:] == FIGURES
    assert not any("is none of" in line for line in first)
    assert any("is none of Lake Basin Water Trust" in line for line in second)
    assert not any("another one than" in line for line in first)
    assert any("another one than Solar pumps for the lake basin" in line for line in second)
    leis = PartnerIdentifier.objects.filter(scheme="LEI").values_list("value", flat=True)
    assert len(set(leis)) == 2
