from django.urls import path

from partnerships.views import dialogue, keeping, principles

PRINCIPLES = "partnerships/<str:key>/principles/"
DIALOGUE = "partnerships/<str:key>/dialogue/"

urlpatterns = [
    path(PRINCIPLES, principles.principles, name="partnership-principles"),
    path(
        f"{PRINCIPLES}groups/new/",
        principles.beneficiaries,
        name="partnership-principles-beneficiaries-new",
    ),
    path(
        f"{PRINCIPLES}groups/<int:pk>/",
        principles.beneficiaries,
        name="partnership-principles-beneficiaries",
    ),
    path(
        f"{PRINCIPLES}ten-principles/<int:membership>/",
        principles.ten_principles,
        name="partnership-principles-ten",
    ),
    path(
        f"{PRINCIPLES}withdraw/<slug:what>/<int:pk>/",
        keeping.withdraw,
        name="partnership-principles-withdraw",
    ),
    path(f"{PRINCIPLES}<slug:kind>/", principles.assess, name="partnership-principles-assess"),
    path(DIALOGUE, dialogue.dialogue, name="partnership-dialogue"),
    path(f"{DIALOGUE}groups/new/", dialogue.group, name="partnership-dialogue-group-new"),
    path(f"{DIALOGUE}groups/<int:pk>/", dialogue.group, name="partnership-dialogue-group"),
    path(f"{DIALOGUE}consultations/new/", dialogue.record, name="partnership-dialogue-record"),
    path(
        f"{DIALOGUE}consultations/<int:pk>/correct/",
        dialogue.correct,
        name="partnership-dialogue-correct",
    ),
    path(
        f"{DIALOGUE}consultations/<int:pk>/told/", dialogue.told, name="partnership-dialogue-told"
    ),
    path(f"{DIALOGUE}technology/new/", dialogue.technology, name="partnership-dialogue-technology"),
    path(f"{DIALOGUE}capacity/new/", dialogue.capacity, name="partnership-dialogue-capacity"),
    path(
        f"{DIALOGUE}technology/mitigations/<int:pk>/",
        dialogue.mitigation,
        name="partnership-dialogue-mitigation",
    ),
]
