"""What an activity becomes: partners, members, money, framework, figures."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.aggregation import partnership_figures
from monitoring.models import Evidence, Framework, Indicator, Observation, PeriodTarget, Submission
from partnerships.models import Commitment, Delivery, Marker, Membership, Partnership
from registry.models import Event, Partner
from tests.factories import (
    CategoryFactory,
    CurrencyFactory,
    DimensionFactory,
    GlobalIndicatorFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
)
from tests.monitoring.iati import (
    activity,
    file_of,
    indicator,
    listed,
    period,
    results,
    take,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


def org(role, name, ref="", type="22"):
    ref = f'ref="{ref}"' if ref else ""
    return f"""<participating-org role="{role}" type="{type}" {ref}>
      <narrative>{name}</narrative></participating-org>"""


def money(type, value, *, giver="", taker="", currency="USD"):
    giver = giver and f"<provider-org><narrative>{giver}</narrative></provider-org>"
    taker = taker and f"<receiver-org><narrative>{taker}</narrative></receiver-org>"
    return f"""<transaction><transaction-type code="{type}"/>
      <transaction-date iso-date="2020-03-01"/><value currency="{currency}">{value}</value>
      {giver}{taker}</transaction>"""


def test_facts_of_the_partnership():
    inside = """
      <activity-date type="1" iso-date="2019-07-01"/><activity-date type="3" iso-date="2022-06-30"/>
      <activity-scope code="5"/><recipient-country code="ke" percentage="60.5"/>
      <tag vocabulary="3" code="6.1"/><tag vocabulary="2" code="6"/>
      <policy-marker code="1" significance="2"/>
      <document-link url="https://example.org/a.pdf" format="application/pdf">
        <title><narrative>Report</narrative></title><category code="A08"/></document-link>"""

    take(activity(inside + org("1", "Joint venture", type="30")))

    row = Partnership.objects.get()
    assert (row.kind, row.level, row.status) == ("ppp", "subnational", "active")
    assert (row.starts_on, row.ends_on) == (date(2020, 1, 1), date(2022, 6, 30))
    assert row.reference.startswith("P-")
    assert row.primary_goal_id == 6
    assert [target.code for target in row.targets.all()] == ["6.1"]
    assert row.places.get().percentage == Decimal("60.5")
    assert (row.markers.get().kind, row.markers.get().significance) == (Marker.Kind.GENDER, 2)
    assert row.documents.get().category == "A08"
    assert row.is_public()


def test_the_only_accountable_organisation_leads_and_roles_add_up():
    inside = org("2", "Ministry", "KE-GOV-1", "10") + org("4", "Ministry", "ke-gov-1", "10")

    take(activity(inside + org("1", "A fund")))

    roles = {m.partner.name: m.roles for m in Membership.objects.select_related("partner")}
    assert roles == {
        "Ministry": ["lead", "accountable", "implementing"],
        "A fund": ["funding"],
        "Reporting agency": ["advisory"],
    }
    assert {m.accepted_on for m in Membership.objects.all()} == {date(2020, 1, 1)}
    ministry = Partner.objects.get(name="Ministry")
    assert (ministry.kind, ministry.country.alpha2) == ("national_government", "KE")
    assert ministry.status == "pending"


def test_partners_are_found_by_identifier_then_by_name_and_country():
    known = PartnerFactory(name="Old Name", country=None)
    PartnerIdentifierFactory(partner=known, scheme="IATI", value="KE-NGO-7")
    namesake = PartnerFactory(name="Water Trust", country=None)
    inside = org("4", "New name", "ke-ngo-7") + org("1", "WATER  trust.") + org("1", "Other Trust")

    batch = take(activity(inside))

    members = set(Membership.objects.values_list("partner", flat=True))
    assert {known.pk, namesake.pk} <= members
    assert Partner.objects.filter(import_batch=batch).count() == 2  # the reporter, Other Trust
    assert batch.findings.get(code="matched_by_name").stored


def test_a_namesake_with_another_identifier_is_another_partner():
    namesake = PartnerFactory(name="Water Trust")
    PartnerIdentifierFactory(partner=namesake, scheme="IATI", value="KE-NGO-7")

    take(activity(org("4", "Water Trust", "KE-NGO-8")))

    assert Partner.objects.filter(name="Water Trust").count() == 2


def test_a_name_that_was_cut_is_listed():
    name = "Association of " + "the very many " * 21
    spent = money("3", 5, taker="Institute " * 21)

    batch = take(activity(org("1", name + "wells") + org("4", name + "pumps") + spent))

    cut = batch.findings.filter(code="shortened").values_list("element", "stored")
    assert sorted(cut) == [
        *[("participating-org", True)] * 2,
        ("transaction/receiver-org", True),
    ]
    assert Partner.objects.filter(name=name[:300]).count() == 1


def test_a_delivery_fulfils_the_one_promise_between_the_same_two():
    pairs = [money("11", 500, giver="A fund"), money("1", 200, giver="A fund")]
    twice = [money("2", 10, taker="A trust"), money("2", 20, taker="A trust")]
    spent = [money("3", 5, taker="A trust"), money("4", -3)]

    take(activity(org("4", "A trust") + "".join(pairs + twice + spent)))

    fund = Commitment.objects.get(amount=500)
    assert (fund.membership.partner.name, fund.membership.roles) == ("A fund", ["funding"])
    assert fund.receiver.partner.name == "Reporting agency"
    assert fund.due_on is None
    found = {d.amount: (d.flow, d.commitment) for d in Delivery.objects.all()}
    assert found == {
        200: ("incoming", fund),
        5: ("disbursement", None),  # two promises: nobody says which
        -3: ("expenditure", None),
    }
    assert not Delivery.objects.exclude(confirmed_at=None).exists()


def test_money_without_a_currency_of_its_own_has_the_default_one():
    CurrencyFactory(code="EUR")

    take(activity(money("4", 1, currency="EUR") + money("4", 2).replace('currency="USD"', "")))

    assert dict(Delivery.objects.values_list("amount", "currency")) == {1: "EUR", 2: "USD"}


def test_actuals_become_approved_submissions_of_the_reporting_organisation():
    cells = """<target value="10"><comment><narrative>Plan</narrative></comment></target>
      <actual value="4"><comment><narrative>Late rains</narrative></comment>
        <document-link url="https://example.org/r.pdf"/></actual>"""

    batch = take(
        activity(results(indicator(period(cells)), indicator(period(""), title="No data")))
    )

    submission = Submission.objects.get()
    assert (submission.status, submission.approved_by) == ("approved", None)
    assert submission.unit.membership.partner.name == "Reporting agency"
    observation = Observation.objects.counting().get()
    assert (observation.value, observation.comment) == (4, "Late rains")
    assert observation.verification == "published_elsewhere"
    assert Evidence.objects.get().observation == observation
    assert PeriodTarget.objects.get().comment == "Plan"
    framework = Framework.objects.get()
    assert (framework.status, framework.cadence) == ("imported", "irregular")
    assert Event.objects.about(submission).count() == 1
    assert listed(batch) == []


def test_ascending_0_is_kept_as_direction_and_changes_no_progress():
    cells = '<baseline year="2019" value="0"/>' + period('<target value="10"/><actual value="4"/>')
    up = indicator(cells, title="Up", attributes='ascending="1"')
    down = indicator(cells, title="Down", attributes='ascending="0"')
    batch = take(activity(results(up, down)))

    figures = partnership_figures(
        Partnership.objects.get(),
        reference_on=date(2021, 12, 31),
        cutoff_at=batch.finished_at,
    )

    found = {f.indicator.direction: f.periods[0].progress.value for f in figures.indicators}
    assert found == {"increase": Decimal("0.4"), "decrease": Decimal("0.4")}


def test_breakdowns_use_shared_dimensions_or_cross_them():
    sex = DimensionFactory(code="SEX", framework=None)
    for code in ("F", "M", "_U"):
        CategoryFactory(dimension=sex, code=code)
    female = '<dimension name="Sex" value="FEMALE"/>'
    young = '<dimension name="age" value="under 18"/>'
    cells = f"""<actual value="9"/><actual value="5">{female}</actual>
      <actual value="2">{female}{young}</actual><actual value="3">{young}{female}</actual>"""

    batch = take(activity(results(indicator(period(cells)))))

    found = {o.value: o.category for o in Observation.objects.select_related("category__dimension")}
    assert found[9] is None
    assert (found[5].dimension, found[5].code) == (sex, "F")
    assert set(found) == {9, 5}  # the crossed cell has two values: in either order it is one
    assert len(listed(batch, "several_values")) == 2
    assert Indicator.objects.get().counts_people == "contacts"  # so its parts are not public


def test_a_place_is_a_category_so_that_it_never_adds_to_the_total():
    place = """<location ref="KE-C"><name><narrative>Coast</narrative></name></location>"""
    cells = '<actual value="9"/><actual value="4"><location ref="KE-C"/></actual>'

    take(activity(place + results(indicator(period(cells)))))

    found = {o.value: o.category for o in Observation.objects.all()}
    assert found[9] is None
    assert (found[4].label, found[4].dimension.label) == ("Coast", "place")
    assert Observation.objects.values("unit").distinct().count() == 1


def test_long_names_of_categories_stay_apart():
    name = "sub-county of " * 20
    cells = f"""<actual value="1"><dimension name="where" value="{name}1"/></actual>
      <actual value="2"><dimension name="where" value="{name}2"/></actual>"""

    batch = take(activity(results(indicator(period(cells)))))

    assert listed(batch) == []
    codes = set(Observation.objects.values_list("category__code", flat=True))
    assert len(codes) == 2


def test_references_words_and_scales():
    sdg = GlobalIndicatorFactory(code="6.1.1")
    references = """<reference vocabulary="9" code="6.1.1"/><reference vocabulary="99" code="W-1"/>
      <reference vocabulary="9" code="99.9.9"/>"""
    told = period("<actual><comment><narrative>A charter.</narrative></comment></actual>")

    batch = take(
        file_of(
            activity(
                results(
                    indicator(references),
                    indicator(told, measure="5", title="Told"),
                    indicator("", measure="3", title="Nominal"),
                )
            )
        )
    )

    row = Indicator.objects.get(code="W-1")
    assert (row.global_indicator, row.library_link) == (sdg, "contributes")
    assert Observation.objects.get().text == "A charter."
    left_out = batch.findings.get(element="result/indicator/reference")
    assert left_out.code == "not_kept_yet"
    assert batch.findings.get(code="nominal_scale").stored
