"""200 runs while workers, the queue and the database are killed: none lost, none twice.

Each fault is asserted to have landed in the middle of work: a run was being computed at that
moment, and of a killed process the run that it held is orphaned. Zero faults is a failure.
"""

import os
import random
import signal
import subprocess
import time
from hashlib import sha256
from pathlib import Path

import pytest

from tests.faults.house import WORKERS, House, Visitor

pytestmark = pytest.mark.faults
RUNS, RECOVERY_SECONDS = 200, 60
RUNNING = "SELECT id, fence FROM monitoring_reportrun WHERE status = 'running'"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with House(tmp_path_factory.mktemp("house") / "home") as house:
        yield house


def running(house):
    return set(house.query(RUNNING))


def wait_for(condition, seconds, what, instead=lambda: ""):
    """What `condition` gives once it gives something; else the test fails, and says `instead`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"after {seconds} s: no {what}\n{instead()}")


def more_runs(house, number):
    """So many runs, with their hints: each has a partnership of its own."""
    known = {pk for (pk,) in house.query("SELECT id FROM monitoring_reportrun")}
    house.owner("-m", "tests.faults.subjects", str(number), str(10 * len(known)))
    made = {pk for (pk,) in house.query("SELECT id FROM monitoring_reportrun")} - known
    house.owner(
        "-c",
        "import django; django.setup(); import config.celery\n"
        "from monitoring.tasks import compute_report\n"
        f"[compute_report.delay(pk) for pk in {sorted(made)}]",
    )
    return made


def ready(house, keys):
    return house.query(
        "SELECT count(*) FROM monitoring_reportrun WHERE status = 'ready' AND id = ANY(%s)",
        sorted(keys),
    )[0][0]


def recover(house, keys):
    """Seconds until every run is ready; each report there once."""
    began = time.monotonic()
    wait_for(lambda: ready(house, keys) == len(keys), RECOVERY_SECONDS, "end of all runs")
    took = time.monotonic() - began
    (reports, distinct), = house.query(
        "SELECT count(*), count(DISTINCT r.report_id) FROM monitoring_reportrun r"
        " JOIN monitoring_report p ON p.id = r.report_id WHERE r.id = ANY(%s)",
        sorted(keys),
    )  # fmt: skip
    assert reports == distinct == len(keys)
    (twice,), = house.query(
        "SELECT count(*) FROM (SELECT 1 FROM monitoring_report"
        " GROUP BY partnership_id, period_id, revision HAVING count(*) > 1) again"
    )  # fmt: skip
    assert twice == 0
    return took


def attempts(house, keys):
    return house.query(
        "SELECT attempts, count(*)::int FROM monitoring_reportrun WHERE id = ANY(%s)"
        " GROUP BY 1 ORDER BY 1",
        sorted(keys),
    )


def say(*words):
    print(*words, flush=True)  # noqa: T201 - the run's table


def test_twenty_kills_of_children_and_whole_workers(house):
    keys = more_runs(house, RUNS // 2)
    house.staff()
    dice, table = random.Random(6), []
    for number in range(20):
        name = dice.choice(WORKERS)
        held = wait_for(lambda name=name: house.at_work(name), 120, "child at work")
        whole = number % 4 == 3
        if whole:
            house.kill(name)
        else:
            victim = dice.choice(sorted(held))
            held = {victim: held[victim]}
            os.kill(victim, signal.SIGKILL)
        table.append(("worker" if whole else "child", set(held.values()) & running(house)))
        if whole:
            house.worker(name)
        if ready(house, keys) > len(keys) - 12:
            keys |= more_runs(house, 20)
    took = recover(house, keys)
    landed = sum(bool(hit) for _, hit in table)
    say(f"\nkills: {len(table)} ({sum(k == 'worker' for k, _ in table)} whole workers),"
        f" in the middle of a run: {landed}; runs: {len(keys)}, all ready {took:.0f} s after the"
        f" last; attempts: {attempts(house, keys)}")  # fmt: skip
    assert landed == 20


def test_the_queue_dies_ten_times_and_forgets_once(house):
    keys = more_runs(house, RUNS // 4)
    house.staff()
    landed = lost = 0
    for number in range(10):
        before = wait_for(lambda: running(house), 120, "run running")
        if number == 4:
            lost = house.queue.llen("celery")
            house.queue.flushall()
            assert house.queue.llen("celery") == 0
        house.kill_queue()
        landed += bool(before)
        house.staff()
        if ready(house, keys) > len(keys) - 8:
            keys |= more_runs(house, 20)
    took = recover(house, keys)
    say(f"queue killed: 10, with a run under way: {landed}, and emptied once ({lost} messages"
        f" lost); runs: {len(keys)}, all ready {took:.0f} s after the last; attempts:"
        f" {attempts(house, keys)}")  # fmt: skip
    assert landed == 10
    assert lost > 0


def test_the_database_restarts_five_times_while_somebody_reads(house):
    keys = more_runs(house, RUNS // 4)
    house.staff()
    visitor = Visitor(house.web())
    visitor.start()
    visitor.wait_for_answer()
    visitor.failures.clear()  # while the web server was starting
    landed = 0
    for _ in range(5):
        before = wait_for(lambda: running(house), 120, "run running")
        house.restart_database()
        landed += bool(before & running(house))
        house.staff()
        visitor.wait_for_answer()
        if ready(house, keys) > len(keys) - 8:
            keys |= more_runs(house, 20)
    took = recover(house, keys)
    visitor.done.set()
    visitor.join()
    away = [until - since for since, until in house.away]
    failed = [until - since for since, until, _ in visitor.failures]
    say(f"database restarted (immediate): 5, in the middle of a run: {landed}; runs: {len(keys)},"
        f" all ready {took:.0f} s after the last; attempts: {attempts(house, keys)}; away for"
        f" {max(away):.1f} s at most; a reader was answered {visitor.answers} times, refused for"
        f" {max(failed, default=0):.1f} s at most")  # fmt: skip
    assert landed == 5
    assert visitor.answers > 20
    began = house.away[0][0]
    for since, until, why in visitor.failures:  # with a poll of 50 ms and a retry at each end
        away = [(round(a - began, 1), round(z - began, 1)) for a, z in house.away]
        told = f"refused {since - began:.1f} to {until - began:.1f} s: {why}; away: {away}"
        covering = [span for span in house.away if span[0] - 1 <= since <= span[1] + 1]
        assert covering, told
        assert until - since <= covering[0][1] - covering[0][0] + 1.5, told


def test_two_beats_do_everything_once(house):
    """Both were at work all the time: what they ask for is there once."""
    assert all(house.processes[name].poll() is None for name in ("beat-1", "beat-2"))
    (again,), = house.query(
        "SELECT count(*) FROM (SELECT 1 FROM monitoring_reportrun WHERE period_id IS NOT NULL"
        " GROUP BY period_id, revision HAVING count(*) > 1) again"
    )  # fmt: skip
    logs = [(house.folder / f"{name}.log").read_text() for name in ("beat-1", "beat-2")]
    sent = [text.count("Sending due task") for text in logs]
    say(f"two beats: {sent} tasks sent; runs twice: {again}")
    assert all(sent)
    assert again == 0


ASKED = 12
FILES = "SELECT id, status, error, file, sha256, size FROM monitoring_reportfile ORDER BY id"
ASK = """
import django; django.setup(); import config.celery
from monitoring.models import Report, ReportFile
from monitoring.tasks import make_report_file
for report in Report.objects.order_by("pk")[:{number}]:
    file = ReportFile.objects.ask(report, "pdf")
    file.ask_again()
    make_report_file.delay(file.pk)
"""


@pytest.fixture
def small_disk(house):
    """Where reports' files go is a disk of its own with room for two or three of them."""
    folder = house.folder / "media" / "reports"
    assert Path(house.environment["MEDIA_ROOT"]) == folder.parent
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"nothing may be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def whole_and_half(folder, rows):
    """Files that are on the disk: those that a row vouches for byte by byte, and all others."""
    wanted = {name.partition("/")[2]: (digest, size) for *_, name, digest, size in rows if name}
    found = {str(p.relative_to(folder)): p for p in folder.rglob("*") if p.is_file()}
    whole = [
        name
        for name, path in found.items()
        if wanted.get(name) == (sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
    ]
    return whole, sorted(set(found) - set(whole)), sorted(set(wanted) - set(whole))


def test_a_disk_that_is_full_leaves_no_half_file_and_loses_none(house, small_disk):
    more = ASKED - house.query("SELECT count(*) FROM monitoring_report")[0][0]
    house.staff()
    if more > 0:
        recover(house, more_runs(house, more))
    house.owner("-c", ASK.format(number=ASKED))
    full = "SELECT count(*) FROM monitoring_reportfile WHERE error LIKE '%%No space left%%'"
    wait_for(
        lambda: house.query(full)[0][0] >= 3,
        90,
        "three files for which there was no room",
        lambda: "\n".join([*map(str, house.query(FILES)), *map(house.last_words, WORKERS)]),
    )
    landed = house.query(full)[0][0]

    def settled():
        rows = house.query(FILES)
        return rows if all(row[1] in ("ready", "failed", "queued") for row in rows) else None

    rows = wait_for(settled, 60, "moment at which none is being written")
    whole, half, lost = whole_and_half(small_disk, rows)
    ready_rows = sum(row[1] == "ready" for row in rows)
    assert half == lost == []
    assert ready_rows == len(whole) < ASKED

    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    began = time.monotonic()
    house.owner("-c", ASK.format(number=ASKED))
    every = "SELECT count(*) FROM monitoring_reportfile WHERE status = 'ready'"
    wait_for(lambda: house.query(every)[0][0] == ASKED, RECOVERY_SECONDS, "end of all files")
    took = time.monotonic() - began
    after, half_after, lost_after = whole_and_half(small_disk, house.query(FILES))
    say(f"disk full: {landed} files met it in the middle of being written, {len(whole)} whole ones"
        f" were there; half-written: {len(half)}; with room again {len(after)} of {ASKED} whole"
        f" after {took:.0f} s, half-written: {len(half_after)}")  # fmt: skip
    assert landed >= 3
    assert (len(after), half_after, lost_after) == (ASKED, [], [])
