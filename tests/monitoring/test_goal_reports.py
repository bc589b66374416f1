"""Goal, target and HLPF reports against figures by hand, in the comments."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from monitoring.models import HlpfReview
from monitoring.reports.documents import document_of
from monitoring.reports.kinds import aims
from registry.errors import NotAllowed
from tests.factories import (
    ContributionFactory,
    CountryFactory,
    DisclosureFactory,
    GlobalIndicatorFactory,
    GoalFactory,
    HlpfReviewFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipCountryFactory,
    SharedResultFactory,
    TargetFactory,
    UserFactory,
)
from tests.monitoring.reading_words import sentences
from tests.monitoring.reported import CUTOFF, Q2, built, indicator, partnership, report

pytestmark = pytest.mark.django_db
LATER = datetime(2025, 9, 2, tzinfo=UTC)


@pytest.fixture
def water():
    return GoalFactory(number=6)


@pytest.fixture
def library(water):
    return GlobalIndicatorFactory(code="6.1.1", target=TargetFactory(code="6.1", goal=water))


def measured(made, library, **fields):
    fields.setdefault("unit", "households")
    return IndicatorFactory(
        result__framework=made.frameworks.get(),
        global_indicator=library,
        library_link="identical",
        **fields,
    )


def reported(library, value, *, countries=(), unit_fields=None, **more):
    """A partnership that reports the library indicator with a value to date."""
    made = partnership(primary_goal=library.target.goal)
    for country in countries:
        PartnershipCountryFactory(partnership=made, country=country)
    row = measured(made, library, **(unit_fields or {}))
    report(made, indicators=[indicator(row, value, **more)])
    return made, row


def the_line(content):
    (one,) = content["results"]
    (line,) = one["lines"]
    return line


def test_is_about_those_whose_primary_goal_it_is(water):
    other = GoalFactory(number=7)
    report(partnership(primary_goal=water), measures={"A1": "0.5"}, score="0.5")
    partnership(primary_goal=water)
    naming = partnership(primary_goal=other)
    naming.goals.add(water)
    by_target = partnership(primary_goal=other)
    by_target.targets.add(TargetFactory(code="6.2", goal=water))
    report(partnership(primary_goal=other), score="1")

    content = built("goal", goal=water)

    counts = content["partnerships"]
    assert (counts["running"], counts["current"], counts["never"]) == (2, 1, 1)
    assert content["naming"] == 2
    assert content["scores"]["median"] == "0.5"
    assert content["measures"][0]["measured"] == 1


def test_of_many_partnerships_the_rest_is_counted(water, monkeypatch):
    monkeypatch.setattr(aims, "LISTED", 2)
    for _ in range(3):
        partnership(primary_goal=water)

    content = built("goal", goal=water)

    assert len(content["listed"]) == 2
    tables = {table.key: table for table in document_of("goal", content).tables()}
    assert tables["partnerships"].notes == ["1 more is not listed."]


def test_names_the_targets_that_nobody_set_out_for(water):
    named, unnamed = (TargetFactory(code=code, goal=water) for code in ("6.1", "6.2"))
    made = partnership(primary_goal=water)
    made.targets.add(named)

    content = built("goal", goal=water)

    rows = {row["target"]: row["partnerships"] for row in content["targets"]}
    assert rows == {named.pk: 1, unnamed.pk: 0}
    assert content["unnamed_targets"] == 1


def test_promises_are_kept_by_each_partnership_and_one_giant_hides_no_small_one(water):
    # values 1, 0.3 and 0: their median is 0.3, their mean 1.3 / 3; pooled it would be 0.999…
    report(partnership(primary_goal=water), measures={"D4": (1000000, 1000000)})
    report(partnership(primary_goal=water), measures={"D4": (30, 100)})
    report(partnership(primary_goal=water), measures={"D4": (0, 100)})
    report(partnership(primary_goal=water), measures={"D4": "n/a"})

    promises = built("goal", goal=water)["promises"]

    assert promises["partnerships"] == 3
    assert (promises["due_usd"], promises["arrived_usd"]) == ("1000200", "1000030")
    assert (promises["median"], promises["mean"]) == ("0.3", "0.43333333333333333333")


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle(water):
    report(partnership(primary_goal=water), measures={"D4": (1, 4)})
    report(partnership(primary_goal=water), measures={"D4": (3, 4)})

    assert built("goal", goal=water)["promises"]["median"] == "0.5"


def test_nothing_due_has_neither_median_nor_mean(water):
    report(partnership(primary_goal=water), measures={"D4": "n/a"})

    promises = built("goal", goal=water)["promises"]

    assert (promises["partnerships"], promises["median"], promises["mean"]) == (0, None, None)


def test_results_of_one_indicator_add_up(library):
    reported(library, "100", year="40")
    reported(library, "250", year="0")

    line = the_line(built("goal", goal=library.target.goal))

    assert (line["to_date"]["value"], line["year"]["value"]) == ("350", "40")
    assert (line["partnerships"], line["year"]["of"]) == (2, 2)


def test_a_ratio_is_the_sum_of_numerators_over_that_of_denominators(library):
    ratio = {"unit_fields": {"ratio": True}}
    reported(library, "0.5", numerator="1", denominator="2", **ratio)
    reported(library, "0.1", numerator="10", denominator="100", **ratio)

    line = the_line(built("goal", goal=library.target.goal))

    assert line["to_date"]["value"] == "0.10784313725490196078"  # 11 / 102


def test_a_denominator_of_nothing_gives_no_value(library):
    ratio = {"unit_fields": {"ratio": True}}
    reported(library, None, numerator="0", denominator="0", reason="zero_denominator", **ratio)

    line = the_line(built("goal", goal=library.target.goal))

    assert (line["to_date"]["value"], line["to_date"]["reason"]) == (None, "zero_denominator")


def test_a_mean_is_over_all_units_not_of_means(library):
    mean = {"unit_fields": {"combine": "mean", "accumulation": "point_in_time"}}
    reported(library, "10", **mean)
    made = partnership(primary_goal=library.target.goal)
    row = measured(made, library, combine="mean", accumulation="point_in_time")
    said = indicator(row, "40")
    said["to_date"]["units_contributing"] = 3
    report(made, indicators=[said])

    line = the_line(built("goal", goal=library.target.goal))

    assert line["to_date"]["value"] == "32.5"  # (10·1 + 40·3) / 4


def test_unique_persons_of_two_partnerships_are_a_range(library):
    unique = {"unit_fields": {"counts_people": "unique", "counts_new_people": True}}
    reported(library, "100", **unique)
    reported(library, "250", **unique)

    figure = the_line(built("goal", goal=library.target.goal))["to_date"]

    assert (figure["value"], figure["low"], figure["high"]) == (None, "250", "350")
    assert figure["reason"] == "people_overlap"


def test_a_shared_result_counts_once_by_the_shares_of_the_cutoff(library):
    first, row = reported(library, "100")
    second, other = reported(library, "100")
    shared = SharedResultFactory(
        partnership=first,
        global_indicator=library,
        disclosure=None,
        country=None,
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 12, 31),
    )
    for made, of, share in ((first, row, "0.4"), (second, other, "0.6")):
        ContributionFactory(
            shared_result=shared,
            partnership=made,
            indicator=of,
            share=Decimal(share),
            since_at=datetime(2025, 1, 1, tzinfo=UTC),
        )

    line = the_line(built("goal", goal=library.target.goal))

    assert line["to_date"]["value"] == "100"  # 0.4·100 + 0.6·100
    assert (line["shared"], line["may_count_twice"]) == (2, False)
    early = built("goal", goal=library.target.goal, cutoff_at=datetime(2024, 12, 1, tzinfo=UTC))
    assert early["results"] == []  # nothing was published then


def test_two_in_one_country_may_count_twice_and_two_in_two_do_not(library):
    kenya, peru = CountryFactory(alpha2="KE"), CountryFactory(alpha2="PE")
    reported(library, "1", countries=[kenya])
    reported(library, "1", countries=[peru])
    assert the_line(built("goal", goal=library.target.goal))["may_count_twice"] is False

    reported(library, "1", countries=[kenya])
    assert the_line(built("goal", goal=library.target.goal))["may_count_twice"] is True


def test_what_is_not_identical_or_has_no_value_is_named_and_not_added(library):
    reported(library, "5")
    reported(library, None, reason="no_actual")
    near = partnership(primary_goal=library.target.goal)
    row = measured(near, library)
    row.change(library_link="proxy")
    report(near, indicators=[indicator(row, "9")])

    (one,) = built("goal", goal=library.target.goal)["results"]

    assert one["lines"][0]["to_date"]["value"] == "5"
    assert one["left_out"] == {"not_identical": 1, "no_actual": 1}


def test_other_units_stand_in_a_line_of_their_own(library):
    reported(library, "5")
    reported(library, "7", unit_fields={"unit": "people"})

    (one,) = built("goal", goal=library.target.goal)["results"]

    assert sorted(line["to_date"]["value"] for line in one["lines"]) == ["5", "7"]


def test_units_that_differ_in_capitals_are_other_units_and_no_unit_is_left_out(library):
    for unit, value in ((" Mg", "5"), ("Mg ", "6"), ("mg", "7"), ("", "8")):
        reported(library, value, unit_fields={"unit": unit})
    ratio = {"unit": "", "measure": "ratio", "combine": "ratio", "accumulation": "point_in_time"}
    reported(library, "0.5", unit_fields=ratio, numerator="1", denominator="2")

    content = built("goal", goal=library.target.goal)

    found = {
        (line["unit"], line["to_date"]["value"])
        for one in content["results"]
        for line in one["lines"]
    }
    assert found == {("Mg", "11"), ("mg", "7"), ("", "8"), ("", "0.5")}
    said = " ".join(sentences(document_of("goal", content)))
    for words in ("11 Mg, as 2", "7 mg, as 1", ": 8, as 1", ": 50\N{NO-BREAK SPACE}%, as 1"):
        assert words in said


def test_a_target_report_is_about_those_that_name_it(library):
    made, _ = reported(library, "5")
    made.targets.add(library.target)
    partnership(primary_goal=library.target.goal)

    content = built("target", target=library.target)

    assert content["partnerships"]["running"] == 1
    assert the_line(content)["to_date"]["value"] == "5"


def test_members_are_counted_by_kind_as_of_the_reference_date(water):
    made = partnership(primary_goal=water)
    kind = {"partnership": made, "partner__kind": "academia"}
    MembershipFactory(**kind, accepted_on=date(2025, 6, 30))
    MembershipFactory(**kind, accepted_on=date(2025, 7, 1))
    MembershipFactory(**kind, left=True, ended_on=date(2025, 6, 29))

    kinds = {row["kind"]: row["partners"] for row in built("goal", goal=water)["kinds"]}

    assert kinds["academia"] == 1


def test_the_forum_hears_of_the_goals_that_were_set_by_the_cutoff(water):
    GoalFactory(number=7)
    report(partnership(primary_goal=water), score="0.5", measures={"D4": (1, 4)})
    assert [one["goal"] for one in built("hlpf")["goals"]] == [6, 7]

    HlpfReviewFactory(year=2025, goals=[6], set_at=datetime(2025, 1, 1, tzinfo=UTC))
    HlpfReviewFactory(year=2025, goals=[7], set_at=LATER)
    HlpfReviewFactory(year=2024, goals=[7], set_at=datetime(2025, 1, 2, tzinfo=UTC))

    (goal,) = built("hlpf")["goals"]
    assert (goal["goal"], goal["partnerships"]["running"]) == (6, 1)
    assert (goal["scores"]["median"], goal["promises"]["median"]) == ("0.5", "0.25")


def test_only_admins_set_goals_and_what_was_set_stays(water):
    admin = UserFactory(admin=True)
    with pytest.raises(NotAllowed):
        HlpfReview.objects.put(2026, [6], by=UserFactory())
    with pytest.raises(ValidationError, match="One goal or more"):
        HlpfReview.objects.put(2026, [99], by=admin)
    with pytest.raises(ValidationError, match="A year from"):
        HlpfReview.objects.put(1999, [6], by=admin)

    first = HlpfReview.objects.put(2026, [6, 6], by=admin)
    assert HlpfReview.objects.put(2026, [6], by=admin) == first
    with pytest.raises(IntegrityError, match="What was set stays"), transaction.atomic():
        HlpfReview.objects.update(goals=[7])


def test_the_page_sets_goals_and_shows_which_hold(client, water):
    admin = UserFactory(admin=True)
    client.force_login(admin)

    page = client.post("/secretariat/hlpf/", {"year": 2026, "goals": ["6"]}, follow=True)
    assert "The goals under review are set." in page.content.decode()
    wrong = client.post("/secretariat/hlpf/", {"year": 1999, "goals": ["6"]})
    assert "A year from 2016 to 2100." in wrong.content.decode()
    assert HlpfReview.objects.get().goals == [6]


def test_the_goals_are_one_group_with_a_name(client, water):
    client.force_login(UserFactory(admin=True))

    page = client.get("/secretariat/hlpf/").content.decode()

    assert 'for=""' not in page
    assert '<fieldset class="field" id="id_goals"><legend>Goals under review</legend>' in page


@pytest.mark.parametrize("year", [2**31, 10**12, 10**30, -(2**31) - 1, 2101])
def test_a_year_beyond_every_number_is_refused_in_words(api, client, water, year):
    admin = UserFactory(admin=True)
    api.force_authenticate(admin)
    client.force_login(admin)

    answer = api.post("/api/v1/hlpf-reviews/", {"year": year, "goals": [6]}, format="json")
    page = client.post("/secretariat/hlpf/", {"year": year, "goals": ["6"]})

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "year")
    assert page.status_code in (200, 400)
    assert api.get(f"/api/v1/hlpf-reviews/?year={year}").status_code in (200, 400)
    assert not HlpfReview.objects.exists()


def test_the_api_says_which_field_is_wrong(api, water):
    api.force_authenticate(UserFactory(admin=True))

    answer = api.post("/api/v1/hlpf-reviews/", {"year": 2026, "goals": [18]}, format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "goals"


def test_an_esg_disclosure_is_no_result_of_a_goal(water):
    made = partnership(primary_goal=water)
    row = IndicatorFactory(
        result__framework=made.frameworks.get(), disclosure=DisclosureFactory(), unit="t"
    )
    report(made, indicators=[indicator(row, "5")])

    assert built("goal", goal=water)["results"] == []


def cost(library, count, kind):
    for _ in range(count):
        made, _ = reported(library, "5")
        made.targets.add(library.target)
    own = {"goal": {"goal": library.target.goal}, "target": {"target": library.target}}
    with CaptureQueriesContext(connection) as queries:
        built(kind, **own.get(kind, {}))
    return len(queries)


@pytest.mark.parametrize("kind", ["goal", "target", "hlpf"])
def test_asks_as_many_queries_for_ten_partnerships_as_for_two(library, kind):
    assert cost(library, 2, kind) == cost(library, 8, kind)
    assert datetime(Q2[1].year, Q2[1].month, Q2[1].day, tzinfo=UTC) < CUTOFF
