"""The pages on which evaluations are read, written, answered and followed up."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.models import Evaluation, ManagementAction, ManagementResponse
from tests.factories import (
    EvaluationFactory,
    EvaluationFindingFactory,
    IndicatorFactory,
    ManagementActionFactory,
    ManagementResponseFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
)
from tests.factories.evaluations import published
from tests.moves import People

pytestmark = pytest.mark.django_db
PLAN = {
    "kind": "mid_term",
    "title": "Half time",
    "scope": "Whether the wells are used.",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "evaluators": "Baraza Assurance Ltd",
}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def recommended(people, **values):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    EvaluationFindingFactory(evaluation=evaluation)
    return RecommendationFactory(
        evaluation=evaluation, **{"member": people.membership, "published": True, **values}
    )


def test_a_lead_takes_one_from_plan_to_publication_by_its_pages(client, people):
    key = people.partnership.reference
    client.force_login(people.lead_manager)
    wrong = client.post(f"/partnerships/{key}/evaluations/plan/", {**PLAN, "ends_on": "2023-01-01"})
    shown = wrong.content.decode()
    assert "There is a problem" in shown
    assert 'href="#id_ends_on"' in shown
    assert "Half time" in shown, "what was typed stays"

    made = client.post(f"/partnerships/{key}/evaluations/plan/", PLAN)
    evaluation = Evaluation.objects.get()
    own = f"/evaluations/{evaluation.pk}/"
    assert made["Location"] == own

    def act(name, **body):
        version = Evaluation.objects.get(pk=evaluation.pk).version
        answer = client.post(f"{own}{name}/", {"version": version, **body})
        assert answer.status_code == 302, answer.content.decode()

    act("edit", **{**PLAN, "title": "At half time", "relevance": "5"})
    act("document", file=SimpleUploadedFile("r.pdf", b"%PDF-1.7"))
    act("begin")
    client.force_login(people.evaluator)
    assert client.post(f"{own}findings/new/", {"text": "Used."}).status_code == 302
    to = {"text": "Train.", "member": people.membership.pk, "priority": "high"}
    assert client.post(f"{own}recommendations/new/", to).status_code == 302
    ours = {"text": "Write a guide.", "member": "", "priority": "low"}
    assert client.post(f"{own}recommendations/new/", ours).status_code == 302
    client.force_login(people.lead_manager)
    act("submit")
    act("return", reason="Page 3 is missing.")
    act("submit")
    act("publish")

    client.logout()
    shown = page(client, own)
    for text in ("At half time", "Finding 1", "Recommendation 2", "the secretariat", "5 of 6"):
        assert text in shown, text
    assert "Not answered yet" in shown
    assert "Withdraw" not in shown
    assert client.get(f"{own}file/")["Content-Disposition"].startswith("attachment")


def test_a_finding_names_an_indicator_of_its_partnership(client, people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    wells = IndicatorFactory(
        title="Wells in use",
        result__framework__partnership=people.partnership,
        result__framework__agreed=True,
    )
    drafted = IndicatorFactory(
        title="Pumps by night", result__framework__partnership=people.partnership
    )
    own, new = f"/evaluations/{evaluation.pk}/", f"/evaluations/{evaluation.pk}/findings/new/"
    client.force_login(people.evaluator)
    assert "Wells in use" in page(client, new)
    assert "Pumps by night" not in page(client, new)

    said = {"text": "Used.", "indicator": wells.pk}
    answer = client.post(new, said)
    assert answer.status_code == 302, answer.content.decode()
    finding = evaluation.findings.get()
    assert finding.indicator == wells
    assert "Wells in use" in page(client, own)
    for other in (drafted, IndicatorFactory(result__framework__agreed=True)):
        refused = client.post(new, {**said, "indicator": other.pk}).content.decode()
        assert "Select a valid choice" in refused
    assert evaluation.findings.count() == 1


def test_the_public_never_reads_what_a_draft_framework_measures(client, people):
    """Rows of before it was refused: no title, and no link that leads nowhere."""
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    drafted = IndicatorFactory(
        title="Pumps by night", result__framework__partnership=people.partnership
    )
    EvaluationFindingFactory(evaluation=evaluation, indicator=drafted)
    published(evaluation)

    shown = page(client, f"/evaluations/{evaluation.pk}/")
    assert "Pumps by night" not in shown
    assert f"/indicators/{drafted.pk}/" not in shown
    client.force_login(people.observer)
    assert "Pumps by night" in page(client, f"/evaluations/{evaluation.pk}/")


def test_a_lead_answers_and_the_owner_reports_by_the_pages(client, people):
    asked = recommended(people)
    respond = f"/recommendations/{asked.pk}/respond/"
    client.force_login(people.lead_manager)
    silent = client.post(respond, {"decision": "partly", "reason": ""}).content.decode()
    assert "There is a problem" in silent
    assert "Give the reason" in silent
    assert client.post(respond, {"decision": "accepted", "reason": ""}).status_code == 302

    plan = f"/recommendations/{asked.pk}/action/"
    early = {"what": "Hold a course.", "owner": people.membership.pk, "due_on": "2025-03-02"}
    assert "Not before the evaluation was published" in client.post(plan, early).content.decode()
    assert client.post(plan, {**early, "due_on": "2025-04-30"}).status_code == 302
    action = ManagementAction.objects.get()
    own = f"/management-actions/{action.pk}/"
    shown = page(client, own)
    assert "Overdue" in shown
    assert "Say how far it is" not in shown, "that is for who does it"
    assert "Postpone" in shown

    client.force_login(people.manager)
    news = {"status": "under_way", "note": "Begun.", "on": "2025-04-01", "version": 1}
    future = client.post(f"{own}report/", {**news, "on": "2090-01-01"}).content.decode()
    assert "Not come yet." in future
    today = action.follow_ups.get().noted_on.isoformat()
    assert client.post(f"{own}report/", {**news, "on": today}).status_code == 302
    late = client.post(f"{own}report/", {**news, "status": "done", "on": today})
    assert late.status_code == 409, "somebody was faster"
    assert ("How far it is", "Under way", "Done") in late.context["theirs"]
    assert late.context["version"] == 2
    shown = page(client, own)
    assert "Begun." in shown
    assert "Under way" in shown


def test_two_who_answer_otherwise_are_told(client, people):
    said = ManagementResponseFactory(recommendation=recommended(people))
    respond = f"/recommendations/{said.recommendation_id}/respond/"
    client.force_login(people.lead_manager)
    assert 'name="version" value="1"' in page(client, respond)
    new = {"decision": "partly", "reason": "Half of it.", "version": "1"}
    assert client.post(respond, new).status_code == 302

    late = client.post(respond, {**new, "decision": "accepted", "reason": "All of it."})
    assert late.status_code == 409
    assert late.context["theirs"] == [
        ("Answer", "Partly accepted", "Accepted"),
        ("Reason", "Half of it.", "All of it."),
    ]
    assert list(ManagementResponse.objects.values_list("decision", flat=True)) == [
        "partly",
        "accepted",
    ]
    again = {"decision": "accepted", "reason": "All of it.", "version": late.context["version"]}
    assert client.post(respond, again).status_code == 302
    shown = page(client, f"/evaluations/{said.recommendation.evaluation_id}/")
    assert "Earlier answers" in shown


def test_of_two_first_answers_the_second_is_shown_the_first(client, people):
    asked = recommended(people)
    respond = f"/recommendations/{asked.pk}/respond/"
    client.force_login(people.lead_manager)
    assert 'name="version"' not in page(client, respond)
    assert client.post(respond, {"decision": "accepted", "reason": ""}).status_code == 302

    late = client.post(respond, {"decision": "rejected", "reason": "No money."})
    assert late.status_code == 409
    assert ("Answer", "Accepted", "Rejected") in late.context["theirs"]
    assert late.context["version"] == 1


def test_who_saves_second_sees_what_is_stored_keeps_the_own_and_can_save(client, people):
    evaluation = EvaluationFactory(
        partnership=people.partnership, under_way=True, kind="mid_term", title="Half time"
    )
    finding = EvaluationFindingFactory(evaluation=evaluation, text="Used.")
    client.force_login(people.lead_manager)
    cases = [
        (f"/evaluations/{evaluation.pk}/edit/", PLAN, "title", "Title"),
        (f"/findings/{finding.pk}/edit/", {"text": "Used."}, "text", "Finding"),
    ]
    for address, body, name, label in cases:
        first = {**body, name: "Said first.", "version": "1"}
        assert client.post(address, first).status_code == 302, address

        late = client.post(address, {**body, name: "Said second.", "version": "1"})
        shown = late.content.decode()
        assert late.status_code == 409
        assert "Somebody else changed this meanwhile" in shown
        assert late.context["theirs"] == [(label, "Said first.", "Said second.")]
        assert late.context["form"][name].value() == "Said second."
        assert 'name="version" value="2"' in shown

        again = client.post(address, {**body, name: "Said second.", "version": "2"})
        assert again.status_code == 302
    evaluation.refresh_from_db()
    finding.refresh_from_db()
    assert (evaluation.title, finding.text) == ("Said second.", "Said second.")


def test_a_move_of_what_changed_meanwhile_is_made_by_asking_again(client, people):
    evaluation = EvaluationFactory(partnership=people.partnership)
    evaluation.amend(title="At half time")
    client.force_login(people.lead_manager)
    address = f"/evaluations/{evaluation.pk}/begin/"

    late = client.post(address, {"version": "1"})
    assert late.status_code == 409
    assert client.post(address, {"version": late.context["version"]}).status_code == 302
    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.title) == ("under_way", "At half time")


def test_what_people_typed_is_shown_and_never_run(client, people):
    script = "<script>alert(1)</script>"
    evaluation = EvaluationFactory(
        partnership=people.partnership, under_way=True, title=f"{script} تقييم 评估"
    )
    EvaluationFindingFactory(evaluation=evaluation, text=script, evidence=script)
    asked = RecommendationFactory(evaluation=evaluation, text=script, member=people.membership)
    published(evaluation)
    ManagementResponseFactory(recommendation=asked, decision="partly", reason=script)
    ManagementActionFactory(recommendation=asked, what=script)

    for address in (f"/evaluations/{evaluation.pk}/", f"/management-actions/{_action().pk}/"):
        shown = page(client, address)
        assert script not in shown
        assert "&lt;script&gt;alert(1)" in shown
    assert "تقييم 评估" in page(client, f"/evaluations/{evaluation.pk}/")


def _action():
    return ManagementAction.objects.get()


def test_the_public_sees_drafts_nowhere_and_what_was_withdrawn_with_the_reason(client, people):
    key = people.partnership.reference
    EvaluationFactory(partnership=people.partnership, title="Only a plan")
    gone = recommended(people).evaluation
    gone.withdraw(by=people.lead_manager, reason="The team was not independent.")

    shown = page(client, f"/partnerships/{key}/evaluations/")
    assert "Only a plan" not in shown
    assert gone.title in shown
    assert "The team was not independent." in page(client, f"/evaluations/{gone.pk}/")
    client.force_login(people.observer)
    assert "Only a plan" in page(client, f"/partnerships/{key}/evaluations/")


def test_the_follow_up_is_a_csv_file_without_formulas(client, people):
    asked = recommended(people, text="=1+1")
    ManagementActionFactory(recommendation=asked, what="Hold a course.", status="under_way")
    unanswered = RecommendationFactory(
        evaluation=EvaluationFactory(partnership=people.partnership, under_way=True),
        secretariat=True,
        published=True,
    )
    EvaluationFindingFactory(evaluation__partnership=people.partnership)
    answer = client.get(f"/partnerships/{people.partnership.reference}/evaluations/follow-up.csv")
    first, second = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert first["text"] == "'=1+1"
    assert (first["response"], first["status"], first["is_overdue"]) == (
        "accepted",
        "under_way",
        "yes",
    )
    assert first["owner"] == str(people.membership.partner)
    assert first["due_on"] == "2025-09-30"
    assert (second["evaluation"], second["addressed_to"], second["response"]) == (
        unanswered.evaluation.title,
        "secretariat",
        "",
    )


def test_pages_cost_the_same_for_one_and_for_many(client, people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    costs = []
    for size in (1, 8):
        for _ in range(size):
            EvaluationFindingFactory(evaluation=evaluation)
            other = EvaluationFactory(partnership=people.partnership, under_way=True)
            asked = RecommendationFactory(evaluation=other)
            for _ in range(size):
                RecommendationFactory(
                    evaluation=other, member=MembershipFactory(partnership=people.partnership)
                )
            published(other)
            for _ in range(size):
                ManagementActionFactory(recommendation=asked)
        addresses = [
            f"/evaluations/{other.pk}/",
            f"/partnerships/{people.partnership.reference}/evaluations/",
            f"/partnerships/{people.partnership.reference}/evaluations/follow-up.csv",
        ]
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                page(client, address)
            found.append(len(queries))
        costs.append(found)
    assert costs[0] == costs[1]


@pytest.mark.parametrize("size", [2, 6])
def test_the_leads_page_costs_the_same_for_any_number_of_recommendations(client, people, size):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    for _ in range(size):
        RecommendationFactory(evaluation=evaluation, member=people.membership)
        RecommendationFactory(evaluation=evaluation, secretariat=True)
    published(evaluation)
    client.force_login(people.lead_manager)
    address = f"/evaluations/{evaluation.pk}/"
    with CaptureQueriesContext(connection) as queries:
        shown = page(client, address)

    assert shown.count(">Answer<span") == size, "members' ones; admins answer the others"
    # session, user; evaluation; recommendations, responses, actions; may answer, may edit;
    # notices; tabs of the partnership (inside, edits, visible); errata; findings
    assert len(queries) == 14


def test_the_secretariats_page_lists_what_it_owes_and_what_is_late(client, people):
    ours = recommended(people, member=None, addressed_to="secretariat", text="Write a guide.")
    recommended(people, text="Train caretakers.")
    ManagementActionFactory(recommendation=recommended(people), what="Hold a course.")
    client.force_login(people.admin)
    shown = page(client, "/secretariat/evaluations/")

    assert shown.index("Write a guide.") < shown.index("Train caretakers.")
    assert shown.count("Write a guide.") == 2, "it is late as well"
    assert "Hold a course." in shown
    assert "Recommendations to answer" in page(client, "/secretariat/")
    assert client.get(f"/recommendations/{ours.pk}/")["Location"].endswith("#recommendation-1")
