"""What partnerships put under /api/v1/."""

from partnerships.api import agreements, commitments, partnerships

RESOURCES = {
    "partnerships": partnerships.PartnershipViewSet,
    "memberships": partnerships.MembershipViewSet,
    "commitments": commitments.CommitmentViewSet,
    "deliveries": commitments.DeliveryViewSet,
    "agreements": agreements.AgreementViewSet,
    "endorsements": agreements.EndorsementViewSet,
}
