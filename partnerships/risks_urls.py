from django.urls import path

from partnerships.views import ledger

BASE = "partnerships/<str:key>/risks/"

urlpatterns = [
    path(BASE, ledger.risks, name="partnership-risks"),
    path(f"{BASE}propose/", ledger.propose, name="partnership-risks-propose"),
    path(f"{BASE}new/", ledger.risk, name="partnership-risk-new"),
    path(f"{BASE}<int:pk>/", ledger.risk, name="partnership-risk"),
    path(f"{BASE}<int:pk>/move/", ledger.move, {"what": "risk"}, name="partnership-risk-move"),
    path(f"{BASE}benefits/new/", ledger.benefit, name="partnership-benefit-new"),
    path(f"{BASE}benefits/<int:pk>/", ledger.benefit, name="partnership-benefit"),
    path(
        f"{BASE}benefits/<int:pk>/move/",
        ledger.move,
        {"what": "benefit"},
        name="partnership-benefit-move",
    ),
]
