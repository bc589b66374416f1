"""What run.py does once it runs inside .venv: see USAGE there."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from config.embedded import ServerError, Servers, drop_elsewhere, free_port, kept_secrets
from config.processes import TOKEN, AlreadyRunningError, Children, dying
from config.serving import serve

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
PORT = int(os.environ.get("PORT", "8000"))
# What a prepared database depends on; where none of it changed, a start prepares nothing.
PREPARED_FROM = (
    "requirements.txt",
    "config/prepare.py",
    "registry/management/commands/*.py",
    "*/data/**/*",
    "*/migrations/*.py",
    "*/static/**/*",
)


def main(command: str, options: list[str]) -> int:
    # A terminal that closes, or a `kill`, unwinds like Ctrl-C: the servers are stopped.
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda number, _frame: sys.exit(128 + number))
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": run,
        "manage": manage,
        "test": test,
        "faults": lambda more: test(["-n0", "-m", "faults", *more]),
        "running": lambda more: test(["-n0", "-m", "running", *more]),
        "check": check,
        "reset": reset,
    }
    try:
        return commands[command](options)
    except AlreadyRunningError as running:
        print(f"Another run.py runs from var/ (pid {running}). `run.py reset` stops it.")
    except (ServerError, PermissionError) as failed:
        print(failed, file=sys.stderr)
    except subprocess.CalledProcessError as failed:
        print(f"Failed: {failed}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


@contextlib.contextmanager
def servers(children: Children, *, durable: bool) -> Iterator[tuple[Servers, dict[str, str]]]:
    """The servers that the environment does not name, and the environment that names all."""
    started = Servers(children, durable=durable)
    environment = product_environment(children)
    try:
        if not os.environ.get("DATABASE_URL"):
            environment |= started.start_postgres()
        if not os.environ.get("REDIS_URL"):
            environment |= started.start_valkey()
        yield started, environment
    finally:
        started.stop()


def product_environment(children: Children) -> dict[str, str]:
    """Settings of a local installation; what the caller's environment says comes first."""
    home = children.home
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": kept_secrets(home)["secret_key"],
        "HTTPS": "false",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "STATIC_ROOT": str(home / "static"),
        "MEDIA_ROOT": str(home / "media"),
        "AUDIT_ANCHOR_FILE": str(home / "audit-anchors.jsonl"),
        "EMAIL_URL": "consolemail://",
        **os.environ,
        TOKEN: children.token,
    }


def run(_options: list[str]) -> int:
    with Children(VAR) as children, servers(children, durable=True) as (started, environment):
        (VAR / "media").mkdir(mode=0o700, exist_ok=True)
        port = free_port(PORT)
        environment.setdefault("SITE_URL", f"http://localhost:{port}")
        prepare(environment, embedded="postgres" in started.processes)
        remember(environment)
        if port != PORT:
            print(f"Port {PORT} is taken; using {port}.")
        return serve(started, environment, port, banner(port))


KEPT = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "HTTPS", "ALLOWED_HOSTS",
        "STATIC_ROOT", "MEDIA_ROOT", "EMAIL_URL", "SITE_URL", "AUDIT_ANCHOR_FILE")  # fmt: skip


def remember(environment: dict[str, str]) -> None:
    """Write down how to reach what runs, for `run.py manage`; it holds passwords."""
    kept = {name: environment[name] for name in KEPT if name in environment}
    file = VAR / "environment.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(kept))


def manage(options: list[str]) -> int:
    """manage.py on what runs from var/, or else on its servers, started for that long."""
    try:
        with Children(VAR) as children, servers(children, durable=True) as (_, environment):
            return subprocess.run([*MANAGE, *options], env=environment, check=False).returncode
    except AlreadyRunningError:
        environment = {**os.environ, **json.loads((VAR / "environment.json").read_text())}
        return subprocess.run([*MANAGE, *options], env=environment, check=False).returncode


def prepare(environment: dict[str, str], *, embedded: bool) -> None:
    """Migrate, load and collect. Skipped where our own database was prepared by this code."""
    stamp = VAR / "prepared"
    wanted = fingerprint()
    if embedded and stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    print("Preparing the database ...", flush=True)
    subprocess.run(
        [sys.executable, "-m", "config.prepare", "--accounts", str(VAR / "accounts.json")],
        env={**environment, "MANAGE_AS_OWNER": "1"},
        check=True,
        preexec_fn=dying(),
    )
    if embedded:
        stamp.write_text(wanted)


def fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in PREPARED_FROM:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and VAR not in path.parents:  # there the static files are gathered
                digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def banner(port: int) -> str:
    lines = [f"The registry is ready: http://localhost:{port}/", ""]
    with contextlib.suppress(OSError, ValueError):
        for email, password, role in json.loads((VAR / "accounts.json").read_text()):
            lines.append(f"  {email:32} {password:24} {role}")
    return "\n".join([*lines, "", "Ctrl-C stops it; `python3 run.py reset` deletes its data."])


def test(options: list[str]) -> int:
    """pytest on servers and a data directory of its own; the answer is pytest's exit code."""
    in_parallel = any(option.startswith(("-n", "--numprocesses")) for option in options)
    # A file is one process's: xdist_group has no effect with pytest 9.2 and xdist 3.8.
    parallel = [] if in_parallel else ["-n", "auto", "--dist", "loadfile"]
    chosen = [] if "-m" in options else ["-m", "not faults and not running"]
    with test_directory() as children, servers(children, durable=False) as (_, environment):
        return subprocess.run(
            [sys.executable, "-m", "pytest", *parallel, *chosen, *options],
            env={**environment, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            check=False,
            preexec_fn=dying(signal.SIGTERM),
        ).returncode


@contextlib.contextmanager
def test_directory() -> Iterator[Children]:
    """var/test, emptied; its neighbour where another test run is at work in it."""
    VAR.mkdir(mode=0o711, exist_ok=True)
    for number in range(1, 10):
        children = Children(VAR / ("test" if number == 1 else f"test-{number}"))
        with contextlib.suppress(AlreadyRunningError):
            children.__enter__()
            break
    else:
        raise ServerError("Nine test runs are at work in var/ already.")
    with contextlib.closing(children):
        empty(children.home)
        yield children


def empty(home: Path) -> None:
    """Drop a swept data directory's contents; the lock stays, for it is held."""
    drop_elsewhere(home)
    for path in home.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in ("lock", "children.json"):
            path.unlink()


def check(_options: list[str]) -> int:
    """Every check, whatever the earlier ones said; 1 if any failed."""
    with test_directory() as children, servers(children, durable=False) as (_, environment):
        results = [(title, passes(command, environment)) for title, command in CHECKS.items()]
    print()
    for title, passed in results:
        print(f"{'ok    ' if passed else 'FAILED'} {title}")
    return 0 if all(passed for _, passed in results) else 1


MANAGE = [sys.executable, "manage.py"]
PYTHON_M = [sys.executable, "-m"]
DEPLOYMENT = "deployment check under production settings"
CHECKS = {
    "ruff check": [*PYTHON_M, "ruff", "check", "."],
    "ruff format": [*PYTHON_M, "ruff", "format", "--check", "."],
    "mypy": [*PYTHON_M, "mypy"],
    "import direction": [str(Path(sys.executable).with_name("lint-imports"))],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "OpenAPI": [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
    DEPLOYMENT: [
        *(*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
        *("--database", "default"),
    ],
}
PRODUCTION = {
    "DEBUG": "false",
    "HTTPS": "true",
    "ALLOWED_HOSTS": "registry.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://registry.example.org",
}


def passes(command: list[str], environment: dict[str, str]) -> bool:
    print(f"$ {' '.join([Path(command[0]).name, *command[1:]])}", flush=True)
    production = PRODUCTION if "--deploy" in command else {}
    done = subprocess.run(
        command, env={**environment, **production}, check=False, preexec_fn=dying()
    )
    return done.returncode == 0


def reset(_options: list[str]) -> int:
    """Stop what runs from var/ and delete it."""
    if not VAR.exists():
        print(f"Nothing to delete: {VAR} does not exist.")
        return 0
    print(f"Deleting {VAR}: demo database, queue, uploaded and static files, test data, keys.")
    for home in (VAR, *VAR.glob("test*")):
        Children(home).stop_holder()
        with Children(home):
            drop_elsewhere(home)
    shutil.rmtree(VAR)
    return 0
