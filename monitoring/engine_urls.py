"""Where admins watch the engine, and programs read its metrics."""

from django.urls import path

from monitoring.views import engine, metrics

urlpatterns = [
    path("metrics", metrics.metrics, name="metrics"),
    path("secretariat/engine/", engine.engine, name="engine"),
    path("secretariat/engine/runs/<int:pk>/again/", engine.again, name="run-again"),
    path("secretariat/engine/files/<int:pk>/again/", engine.file_again, name="file-again"),
    path("secretariat/report-schedules/", engine.schedules, name="report-schedules"),
    path("secretariat/report-schedules/<int:pk>/", engine.schedule, name="report-schedule"),
]
