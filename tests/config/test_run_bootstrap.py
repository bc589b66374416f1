import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import run

REQUIREMENTS = ["requirements.txt", "requirements-dev.txt"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """run.py in a folder of its own, where installing is only written down."""
    done = []
    for name in REQUIREMENTS:
        (tmp_path / name).write_text(f"{name}==1\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(run, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(run, "fetch", lambda file: done.append(file.name))
    monkeypatch.setattr(run.subprocess, "run", lambda *a, **k: make_python(tmp_path, done))
    return done


def make_python(folder, done):
    done.append("venv")
    (folder / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    (folder / ".venv" / "bin" / "python").touch()


def test_installs_once(place):
    run.install("requirements.txt")
    run.install("requirements.txt")

    assert place == ["venv", "requirements.txt"]


def test_installs_again_when_a_pin_changes(place):
    run.install("requirements.txt")
    (run.ROOT / "requirements.txt").write_text("other==2\n")
    run.install("requirements.txt")

    assert place == ["venv", "requirements.txt", "requirements.txt"]


def test_development_packages_include_the_others(place):
    run.install("requirements-dev.txt")
    run.install("requirements.txt")

    assert place == ["venv", "requirements-dev.txt"]


def test_an_interrupted_venv_is_made_again(place):
    make_python(run.ROOT, [])

    run.install("requirements.txt")

    assert place == ["venv", "requirements.txt"]


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_missing_module_is_one_line_with_the_package(monkeypatch, missing):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n == missing else found(n))

    with pytest.raises(SystemExit) as stopped:
        run.start_again_inside("run", [])

    assert "python3-venv" in stopped.value.code
    assert "\n" not in stopped.value.code


def test_a_folder_it_may_not_write_is_one_line(monkeypatch):
    def refuse(_requirements):
        raise PermissionError("no")

    monkeypatch.setattr(run, "install", refuse)
    with pytest.raises(SystemExit) as stopped:
        run.start_again_inside("run", [])

    assert "may not write there" in stopped.value.code


def test_starts_with_the_standard_library_alone():
    script = Path(run.__file__)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "usage: python3 run.py" in done.stdout


def test_unknown_command_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["run.py", "dance"])

    assert run.main() == 2
    assert "usage" in capsys.readouterr().err
