from partnerships.models.agreements import Agreement, Endorsement, agreement_bound
from partnerships.models.assignments import Assignment, limits_of
from partnerships.models.commitments import Commitment, Delivery, DueDate
from partnerships.models.markers import Document, Marker
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership, PartnershipCountry, ReferenceYear

__all__ = [
    "Agreement",
    "Assignment",
    "Commitment",
    "Delivery",
    "Document",
    "DueDate",
    "Endorsement",
    "Marker",
    "Membership",
    "Partnership",
    "PartnershipCountry",
    "ReferenceYear",
    "agreement_bound",
    "limits_of",
]
