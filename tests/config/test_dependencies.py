import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ["requirements.txt", "requirements-dev.txt"]


def sections(file):
    """The pins of a requirements file: what we chose, and what that brings with it."""
    chosen, brought = re.split(r"(?m)^# What these bring.*$", (ROOT / file).read_text())
    return [
        [line for line in part.splitlines() if line and not line.startswith(("#", "-r"))]
        for part in (chosen, brought)
    ]


def names(lines):
    return {line.split("==")[0] for line in lines}


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_pinned(file):
    chosen, brought = sections(file)

    assert chosen
    for line in chosen + brought:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .+)?", line), line


def test_every_chosen_package_has_its_reason_and_none_has_two():
    reasons = re.findall(r"(?m)^\| `([a-z0-9-]+)` \| .{15,}\|$", read_reasons())
    chosen = names(sections(FILES[0])[0]) | names(sections(FILES[1])[0])

    assert set(reasons) == chosen
    assert len(reasons) == len(set(reasons))


def read_reasons():
    return (ROOT / "docs" / "dependencies.md").read_text()


def test_development_packages_stay_out_of_the_product():
    assert not names(sections(FILES[1])[0]) & names(sections(FILES[0])[0])


def test_no_package_is_pinned_twice():
    pins = Counter(name for file in FILES for part in sections(file) for name in names(part))

    # PyYAML comes with drf-spectacular, and the tests read docker-compose.yml with it.
    assert [name for name, times in pins.items() if times > 1] == ["pyyaml"]
