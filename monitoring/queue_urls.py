"""The secretariat's queues."""

from django.urls import path

from monitoring.views import queues

urlpatterns = [
    path("secretariat/queues/", queues.queues, name="queues"),
    path("secretariat/queues/<slug:key>/", queues.queue, name="queue-of"),
    path("secretariat/queues/<slug:key>.csv", queues.queue_csv, name="queue-of-csv"),
]
