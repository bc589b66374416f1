"""Pages of what happens to reports."""

from django.urls import path

from monitoring.views import annual, report_life

ANNUAL = "partnerships/<str:key>/annual-report/"

urlpatterns = [
    path("reports/to-publish/", report_life.publishing, name="reports-to-publish"),
    path("reports/publication/", report_life.rules, name="publication-rules"),
    path("reports/publication/<slug:kind>/", report_life.rule, name="publication-rule"),
    path(ANNUAL, annual.annual_reports, name="partnership-annual"),
    path(f"{ANNUAL}<int:year>/", annual.annual_year, name="partnership-annual-year"),
    path(f"{ANNUAL}<int:year>/ask/", annual.annual_ask, name="partnership-annual-ask"),
    path(
        f"{ANNUAL}<int:year>/<slug:topic>/",
        annual.annual_section,
        name="partnership-annual-section",
    ),
    path("reports/<int:pk>/changes/", report_life.changes, name="report-changes"),
    path("reports/<int:pk>/endorse/", annual.endorse_report, name="report-endorse"),
    path("reports/<int:pk>/revise/", report_life.revise, name="report-revise"),
    path("reports/<int:pk>/reply/", report_life.answer, name="report-reply"),
    *(
        path(f"reports/<int:pk>/{act}/", report_life.act, {"act": act}, name=f"report-{act}")
        for act in report_life.ACTS
    ),
]
