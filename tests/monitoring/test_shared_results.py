"""Several partnerships, one result: what each states, and what is refused."""

import html
import re
from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import Contribution
from monitoring.services.shared import (
    edit_shared_result,
    end_contribution,
    open_shared_result,
    state_contribution,
)
from registry.errors import NotAllowed
from tests import factories as f
from tests.moves import People, race, refused

pytestmark = pytest.mark.django_db
HOW = "By what each spent."


class Contributor:
    def __init__(self, result, **facts):
        self.indicator = f.IndicatorFactory(
            result__framework__agreed=True,
            **{
                "library_link": "identical",
                "global_indicator": result.global_indicator,
                **facts,
            },
        )
        self.partnership = self.indicator.framework.partnership
        self.lead = People(self.partnership).lead_manager

    def states(self, result, share, by=None, method=HOW):
        return state_contribution(
            result, self.indicator, by=by or self.lead, share=D(share), method=method
        )


@pytest.fixture
def result():
    return f.SharedResultFactory()


def test_each_lead_states_its_own_share(result):
    Contributor(result).states(result, "0.6")
    Contributor(result).states(result, "0.4")

    assert result.left == 0


def test_less_than_all_leaves_the_rest_to_others(result):
    Contributor(result).states(result, "0.3")

    assert result.left == D("0.7")


def test_more_than_all_is_refused_and_nothing_changes(result):
    Contributor(result).states(result, "0.7")
    second = Contributor(result)
    second.states(result, "0.3")

    with refused("more_than_all"):
        second.states(result, "0.300001")

    assert second.partnership.contributions.current().get().share == D("0.3")


def test_a_new_statement_ends_the_former_which_stays_to_be_seen(result):
    one = Contributor(result)
    former = one.states(result, "0.9")
    now = one.states(result, "0.2")

    former.refresh_from_db()
    assert former.until_at == now.since_at
    assert list(result.contributions.current(former.since_at)) == [former]
    assert list(result.contributions.current()) == [now]


def test_stating_the_same_again_changes_nothing(result):
    one = Contributor(result)
    assert one.states(result, "0.5") == one.states(result, "0.5")
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize("who", ["outsider", "lead of another"])
def test_nobody_states_for_another_partnership(result, who):
    one, other = Contributor(result), Contributor(result)
    by = f.UserFactory() if who == "outsider" else other.lead

    with pytest.raises(NotAllowed):
        one.states(result, "0.5", by=by)


@pytest.mark.parametrize("share", ["0", "-0.1", "1.1", "0.0000001"])
def test_a_share_is_above_0_and_at_most_all(result, share):
    with pytest.raises(ValidationError) as error:
        Contributor(result).states(result, share)
    assert set(error.value.message_dict) == {"share"}


@pytest.mark.parametrize("facts", [{"library_link": "proxy"}, {"global_indicator": None}])
def test_only_an_identical_indicator_contributes(result, facts):
    with pytest.raises(ValidationError) as error:
        Contributor(result, **facts).states(result, "0.5")
    assert set(error.value.message_dict) == {"indicator"}


@pytest.mark.parametrize("method", ["", "   "])
def test_how_it_was_worked_out_has_to_be_said(result, method):
    with pytest.raises(ValidationError) as error:
        Contributor(result).states(result, "0.5", method=method)
    assert "method" in error.value.message_dict


def test_a_statement_is_taken_back_once_and_with_a_reason(result):
    one = Contributor(result)
    stated = one.states(result, "0.5")
    with pytest.raises(ValidationError):
        end_contribution(stated, by=one.lead, reason=" ")

    end_contribution(stated, by=one.lead, reason="We have left the project.")

    assert result.left == 1
    with refused("contribution_ended"):
        end_contribution(stated, by=one.lead, reason="Again.")


def test_what_it_is_of_is_settled_once_a_share_is_stated(result):
    lead = People(result.partnership).lead_manager
    edit_shared_result(result, by=lead, place="", title="Water for all")
    Contributor(result).states(result, "0.5")

    result.refresh_from_db()
    edit_shared_result(result, by=lead, title="Safe water for all")
    with refused("shared_result_settled"):
        edit_shared_result(result, by=lead, country=f.CountryFactory())


def test_the_same_result_is_opened_once(result):
    lead = People(result.partnership).lead_manager
    same = {name: getattr(result, name) for name in ("global_indicator", "starts_on", "ends_on")}
    with pytest.raises(IntegrityError), transaction.atomic():
        open_shared_result(result.partnership, by=lead, title="Twice", **same)


def test_the_database_holds_what_was_stated(result):
    one = Contributor(result).states(result, "0.5")
    row = Contribution.objects.filter(pk=one.pk)
    for write in (lambda: row.update(share=D("0.9")), row.delete):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            write()


def test_the_database_refuses_more_than_all_whoever_writes(result):
    Contributor(result).states(result, "0.7")

    with pytest.raises(IntegrityError, match="more than all"), transaction.atomic():
        f.ContributionFactory(shared_result=result, share=D("0.4"))


@pytest.mark.django_db(transaction=True)
def test_two_that_state_too_much_at_once_have_one_winner(result):
    first, second = Contributor(result), Contributor(result)

    outcomes = race(lambda: first.states(result, "0.6"), lambda: second.states(result, "0.6"))

    assert sum(isinstance(one, Contribution) for one in outcomes) == 1
    assert result.contributions.current().count() == 1


def test_a_private_partnerships_share_is_not_shown(result, api):
    one = Contributor(result)
    one.states(result, "0.5")
    one.partnership.change(status="draft")

    url = f"/api/v1/contributions/?shared_result={result.pk}"
    assert api.get(url).json()["results"] == []
    api.force_authenticate(one.lead)
    assert len(api.get(url).json()["results"]) == 1


def test_the_portfolio_over_the_api(result, api):
    one = Contributor(result)
    one.states(result, "0.25")
    unit = f.ReportingUnitFactory(membership=one.partnership.memberships.first())
    period = f.PeriodFactory(framework=one.indicator.framework)
    f.SubmissionFactory(unit=unit, period=period, values={one.indicator: 80}, approved=True)
    code = result.global_indicator.code

    answer = api.get(f"/api/v1/portfolio/?global_indicator={code}&year=2024")

    (library,) = answer.json()["libraries"]
    (line,) = library["lines"]
    assert D(line["figure"]["value"]) == 20
    assert D(line["parts"][0]["figure"]["value"]) == 80
    assert line["parts"][0]["shared_results"] == [result.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "non_field_errors"),
        ("year=2024", "non_field_errors"),
        ("global_indicator=99.9.9", "global_indicator"),
        ("goal=18", "goal"),
        ("country=XX", "country"),
        ("global_indicator=6.1.1&year=1066", "year"),
        ("global_indicator=6.1.1&year=2999", "year"),
        ("global_indicator=6.1.1&year=soon", "year"),
    ],
)
def test_what_cannot_be_answered_says_which_field(api, query, field):
    f.GlobalIndicatorFactory()

    answer = api.get(f"/api/v1/portfolio/?{query}")

    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == {field}


def test_the_page_leads_to_those_after_the_first_twenty(client):
    results = [f.SharedResultFactory(starts_on=date(2024, 1, 1 + number)) for number in range(21)]
    first = client.get("/results/shared/").content.decode()
    shown = [one for one in results if f'"/results/shared/{one.pk}/"' in first]
    assert len(shown) == 20

    [following] = re.findall(r'rel="next" href="([^"]+)"', first)
    answer = client.get("/results/shared/" + html.unescape(following))

    assert answer.status_code == 200
    [last] = set(results) - set(shown)
    assert f'"/results/shared/{last.pk}/"' in answer.content.decode()
