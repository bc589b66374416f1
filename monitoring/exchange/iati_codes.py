"""What the codes of the IATI 2.03 codelists mean here."""

from monitoring.models import Indicator, Result
from partnerships.models import Delivery, Membership, Partnership
from registry.models import Partner

ROLES = {
    "1": Membership.Role.FUNDING,
    "2": Membership.Role.ACCOUNTABLE,
    "3": Membership.Role.EXTENDING,
    "4": Membership.Role.IMPLEMENTING,
}
# 30, 70 to 73 and 90 do not say which of our kinds it is.
KINDS = {
    "10": Partner.Kind.NATIONAL_GOVERNMENT,
    "11": Partner.Kind.LOCAL_GOVERNMENT,
    "15": Partner.Kind.STATE_OWNED,
    "21": Partner.Kind.CIVIL_SOCIETY,
    "22": Partner.Kind.CIVIL_SOCIETY,
    "23": Partner.Kind.CIVIL_SOCIETY,
    "24": Partner.Kind.CIVIL_SOCIETY,
    "40": Partner.Kind.INTERGOVERNMENTAL,
    "60": Partner.Kind.FOUNDATION,
    "80": Partner.Kind.ACADEMIA,
}
# Multilateral organisations by the channel code in their DAC identifier.
CHANNELS = {
    "XM-DAC-41": Partner.Kind.UN_ENTITY,
    "XM-DAC-44": Partner.Kind.MULTILATERAL_BANK,
    "XM-DAC-46": Partner.Kind.MULTILATERAL_BANK,
}
PUBLIC_PRIVATE = "30"
LEVELS = {
    "1": Partnership.Level.GLOBAL,
    "2": Partnership.Level.REGIONAL,
    "3": Partnership.Level.REGIONAL,
    "4": Partnership.Level.NATIONAL,
    "5": Partnership.Level.SUBNATIONAL,
    "6": Partnership.Level.SUBNATIONAL,
    "7": Partnership.Level.SUBNATIONAL,
    "8": Partnership.Level.COMMUNITY,
}
STATUSES = {
    "1": Partnership.Status.REGISTERED,
    "2": Partnership.Status.ACTIVE,
    "3": Partnership.Status.ACTIVE,
    "4": Partnership.Status.COMPLETED,
    "5": Partnership.Status.TERMINATED,
    "6": Partnership.Status.SUSPENDED,
}
COMMITMENTS = ("2", "11")
INCOMING = ("1", "11")
FLOWS = {
    "1": Delivery.Flow.INCOMING,
    "3": Delivery.Flow.DISBURSEMENT,
    "4": Delivery.Flow.EXPENDITURE,
    "5": Delivery.Flow.OTHER,
    "6": Delivery.Flow.OTHER,
    "7": Delivery.Flow.OTHER,
    "8": Delivery.Flow.OTHER,
    "9": Delivery.Flow.OTHER,
}
# Nothing was promised bindingly, and nothing arrived.
REVISED = "2"  # BudgetType
INDICATIVE = "1"  # BudgetStatus
NEITHER = {"10": "credit guarantee", "12": "outgoing pledge", "13": "incoming pledge"}
RESULT_LEVELS = {
    "1": Result.Level.OUTPUT,
    "2": Result.Level.OUTCOME,
    "3": Result.Level.IMPACT,
    "9": Result.Level.OTHER,
}
MEASURES = {
    "1": (Indicator.Measure.NUMBER, Indicator.Combine.SUM),
    "2": (Indicator.Measure.PERCENT, Indicator.Combine.NONE),
    "3": (Indicator.Measure.RATING, Indicator.Combine.MEAN),
    "4": (Indicator.Measure.RATING, Indicator.Combine.MEAN),
    "5": (Indicator.Measure.NARRATIVE, Indicator.Combine.NONE),
}
NOMINAL = "3"
SDG_INDICATORS = "9"
OWN_VOCABULARY = "99"

# Why an element has no place here yet; any other element gets the general reason.
NOT_KEPT = {
    "contact-info": "Contacts are personal data; an import does not take them over.",
    "sector": "Sectors other than SDG goals and targets are not kept yet.",
    "location": "Places of an activity are not kept yet; actuals that name one keep its name.",
}
