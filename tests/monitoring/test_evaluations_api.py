"""Evaluations over the API: the whole way, versions, keys, and what is refused by its field."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from monitoring.models import ManagementResponse
from tests.factories import (
    EvaluationFactory,
    EvaluationFindingFactory,
    IndicatorFactory,
    ManagementActionFactory,
    ManagementResponseFactory,
    PartnershipFactory,
    RecommendationFactory,
)
from tests.factories.evaluations import published
from tests.moves import People

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def refusal(answer):
    (error,) = answer.json()["errors"]
    return answer.status_code, error["code"], error["attr"]


def test_from_plan_to_done(api, people):
    def post(path, body=None, status=200):
        answer = api.post(f"{V1}{path}", body or {}, format="json")
        assert answer.status_code == status, answer.json()
        return answer.json()

    api.force_authenticate(people.lead_manager)
    plan = {
        "partnership": people.partnership.pk,
        "kind": "mid_term",
        "title": "Half time",
        "scope": "Whether the wells are used.",
        "starts_on": "2024-01-01",
        "ends_on": "2024-12-31",
        "evaluators": "Baraza Assurance Ltd",
        "is_independent": True,
        "relevance": 5,
    }
    made = post("evaluations/", plan, 201)
    own = f"evaluations/{made['id']}/"
    assert (made["status"], made["relevance"], made["impact"]) == ("planned", 5, None)
    post(f"{own}begin/")
    api.force_authenticate(people.evaluator)
    finding = post("findings/", {"evaluation": made["id"], "text": "Used."}, 201)
    to = {"evaluation": made["id"], "text": "Train.", "member": people.membership.pk}
    asked = post("recommendations/", to, 201)
    assert (finding["number"], asked["number"], asked["priority"]) == (1, 1, "medium")
    api.force_authenticate(people.lead_manager)
    file = SimpleUploadedFile("Names of people.pdf", b"%PDF-1.7")
    sent = api.post(f"{V1}{own}document/", {"file": file}, format="multipart")
    assert sent.json()["download"] == f"/api/v1/{own}file/"
    post(f"{own}submit/")
    published = post(f"{own}publish/")
    assert published["status"] == "published"

    said = post(
        "management-responses/", {"recommendation": asked["id"], "decision": "accepted"}, 201
    )
    assert (said["revision"], said["reason"]) == (1, "")
    what = {
        "recommendation": asked["id"],
        "what": "Hold a course.",
        "owner": people.membership.pk,
        "due_on": "2090-01-31",
    }
    action = post("management-actions/", what, 201)
    api.force_authenticate(people.manager)
    done = post(f"management-actions/{action['id']}/report/", {"status": "done", "note": "Held."})
    assert (done["status"], done["is_overdue"]) == ("done", False)
    lines = [(one["status"], one["note"]) for one in done["follow_ups"]]
    assert lines == [("not_started", ""), ("done", "Held.")]

    api.force_authenticate(None)
    answer = api.get(f"{V1}{own}file/")
    assert answer["Content-Disposition"] == f'attachment; filename="evaluation-{made["id"]}.pdf"'
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    (row,) = api.get(f"{V1}management-actions/?evaluation={made['id']}").json()["results"]
    assert row == api.get(f"{V1}management-actions/{action['id']}/").json()


def test_two_editors_never_overwrite_each_other(api, people):
    evaluation = EvaluationFactory(partnership=people.partnership)
    api.force_authenticate(people.lead_manager)
    url = f"{V1}evaluations/{evaluation.pk}/"
    etag = api.get(url)["ETag"]

    first = api.patch(url, {"title": "Half time"}, format="json", HTTP_IF_MATCH=etag)
    assert first.status_code == 200
    second = api.patch(url, {"title": "Midway"}, format="json", HTTP_IF_MATCH=etag)
    assert second.status_code == 412
    assert api.patch(url, {"title": "Midway"}, format="json").status_code == 428
    evaluation.refresh_from_db()
    assert evaluation.title == "Half time"


def test_an_answer_that_is_not_the_last_is_not_revised(api, people):
    said = ManagementResponseFactory(
        recommendation__evaluation__partnership=people.partnership, decision="accepted"
    )
    api.force_authenticate(people.lead_manager)
    url = f"{V1}management-responses/{said.pk}/revise/"
    new = {"decision": "partly", "reason": "Half of it."}

    made = api.post(url, new, format="json")
    assert (made.status_code, made.json()["revision"]) == (200, 2)
    assert api.post(url, new, format="json").status_code == 412
    current = api.get(f"{V1}management-responses/?current=true").json()["results"]
    assert [one["id"] for one in current] == [made.json()["id"]]
    earlier = api.get(f"{V1}management-responses/?current=false").json()["results"]
    assert [one["id"] for one in earlier] == [said.pk]


def test_a_repeated_post_has_its_effect_once(api, people):
    asked = RecommendationFactory(
        evaluation=EvaluationFactory(partnership=people.partnership, under_way=True),
        published=True,
    )
    api.force_authenticate(people.lead_manager)
    body = {"recommendation": asked.pk, "decision": "accepted"}
    answers = [
        api.post(f"{V1}management-responses/", body, format="json", HTTP_IDEMPOTENCY_KEY="one")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert ManagementResponse.objects.count() == 1


def test_says_what_is_wrong_by_its_field(api, people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    asked = RecommendationFactory(evaluation=evaluation, member=people.membership)
    hidden = RecommendationFactory()
    action = ManagementActionFactory(
        recommendation=RecommendationFactory(
            evaluation=EvaluationFactory(partnership=people.partnership, under_way=True),
            member=people.membership,
            published=True,
        )
    )
    due = {"recommendation": action.recommendation_id, "what": "Do.", "due_on": "2025-03-02"}
    cases = [
        ("management-responses/", {"recommendation": hidden.pk, "decision": "accepted"},
         (400, "does_not_exist", "recommendation")),
        ("management-responses/", {"recommendation": asked.pk, "decision": "accepted"},
         (409, "not_published", None)),
        ("management-actions/", {**due, "owner": people.membership.pk},
         (400, "due_before", "due_on")),
        ("management-actions/", {**due, "due_on": "2090-01-01", "owner": None},
         (400, "invalid", "owner")),
        (f"management-actions/{action.pk}/report/", {"status": "dropped", "note": "x"},
         (400, "invalid_choice", "status")),
        (f"management-actions/{action.pk}/report/", {"status": "done", "note": "x", "by": 1},
         (400, "unknown_field", "by")),
        ("findings/", {"evaluation": evaluation.pk, "text": "x" * 5001},
         (400, "max_length", "text")),
        ("findings/", {"evaluation": evaluation.pk, "text": "x", "url": "javascript:alert(1)"},
         (400, "invalid", "url")),
        (f"evaluations/{evaluation.pk}/document/", {}, (400, "invalid", "url")),
        (f"evaluations/{evaluation.pk}/document/", {"url": "javascript:alert(1)"},
         (400, "invalid", "url")),
    ]  # fmt: skip
    for person, expected in ((people.admin, cases),):
        api.force_authenticate(person)
        for path, body, wanted in expected[1:]:
            assert refusal(api.post(f"{V1}{path}", body, format="json")) == wanted, path
    api.force_authenticate(people.lead_manager)
    path, body, wanted = cases[0]
    assert refusal(api.post(f"{V1}{path}", body, format="json")) == wanted


def test_finds_by_partnership_state_and_what_is_overdue(api, people):
    late = ManagementActionFactory(
        recommendation=RecommendationFactory(
            evaluation=EvaluationFactory(partnership=people.partnership, under_way=True),
            published=True,
        )
    )
    done = ManagementActionFactory(status="done")
    unanswered = RecommendationFactory(published=True)
    EvaluationFindingFactory(evaluation__partnership=people.partnership)
    key = people.partnership.pk

    def found(path):
        return [row["id"] for row in api.get(f"{V1}{path}").json()["results"]]

    assert found("management-actions/?overdue=true") == [late.pk]
    assert found(f"management-actions/?partnership={key}") == [late.pk]
    assert found("management-actions/?status=done") == [done.pk]
    assert found("management-actions/?overdue=false") == [done.pk]
    assert found("recommendations/?unanswered=true") == [unanswered.pk]
    assert unanswered.pk not in found("recommendations/?unanswered=false")
    assert late.recommendation_id in found("recommendations/?unanswered=false")
    assert found(f"evaluations/?partnership={key}") == [late.recommendation.evaluation_id]
    assert found(f"findings/?partnership={key}") == [], "of a draft"


def test_a_findings_indicator_is_given_to_who_sees_its_framework(api, people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    drafted = IndicatorFactory(result__framework__partnership=people.partnership)
    settled = IndicatorFactory(
        result__framework__partnership=people.partnership, result__framework__agreed=True
    )
    hidden, shown = (
        EvaluationFindingFactory(evaluation=evaluation, indicator=one) for one in (drafted, settled)
    )
    published(evaluation)

    def found(path=""):
        return {r["id"]: r["indicator"] for r in api.get(f"{V1}findings/{path}").json()["results"]}

    assert found() == {hidden.pk: None, shown.pk: settled.pk}
    assert found(f"?indicator={settled.pk}") == {shown.pk: settled.pk}
    assert found(f"?indicator={drafted.pk}") == {}
    assert api.get(f"{V1}findings/{hidden.pk}/").json()["indicator"] is None
    api.force_authenticate(people.observer)
    assert found() == {hidden.pk: drafted.pk, shown.pk: settled.pk}
    assert found(f"?indicator={drafted.pk}") == {hidden.pk: drafted.pk}
