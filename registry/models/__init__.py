from registry.models.base import MovingRecord, Record, require_reason
from registry.models.events import Event, ImportBatch, ImportedRow, ImportFinding
from registry.models.idempotency import IdempotentAnswer
from registry.models.jobs import Job, JobQuerySet, LostLease
from registry.models.money import Currency, ExchangeRate
from registry.models.partners import Basis, Partner, PartnerIdentifier, Sector
from registry.models.people import Affiliation, Token, User
from registry.models.places import Country
from registry.models.sdg import GlobalIndicator, Goal, Target

__all__ = [
    "Affiliation",
    "Basis",
    "Country",
    "Currency",
    "Event",
    "ExchangeRate",
    "GlobalIndicator",
    "Goal",
    "IdempotentAnswer",
    "ImportBatch",
    "ImportFinding",
    "ImportedRow",
    "Job",
    "JobQuerySet",
    "LostLease",
    "MovingRecord",
    "Partner",
    "PartnerIdentifier",
    "Record",
    "Sector",
    "Target",
    "Token",
    "User",
    "require_reason",
]
