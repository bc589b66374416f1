from registry.models.audit import AuditEntry, AuditSeal
from registry.models.base import (
    FIRST_DAY,
    LAST_DAY,
    MovingRecord,
    Record,
    check_day,
    days_in_range,
    months_before,
    require_reason,
)
from registry.models.contacts import Contact
from registry.models.dac_sectors import DacSector
from registry.models.due_diligence import CriterionAnswer, DueDiligence, ExclusionCriterion
from registry.models.events import Event, ImportBatch, ImportedRow, ImportFinding
from registry.models.handing_over import RoleReason, Task, hand_over, tasks_at, tasks_of_person
from registry.models.hints import HintedJob, HintedJobQuerySet
from registry.models.idempotency import IdempotentAnswer, limits_of_affiliations
from registry.models.identifiers import IdentifierScheme, PartnerIdentifier
from registry.models.invitations import Invitation, InvitationMail
from registry.models.jobs import Job, JobQuerySet, LostLease
from registry.models.joining import JoinRequest
from registry.models.kinds import Basis, Sector
from registry.models.languages import Language
from registry.models.mailed import MailedInvitation, MailedInvitationQuerySet
from registry.models.merging import MovedField, PartnerMerge
from registry.models.money import Currency, ExchangeRate
from registry.models.national_priorities import NationalPriority
from registry.models.notices import Digest, Notice, NoticeSetting
from registry.models.outbox import OutboxEntry
from registry.models.partner_facts import FocalPoint, FormerName
from registry.models.partner_search import PartnerSearch
from registry.models.partners import Partner
from registry.models.people import Affiliation, User
from registry.models.places import Country, CountryGroup, GroupMembership
from registry.models.sdg import GlobalIndicator, Goal, SdgEdition, Target
from registry.models.stakeholders import StakeholderGroup
from registry.models.standards import Crosswalk, Disclosure, Principle, Standard
from registry.models.tokens import Token
from registry.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "Affiliation",
    "AuditEntry",
    "AuditSeal",
    "Basis",
    "Contact",
    "Country",
    "CountryGroup",
    "CriterionAnswer",
    "Crosswalk",
    "Currency",
    "DacSector",
    "Digest",
    "Disclosure",
    "DueDiligence",
    "Event",
    "ExchangeRate",
    "ExclusionCriterion",
    "FocalPoint",
    "FormerName",
    "GlobalIndicator",
    "Goal",
    "GroupMembership",
    "HintedJob",
    "HintedJobQuerySet",
    "IdempotentAnswer",
    "IdentifierScheme",
    "ImportBatch",
    "ImportFinding",
    "ImportedRow",
    "Invitation",
    "InvitationMail",
    "Job",
    "JobQuerySet",
    "JoinRequest",
    "Language",
    "LostLease",
    "MailedInvitation",
    "MailedInvitationQuerySet",
    "MovedField",
    "MovingRecord",
    "NationalPriority",
    "Notice",
    "NoticeSetting",
    "OutboxEntry",
    "Partner",
    "PartnerIdentifier",
    "PartnerMerge",
    "PartnerSearch",
    "Principle",
    "Record",
    "RoleReason",
    "SdgEdition",
    "Sector",
    "StakeholderGroup",
    "Standard",
    "Target",
    "Task",
    "Token",
    "User",
    "Webhook",
    "WebhookDelivery",
    "check_day",
    "days_in_range",
    "hand_over",
    "limits_of_affiliations",
    "months_before",
    "require_reason",
    "tasks_at",
    "tasks_of_person",
]
