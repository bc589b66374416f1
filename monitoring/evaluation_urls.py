"""Pages of evaluations, responses to them, and what is done about them."""

from django.urls import path

from monitoring.views import evaluating, evaluations, managing

urlpatterns = [
    path(
        "partnerships/<str:key>/evaluations/",
        evaluations.of_partnership,
        name="partnership-evaluations",
    ),
    path(
        "partnerships/<str:key>/evaluations/follow-up.csv",
        evaluations.follow_up_csv,
        name="partnership-evaluations-csv",
    ),
    path(
        "partnerships/<str:key>/evaluations/plan/", evaluating.plan, name="partnership-evaluation"
    ),
    path("evaluations/<int:pk>/", evaluations.evaluation, name="evaluation"),
    path("evaluations/<int:pk>/file/", evaluations.report_file, name="evaluation-file"),
    path(
        "evaluations/<int:pk>/findings/new/",
        evaluating.add_part,
        {"what": "finding"},
        name="finding-new",
    ),
    path(
        "evaluations/<int:pk>/recommendations/new/",
        evaluating.add_part,
        {"what": "recommendation"},
        name="recommendation-new",
    ),
    path("evaluations/<int:pk>/<slug:act>/", evaluating.act, name="evaluation-act"),
    path("evaluation-reminders/<int:pk>/", evaluations.reminder, name="evaluationreminder"),
    path("findings/<int:pk>/", evaluations.part, {"what": "finding"}, name="evaluationfinding"),
    path("findings/<int:pk>/edit/", evaluating.edit, {"what": "finding"}, name="finding-edit"),
    path(
        "findings/<int:pk>/remove/", evaluating.remove, {"what": "finding"}, name="finding-remove"
    ),
    path(
        "recommendations/<int:pk>/",
        evaluations.part,
        {"what": "recommendation"},
        name="recommendation",
    ),
    path(
        "recommendations/<int:pk>/edit/",
        evaluating.edit,
        {"what": "recommendation"},
        name="recommendation-edit",
    ),
    path(
        "recommendations/<int:pk>/remove/",
        evaluating.remove,
        {"what": "recommendation"},
        name="recommendation-remove",
    ),
    path("recommendations/<int:pk>/respond/", managing.answer, name="recommendation-respond"),
    path("recommendations/<int:pk>/action/", managing.plan, name="recommendation-action"),
    path("management-responses/<int:pk>/", evaluations.response, name="managementresponse"),
    path("management-actions/<int:pk>/", managing.action, name="managementaction"),
    path("management-actions/<int:pk>/<slug:act>/", managing.act, name="managementaction-act"),
    path("secretariat/evaluations/", evaluations.waiting, name="evaluations-waiting"),
]
