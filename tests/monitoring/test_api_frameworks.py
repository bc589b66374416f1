"""Editions, templates and libraries over the API."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.models import Framework, Indicator
from registry.models import Target
from tests.factories import (
    FrameworkFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    ResultFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
API = "/api/v1/"
SPAN = {"starts_on": "2027-01-01", "ends_on": "2028-12-31"}


class World:
    def __init__(self, api):
        self.api = api
        self.people = People(PartnershipFactory(active=True))
        self.partnership = self.people.partnership
        self.agreed = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.indicator = IndicatorFactory(
            result__framework=self.agreed, baseline_value=Decimal(3), cumulative=True
        )
        PeriodTargetFactory(indicator=self.indicator)
        api.force_authenticate(self.people.lead_manager)

    def post(self, path, body=None, **headers):
        return self.api.post(f"{API}{path}", body or {}, format="json", **headers)

    def get(self, path):
        return self.api.get(f"{API}{path}")

    def next(self):
        return Framework.objects.get(
            pk=self.post(f"frameworks/{self.agreed.pk}/new-edition/").json()["id"]
        )


@pytest.fixture
def world(api):
    return World(api)


def test_the_next_edition_is_answered_with_its_address_and_made_once_by_key(world):
    path = f"frameworks/{world.agreed.pk}/new-edition/"

    made = world.post(path, {"title": "Second"}, HTTP_IDEMPOTENCY_KEY="once")
    again = world.post(path, {"title": "Second"}, HTTP_IDEMPOTENCY_KEY="once")

    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json() == again.json()
    assert made["Location"] == f"/api/v1/frameworks/{made.json()['id']}/"
    assert (made.json()["based_on"], made.json()["edition"]) == (world.agreed.pk, 2)
    assert Framework.objects.count() == 2


def test_what_changed_is_read_by_everybody_who_sees_both(world, api):
    edition = world.next()
    made = Indicator.objects.get(result__framework=edition)
    path = f"indicators/{made.pk}/"
    url = f"{API}{path}"
    etag = api.get(url)["ETag"]
    changed = api.patch(url, {"baseline_value": "4"}, format="json", HTTP_IF_MATCH=etag)
    assert changed.status_code == 200

    told = world.get(f"frameworks/{edition.pk}/changes/").json()

    assert (told["former"], told["later"]) == (world.agreed.pk, edition.pk)
    assert told["indicators"] == [
        {
            "kind": "changed",
            "label": str(made),
            "former": world.indicator.pk,
            "later": made.pk,
            "indicator": None,
            "breaks_series": False,
            "fields": [{"field": "baseline_value", "was": "3", "became": "4"}],
        }
    ]
    api.force_authenticate(None)
    assert world.get(f"frameworks/{edition.pk}/changes/").status_code == 404
    hidden = world.get(f"frameworks/{world.agreed.pk}/changes/?since={edition.pk}")
    assert hidden.status_code == 400
    first = world.get(f"frameworks/{world.agreed.pk}/changes/").json()
    assert first["former"] is None


def test_a_break_is_stated_in_one_request_and_read_back(world, api):
    edition = world.next()
    made = Indicator.objects.get(result__framework=edition)
    url = f"{API}indicators/{made.pk}/"

    refused = api.patch(url, {"unit": "pumps"}, format="json", HTTP_IF_MATCH="*")
    stated = {
        "unit": "pumps",
        "breaks_series": True,
        "break_reason": "Pumps.",
        "joins_series": True,
    }
    accepted = api.patch(url, stated, format="json", HTTP_IF_MATCH="*")

    assert refused.status_code == 400
    assert [e["attr"] for e in refused.json()["errors"]] == ["unit"]
    assert accepted.json()["continues"] == world.indicator.pk
    (told,) = world.get(f"frameworks/{edition.pk}/series-breaks/").json()
    assert (told["former"], told["reason"], told["is_joined"]) == (
        world.indicator.pk,
        "Pumps.",
        True,
    )
    assert told["former_series"] == str(world.indicator.series) != told["series"]
    assert [f["field"] for f in told["fields"]] == ["unit"]


def test_findings_name_field_and_indicator_and_stop_the_proposal(world):
    edition = world.next()
    made = Indicator.objects.get(result__framework=edition)

    told = world.get(f"frameworks/{edition.pk}/findings/").json()
    refused = world.post(f"frameworks/{edition.pk}/propose/")

    errors = {(f["code"], f["field"], f["indicator"]) for f in told if f["severity"] == "error"}
    assert errors == {
        ("no_definition", "definition", made.pk),
        ("no_unit", "unit", made.pk),
    }
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_smart")


def test_a_copy_goes_to_a_partnership_that_one_leads(world):
    own = PartnershipFactory(active=True, lead=world.people.lead_membership.partner)
    other = PartnershipFactory(active=True)
    path = f"frameworks/{world.agreed.pk}/copy/"

    made = world.post(path, {"partnership": own.pk, "keep_baselines": True, **SPAN})
    forbidden = world.post(path, {"partnership": other.pk, **SPAN})
    same = world.post(path, {"partnership": world.partnership.pk, **SPAN})

    assert [made.status_code, forbidden.status_code, same.status_code] == [201, 403, 400]
    copied = Indicator.objects.get(result__framework=made.json()["id"])
    assert copied.baseline_value == 3


def test_templates_are_listed_and_begun_from(world, api):
    begun = world.post(
        "frameworks/from-template/",
        {"template": "governance", "partnership": world.partnership.pk, **SPAN},
    )
    unknown = world.post(
        "frameworks/from-template/",
        {"template": "../water", "partnership": world.partnership.pk, **SPAN},
    )
    api.force_authenticate(None)
    listed = world.get("frameworks/templates/").json()

    assert {t["code"] for t in listed} >= {"water", "health", "education", "energy", "jobs"}
    assert (begun.status_code, begun.json()["template"]) == (201, "governance")
    assert (unknown.status_code, unknown.json()["errors"][0]["attr"]) == (400, "template")


def test_the_library_fits_the_member_and_makes_an_indicator(world):
    record = GlobalIndicatorFactory()
    world.partnership.targets.add(Target.objects.get(pk=record.target_id))
    firm = MembershipFactory(partnership=world.partnership, partner__kind="start_up")
    result = ResultFactory(framework=FrameworkFactory(partnership=world.partnership))
    path = f"frameworks/{result.framework_id}/library/?membership="

    (offer,) = world.get(f"{path}{firm.pk}").json()
    body = {"global_indicator": record.code, "library_link": "proxy", "responsible": firm.pk}
    made = world.post(f"results/{result.pk}/from-library/", body)
    (again,) = world.get(f"{path}{firm.pk}").json()
    foreign = world.get(f"{path}{MembershipFactory(partnership__active=True).pk}")

    assert (offer["code"], offer["is_used"], again["is_used"]) == (record.code, False, True)
    assert made.status_code == 201
    stored = Indicator.objects.get(pk=made.json()["indicator"])
    assert (stored.library_link, stored.responsible) == ("proxy", firm)
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"template": "water/WAT-4", "global_indicator": "6.1.1"}, {"template": "nowhere/X"}],
)
def test_one_library_is_named(world, body):
    result = ResultFactory(framework=FrameworkFactory(partnership=world.partnership))
    GlobalIndicatorFactory(code="6.1.1")

    assert world.post(f"results/{result.pk}/from-library/", body).status_code == 400
    assert not result.indicators.exists()


def test_a_sheet_says_what_is_missing(world):
    told = world.get(f"indicators/{world.indicator.pk}/sheet/").json()

    assert told["missing"] == [
        "definition",
        "unit",
        "method",
        "source",
        "frequency",
        "means_of_verification",
        "library_link",
    ]
    assert told["is_complete"] is False
    assert {"label": "Definition", "text": "not stated"} in told["lines"]


def test_the_document_is_what_is_endorsed(world):
    draft = FrameworkFactory(partnership=world.partnership)
    IndicatorFactory(result__framework=draft, smart=True)
    before = world.get(f"frameworks/{draft.pk}/document/").json()
    proposed = world.post(f"frameworks/{draft.pk}/propose/").json()
    after = world.get(f"frameworks/{draft.pk}/document/").json()

    assert (before["agreement"], after["agreement"]) == (None, proposed["agreement"])
    assert before["text"] == after["text"]
    taken = world.post(f"frameworks/{draft.pk}/withdraw/", {"reason": "Not yet."})
    assert (taken.json()["status"], taken.json()["agreement"]) == (
        "withdrawn",
        proposed["agreement"],
    )


@pytest.mark.parametrize("what", ["changes", "findings", "document", "series-breaks"])
def test_reading_costs_the_same_for_many_indicators(world, what):
    edition = world.next()

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert world.get(f"frameworks/{edition.pk}/{what}/").status_code == 200
        return len(queries)

    few = cost()
    for framework in (world.agreed, edition):
        result = framework.results.first()
        for _ in range(10):
            PeriodTargetFactory(indicator=IndicatorFactory(result=result))

    assert cost() == few


def test_a_unit_is_offered_and_accepted(world, api):
    people = world.people
    unit = ReportingUnitFactory(membership=people.membership)
    heir = ReportingUnitFactory(membership=people.lead_membership)
    body = {"unit": unit.pk, "successor": heir.pk, "since_on": "2024-10-01"}
    api.force_authenticate(people.manager)

    offered = world.post("unit-handovers/", body)
    twice = world.post("unit-handovers/", body)
    api.force_authenticate(people.lead_manager)
    accepted = world.post(f"unit-handovers/{offered.json()['id']}/accept/")
    shown = world.get(f"reporting-units/{unit.pk}/").json()

    assert (offered.status_code, offered.json()["status"]) == (201, "proposed")
    assert twice.status_code in (400, 409)
    assert accepted.json()["status"] == "accepted"
    assert (shown["successor"], shown["successor_since"]) == (heir.pk, "2024-10-01")
