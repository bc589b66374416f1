"""A framework begins in several ways, is proposed, endorsed, taken back, and has a next edition."""

from decimal import Decimal

import pytest

from monitoring.models import Framework, Indicator, PeriodTarget
from monitoring.models.framework_templates import templates
from tests.factories import (
    FrameworkFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    ObjectiveFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    UserFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
DAYS = {"starts_on": "2024-01-01", "ends_on": "2025-12-31"}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def address(people, rest=""):
    return f"/partnerships/{people.partnership.reference}/framework/{rest}"


def smart(**fields):
    """An indicator that lacks nothing."""
    return IndicatorFactory(
        definition="Gave water.", unit="wells", baseline_value=Decimal(0), **fields
    )


def test_it_begins_empty_and_what_that_needs_is_said(client, people):
    client.force_login(people.lead_manager)
    wrong = client.post(address(people, "begin/"), {"how": "empty", **DAYS}).content.decode()
    assert 'href="#id_title"' in wrong
    assert 'href="#id_cadence"' in wrong

    form = {"how": "empty", "title": "Ours", "cadence": "yearly", **DAYS}
    answer = client.post(address(people, "begin/"), form)

    made = Framework.objects.get()
    assert (made.title, made.cadence, made.status) == ("Ours", "yearly", "draft")
    assert answer["Location"] == address(people, "1/edit/")


def test_it_begins_from_a_template(client, people):
    client.force_login(people.lead_manager)
    code, template = next((c, t) for c, t in templates().items() if not t.needs_currency())
    wrong = client.post(address(people, "begin/"), {"how": "template", **DAYS}).content.decode()
    assert "Choose a template" in wrong

    client.post(address(people, "begin/"), {"how": "template", "template": code, **DAYS})

    assert Framework.objects.get().title == template.title
    assert Indicator.objects.count() == len(template.indicators)
    assert client.get(address(people, "1/edit/")).status_code == 200


def test_it_begins_with_a_copy_of_what_another_partnership_measures(client, people):
    other = FrameworkFactory(agreed=True, title="Theirs")
    PeriodTargetFactory(indicator=smart(result__framework=other))
    client.force_login(people.lead_manager)
    for source, said in (
        ("", "Name the partnership"),
        ("P-1999-1", "that you see"),
        (PartnershipFactory().pk, "that you see"),
        ("ü" * 9, "that you see"),
    ):
        form = {"how": "copy", "source": source, **DAYS}
        text = client.post(address(people, "begin/"), form).content.decode()
        assert said in text
        assert 'href="#id_source"' in text

    form = {"how": "copy", "source": other.partnership.reference, "keep_targets": "on", **DAYS}
    client.post(address(people, "begin/"), form)

    made = people.partnership.frameworks.get()
    assert made.title == "Theirs"
    copied = Indicator.objects.get(result__framework=made)
    assert (copied.baseline_value, copied.targets.count()) == (None, 1)


def test_the_next_edition_says_what_the_one_in_force_says_and_where_they_differ(client, people):
    old = FrameworkFactory(partnership=people.partnership, agreed=True, title="Ours")
    indicator = smart(result__framework=old, title="Wells in use")
    PeriodTargetFactory(indicator=indicator)
    client.force_login(people.lead_manager)

    client.post(address(people, "next/"))

    new = people.partnership.frameworks.get(edition=2)
    later = Indicator.objects.get(result__framework=new)
    assert (later.series, later.targets.count()) == (indicator.series, 1)
    text = client.get(address(people, "2/changes/")).content.decode()
    assert "Nothing: both say the same" in text
    PeriodTarget.objects.filter(indicator=later).update(value=150)
    later.amend(title="Wells in use all the year")
    text = client.get(address(people, "2/changes/?former=1")).content.decode()
    for said in ("Wells in use", "all the year", "100", "150", "Targets", "Indicators"):
        assert said in text


def test_a_break_of_a_series_is_shown(client, people):
    old = FrameworkFactory(partnership=people.partnership, superseded=True)
    former = smart(result__framework=old, title="Wells")
    new = FrameworkFactory(partnership=people.partnership, agreed=True)
    smart(
        result__framework=new,
        title="Wells",
        continues=former,
        breaks_series=True,
        break_reason="Now only those with a meter.",
    )

    for page in ("", "2/changes/"):
        text = client.get(address(people, page)).content.decode()
        assert "The series breaks" in text
        assert "Now only those with a meter." in text


def test_what_breaks_a_series_is_asked_for_and_kept(client, people):
    old = FrameworkFactory(partnership=people.partnership, agreed=True)
    former = smart(result__framework=old, title="Wells")
    client.force_login(people.lead_manager)
    client.post(address(people, "next/"))
    later = Indicator.objects.get(result__framework__edition=2)
    page = address(people, f"2/indicators/{later.pk}/")
    form = {
        "version": later.version,
        "result": later.result_id,
        "title": "Wells",
        "definition": "Gave water.",
        "unit": "wells with a meter",
        "measure": "number",
        "accumulation": "flow",
        "direction": "increase",
        "counts_people": "no",
        "units_overlap": "on",
        "baseline_value": "0",
    }

    refused = client.post(page, form).content.decode()
    assert "that breaks the series" in refused
    form |= {"breaks_series": "True", "break_reason": "Only with a meter."}
    assert client.post(page, form).status_code == 302

    later.refresh_from_db()
    assert later.breaks_series
    assert (later.continues, later.series == former.series) == (former, False)
    assert 'value="True" selected' in client.get(page).content.decode()


@pytest.mark.parametrize("query", ["?former=7", "?former=x", "?former=" + "9" * 30])
def test_a_difference_to_what_is_not_there_is_not_found(client, people, query):
    FrameworkFactory(partnership=people.partnership, superseded=True)
    FrameworkFactory(partnership=people.partnership, agreed=True)

    assert client.get(address(people, f"2/changes/{query}")).status_code == 404
    assert client.get(address(people, "1/changes/")).status_code == 404


def test_what_is_needed_is_said_at_its_indicator_and_keeps_it_from_being_proposed(client, people):
    draft = FrameworkFactory(partnership=people.partnership)
    indicator = IndicatorFactory(result__framework=draft)
    client.force_login(people.lead_manager)

    text = client.get(address(people, "1/check/")).content.decode()
    assert "Needed before it is proposed" in text
    assert "Define it, so that two people count the same." in text
    assert f'href="#indicator-{indicator.pk}"' in text
    assert "Propose to the members</button>" not in text
    refused = client.post(address(people, "1/check/"))

    assert "There is a problem" in refused.content.decode()
    assert Framework.objects.get().status == "draft"


def test_from_proposal_to_agreement_over_the_pages(client, people):
    draft = FrameworkFactory(partnership=people.partnership)
    PeriodTargetFactory(indicator=smart(result__framework=draft))
    client.force_login(people.lead_manager)

    client.post(address(people, "1/check/"))
    agreement = Framework.objects.get().agreement
    document = f"/partnerships/{people.partnership.reference}/agreements/{agreement.pk}/"
    for who, membership in (
        (people.lead_manager, people.lead_membership),
        (people.manager, people.membership),
    ):
        client.force_login(who)
        waits = client.get("/workspace/").content.decode()
        assert f'<a href="{address(people)}">To endorse: ' in waits
        form = {"membership": membership.pk, "sha256": agreement.sha256}
        client.post(f"{document}endorse/", form)

    assert Framework.objects.get().status == "agreed"
    client.logout()
    assert "Agreed by its members" in client.get(address(people)).content.decode()


def test_a_proposal_is_taken_back_with_the_reason(client, people):
    draft = FrameworkFactory(partnership=people.partnership)
    PeriodTargetFactory(indicator=smart(result__framework=draft))
    client.force_login(people.lead_manager)
    client.post(address(people, "1/check/"))

    refused = client.post(address(people, "1/withdraw/"), {"reason": ""}).content.decode()
    assert 'href="#id_reason"' in refused
    client.post(address(people, "1/withdraw/"), {"reason": "A target is missing."})

    assert Framework.objects.get().status == "withdrawn"
    assert client.get(address(people, "1/")).status_code == 200


def test_only_a_proposal_is_taken_back(client, people):
    FrameworkFactory(partnership=people.partnership, agreed=True)
    client.force_login(people.lead_manager)

    assert client.get(address(people, "1/withdraw/"))["Location"] == address(people, "1/")
    client.post(address(people, "1/withdraw/"), {"reason": "No."})

    assert Framework.objects.get().status == "agreed"


class TestLightTrack:
    @pytest.fixture
    def people(self):
        firm = PartnerFactory(kind="start_up")
        people = People(PartnershipFactory(active=True, track="light", lead=firm))
        people.listed = GlobalIndicatorFactory(code="7.1.1", label="Access to electricity")
        people.partnership.targets.add(people.listed.target)
        return people

    def row(self, people, number=1, **fields):
        said = {
            "title": "Stalls with light",
            "global_indicator": people.listed.pk,
            "unit": "stalls",
            "accumulation": "cumulative",
            "baseline_value": "0",
            "baseline_year": "2023",
            "goal_value": "300",
        }
        return {f"{name}_{number}": value for name, value in (said | fields).items()}

    def test_one_page_makes_a_draft_that_can_be_proposed(self, client, people):
        client.force_login(people.lead_manager)
        form = {**DAYS, **self.row(people), **self.row(people, 2, goal_value="7")}

        answer = client.post(address(people, "light/"), form)

        assert answer["Location"] == address(people, "1/check/")
        rows = Indicator.objects.order_by("pk")
        assert [row.global_indicator.code for row in rows] == ["7.1.1", "7.1.1"]
        assert [row.targets.get().value for row in rows] == [300, 7]
        client.post(address(people, "1/check/"))
        assert Framework.objects.get().status == "proposed"

    def test_what_the_registration_says_is_there_already(self, client, people):
        ObjectiveFactory(
            partnership=people.partnership,
            measure="Stalls without charcoal",
            baseline=Decimal(12),
            goal_value=Decimal(300),
            target=people.listed.target,
        )
        client.force_login(people.lead_manager)

        text = client.get(address(people, "light/")).content.decode()

        assert 'value="Stalls without charcoal"' in text
        assert 'value="12"' in text
        assert f'value="{people.listed.pk}" selected' in text

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"title": ""}, "title_1"),
            ({"goal_value": ""}, "goal_value_1"),
            ({"baseline_value": "some"}, "baseline_value_1"),
            ({"global_indicator": ""}, "global_indicator_1"),
            ({"baseline_year": "1066"}, "baseline_year_1"),
        ],
    )
    def test_a_row_is_whole_or_empty(self, client, people, fields, field):
        client.force_login(people.lead_manager)

        form = DAYS | self.row(people, **fields)
        text = client.post(address(people, "light/"), form).content.decode()

        assert f'href="#id_{field}"' in text
        assert not Framework.objects.exists()

    def test_an_empty_page_asks_for_one_thing_at_least(self, client, people):
        client.force_login(people.lead_manager)
        text = client.post(address(people, "light/"), DAYS).content.decode()
        assert "Say at least one thing that you count" in text

    def test_others_take_the_full_way(self, client):
        people = People(PartnershipFactory(active=True))
        client.force_login(people.lead_manager)
        assert client.get(address(people, "light/"))["Location"] == address(people, "begin/")


class TestWhatWaits:
    def test_the_lead_is_told_to_begin_to_go_on_and_to_say_who_reports(self, client, people):
        client.force_login(people.lead_manager)
        assert "To begin: what" in client.get("/workspace/").content.decode()
        draft = FrameworkFactory(partnership=people.partnership)
        assert "To finish and propose: what" in client.get("/workspace/").content.decode()
        Framework.objects.filter(pk=draft.pk).delete()
        FrameworkFactory(partnership=people.partnership, agreed=True)
        text = client.get("/workspace/").content.decode()
        assert "To say who reports" in text
        assert "To begin: what" not in text

    def test_nobody_else_is(self, client, people):
        for who in (people.manager, people.lead_observer, UserFactory()):
            client.force_login(who)
            assert "To begin: what" not in client.get("/workspace/").content.decode()
