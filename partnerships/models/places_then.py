"""Where partnerships worked at a moment, as they were registered or amended by then."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import connection

# The version in force at the moment; of those registered before versions were kept the first
# one, which says what stood before the first amendment; else the places as they are.
_WHERE = """
WITH said AS (
  SELECT DISTINCT ON (v.partnership_id) v.partnership_id, v.document->'places' AS places
  FROM partnerships_partnershipversion v
  WHERE v.why IN ('registered', 'amended') AND v.partnership_id = ANY (%(keys)s)
  ORDER BY v.partnership_id, v.at <= %(at)s DESC,
           CASE WHEN v.at <= %(at)s THEN v.number END DESC NULLS LAST, v.number
)
SELECT said.partnership_id, c.id
FROM said
CROSS JOIN LATERAL jsonb_array_elements(COALESCE(said.places->'countries', '[]')) one
JOIN registry_country c ON c.alpha2 = one->>'id'
UNION ALL
SELECT p.partnership_id, p.country_id
FROM partnerships_partnershipcountry p
WHERE p.partnership_id = ANY (%(keys)s)
  AND p.partnership_id NOT IN (SELECT partnership_id FROM said)
ORDER BY 1, 2
"""
# Only an amendment can have taken a country out again.
_CANDIDATES = """
SELECT partnership_id FROM partnerships_partnershipcountry WHERE country_id = %(country)s
UNION
SELECT partnership_id FROM partnerships_partnershipversion v
WHERE v.why IN ('registered', 'amended')
  AND v.partnership_id IN (
    SELECT partnership_id FROM partnerships_partnershipversion WHERE why = 'amended')
  AND v.document->'places'->'countries' @> jsonb_build_array(
    jsonb_build_object('id', (SELECT alpha2 FROM registry_country WHERE id = %(country)s)))
"""


def countries_at(partnerships: Collection[int], at: datetime) -> dict[int, list[int]]:
    """The countries of each partnership at a moment, by their numbers. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_WHERE, {"keys": list(partnerships), "at": at})
        for partnership, country in cursor.fetchall():
            found[partnership].append(country)
    return dict(found)


def working_in(country: int, at: datetime) -> dict[int, list[int]]:
    """Partnerships that worked in the country at a moment, each with all its countries.

    Two queries, whatever their number; drafts among them are the reader's to leave out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"country": country})
        keys = [key for (key,) in cursor.fetchall()]
    return {key: all_of for key, all_of in countries_at(keys, at).items() if country in all_of}
