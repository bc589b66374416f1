"""Pages of commitments and money."""

from django.urls import path

from partnerships.views import budget, commitments, deliveries

ONE = "partnerships/<str:key>/"
urlpatterns = [
    path(f"{ONE}commitments/", commitments.commitments, name="partnership-commitments"),
    path(f"{ONE}commitments/new/", commitments.new_commitment, name="partnership-commitment-new"),
    path(f"{ONE}commitments/<int:pk>/", commitments.commitment, name="partnership-commitment"),
    path(
        f"{ONE}commitments/<int:pk>/<slug:act>/",
        commitments.commitment_act,
        name="partnership-commitment-act",
    ),
    path(
        f"{ONE}deliverables/<int:pk>/<slug:act>/",
        deliveries.deliverable_act,
        name="partnership-deliverable-act",
    ),
    path(
        f"{ONE}deliveries/<int:pk>/<slug:act>/",
        deliveries.delivery_act,
        name="partnership-delivery-act",
    ),
    path(
        f"{ONE}delivery-evidence/<int:pk>/",
        deliveries.evidence_file,
        name="partnership-delivery-evidence",
    ),
    path(f"{ONE}budget/", budget.budget, name="partnership-budget"),
    path(f"{ONE}budget/new/", budget.new_line, name="partnership-budget-new"),
    path(f"{ONE}budget/<int:pk>/<slug:act>/", budget.line_act, name="partnership-budget-act"),
    path(
        f"{ONE}expenditures/<int:pk>/<slug:act>/",
        budget.expenditure_act,
        name="partnership-expenditure-act",
    ),
]
