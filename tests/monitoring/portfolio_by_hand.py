"""The portfolio report once more, naively, from stored snapshots and events. Imports no product
code: a cursor goes in, plain figures come out."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from statistics import median, quantiles

CLOSED = ("completed", "terminated")
LATE = ("late", "overdue", "inactive")


def rows(cursor, sql):
    cursor.execute(sql)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def a_year_before(day):
    return date(day.year - 1, day.month, day.day)


def portfolio(cursor, starts_on, ends_on, cutoff):
    """Counts, lights, spreads, overdue ones and movements as of the two dates."""
    after = datetime.combine(ends_on + timedelta(days=1), time(), UTC)
    known = min(after, cutoff)
    state = states(cursor, known)
    running = {key for key, word in state.items() if word not in CLOSED}
    standing = published(cursor, cutoff)
    now = latest(standing, ends_on)
    before_day = starts_on - timedelta(days=1)
    before = latest(standing, before_day)
    current = {
        key: one
        for key, one in now.items()
        if key in running and one["reference_on"] > a_year_before(ends_on)
    }
    earlier = {
        key: one for key, one in before.items() if one["reference_on"] > a_year_before(before_day)
    }
    return {
        "running": len(running),
        "closed": len(state) - len(running),
        "current": len(current),
        "never": len(running - set(now)),
        "achievement": Counter(one["achievement"] for one in current.values()),
        "timeliness": Counter(one["timeliness"] for one in current.values()),
        "measures": spreads(current.values()),
        "overdue": overdue(current),
        "changes": changes(current, earlier),
    }


def states(cursor, known):
    """Each registered partnership's status as its last event by then says."""
    partnerships = rows(cursor, "SELECT id, status, registered_at FROM partnerships_partnership")
    found = {
        one["id"]: one["status"]
        for one in partnerships
        if one["registered_at"] and one["registered_at"] <= known
    }
    sql = "SELECT * FROM registry_event WHERE subject_type = 'partnerships.partnership'"
    for event in sorted(rows(cursor, sql), key=lambda one: (one["at"], one["id"])):
        if event["became"] and event["at"] <= known and event["subject_id"] in found:
            found[event["subject_id"]] = event["became"]
    return found


def published(cursor, cutoff):
    """Partnership reports that were public at the cut-off and not taken back by then."""
    ended = {
        event["subject_id"]
        for event in rows(cursor, "SELECT * FROM registry_event")
        if event["subject_type"] == "monitoring.report"
        and event["became"] in ("superseded", "withdrawn")
        and event["at"] <= cutoff
    }
    reports = rows(cursor, "SELECT * FROM monitoring_report WHERE kind = 'partnership'")
    for one in reports:
        one["content"] = json.loads(one["content"])
    return [
        one
        for one in reports
        if one["published_at"] and one["published_at"] <= cutoff and one["id"] not in ended
    ]


def latest(reports, day):
    found = {}
    for one in sorted(reports, key=lambda one: (one["reference_on"], one["revision"], one["id"])):
        if one["reference_on"] <= day:
            found[one["partnership_id"]] = one
    return found


def values(one):
    """A report's measures that have a value."""
    said = one["content"]["scorecard"]["measures"]
    return {m["code"]: Decimal(m["value"]) for m in said if m["value"] is not None}


def worth(one):
    """A report's scored measures that apply: what has no data is worth nothing."""
    said = one["content"]["scorecard"]["measures"]
    return {
        m["code"]: Decimal(0) if m["state"] == "no_data" else Decimal(m["value"])
        for m in said
        if m["code"] != "C3" and m["state"] != "not_applicable"
    }


def spreads(reports):
    found = {}
    for one in reports:
        for code, value in values(one).items():
            found.setdefault(code, []).append(value)
    return {
        code: {
            "measured": len(of),
            "median": median(of),
            "quartiles": quantiles(of, n=4, method="inclusive") if len(of) > 1 else of * 3,
            "mean": sum(of) / len(of),
        }
        for code, of in found.items()
    }


def overdue(current):
    """(oldest due date, partnership) of those that are late, the oldest first."""
    found = [
        (one["content"]["lights"]["timeliness"]["inputs"]["oldest_missing_due_on"], key)
        for key, one in current.items()
        if one["timeliness"] in LATE
    ]
    return sorted(found)


def changes(current, earlier):
    counts = Counter()
    for key, one in current.items():
        if key not in earlier or earlier[key]["id"] == one["id"]:
            continue
        now, was = worth(one), worth(earlier[key])
        moved = sum((now[code] - was[code] for code in now if code in was), Decimal(0))
        counts["better" if moved > 0 else "worse" if moved < 0 else "same"] += 1
    return counts
