"""Pages on which data is reviewed, backed up, verified and checked."""

from django.urls import path

from monitoring.views import assessing, evidence, reviewing

SPOT_CHECKS, ASSESSMENTS = "spot-checks", "data-quality-assessments"

urlpatterns = [
    path("submissions/review/", reviewing.queue, name="review-queue"),
    path("submissions/<int:pk>/review/", reviewing.review, name="submission-review"),
    path("submissions/<int:pk>/comment/", reviewing.comment, name="submission-comment"),
    path("submissions/<int:pk>/evidence/", evidence.evidence, name="submission-evidence"),
    path("evidence/<int:pk>/", evidence.piece, name="evidence"),
    path("evidence/<int:pk>/file/", evidence.evidence_file, name="evidence-file"),
    path("evidence/<int:pk>/remove/", evidence.remove, name="evidence-remove"),
    path("evidence/<int:pk>/decide/", evidence.word, name="evidence-decide"),
    path("submissions/<int:pk>/checks/", assessing.checks, name="submission-checks"),
    path("submissions/<int:pk>/verify/", assessing.verify, name="submission-verify"),
    path("verifications/<int:pk>/file/", evidence.verification_file, name="verification-file"),
    path(
        "submissions/<int:pk>/spot-check/<int:value>/",
        assessing.spot_check,
        name="submission-spot-check",
    ),
    path("submissions/<int:pk>/assess/", assessing.assess, name="submission-assess"),
    path("spot-checks/<int:pk>/", assessing.followed, {"kind": SPOT_CHECKS}, name="spotcheck"),
    path(
        "data-quality-assessments/<int:pk>/",
        assessing.followed,
        {"kind": ASSESSMENTS},
        name="dataqualityassessment",
    ),
    *(
        path(
            f"{kind}/<int:pk>/{act}/",
            assessing.follow_up,
            {"kind": kind, "act": act},
            name=f"{kind}-{act}",
        )
        for kind in (SPOT_CHECKS, ASSESSMENTS)
        for act in ("finish", "withdraw")
    ),
    path(
        "partnerships/<str:key>/data-review/",
        assessing.data_review,
        name="partnership-data-review",
    ),
    path(
        "partnerships/<str:key>/data-review/reviewers/<int:pk>/end/",
        assessing.end_reviewer,
        name="partnership-data-review-end",
    ),
    path(
        "partnerships/<str:key>/data-review/indicators/<int:pk>/assess/",
        assessing.assess_indicator,
        name="partnership-data-review-assess",
    ),
]
