from django.urls import path
from django.views.decorators.gzip import gzip_page

from monitoring.views import checking, entering, grids, stories, submissions, uploads

urlpatterns = [
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/start/<int:unit>/<int:period>/", submissions.start, name="submission-start"),
    path("submissions/<int:pk>/", gzip_page(entering.submission), name="submission"),
    path("submissions/grid/<int:period>/", gzip_page(grids.grid), name="submissions-grid"),
    path("submissions/grid/<int:period>/send/", grids.send, name="submissions-grid-send"),
    path("submissions/<int:pk>/check/", checking.check, name="submission-check"),
    path("submissions/<int:pk>/correct/", submissions.correct, name="submission-correct"),
    path("submissions/<int:pk>/stories/", stories.of_submission, name="submission-stories"),
    path("submissions/<int:pk>/stories/new/", stories.write, name="story-new"),
    path("submissions/<int:pk>/stories/<int:story>/", stories.write, name="story-edit"),
    path("submissions/<int:pk>/stories/<int:story>/remove/", stories.remove, name="story-remove"),
    path("stories/<int:pk>/select/", stories.select, name="story-select"),
    path("stories/<int:pk>/consent/", stories.end_consent, name="story-consent"),
    path(
        "partnerships/<str:key>/stories/",
        gzip_page(stories.of_partnership),
        name="partnership-stories",
    ),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/new/<int:period>/", uploads.new, name="upload-new"),
    path("uploads/template/<int:period>/", uploads.template, name="upload-template"),
    path("uploads/<int:pk>/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/load/", uploads.load, name="upload-load"),
    path("uploads/<int:pk>/errors/", uploads.errors, name="upload-errors"),
]
