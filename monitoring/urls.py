from django.urls import path
from django.views.decorators.gzip import gzip_page

from monitoring.views import catalogue, reports, submissions

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("partnerships/", gzip_page(catalogue.partnerships), name="partnerships"),
    path("partnerships/<str:key>/", gzip_page(catalogue.partnership), name="partnership"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:pk>/", gzip_page(reports.report), name="report"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/start/<int:unit>/<int:period>/", submissions.start, name="submission-start"),
    path("submissions/<int:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:pk>/correct/", submissions.correct, name="submission-correct"),
    path("submissions/<int:pk>/review/", submissions.review, name="submission-review"),
]
