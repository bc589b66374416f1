"""Lists, search and facets of 100,000 partnerships, against the same by hand-written SQL."""

import json
import os
from functools import cache
from typing import Any

from bench.measure import compare, setup

PARTNERSHIPS, PARTNERS, MEMBERS = 100_000, 50_000, 3

# A title and a summary are words picked by the partnership's number: common ones, and rare ones.
WORDS = """
CREATE TEMP TABLE word ON COMMIT DROP AS
SELECT part, n - 1 AS n, word, count(*) OVER (PARTITION BY part) AS of FROM (VALUES
  (0, 'Clean Safe Green Shared Resilient Open Fair Local Global Young Rural Urban Blue Inclusive'),
  (1, 'water energy health schools forests oceans seeds jobs cities data transport harvests'),
  (2, 'alliance compact initiative programme network fund coalition platform corridor'),
  (3, 'Turkana Mekong Andes Sahel Nile Pacific Baltic Ganges Oaxaca Tigray Ladakh Sulawesi Malawi'
   ' Fergana Chaco Bihar Benin Cusco Davao Gaza Hunza Ituri Jaffna Kerala Lamu Mopti')
) list (part, words), unnest(string_to_array(words, ' ')) WITH ORDINALITY w (word, n);
CREATE TEMP TABLE described ON COMMIT DROP AS
SELECT g AS n, string_agg(word, ' ' ORDER BY part)
    || CASE g % 3 WHEN 0 THEN ' ' || g / 3 ELSE '' END AS title,
  'What it sets out to do for ' || string_agg(word, ' and ' ORDER BY part DESC)
    || ' with those who live there, paid for together and reported on each year.'
    || CASE WHEN g % 500 = 0 THEN ' Desalination by wind.' ELSE '' END AS summary
FROM generate_series(1, {partnerships}) g
JOIN word w ON w.n = (hashint4(g * 5 + part) & 65535) % w.of GROUP BY g;
"""

SEEN = "p.status IN ('registered', 'active', 'completed', 'suspended', 'terminated', 'inactive')"
# The same rows and nested lists as the product shows; columns are those that it shows.
SHOWN = """
(SELECT json_agg(g.goal_id) FROM partnerships_partnership_goals g WHERE g.partnership_id = p.id),
(SELECT json_agg(t.code) FROM partnerships_partnership_targets l
  JOIN registry_target t ON t.id = l.target_id WHERE l.partnership_id = p.id),
(SELECT json_agg(c.alpha2) FROM partnerships_partnershipcountry l
  JOIN registry_country c ON c.id = l.country_id WHERE l.partnership_id = p.id),
(SELECT json_agg(json_build_object('country', c.alpha2, 'percentage', l.percentage::text))
  FROM partnerships_partnershipcountry l JOIN registry_country c ON c.id = l.country_id
  WHERE l.partnership_id = p.id),
(SELECT json_agg(json_build_object('sector', s.sector_id, 'percentage', s.percentage::text))
  FROM partnerships_partnershipsector s WHERE s.partnership_id = p.id),
(SELECT json_agg(json_build_object('id', m.id, 'partner', m.partner_id, 'partner_name', o.name,
    'roles', m.roles, 'status', m.status, 'accepted_on', m.accepted_on, 'ended_on', m.ended_on)
    ORDER BY m.id)
  FROM partnerships_membership m JOIN registry_partner o ON o.id = m.partner_id
  WHERE m.partnership_id = p.id AND m.accepted_on IS NOT NULL)
"""
LIST = f"""
SELECT p.*, {SHOWN} FROM partnerships_partnership p
WHERE {SEEN} AND (p.updated_at, p.id) < (%s, %s) ORDER BY p.updated_at DESC, p.id DESC LIMIT %s
"""
# The selective query itself: what the GIN index finds, ranked by its words, with its facets.
FOUND = f"""
SELECT p.id FROM partnerships_partnershipsearch d JOIN partnerships_partnership p
  ON p.id = d.record_id WHERE d.words @@ registry_search_query(%(q)s) AND {SEEN}
"""
SEARCH = f"""
SET LOCAL random_page_cost = 1.1;
WITH best AS (SELECT p.id, ts_rank(d.words, registry_search_query(%(q)s)) AS rank
  FROM partnerships_partnershipsearch d JOIN partnerships_partnership p ON p.id = d.record_id
  WHERE d.words @@ registry_search_query(%(q)s) AND {SEEN} ORDER BY rank DESC, p.id DESC LIMIT 20)
SELECT p.*, {SHOWN} FROM best JOIN partnerships_partnership p USING (id)
ORDER BY best.rank DESC, p.id DESC
"""

TERMS = {
    "a reference": "P-2001-27777",
    "a rare word of summaries (200)": "desalination",
    "two words of titles (middling)": "turkana water",
    "a common word (8 %)": "water",
    "a typo": "turkanna",
}


def grow(table: str, template: int, rows: str, **columns: str) -> str:
    """SQL that copies one good row, with some columns made from the rows `r` of a query."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND is_generated = 'NEVER' AND column_name <> 'id'",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    made = ", ".join(columns.get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table} ({quoted}) SELECT {made} FROM ({rows}) r"
        f" CROSS JOIN (SELECT * FROM {table} WHERE id = {template}) t"
    )


def fill() -> None:
    """All rows by SQL from one row of each kind, whatever columns those have."""
    from django.db import connection

    from registry.models import Country
    from tests import factories as f

    lead = f.MembershipFactory(partnership__active=True, partnership__lead=False, roles=["lead"])
    partnership, partner = lead.partnership, lead.partner
    f.PartnershipCountryFactory(partnership=partnership, country=Country.objects.get(alpha2="KE"))
    each = "SELECT g AS n FROM generate_series(1, {0}) g"
    steps = [
        WORDS.format(partnerships=PARTNERSHIPS),
        grow("registry_partner", partner.pk, each.format(PARTNERS), name="'Partner ' || n"),
        grow(
            "partnerships_partnership",
            partnership.pk,
            "SELECT * FROM described ORDER BY n",
            title="r.title",
            summary="r.summary",
            reference="'P-' || 2000 + n / 50000 || '-' || lpad((n % 50000)::text, 5, '0')",
            updated_at="now() - (" + str(PARTNERSHIPS) + " - n) * interval '1 minute'",
            kind="(ARRAY['ppp', 'alliance', 'programme', 'community'])[1 + n % 4]",
            level="(ARRAY['global', 'national', 'subnational', 'community'])[1 + n / 4 % 4]",
            status="(ARRAY['active', 'active', 'registered', 'completed', 'draft'])[1 + n / 7 % 5]",
            primary_goal_id="1 + n % 17",
        ),
        """CREATE TEMP TABLE one ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY id) AS n
        FROM partnerships_partnership; CREATE TEMP TABLE partner ON COMMIT DROP AS
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM registry_partner;
        CREATE INDEX ON partner (n); ANALYZE one, partner""",
        grow(
            "partnerships_membership",
            lead.pk,
            f"""SELECT one.id AS p, partner.id AS o, k FROM one CROSS JOIN
            generate_series(1, {MEMBERS}) k
            JOIN partner ON partner.n = (one.n * 7 + k * 31) % {PARTNERS}
            WHERE one.id <> {partnership.pk}""",
            partnership_id="p",
            partner_id="o",
            roles="ARRAY[CASE k WHEN 1 THEN 'lead' ELSE 'funding' END]",
        ),
        """INSERT INTO partnerships_partnership_goals (partnership_id, goal_id)
        SELECT id, 1 + (n * 5 + k) % 17 FROM one CROSS JOIN generate_series(1, 2) k;
        INSERT INTO partnerships_partnership_targets (partnership_id, target_id)
        SELECT one.id, t.id FROM one CROSS JOIN generate_series(0, 2) k JOIN
        (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM registry_target) t
        ON t.n = (one.n * 3 + k * 57) % 169;
        INSERT INTO partnerships_partnershipcountry (partnership_id, country_id)
        SELECT one.id, c.id FROM one CROSS JOIN generate_series(0, 1) k JOIN
        (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM registry_country) c
        ON c.n = (one.n * 3 + k * 57) % 200 ON CONFLICT DO NOTHING;
        UPDATE partnerships_facets SET timeliness = (ARRAY['up_to_date', 'late'])[1 + n / 3 % 2],
          achievement = (ARRAY['on_track', 'at_risk', 'off_track'])[1 + n % 3]
        FROM one WHERE one.id = partnership_id AND n % 2 = 0""",
    ]
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step)


@cache
def client() -> Any:
    """One for all calls: a new one loads the middleware anew, as a server does once."""
    from rest_framework.test import APIClient

    return APIClient(SERVER_NAME="localhost")


def page(url: str, **query: object) -> Any:
    response = client().get(url, query)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def by_hand(sql: str, parameters: object) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return json.dumps(cursor.fetchall(), default=str)


def deep_link(size: int, pages: int) -> str:
    url = f"/api/v1/partnerships/?limit={size}"
    for _ in range(pages):
        url = page(url)["next"].replace("http://localhost", "")
    return url


def lists(size: int) -> None:
    first, deep = f"/api/v1/partnerships/?limit={size}", deep_link(size, 199)
    newest = ["9999-01-01", 0, size]
    compare(
        f"{size} partnerships, first page",
        lambda: page(first),
        lambda: by_hand(LIST, newest),
        rounds=40,
    )
    compare(
        f"{size} partnerships, page 200 against page 1",
        lambda: page(deep),
        lambda: page(first),
        rounds=40,
    )


def search(what: str, text: str) -> None:
    url, asked = "/api/v1/partnerships/", {"search": text, "limit": 20}
    assert page(url, **asked)["results"], text
    compare(
        f"search: {what}",
        lambda: page(url, **asked),
        lambda: by_hand(SEARCH, {"q": text}),
        rounds=20,
    )
    compare(
        f"search with facets: {what}",
        lambda: page(url, facets="true", **asked),
        lambda: by_hand(SEARCH, {"q": text}),
        rounds=20,
    )


def main() -> None:
    # Calls are counted all the same, which is a part of what a page costs.
    os.environ.setdefault("RATE_LIMIT_ANONYMOUS", "100000000")
    setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    # Committed, since requests that read run outside of transactions; the next run begins anew.
    call_command("load_vocabularies", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE partnerships_partnership, registry_partner CASCADE")
        fill()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    for size in (20, 100):
        lists(size)
    for what, text in TERMS.items():
        search(what, text)
    for name, query in {
        "facets of everything": {"facets": "true", "limit": 20},
        "goal 6, Kenya, active": {"goal": 6, "country": "KE", "status": "active", "limit": 20},
    }.items():
        compare(
            name,
            lambda q=query: page("/api/v1/partnerships/", **q),
            lambda: by_hand(LIST, ["9999-01-01", 0, 20]),
        )


if __name__ == "__main__":
    main()
