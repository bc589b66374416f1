"""Evaluations of the world's active partnership: one in each state that rights depend on."""

from django.core.files.base import ContentFile

from tests import factories as f
from tests.factories.evaluations import published


def evaluations(rows):
    active, member = rows["active"], rows["membership"]
    made = {
        name: f.EvaluationFactory(partnership=active, **{state: True} if state else {})
        for name, state in {
            "planned_evaluation": "",
            "open_evaluation": "under_way",
            "whole_evaluation": "under_way",
            "sent_evaluation": "submitted",
            "public_evaluation": "under_way",
        }.items()
    }
    draft = made["open_evaluation"]
    draft.change(url="", file="")
    draft.file.save("report.pdf", ContentFile(b"%PDF-"))
    f.EvaluationFindingFactory(evaluation=made["whole_evaluation"])
    public = made["public_evaluation"]
    finding = f.EvaluationFindingFactory(evaluation=public)
    answered, unanswered, rejected = f.RecommendationFactory.create_batch(
        3, evaluation=public, member=member
    )
    ours = f.RecommendationFactory(evaluation=public, secretariat=True)
    published(public)
    action = f.ManagementActionFactory(recommendation=answered)
    f.ManagementResponseFactory(recommendation=rejected, decision="rejected", reason="No money.")
    return {
        **made,
        "draft_finding": f.EvaluationFindingFactory(evaluation=draft),
        "draft_recommendation": f.RecommendationFactory(evaluation=draft, member=member),
        "public_finding": finding,
        "answered": answered,
        "unanswered": unanswered,
        "for_secretariat": ours,
        "management_response": answered.responses.get(),
        "rejection": rejected.responses.get(),
        "management_action": action,
        "evaluation_reminder": f.EvaluationReminderFactory(action=action),
    }
