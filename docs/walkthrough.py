"""The whole path over REST, from an organisation's registration to a report's figures.

    python3 docs/walkthrough.py http://127.0.0.1:8000 --admin EMAIL:PASSWORD \
        --manager EMAIL:PASSWORD --reviewer EMAIL:PASSWORD

Needs only Python's standard library. The admin verifies and registers; the manager acts for a
new organisation that leads and one that joins; the reviewer approves what the manager sent,
since nobody reviews an own submission. An admin may be the reviewer (the default). The data is
for the first quarter of last year, as a report needs a period that has ended.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import date, timedelta

API = "/api/v1"


class Refused(Exception):
    """The API said no; `answer` is what it said."""

    def __init__(self, method, path, status, text):
        super().__init__(f"{method} {path}: {status} {text}")
        try:
            self.answer = json.loads(text)
        except ValueError:
            self.answer = {}


class Api:
    """A client that signs in and gives every POST an Idempotency-Key."""

    def __init__(self, base, account):
        self.base, self.token = base.rstrip("/") + API, None
        email, _, password = account.partition(":")
        answer = self.post("/sign-in/", email=email, password=password, name="walkthrough")
        self.token = answer["token"]

    def get(self, path):
        return self._send("GET", path)

    def post(self, path, rows=None, **body):
        return self._send("POST", path, rows if rows is not None else body)

    def patch(self, path, **body):
        return self._send("PATCH", path, body, etag=self.etag(path))

    def etag(self, path):
        self.get(path)
        return self.last_etag

    def _send(self, method, path, body=None, etag=None):
        request = urllib.request.Request(self.base + path, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
            if method == "POST" and path != "/tokens/":
                request.add_header("Idempotency-Key", str(uuid.uuid4()))
        if etag:
            request.add_header("If-Match", etag)
        sent = json.dumps(body).encode() if body is not None else None
        try:
            with urllib.request.urlopen(request, sent, timeout=30) as answer:
                self.last_etag = answer.headers.get("ETag")
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(method, path, error.code, error.read().decode()) from None
        return json.loads(text) if text else None


def main():
    options = arguments()
    admin = Api(options.url, options.admin)
    manager = Api(options.url, options.manager)
    reviewer = Api(options.url, options.reviewer or options.admin)

    lead, member = register_partners(manager, admin)
    partnership, joined = found_partnership(manager, admin, lead, member)
    framework, people, share = agree_on_framework(manager, partnership, joined)
    admit(manager, admin, partnership)
    period, unit = open_a_period(manager, framework, joined)
    report_data(manager, reviewer, unit, period, people, share)
    report = request_report(manager, partnership, period)
    show(report)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="such as http://127.0.0.1:8000")
    parser.add_argument("--admin", required=True, metavar="EMAIL:PASSWORD")
    parser.add_argument("--manager", required=True, metavar="EMAIL:PASSWORD")
    parser.add_argument("--reviewer", metavar="EMAIL:PASSWORD", help="default: the admin")
    return parser.parse_args()


def register_partners(manager, admin):
    """Two organisations; an admin verifies that they are what they say."""
    mark = uuid.uuid4().hex[:8]
    lead = register(
        manager,
        name=f"Lake Basin Water Trust {mark}",
        kind="civil_society",
        country="KE",
        identifiers=[{"scheme": "LEI", "value": made_up_lei(mark)}],
    )
    member = register(
        manager, name=f"Jua Pumps {mark}", kind="start_up", size="start_up", country="KE"
    )
    for partner in (lead, member):
        verified = admin.post(f"/partners/{partner['id']}/verify/")
        say(f"{verified['name']}: {verified['status']}, reports on {verified['reporting_basis']}")
    return lead, member


def register(manager, **organisation):
    """Register it. Those of earlier runs are similar, which the API asks about: it is none of
    them, unless one has the very name."""
    try:
        return manager.post("/partners/", **organisation)
    except Refused as refused:
        error = refused.answer.get("errors", [{}])[0]
        if error.get("code") != "possible_duplicates":
            raise
        similar = [partner["name"] for partner in error["about"]["partners"]]
        if organisation["name"] in similar:
            raise
    say(f"{organisation['name']} is none of {', '.join(similar)}")
    return manager.post("/partners/", **organisation, confirm_distinct=True)


def made_up_lei(mark):
    """A Legal Entity Identifier of nobody, with the check digits that ISO 17442 asks for."""
    start = f"00000000{mark}".upper().rjust(18, "0")
    number = int("".join(str(int(letter, 36)) for letter in f"{start}00"))
    return f"{start}{98 - number % 97:02}"


def found_partnership(manager, admin, lead, member):
    """A draft with its lead, an objective, a member that accepts, and a promise by each."""
    partnership = manager.post(
        "/partnerships/",
        title="Solar pumps for the lake basin",
        summary="Villages run solar pumps and pay for upkeep out of a common fund.",
        kind="multi_stakeholder",
        level="subnational",
        starts_on=f"{date.today().year - 1}-01-01",
        ends_on=f"{date.today().year + 2}-12-31",
        primary_goal=6,
        targets=["6.1", "17.17"],
        countries=["KE"],
        lead=lead["id"],
    )
    manager.post(
        "/objectives/",
        partnership=partnership["id"],
        text="Forty villages drink safe water within half an hour's walk.",
        measure="villages with a working pump",
        baseline="4",
        goal_value="40",
        target="6.1",
    )
    first = partnership["members"][0]
    invited = manager.post(
        "/memberships/",
        partnership=partnership["id"],
        partner=member["id"],
        roles=["technical", "implementing"],
    )
    joined = manager.post(f"/memberships/{invited['id']}/accept/")
    due_on = str(date.today() + timedelta(days=365))
    for membership, promise in (
        (
            first["id"],
            {
                "title": "Training fund",
                "kind": "finance",
                "amount": "50000",
                "currency": "USD",
                "receiver": joined["id"],
            },
        ),
        (
            joined["id"],
            {
                "title": "Solar pumps",
                "kind": "in_kind",
                "amount": "40",
                "unit": "pumps",
                "receiver": first["id"],
                "targets": ["6.1"],
            },
        ),
    ):
        made = manager.post("/commitments/", membership=membership, due_on=due_on, **promise)
        manager.post(
            "/deliverables/",
            commitment=made["id"],
            title=f"{promise['title']}: the first half",
            due_on=str(date.today() + timedelta(days=180)),
        )
    say(f"partnership {partnership['id']} with {joined['partner_name']}: {joined['status']}")
    return partnership, [first["id"], joined["id"]]


def agree_on_framework(manager, partnership, members):
    """A framework with two indicators and their targets, which every member endorses."""
    year = date.today().year - 1
    framework = manager.post(
        "/frameworks/",
        partnership=partnership["id"],
        title="What we measure",
        cadence="quarterly",
        starts_on=f"{year}-01-01",
        ends_on=f"{year + 2}-12-31",
    )
    result = manager.post(
        "/results/", framework=framework["id"], level="outcome", title="Safe water near home"
    )
    people = manager.post(
        "/indicators/",
        result=result["id"],
        title="People who began to use a safe source",
        measure="number",
        accumulation="flow",
        combine="sum",
        unit="persons",
        counts_people="contacts",
        global_indicator="6.1.1",
        library_link="contributes",
    )
    share = manager.post(
        "/indicators/",
        result=result["id"],
        title="Share of pumps that work",
        definition="Pumps that give water on the day of the check, of pumps checked.",
        unit="pumps",
        measure="ratio",
        accumulation="point_in_time",
        combine="ratio",
        baseline_value="0.4",
        baseline_numerator="4",
        baseline_denominator="10",
        baseline_on=f"{year}-01-01",
    )
    quarter = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-03-31"}
    manager.post("/period-targets/", indicator=people["id"], value="500", **quarter)
    manager.post("/period-targets/", indicator=share["id"], value="0.8", **quarter)
    manager.patch(f"/frameworks/{framework['id']}/", grace_days=45)
    proposed = manager.post(f"/frameworks/{framework['id']}/propose/")
    for membership in members:
        where = f"/agreements/{proposed['agreement']}"
        read = manager.get(where + "/")
        manager.post(where + "/endorse/", membership=membership, sha256=read["sha256"])
    agreed = manager.get(f"/frameworks/{framework['id']}/")
    say(f"framework {agreed['id']}: {agreed['status']}")
    return agreed, people, share


def admit(manager, admin, partnership):
    """What it lacks would stand among its findings; the secretariat admits it."""
    where = f"/partnerships/{partnership['id']}"
    for finding in manager.get(where + "/findings/"):
        say(f"lacks, {finding['section']}: {finding['text']}")
    try:
        manager.post(where + "/submit/")
    except Refused as refused:
        error = refused.answer.get("errors", [{}])[0]
        if error.get("code") != "possible_duplicates":
            raise
        for one in error["about"]["partnerships"]:
            say(f"another one than {one['title']} ({', '.join(one['why'])})")
        manager.post(where + "/submit/", confirm_distinct=True)
    registered = admin.post(where + "/register/")
    active = manager.post(where + "/activate/")
    say(f"{registered['reference']}: {active['status']}")


def open_a_period(manager, framework, members):
    periods = manager.post(f"/frameworks/{framework['id']}/open-periods/")
    first = min(periods, key=lambda period: period["starts_on"])
    unit = manager.post("/reporting-units/", membership=members[1])
    say(f"{len(periods)} periods open; data for {first['label']}")
    return first, unit


def report_data(manager, reviewer, unit, period, people, share):
    """Values as a draft, handed in, and approved by somebody else."""
    submission = manager.post("/submissions/", unit=unit["id"], period=period["id"])
    where = f"/submissions/{submission['id']}"
    manager.post(
        where + "/observations/",
        [
            {"indicator": people["id"], "value": 430},
            {"indicator": share["id"], "numerator": 27, "denominator": 36},
        ],
    )
    manager.post(where + "/submit/")
    approved = reviewer.post(where + "/approve/")
    say(f"submission {approved['id']}: {approved['status']}")


def request_report(manager, partnership, period):
    run = manager.post("/reports/", partnership=partnership["id"], period=period["id"])
    for _ in range(120):
        if run["status"] in ("ready", "failed"):
            break
        time.sleep(0.5)
        run = manager.get(f"/report-runs/{run['id']}/")
    if run["status"] != "ready":
        sys.exit(f"run {run['id']}: {run['status']}")
    return manager.get(f"/reports/{run['report']}/")


def show(report):
    say(f"report {report['id']} as of {report['reference_on']}, sha256 {report['sha256'][:12]}…")
    say(f"timeliness {report['timeliness']}, achievement {report['achievement']}")
    for indicator in report["content"]["indicators"]:
        period = indicator["period"]
        say(
            f"{indicator['title']}: {period['actual']['value']} of {period['target']},"
            f" progress {period['progress']['value']}, {indicator['light']['colour']}"
        )


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(str(refused))
