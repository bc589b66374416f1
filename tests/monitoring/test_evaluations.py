"""Evaluations: who moves them where, what is asked for before, and what never changes after."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from monitoring.models import Erratum, Evaluation, EvaluationFinding, Recommendation
from monitoring.services.evaluations import (
    add_finding,
    attach_document,
    edit_evaluation,
    edit_part,
    plan_evaluation,
    remove_part,
    state_erratum,
)
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    EvaluationFactory,
    EvaluationFindingFactory,
    PartnershipFactory,
    RecommendationFactory,
    UserFactory,
)
from tests.factories.evaluations import published
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db

SAID = {
    "kind": "mid_term",
    "title": "Mid-term evaluation",
    "scope": "Whether the wells are used.",
    "starts_on": date(2024, 1, 1),
    "ends_on": date(2024, 12, 31),
    "evaluators": "Baraza Assurance Ltd",
}
MOVES = {
    "begin": lambda e, by: e.begin(by=by),
    "submit": lambda e, by: e.submit(by=by),
    "send_back": lambda e, by: e.send_back(by=by, reason="The list of villages is missing."),
    "publish": lambda e, by: e.publish(by=by),
    "withdraw": lambda e, by: e.withdraw(by=by, reason="The team was not independent."),
}
# Written from the design: where each move leads from, and to.
LEADS_TO = {
    "begin": {"planned": "under_way"},
    "submit": {"under_way": "submitted"},
    "send_back": {"submitted": "under_way"},
    "publish": {"submitted": "published"},
    "withdraw": dict.fromkeys(["planned", "under_way", "submitted", "published"], "withdrawn"),
}
STATES = ["planned", "under_way", "submitted", "published", "withdrawn"]


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def evaluation_in(state, people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    EvaluationFindingFactory(evaluation=evaluation)
    if state == "published":
        return published(evaluation)
    dated = {"withdrawn": {"withdrawn_at": timezone.now(), "withdrawal_reason": "Stopped."}}
    return evaluation.change(status=state, **dated.get(state, {}))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_moves_only_along_its_table(people, move, state):
    evaluation = evaluation_in(state, people)
    to = LEADS_TO[move].get(state)

    if to is None:
        with refused("invalid_transition"):
            MOVES[move](evaluation, people.lead_manager)
    else:
        MOVES[move](evaluation, people.lead_manager)
    assert Evaluation.objects.get(pk=evaluation.pk).status == (to or state)
    assert moves_of(evaluation) == ([(state, to)] if to else [])


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("lead_manager", True),
        ("admin", True),
        ("lead_evaluator", False),
        ("manager", False),
        ("evaluator", False),
        ("observer", False),
        ("outsider", False),
    ],
)
def test_only_the_leads_managers_and_admins_move_it(people, move, who, may):
    evaluation = evaluation_in(next(iter(LEADS_TO[move])), people)

    if may:
        MOVES[move](evaluation, people[who])
    else:
        with refused("lead_only", NotAllowed):
            MOVES[move](evaluation, people[who])


@pytest.mark.django_db(transaction=True)
def test_of_two_that_publish_at_once_one_does(people):
    first, second = read_twice(evaluation_in("submitted", people))
    by = people.lead_manager

    outcomes = race(lambda: first.publish(by=by), lambda: second.publish(by=by))

    assert [getattr(one, "code", None) for one in outcomes if one] == ["invalid_transition"]
    assert moves_of(first) == [("submitted", "published")]


def test_publication_is_dated_and_leaves_sixty_days_for_responses(people):
    evaluation = evaluation_in("submitted", people)
    evaluation.publish(by=people.lead_manager)

    assert evaluation.published_on == timezone.localdate()
    assert evaluation.respond_by - evaluation.published_on == timedelta(days=60)


def test_a_partnership_is_evaluated_also_once_it_is_over_but_not_before_it_is_registered(people):
    over = PartnershipFactory(completed=True)
    lead = UserFactory(manages=over.memberships.get().partner)
    assert plan_evaluation(over, by=lead, **SAID).status == "planned"

    draft = PartnershipFactory()
    lead = UserFactory(manages=draft.memberships.get().partner)
    with refused("not_registered"):
        plan_evaluation(draft, by=lead, **SAID)
    with refused("lead_only", NotAllowed):
        plan_evaluation(people.partnership, by=people.manager, **SAID)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("ends_on", {"ends_on": date(2023, 12, 31)}),
        ("expected_on", {"expected_on": date(2023, 12, 31)}),
        ("starts_on", {"starts_on": date(1024, 1, 1)}),
        ("relevance", {"relevance": 7}),
        ("impact", {"impact": 0}),
        ("kind", {"kind": "unheard_of"}),
        ("title", {"title": "x" * 301}),
        ("scope", {"scope": "x" * 10_001}),
        ("evaluators", {"evaluators": ""}),
    ],
)
def test_refuses_what_makes_no_sense_by_its_field(people, field, values):
    with pytest.raises(ValidationError) as refusal:
        plan_evaluation(people.partnership, by=people.lead_manager, **{**SAID, **values})
    assert list(refusal.value.message_dict) == [field]
    assert not Evaluation.objects.exists()


def test_scripts_and_other_scripts_are_kept_as_they_were_typed(people):
    told = {
        **SAID,
        "title": "<script>alert(1)</script> تقييم منتصف المدة",
        "scope": "水井是否被使用？",
    }
    made = plan_evaluation(people.partnership, by=people.lead_manager, **told)

    made.refresh_from_db()
    assert (made.title, made.scope) == (told["title"], told["scope"])


@pytest.mark.parametrize(
    ("code", "lacking"),
    [
        ("days_not_over", {"ends_on": date(2090, 1, 1)}),
        ("no_document", {"url": ""}),
        ("no_findings", {}),
    ],
)
def test_is_submitted_whole(people, code, lacking):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True, **lacking)
    if code != "no_findings":
        EvaluationFindingFactory(evaluation=evaluation)

    with refused(code):
        evaluation.submit(by=people.lead_manager)
    evaluation.refresh_from_db()
    assert evaluation.status == "under_way"


@pytest.mark.parametrize("state", ["submitted", "published", "withdrawn"])
def test_what_was_submitted_is_not_edited(people, state):
    evaluation = evaluation_in(state, people)
    finding = evaluation.findings.get()
    by = people.lead_manager

    with refused("evaluation_settled"):
        edit_evaluation(evaluation, by=by, title="Another one")
    with refused("evaluation_settled"):
        attach_document(evaluation, by=by, url="https://example.org/other")
    with refused("not_under_way"):
        add_finding(evaluation, by=by, text="Another one.")
    with refused("not_under_way"):
        edit_part(finding, by=by, text="Another one.")
    with refused("not_under_way"):
        remove_part(finding, by=by)


def test_what_is_wrong_in_a_published_one_is_put_right_beside_it(people):
    evaluation = evaluation_in("published", people)
    version = evaluation.version
    state_erratum(evaluation, " Page 3: 41 wells. ", by=people.lead_manager)

    assert list(evaluation.errata.values_list("text", flat=True)) == ["Page 3: 41 wells."]
    assert evaluation.version == version + 1
    assert Event.objects.about(evaluation).get().kind == "evaluation.corrected"
    with refused("lead_only", NotAllowed):
        state_erratum(evaluation, "Page 4.", by=people.evaluator)
    for text in (" ", "x" * 5001):
        with pytest.raises(ValidationError):
            state_erratum(evaluation, text, by=people.lead_manager)
    with refused("not_published"):
        state_erratum(evaluation_in("submitted", people), "Page 3.", by=people.lead_manager)


def test_nobody_writes_over_what_was_published(people):
    evaluation = evaluation_in("under_way", people)
    recommendation = RecommendationFactory(evaluation=evaluation)
    published(evaluation)
    state_erratum(evaluation, "Page 3: 41 wells.", by=people.lead_manager)
    rows = Evaluation.objects.filter(pk=evaluation.pk)
    attempts = [
        lambda: rows.update(title="Another title"),
        lambda: rows.update(status="under_way"),
        lambda: rows.update(published_on=date(2024, 1, 1)),
        rows.delete,
        lambda: EvaluationFinding.objects.update(text="All is well."),
        EvaluationFinding.objects.all().delete,
        lambda: EvaluationFindingFactory(evaluation=evaluation),
        lambda: Recommendation.objects.update(priority="low"),
        lambda: Recommendation.objects.filter(pk=recommendation.pk).delete(),
        lambda: Erratum.objects.update(text="Nothing."),
        Erratum.objects.all().delete,
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    evaluation.withdraw(by=people.lead_manager, reason="The team was not independent.")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(status="published", withdrawn_at=None)


def test_the_public_reads_what_was_published_and_why_it_was_withdrawn(people, client):
    rows = {state: evaluation_in(state, people) for state in STATES}
    rows["taken back"] = evaluation_in("published", people)
    rows["taken back"].withdraw(by=people.lead_manager, reason="Not independent.")
    halted = EvaluationFactory(published=True)
    stranger, insiders = people.outsider, [people.observer, people.evaluator, people.admin]

    seen = set(Evaluation.objects.visible_to(stranger))
    assert seen == {rows["published"], rows["taken back"], halted}
    for person in insiders:
        assert set(rows.values()) <= set(Evaluation.objects.visible_to(person))
