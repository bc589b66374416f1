"""Pages on which a partnership is begun, described, submitted and moved on."""

from django.urls import path

from partnerships.views import copying, hub, light, registering, submitting, targets, workspace

WORK = "partnerships/<str:key>/work/"

urlpatterns = [
    path("workspace/", workspace.workspace, name="workspace"),
    path("workspace/begin/", workspace.begin, name="begin-partnership"),
    path("workspace/light/", light.register, name="register-light"),
    path(WORK, hub.hub, name="partnership-work"),
    path(f"{WORK}copy/", copying.copy, name="partnership-copy"),
    path(f"{WORK}move/", hub.move, name="partnership-move"),
    path(f"{WORK}about/", registering.about, name="partnership-about"),
    path(f"{WORK}targets/", targets.targets, name="partnership-targets"),
    path(f"{WORK}light/", light.complete, name="partnership-light"),
    path(f"{WORK}check/", submitting.check, name="partnership-check"),
    path(f"{WORK}objectives/", registering.objectives, name="partnership-objectives"),
    path(f"{WORK}objectives/<int:pk>/", registering.objective, name="partnership-objective"),
    path(
        f"{WORK}objectives/<int:pk>/remove/",
        registering.drop_objective,
        name="partnership-objective-remove",
    ),
]
