"""Of which kinds of records a partnership has any: what it has none of need not be read."""

from django.db import connection, models

from monitoring.models import Evaluation, Indicator, Report
from partnerships.models import (
    AffectedGroup,
    Agreement,
    Commitment,
    ConflictOfInterest,
    Declaration,
    Marker,
    Need,
    Solution,
)

_OF_PARTNERSHIP = "partnership_id = %(partnership)s"
_OF_MEMBERS = f"""membership_id IN (
    SELECT id FROM partnerships_membership WHERE {_OF_PARTNERSHIP})"""
_OF_FRAMEWORKS = f"""disclosure_id IS NOT NULL AND result_id IN (
    SELECT r.id FROM monitoring_result r JOIN monitoring_framework f ON f.id = r.framework_id
    WHERE {_OF_PARTNERSHIP})"""

# Solutions also where another partnership has them now: at some day they were this one's.
_OF_SOLUTIONS = f"""id IN (
    SELECT id FROM partnerships_solution WHERE {_OF_PARTNERSHIP}
    UNION ALL
    SELECT row_id::bigint FROM registry_auditentry
    WHERE table_name = 'partnerships_solution' AND operation = 'update'
      AND before -> 'partnership_id' = to_jsonb(%(partnership)s))"""

# Of indicators those that name an ESG disclosure.
ASKED: dict[type[models.Model], str] = {
    **dict.fromkeys((AffectedGroup, Agreement, Commitment, Evaluation), _OF_PARTNERSHIP),
    **dict.fromkeys((Marker, Need, Report), _OF_PARTNERSHIP),
    Solution: _OF_SOLUTIONS,
    **dict.fromkeys((ConflictOfInterest, Declaration), _OF_MEMBERS),
    Indicator: _OF_FRAMEWORKS,
}
_THERE = "SELECT " + ", ".join(
    f"EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE {which})" for model, which in ASKED.items()
)


def there(partnership: int) -> frozenset[type[models.Model]]:
    """The kinds of ASKED of which it has at least one, whatever its state or date. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_THERE, {"partnership": partnership})
        answers = cursor.fetchone()
    return frozenset(model for model, answer in zip(ASKED, answers, strict=True) if answer)
