"""What partnerships put under /api/v1/."""

from partnerships.api import (
    agreements,
    assignments,
    budgets,
    commitments,
    deliverables,
    deliveries,
    delivery_evidence,
    ledger,
    objectives,
    partnerships,
    reviews,
    spending,
    versions,
)

RESOURCES = {
    "partnerships": partnerships.PartnershipViewSet,
    "assignments": assignments.AssignmentViewSet,
    "objectives": objectives.ObjectiveViewSet,
    "memberships": partnerships.MembershipViewSet,
    "commitments": commitments.CommitmentViewSet,
    "deliverables": deliverables.DeliverableViewSet,
    "deliveries": deliveries.DeliveryViewSet,
    "delivery-evidence": delivery_evidence.DeliveryEvidenceViewSet,
    "planned-disbursements": spending.PlannedDisbursementViewSet,
    "budget-lines": budgets.BudgetLineViewSet,
    "expenditures": spending.ExpenditureViewSet,
    "agreements": agreements.AgreementViewSet,
    "endorsements": agreements.EndorsementViewSet,
    "objections": agreements.ObjectionViewSet,
    "risks": ledger.RiskViewSet,
    "benefits": ledger.BenefitViewSet,
    "partnership-reviews": reviews.PartnershipReviewViewSet,
    "review-comments": reviews.ReviewCommentViewSet,
    "partnership-versions": versions.PartnershipVersionViewSet,
}
