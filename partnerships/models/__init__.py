from partnerships.models.agreements import Agreement, Endorsement, agreement_bound
from partnerships.models.assignments import Assignment, limits_of
from partnerships.models.budgets import BudgetLine
from partnerships.models.commitments import Commitment, Correction, DueDate
from partnerships.models.deliverables import Deliverable, DeliverableDate
from partnerships.models.deliveries import Delivery
from partnerships.models.differences import Change, Piece, difference, word_difference
from partnerships.models.documents import document_of, hash_of
from partnerships.models.funds import Fund
from partnerships.models.markers import Document, Marker
from partnerships.models.matches import Match
from partnerships.models.membership import Membership
from partnerships.models.needs import Need
from partnerships.models.objectives import Objective
from partnerships.models.partnership import Partnership
from partnerships.models.places import Location, PartnershipCountry
from partnerships.models.references import ReferenceYear
from partnerships.models.reviews import (
    PartnershipReview,
    ReviewCheck,
    ReviewComment,
    returned_reasons,
)
from partnerships.models.sections import Section
from partnerships.models.solutions import Solution
from partnerships.models.standings import Standing
from partnerships.models.versions import PartnershipVersion
from partnerships.models.word_counts import WordCount

__all__ = [
    "Agreement",
    "Assignment",
    "BudgetLine",
    "Change",
    "Commitment",
    "Correction",
    "Deliverable",
    "DeliverableDate",
    "Delivery",
    "Document",
    "DueDate",
    "Endorsement",
    "Fund",
    "Location",
    "Marker",
    "Match",
    "Membership",
    "Need",
    "Objective",
    "Partnership",
    "PartnershipCountry",
    "PartnershipReview",
    "PartnershipVersion",
    "Piece",
    "ReferenceYear",
    "ReviewCheck",
    "ReviewComment",
    "Section",
    "Solution",
    "Standing",
    "WordCount",
    "agreement_bound",
    "difference",
    "document_of",
    "hash_of",
    "limits_of",
    "returned_reasons",
    "word_difference",
]
