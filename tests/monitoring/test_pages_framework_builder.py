"""The builder: a draft grows page by page, without script, and nothing typed is lost."""

from decimal import Decimal

import pytest

from monitoring.models import Framework, Indicator, Result
from monitoring.services.frameworks import edit_framework, edit_indicator, edit_result
from registry.models import Disclosure
from tests.factories import (
    CategoryFactory,
    CurrencyFactory,
    DisclosureFactory,
    FrameworkFactory,
    GlobalIndicatorFactory,
    GoalFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ResultFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
FACTS = {
    "version": "1",
    "title": "What we measure",
    "starts_on": "2024-01-01",
    "ends_on": "2026-12-31",
    "cadence": "yearly",
    "grace_days": "45",
    "time_zone": "Africa/Nairobi",
    "theory_of_change": "If wells work, people drink.",
    "assumptions": "It rains.",
}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def draft(people, client):
    client.force_login(people.lead_manager)
    return FrameworkFactory(partnership=people.partnership)


def address(draft, rest="edit/"):
    return f"/partnerships/{draft.partnership.reference}/framework/{draft.edition}/{rest}"


def indicator_form(result, **fields):
    return {
        "version": "1",
        "result": result.pk,
        "title": "Wells in use",
        "measure": "number",
        "unit": "wells",
        "accumulation": "point_in_time",
        "direction": "increase",
        "counts_people": "no",
        **fields,
    }


def test_facts_are_saved_and_an_unknown_time_zone_is_said_at_its_field(client, draft):
    wrong = client.post(address(draft, "facts/"), FACTS | {"time_zone": "Mars"})
    assert 'href="#id_time_zone"' in wrong.content.decode()
    assert "If wells work" in wrong.content.decode()

    client.post(address(draft, "facts/"), FACTS)

    stored = Framework.objects.get(pk=draft.pk)
    said = (stored.cadence, stored.grace_days, stored.time_zone, stored.theory_of_change)
    assert said == ("yearly", 45, "Africa/Nairobi", "If wells work, people drink.")


def test_the_levels_are_one_group_with_a_name(client, draft):
    page = client.get(address(draft, "facts/")).content.decode()

    assert 'for=""' not in page
    assert 'id="id_levels"><legend>Levels at which data is reported</legend>' in page


def test_results_make_a_tree_and_are_moved_in_it(client, draft):
    client.post(
        address(draft, "results/new/"), {"level": "outcome", "title": "People drink safe water"}
    )
    top = Result.objects.get()
    assert (
        f'value="{top.pk}" selected'
        in client.get(address(draft, f"results/new/?parent={top.pk}")).content.decode()
    )
    client.post(
        address(draft, "results/new/"), {"level": "output", "title": "Wells", "parent": top.pk}
    )
    below = Result.objects.get(parent=top)

    form = {"version": top.version, "level": "outcome", "title": "X", "parent": below.pk}
    ring = client.post(address(draft, f"results/{top.pk}/"), form)
    assert "cannot stand below itself" in ring.content.decode()
    form = {"version": below.version, "level": "output", "title": "Wells work", "parent": ""}
    client.post(address(draft, f"results/{below.pk}/"), form)

    below.refresh_from_db()
    assert (below.title, below.parent) == ("Wells work", None)


def test_a_result_goes_with_what_stands_under_it_after_that_was_said(client, draft):
    top = ResultFactory(framework=draft)
    indicator = IndicatorFactory(result=ResultFactory(framework=draft, parent=top))
    PeriodTargetFactory(indicator=indicator)

    text = client.get(address(draft, f"results/{top.pk}/remove/")).content.decode()
    for said in ("1 result", "1 indicator", "1 target"):
        assert f"<li>{said}</li>" in text
    client.post(address(draft, f"results/{top.pk}/remove/"))

    assert not Result.objects.exists()


def test_an_indicator_is_written_with_all_that_members_agree_on(client, draft, people):
    result, category = ResultFactory(framework=draft), CategoryFactory()

    form = indicator_form(
        result,
        definition="Gave water on the day.",
        dimensions=[category.dimension.pk],
        responsible=people.membership.pk,
        by_place="on",
        baseline_value="0",
        baseline_year="2023",
        means_of_verification="A visit.",
    )
    client.post(address(draft, "indicators/new/"), form)

    made = Indicator.objects.get()
    assert (made.combine, made.baseline_value, made.by_place) == ("sum", Decimal(0), True)
    assert (made.responsible, made.means_of_verification) == (people.membership, "A visit.")
    assert list(made.dimensions.all()) == [category.dimension]
    shown = client.get(address(draft, f"indicators/{made.pk}/")).content.decode()
    assert "Gave water on the day." in shown


@pytest.mark.parametrize(
    ("fields", "combine", "accumulation"),
    [
        ({"measure": "ratio", "combine": "mean"}, "ratio", "point_in_time"),
        ({"measure": "yes_no", "accumulation": ""}, "sum", "point_in_time"),
        ({"measure": "rating", "accumulation": ""}, "mean", "point_in_time"),
        ({"measure": "rating", "combine": "min"}, "min", "point_in_time"),
        ({"measure": "narrative"}, "none", "point_in_time"),
        ({"combine": "max", "accumulation": "cumulative"}, "max", "cumulative"),
    ],
)
def test_what_follows_from_the_measure_is_not_asked_for(
    client, draft, fields, combine, accumulation
):
    form = indicator_form(ResultFactory(framework=draft), **fields)

    client.post(address(draft, "indicators/new/"), form)

    made = Indicator.objects.get()
    assert (made.combine, made.accumulation) == (combine, accumulation)


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"title": ""}, "title", "required"),
        ({"accumulation": ""}, "accumulation", "Say what each value stands for"),
        ({"measure": "currency"}, "currency", "exactly one currency"),
        ({"baseline_value": "many"}, "baseline_value", "number"),
        ({"baseline_value": "3,200"}, "baseline_value", "3200"),
        ({"baseline_unavailable": "on"}, "baseline_plan", "plan"),
        ({"baseline_year": "20240"}, "baseline_year", "2200"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    client, draft, fields, field, said
):
    CurrencyFactory()
    form = indicator_form(ResultFactory(framework=draft), method="Counted twice.", **fields)

    text = client.post(address(draft, "indicators/new/"), form).content.decode()

    summary = text[text.index('id="errors"') : text.index("</ul>", text.index('id="errors"'))]
    assert f'href="#id_{field}' in summary
    assert said in summary
    assert "Counted twice." in text
    assert not Indicator.objects.exists()


def test_an_indicator_moves_to_another_result_and_goes(client, draft):
    indicator, other = IndicatorFactory(result__framework=draft), ResultFactory(framework=draft)
    elsewhere = ResultFactory()

    refused = client.post(
        address(draft, f"indicators/{indicator.pk}/"), indicator_form(elsewhere)
    ).content.decode()
    assert 'href="#id_result"' in refused
    client.post(address(draft, f"indicators/{indicator.pk}/"), indicator_form(other))
    indicator.refresh_from_db()
    assert indicator.result == other
    client.post(address(draft, f"indicators/{indicator.pk}/remove/"))

    assert not Indicator.objects.exists()


def test_libraries_are_searched_and_fill_the_form(client, draft):
    GlobalIndicatorFactory(code="6.1.1", label="Proportion of people with safe water")
    disclosure = DisclosureFactory(label="Water taken from the ground", unit="m3")
    result = ResultFactory(framework=draft)

    found = client.get(address(draft, "library/"), {"q": "water"}).content.decode()
    assert "6.1.1" in found
    assert "Water taken from the ground" in found
    nothing = client.get(address(draft, "library/"), {"q": "zebra"}).content.decode()
    assert "Nothing is found" in nothing
    filled = client.get(address(draft, f"indicators/new/?sdg=6.1.1&result={result.pk}"))
    assert "Proportion of people with safe water" in filled.content.decode()
    odd = client.get(address(draft, f"indicators/new/?sdg=%00&result={result.pk}"))
    assert odd.status_code == 200
    form = indicator_form(result, disclosure=disclosure.pk, library_link="identical")
    client.post(address(draft, "indicators/new/"), form)

    made = Indicator.objects.get()
    assert (made.disclosure, made.library_link) == (disclosure, "identical")
    assert Disclosure.objects.in_use().exists()


def test_the_library_offers_the_indicators_of_the_partnerships_targets(client, draft):
    listed = GlobalIndicatorFactory(code="6.1.1", label="Safe water")
    draft.partnership.targets.add(listed.target)

    assert "Safe water" in client.get(address(draft, "library/")).content.decode()


@pytest.mark.parametrize(
    ("kind", "size", "offered"),
    [
        ("large_company", "large", "Water taken from the ground"),
        ("start_up", "start_up", "Safe water"),
        ("local_government", "", "Water points that work on the day of the check"),
    ],
)
def test_the_library_offers_what_fits_a_member(client, draft, people, kind, size, offered):
    listed = GlobalIndicatorFactory(code="6.1.1", label="Safe water")
    draft.partnership.targets.add(listed.target)
    draft.partnership.goals.add(GoalFactory(number=6))
    DisclosureFactory(label="Water taken from the ground")
    partner = people.membership.partner
    type(partner).objects.filter(pk=partner.pk).update(kind=kind, size=size)
    result = ResultFactory(framework=draft)

    page = client.get(address(draft, "library/"), {"member": people.membership.pk})

    text = page.content.decode()
    assert offered in text
    link = text[: text.index('Use<span class="hidden"> ' + offered)].rsplit('href="', 1)[1]
    filled = client.get(link.split('"')[0]).content.decode()
    assert offered in filled
    assert str(result) in filled


def test_without_a_result_there_is_nothing_to_measure(client, draft):
    answer = client.get(address(draft, "indicators/new/"), follow=True)

    assert answer.redirect_chain[0][0] == address(draft, "results/new/")
    assert "Add a result first" in answer.content.decode()


@pytest.mark.parametrize("what", ["facts", "result", "indicator"])
def test_of_two_managers_the_second_one_sees_both(client, draft, people, what):
    indicator = IndicatorFactory(result__framework=draft, title="Old")
    result, by = indicator.result, people.lead_manager
    if what == "facts":
        edit_framework(Framework.objects.get(pk=draft.pk), by=by, title="Theirs")
        page, form = "facts/", FACTS | {"title": "Mine"}
    elif what == "result":
        edit_result(Result.objects.get(pk=result.pk), by=by, title="Theirs")
        page, form = f"results/{result.pk}/", {"version": "1", "level": "output", "title": "Mine"}
    else:
        edit_indicator(Indicator.objects.get(pk=indicator.pk), by=by, title="Theirs")
        page, form = f"indicators/{indicator.pk}/", indicator_form(result, title="Mine")

    answer = client.post(address(draft, page), form)
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "changed by somebody else" in text
    assert '<td data-l="Stored now"><span class="text">Theirs</span>' in text
    assert '<td data-l="You typed"><span class="text">Mine</span>' in text
    assert '<input type="hidden" name="version" value="2">' in text
    again = client.post(address(draft, page), form | {"version": "2"})
    assert again.status_code == 302


@pytest.mark.parametrize("what", ["result", "indicator"])
def test_what_was_removed_meanwhile_may_be_added_again(client, draft, what):
    kept = ResultFactory(framework=draft)
    if what == "result":
        page, form = "results/987654/", {"version": "1", "level": "output", "title": "Typed long"}
    else:
        page, form = "indicators/987654/", indicator_form(kept, title="Typed long")

    answer = client.post(address(draft, page), form)

    text = answer.content.decode()
    assert answer.status_code == 409
    assert f"Somebody removed this {what} meanwhile" in text
    assert "Typed long" in text
    assert f'action="{address(draft, f"{what}s/new/")}"' in text


def test_what_was_typed_stays_where_the_last_result_was_removed_meanwhile(client, draft):
    gone = ResultFactory(framework=draft)
    form = indicator_form(gone, title="Typed long")
    gone.delete()

    answer = client.post(address(draft, "indicators/987654/"), form)

    assert answer.status_code == 409
    assert "Typed long" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["edit/", "facts/", "results/new/", "indicators/new/", "targets/", "check/", "discard/"]
)
def test_what_was_proposed_is_not_written_any_more(client, people, page):
    settled = FrameworkFactory(partnership=people.partnership, proposed=True)
    ResultFactory(framework=settled)
    client.force_login(people.lead_manager)

    answer = client.get(address(settled, page))

    assert answer.status_code == 302
    assert answer["Location"] == address(settled, "")


def test_a_form_that_comes_after_the_proposal_is_told_so(client, people):
    settled = FrameworkFactory(partnership=people.partnership, proposed=True)
    client.force_login(people.lead_manager)

    answer = client.post(address(settled, "facts/"), FACTS)

    assert "make a new edition" in answer.content.decode()


def test_a_draft_is_thrown_away(client, draft):
    IndicatorFactory(result__framework=draft)
    assert "Keep it" in client.get(address(draft, "discard/")).content.decode()

    client.post(address(draft, "discard/"))

    assert not Framework.objects.exists()


@pytest.mark.parametrize("number", ["0", "x", "9" * 40])
def test_addresses_with_nonsense_are_answered(client, draft, number):
    ResultFactory(framework=draft)
    for page in ("results/new/?parent=", "indicators/new/?result=", "indicators/new/?disclosure="):
        assert client.get(address(draft, f"{page}{number}")).status_code == 200


@pytest.mark.parametrize("many", [5, 60])
def test_the_builder_costs_the_same_for_many_indicators(
    client, draft, django_assert_max_num_queries, many
):
    for _ in range(many):
        indicator = IndicatorFactory(result=ResultFactory(framework=draft))
        indicator.dimensions.add(CategoryFactory().dimension)
        PeriodTargetFactory(indicator=indicator)

    for page, most in (("edit/", 26), ("check/", 26), ("targets/", 20)):
        with django_assert_max_num_queries(most):
            assert client.get(address(draft, page)).status_code == 200
