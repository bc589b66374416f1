from registry.models.base import (
    FIRST_DAY,
    LAST_DAY,
    MovingRecord,
    Record,
    check_day,
    days_in_range,
    require_reason,
)
from registry.models.events import Event, ImportBatch, ImportedRow, ImportFinding
from registry.models.idempotency import IdempotentAnswer
from registry.models.jobs import Job, JobQuerySet, LostLease
from registry.models.languages import Language
from registry.models.money import Currency, ExchangeRate
from registry.models.notices import Notice, NoticeSetting
from registry.models.partners import Basis, Partner, PartnerIdentifier, Sector
from registry.models.people import Affiliation, JoinRequest, Token, User
from registry.models.places import Country
from registry.models.sdg import GlobalIndicator, Goal, Target

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
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
    "JoinRequest",
    "Language",
    "LostLease",
    "MovingRecord",
    "Notice",
    "NoticeSetting",
    "Partner",
    "PartnerIdentifier",
    "Record",
    "Sector",
    "Target",
    "Token",
    "User",
    "check_day",
    "days_in_range",
    "require_reason",
]
