"""What partnerships put under /api/v1/."""

from partnerships.api import (
    agreements,
    assignments,
    commitments,
    objectives,
    partnerships,
    versions,
)

RESOURCES = {
    "partnerships": partnerships.PartnershipViewSet,
    "assignments": assignments.AssignmentViewSet,
    "objectives": objectives.ObjectiveViewSet,
    "memberships": partnerships.MembershipViewSet,
    "commitments": commitments.CommitmentViewSet,
    "deliveries": commitments.DeliveryViewSet,
    "agreements": agreements.AgreementViewSet,
    "endorsements": agreements.EndorsementViewSet,
    "partnership-versions": versions.PartnershipVersionViewSet,
}
