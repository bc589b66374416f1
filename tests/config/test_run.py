import os
import signal
import socket

from tests.installation import status, wait_until

# One installation for all tests of this file, which are one story in this order.


def test_first_start_serves_the_home_page(installation):
    address = installation.start()

    assert status(address) == 200
    assert status(f"{address}healthz/") == 200
    assert oct((installation.folder / "var" / "secrets.json").stat().st_mode)[-3:] == "600"


def test_second_start_from_the_same_folder_is_refused(installation):
    second = installation.run()

    assert second.returncode == 1
    assert f"(pid {installation.process.pid})" in second.stdout


def test_nothing_survives_a_killed_run(installation):
    before = installation.running
    assert len(before) > 8

    installation.kill(signal.SIGKILL)

    assert wait_until(lambda: not installation.running, seconds=5), installation.running


def test_recovers_from_the_kill_without_preparing_again(installation):
    stale = installation.folder / "var" / "postgres" / "postmaster.pid"
    # As a power cut leaves it, with a pid that another process of ours has by now.
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n0\n5432\n\n\n\nready\n")

    address = installation.start()

    assert status(address) == 200
    assert "Preparing" not in installation.said


def test_sigterm_stops_every_child(installation):
    installation.kill(signal.SIGTERM)

    assert installation.running == []
    assert "worker: Warm shutdown" in installation.said
    log = (installation.folder / "var" / "postgres.log").read_text()
    assert "fast shutdown request" in log


def test_takes_the_next_free_port_and_says_so(installation):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # somebody else has it: just as well
        address = installation.start()

    assert "Port 8000 is taken; using " in installation.said
    assert not address.endswith(":8000/")
    assert status(address) == 200


def test_ctrl_c_stops_every_child(installation):
    installation.kill(signal.SIGINT)

    assert installation.running == []


def test_stops_when_its_postgresql_ends(installation):
    installation.start()
    pid = (installation.folder / "var" / "postgres" / "postmaster.pid").read_text().split()[0]

    os.kill(int(pid), signal.SIGKILL)

    assert wait_until(lambda: installation.process.poll() is not None, seconds=20)
    assert installation.process.returncode != 0
    assert "postgres has ended" in installation.said


def test_reset_stops_what_runs_and_deletes_the_data(installation):
    installation.start()

    reset = installation.run("reset")

    assert reset.returncode == 0
    assert f"Deleting {installation.folder}/var" in reset.stdout
    assert wait_until(lambda: not installation.running, seconds=5)
    assert not (installation.folder / "var").exists()
