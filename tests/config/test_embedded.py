import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from config import embedded
from config.embedded import ServerError, Servers
from config.processes import Children, started_at
from tests.installation import wait_until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Embedded servers of their own, and the environment that names them."""
    with Children(tmp_path_factory.mktemp("cluster") / "var") as children:
        servers = Servers(children, durable=False)
        yield servers, servers.start_postgres() | servers.start_valkey()
        servers.stop()


def ask(url, query):
    link = psycopg2.connect(url)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(query)
        answer = cursor.fetchone() if cursor.description else None
    link.close()
    return answer


def test_trigrams_see_letters_of_every_script(cluster):
    owner = cluster[1]["DATABASE_OWNER_URL"]
    ask(owner, "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gist")

    seen = "SELECT cardinality(show_trgm('水资源管理')), cardinality(show_trgm('المياه'))"
    assert all(ask(owner, seen))
    assert ask(owner, "SHOW server_version_num")[0].startswith("18")


def test_application_owns_nothing_and_cannot_make_tables(cluster):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(cluster[1]["DATABASE_URL"], "CREATE TABLE mine (id int)")


def test_owner_is_no_superuser_but_can_make_test_databases(cluster):
    rights = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"

    assert ask(cluster[1]["DATABASE_OWNER_URL"], rights) == (False, True)


def test_postgresql_is_closed_to_other_local_users(cluster):
    servers, urls = cluster
    folder = Path(urls["DATABASE_URL"].partition("host=")[2].partition("&")[0])

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert ask(urls["DATABASE_URL"], "SHOW listen_addresses") == ("",)
    keys = embedded.kept_secrets(servers.home)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(urls["DATABASE_URL"].replace(keys["application"], "guessed"), "SELECT 1")


def test_valkey_wants_its_password(cluster):
    url = cluster[1]["REDIS_URL"]

    assert redis.Redis.from_url(url).ping()
    address, port = url.rpartition("@")[2].split("/")[0].split(":")
    assert address == "127.0.0.1"
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=int(port)).ping()


def test_passwords_are_not_in_the_process_list(cluster):
    servers, _ = cluster
    keys = embedded.kept_secrets(servers.home)
    for process in servers.processes.values():
        shown = Path(f"/proc/{process.pid}/cmdline").read_text()
        assert not any(key in shown for key in keys.values())


def test_a_deep_folder_gets_a_short_socket_path(tmp_path):
    with Children(tmp_path / ("deep" * 30) / "var") as children:
        servers = Servers(children, durable=False)
        try:
            url = servers.start_postgres()["DATABASE_URL"]
            assert ask(url, "SELECT 1") == (1,)
            short = Path((children.home / "elsewhere").read_text().strip())
            assert stat.S_IMODE(short.stat().st_mode) == 0o700
        finally:
            servers.stop()
        embedded.drop_elsewhere(children.home)
        assert not short.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_namespaces_runs_it_as_nobody(monkeypatch):
    monkeypatch.setattr(embedded, "UNSHARE", ["false"])
    # pytest's own folders are closed to nobody: the data must go where it can enter.
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    with Children(folder / "var") as children:
        servers = Servers(children, durable=False)
        try:
            assert ask(servers.start_postgres()["DATABASE_URL"], "SELECT 1") == (1,)
            status = Path(f"/proc/{servers.processes['postgres'].pid}/status").read_text()
            assert "\nUid:\t65534\t65534" in status
            place = Path((children.home / "elsewhere").read_text().strip())
            program = next(place.glob("postgres-*/**/bin/postgres"))
            assert program.stat().st_uid == 0
            servers.stop()
            program.chmod(0o777)
            with pytest.raises(ServerError, match="can be written by"):
                servers.start_postgres()
            program.chmod(0o755)
        finally:
            servers.stop()
            embedded.drop_elsewhere(children.home)
    subprocess.run(["rm", "-r", str(folder)], check=True)


def test_sweep_ends_recorded_and_marked_processes_and_no_others(tmp_path):
    home = tmp_path / "var"
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with Children(home) as earlier:
        recorded = subprocess.Popen(sleep)
        earlier.add("web", recorded.pid)
        marked = subprocess.Popen(sleep, env={**os.environ, "REGISTRY_RUN": earlier.token})
        reused = subprocess.Popen(sleep)
        earlier.add("worker", reused.pid)
        left = json.loads((home / "children.json").read_text())
    # The same pid, but of a process that started at another time: not ours.
    left["children"][-1]["started"] -= 1
    (home / "children.json").write_text(json.dumps(left))

    for process in (recorded, marked):
        assert process.poll() is None
    with Children(home):
        assert recorded.wait(5) == -signal.SIGTERM
        assert marked.wait(5) == -signal.SIGTERM
        assert reused.poll() is None
    reused.kill()
    reused.wait()


def test_a_childs_child_dies_with_its_parent():
    script = (
        "import subprocess, sys, time; from config.processes import dying;"
        "child = subprocess.Popen(['sleep', '60'], preexec_fn=dying());"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert started_at(child)

    parent.kill()
    parent.wait()

    assert wait_until(lambda: started_at(child) is None, seconds=5)


def test_next_free_port_is_found():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert embedded.free_port(port) > port
