from django.urls import path, re_path
from django.views.decorators.gzip import gzip_page

from monitoring import (
    country_urls,
    engine_urls,
    entry_urls,
    evaluation_urls,
    framework_urls,
    kinds_urls,
    queue_urls,
    report_urls,
    reviewing_urls,
)
from monitoring.views import catalogue, completeness, explain, report_files, reports, shared

urlpatterns = [
    *engine_urls.urlpatterns,
    *framework_urls.urlpatterns,
    *country_urls.urlpatterns,
    *entry_urls.urlpatterns,
    *evaluation_urls.urlpatterns,
    *reviewing_urls.urlpatterns,
    *queue_urls.urlpatterns,
    *report_urls.urlpatterns,
    *kinds_urls.urlpatterns,
    path("", catalogue.home, name="home"),
    path("partnerships/", gzip_page(catalogue.partnerships), name="partnerships"),
    path("partnerships/<str:key>/", gzip_page(catalogue.partnership), name="partnership"),
    path(
        "partnerships/<str:key>/completeness/", completeness.matrix, name="partnership-completeness"
    ),
    path("results/", gzip_page(shared.figures), name="portfolio"),
    path("results/shared/", shared.shared_results, name="shared-results"),
    path("results/shared/<int:pk>/", shared.shared_result, name="shared-result"),
    path("results/shared/<int:pk>/edit/", shared.edit_result, name="shared-result-edit"),
    path("results/shared/<int:pk>/state/", shared.state, name="contribution-state"),
    path("results/contributions/<int:pk>/end/", shared.end, name="contribution-end"),
    path("partnerships/<str:key>/share-a-result/", shared.open_result, name="shared-result-open"),
    path("indicators/<int:pk>/explain/", explain.explained, name="indicator-explain"),
    path("partnerships/<str:key>/reports/", reports.of_partnership, name="partnership-reports"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:pk>/", gzip_page(reports.report), name="report"),
    re_path(
        r"^reports/(?P<pk>[0-9]{1,18})/report\.(?P<form>pdf|xlsx|zip|json)$",
        report_files.report_file,
        name="report-file",
    ),
    re_path(
        r"^reports/(?P<pk>[0-9]{1,18})/tables/(?P<key>[A-Za-z0-9_-]{1,60})\.csv$",
        report_files.report_table,
        name="report-table",
    ),
    path("verify/", report_files.check, name="report-check"),
]
