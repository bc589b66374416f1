import partnerships.models.binding_parts
import partnerships.models.inclusion  # noqa: F401 - parts of the document
from partnerships.models.agreements import Agreement, Endorsement, agreement_bound
from partnerships.models.amendments import Amendment, AmendmentEndorsement
from partnerships.models.assent import Assent, assent_of
from partnerships.models.assignments import Assignment, limits_of
from partnerships.models.balance import Balance, balance_of
from partnerships.models.beneficiaries import BeneficiaryGroup, PeopleGroup
from partnerships.models.budgets import BudgetLine, Expenditure
from partnerships.models.capacity import CapacityAssessment
from partnerships.models.checklists import Ingredient, checklist
from partnerships.models.clauses import Clause
from partnerships.models.commitments import Commitment, Correction, DueDate
from partnerships.models.complaints import Complaint
from partnerships.models.consultations import Consultation, Turnout
from partnerships.models.declarations import ConflictOfInterest, Declaration
from partnerships.models.deliverables import Deliverable, DeliverableDate
from partnerships.models.deliveries import Delivery
from partnerships.models.delivery_evidence import DeliveryEvidence
from partnerships.models.differences import Change, Piece, difference, word_difference
from partnerships.models.disbursements import PlannedDisbursement
from partnerships.models.documents import document_of, hash_of
from partnerships.models.editions import ClauseChange, changes_between
from partnerships.models.facets import Facets
from partnerships.models.feedback import Feedback
from partnerships.models.funds import Fund
from partnerships.models.handovers import CommitmentHandover, LeadHandover
from partnerships.models.ledger import (
    LedgerState,
    bearer,
    ledger_is_visible,
    ledger_state,
    ledger_text,
    with_shares,
)
from partnerships.models.ledger_at import Dealt, ledger_at
from partnerships.models.lessons import Lesson
from partnerships.models.markers import Document, Marker
from partnerships.models.matches import Match
from partnerships.models.member_invitations import (
    MembershipInvitation,
    MembershipInvitationMail,
)
from partnerships.models.membership import Membership
from partnerships.models.needs import Need
from partnerships.models.objections import Objection, amendments_need_endorsement
from partnerships.models.objectives import Objective
from partnerships.models.partnership import Partnership
from partnerships.models.partnership_search import PartnershipSearch
from partnerships.models.places import Location, PartnershipCountry, PartnershipSector
from partnerships.models.places_then import countries_at, working_in
from partnerships.models.quorums import Quorum
from partnerships.models.references import ReferenceYear
from partnerships.models.reviews import (
    PartnershipReview,
    ReviewCheck,
    ReviewComment,
    returned_reasons,
)
from partnerships.models.risks import Benefit, BenefitValue, Risk, RiskRating
from partnerships.models.sections import Section
from partnerships.models.sharing import Share, Sharing
from partnerships.models.silence import last_reports_asked
from partnerships.models.similar import Similar
from partnerships.models.smart import Finding, measured_asked
from partnerships.models.solutions import Solution
from partnerships.models.stakeholders import AffectedGroup
from partnerships.models.standings import Standing
from partnerships.models.suggested import SuggestedMember
from partnerships.models.technology import TechnologyAssessment, TechnologyMitigation
from partnerships.models.ten_principles import TenPrinciplesCommitment
from partnerships.models.versions import PartnershipVersion, said_at
from partnerships.models.word_counts import WordCount

__all__ = [
    "AffectedGroup",
    "Agreement",
    "Amendment",
    "AmendmentEndorsement",
    "Assent",
    "Assignment",
    "Balance",
    "BeneficiaryGroup",
    "Benefit",
    "BenefitValue",
    "BudgetLine",
    "CapacityAssessment",
    "Change",
    "Clause",
    "ClauseChange",
    "Commitment",
    "CommitmentHandover",
    "Complaint",
    "ConflictOfInterest",
    "Consultation",
    "Correction",
    "Dealt",
    "Declaration",
    "Deliverable",
    "DeliverableDate",
    "Delivery",
    "DeliveryEvidence",
    "Document",
    "DueDate",
    "Endorsement",
    "Expenditure",
    "Facets",
    "Feedback",
    "Finding",
    "Fund",
    "Ingredient",
    "LeadHandover",
    "LedgerState",
    "Lesson",
    "Location",
    "Marker",
    "Match",
    "Membership",
    "MembershipInvitation",
    "MembershipInvitationMail",
    "Need",
    "Objection",
    "Objective",
    "Partnership",
    "PartnershipCountry",
    "PartnershipReview",
    "PartnershipSearch",
    "PartnershipSector",
    "PartnershipVersion",
    "PeopleGroup",
    "Piece",
    "PlannedDisbursement",
    "Quorum",
    "ReferenceYear",
    "ReviewCheck",
    "ReviewComment",
    "Risk",
    "RiskRating",
    "Section",
    "Share",
    "Sharing",
    "Similar",
    "Solution",
    "Standing",
    "SuggestedMember",
    "TechnologyAssessment",
    "TechnologyMitigation",
    "TenPrinciplesCommitment",
    "Turnout",
    "WordCount",
    "agreement_bound",
    "amendments_need_endorsement",
    "assent_of",
    "balance_of",
    "bearer",
    "changes_between",
    "checklist",
    "countries_at",
    "difference",
    "document_of",
    "hash_of",
    "last_reports_asked",
    "ledger_at",
    "ledger_is_visible",
    "ledger_state",
    "ledger_text",
    "limits_of",
    "measured_asked",
    "returned_reasons",
    "said_at",
    "with_shares",
    "word_difference",
    "working_in",
]
