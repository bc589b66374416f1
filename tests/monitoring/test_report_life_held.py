"""What the database holds of a report's life, whoever writes and however."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from monitoring.models import Report, ReportFile
from tests.factories import ReportFactory, ReportFileFactory, UserFactory
from tests.moves import People

pytestmark = pytest.mark.django_db
STATES = ["draft", "in_reply", "in_review", "published", "superseded", "withdrawn"]
# Written from docs/models/report_life.md.
LEADS_TO = {
    "draft": {"in_reply", "in_review", "withdrawn"},
    "in_reply": {"in_review", "withdrawn"},
    "in_review": {"published", "withdrawn"},
    "published": {"superseded", "withdrawn"},
    "superseded": {"withdrawn"},
    "withdrawn": set(),
}


def may(record, **values):
    """Whether the database takes these values; what it took is taken back."""
    try:
        with transaction.atomic():
            type(record).objects.filter(pk=record.pk).update(**values)
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return refusal.__cause__.diag.constraint_name
    return "yes"


def report_in(status, **more):
    public = {"published_at": timezone.now()} if status in ("published", "superseded") else {}
    return ReportFactory(status=status, **public, **more)


@pytest.mark.parametrize("was", STATES)
def test_a_report_moves_as_its_life_has_it(was):
    report = report_in(was)
    now = {} if report.published_at else {"published_at": timezone.now()}

    found = {state for state in STATES if may(report, status=state, **now) == "yes"}

    assert found - {was} == LEADS_TO[was]
    refusals = {may(report, status=state) for state in set(STATES) - {was} - LEADS_TO[was]}
    assert refusals == {"report_moves"}


def test_it_is_published_at_one_moment():
    waiting, public = report_in("in_review"), report_in("published")

    assert may(waiting, status="published") == "report_published_once"
    assert may(public, published_at=timezone.now() + timedelta(days=1)) == "report_published_once"
    assert may(public, published_at=None) == "report_published_once"


def test_nothing_is_published_before_its_embargo_ends():
    ends = timezone.now() + timedelta(days=10)
    report = report_in("in_review", embargo_until=ends)
    public = {"status": "published"}
    early = ends - timedelta(seconds=1)

    assert may(report, **public, published_at=early) == "report_under_embargo"
    assert may(report, **public, published_at=ends) == "yes"
    assert may(report, **public, published_at=early, embargo_until=None) == "yes"


def test_an_embargo_is_for_what_waits():
    until = timezone.now() + timedelta(days=10)
    taken = {state: may(report_in(state), embargo_until=until) for state in STATES}

    assert {state for state, said in taken.items() if said == "yes"} == {
        "draft",
        "in_reply",
        "in_review",
    }


GIVEN = {"status": "ready", "file": "reports/a.pdf", "sha256": "a" * 64, "size": 3}
OTHERS = [
    {"sha256": "b" * 64},
    {"file": "reports/b.pdf"},
    {"size": 4},
    {"members": [{"name": "report.json", "size": 3, "sha256": "b" * 64}]},
    {"form": "xlsx"},
    {"is_draft": True},
    {"status": "failed"},
    {"status": "running", "sha256": "b" * 64},
    {"status": "queued", "file": ""},
]


@pytest.mark.parametrize("values", OTHERS)
def test_a_file_that_was_given_out_stands(values):
    assert may(ReportFileFactory(**GIVEN), **values) == "report_file_stands"


def test_a_file_that_was_given_out_goes_to_no_other_report_and_stays():
    file = ReportFileFactory(**GIVEN)

    assert may(file, report=ReportFactory(published=True)) == "report_file_stands"
    with pytest.raises(DatabaseError, match="stands as it is"), transaction.atomic():
        ReportFile.objects.filter(pk=file.pk).delete()


def test_a_file_that_was_lost_is_made_again_with_the_same_bytes():
    file = ReportFileFactory(**GIVEN)
    row = ReportFile.objects.filter(pk=file.pk)
    row.update(status="queued", attempts=0)
    row.update(status="running", attempts=1)

    assert may(file, **GIVEN | {"file": "reports/again.pdf"}) == "yes"
    assert may(file, sha256="b" * 64) == "report_file_stands"
    other = GIVEN | {"sha256": "b" * 64}
    assert may(file, **other) == "report_file_stands"
    assert may(file, **other, former=["a" * 64]) == "yes"


def test_a_file_that_nobody_had_is_made_as_before():
    assert may(ReportFileFactory(), **GIVEN) == "yes"


def test_its_own_people_read_on_the_page_why_it_was_withdrawn(client):
    report = ReportFactory(published=True)
    people = People(report.partnership)
    Report.objects.get(pk=report.pk).withdraw(by=people.admin, reason="Counted <twice>.")

    for name in ("admin", "lead_manager"):
        client.force_login(people[name])
        page = client.get(f"/reports/{report.pk}/").content.decode()
        assert "<bdi>Counted &lt;twice&gt;.</bdi>" in page
    client.force_login(UserFactory())
    assert client.get(f"/reports/{report.pk}/").status_code == 404
