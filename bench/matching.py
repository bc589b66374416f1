"""10,000 needs matched with 10,000 offers in one job, against the mere join of their targets."""

import time

from bench.measure import setup

NEEDS, OFFERS = 10_000, 10_000

# 169 targets, 60 countries in 12 regions; a text is made of words of its first target's topic
# (40 each, shared by neighbouring targets) and of words that stand everywhere.
VOCABULARY = """
INSERT INTO registry_goal (number, label, colour, texts, retired_in)
SELECT g, 'Goal ' || g, '#26BDE2', '{}', '' FROM generate_series(1, 17) g ON CONFLICT DO NOTHING;
INSERT INTO registry_target (code, goal_id, kind, label, texts, retired_in)
SELECT (n - 1) % 17 + 1 || '.' || (n - 1) / 17 + 1, (n - 1) % 17 + 1, 'outcome', 'Target ' || n,
  '{}', '' FROM generate_series(1, 169) n ON CONFLICT DO NOTHING;
INSERT INTO registry_country (alpha2, alpha3, name, m49, region, sub_region)
SELECT chr(97 + n / 26) || chr(97 + n % 26), chr(97 + n / 26) || chr(97 + n % 26) || 'x',
  'Country ' || n, '', '', 'Region ' || n % 12 FROM generate_series(0, 59) n
ON CONFLICT DO NOTHING;
INSERT INTO registry_partner (version, created_at, updated_at, name, acronym, summary, kind, size,
  city, level, logo, website, status, verified_at, basis_override, basis_reason)
SELECT 1, now(), now(), 'Partner ' || n, '', '',
  (ARRAY['community', 'msme', 'civil_society', 'foundation'])[n % 4 + 1], '', '', '', '', '',
  'verified', now(), '', '' FROM generate_series(1, 3000) n;
CREATE TEMP TABLE goal_target ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM registry_target;
CREATE TEMP TABLE somewhere ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM registry_country ORDER BY id LIMIT 60;
CREATE TEMP TABLE owner ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS no FROM registry_partner
ORDER BY id DESC LIMIT 3000;
CREATE FUNCTION pg_temp.pick(seed int, salt int, of bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN (hashint4(seed * 31 + salt)::bigint & 2147483647) % of;
CREATE FUNCTION pg_temp.word(n bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN translate(md5(n::text), '0123456789', 'ghijklmnop');
CREATE FUNCTION pg_temp.said(seed int, topic bigint, words int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(left(pg_temp.word(CASE WHEN k % 3 = 0
  THEN pg_temp.pick(seed, k, 60) * pg_temp.pick(seed, k + 1000, 60) / 60
  ELSE 1000 + topic * 20 + pg_temp.pick(seed, k, 40) END), 7), ' ')
  FROM generate_series(1, words) k);
"""
ENTERED = """
INSERT INTO partnerships_need (version, created_at, updated_at, title, everywhere, partner_id,
  place, description, kind, unit, urgency, status)
SELECT 1, now(), now(), pg_temp.said(n, pg_temp.pick(n, 1, 169), 6), false, o.id, '',
  pg_temp.said(n + 500000, pg_temp.pick(n, 1, 169), 25),
  (ARRAY['finance', 'technology', 'expertise', 'capacity', 'data', 'in_kind', 'policy'])
    [pg_temp.pick(n, 2, 7) + 1], '', 'normal', 'open'
FROM generate_series(1, {needs}) n JOIN owner o ON o.no = pg_temp.pick(n, 3, 3000);
INSERT INTO partnerships_solution (version, created_at, updated_at, title, everywhere, owner_id,
  problem, approach, evidence, worked_where, kinds, level, cost_note, website, status,
  screened_at, returned_reason)
SELECT 1, now(), now(), pg_temp.said(n, pg_temp.pick(n, 1, 169), 6), n % 7 = 0, o.id,
  pg_temp.said(n + 500000, pg_temp.pick(n, 1, 169), 20),
  pg_temp.said(n + 600000, pg_temp.pick(n, 1, 169), 20), '', '',
  ARRAY[(ARRAY['technology', 'expertise', 'capacity', 'data', 'in_kind', 'policy'])
    [pg_temp.pick(n, 2, 6) + 1]], '', '', '',
  (ARRAY['screened', 'piloted', 'scaling'])[n % 3 + 1], now(), ''
FROM generate_series(1000001, 1000000 + {offers} * 9 / 10) n
JOIN owner o ON o.no = pg_temp.pick(n, 3, 3000);
INSERT INTO partnerships_fund (version, created_at, updated_at, title, everywhere, partner_id,
  description, finance_type, for_kinds, for_sizes, opens_on, currency_id, conditions, website)
SELECT 1, now(), now(), pg_temp.said(n, pg_temp.pick(n, 1, 169), 6), n % 3 = 0, o.id,
  pg_temp.said(n + 500000, pg_temp.pick(n, 1, 169), 25), '110', '{{}}', '{{}}', '2020-01-01',
  'USD', '', ''
FROM generate_series(2000001, 2000000 + {offers} / 10) n
JOIN owner o ON o.no = pg_temp.pick(n, 3, 3000);
"""
# One to three targets, the first one that of the text; one to three countries.
LINKED = """
INSERT INTO partnerships_{0}_targets ({0}_id, target_id)
SELECT DISTINCT e.id, t.id FROM partnerships_{0} e CROSS JOIN generate_series(0, 2) k
JOIN goal_target t ON t.n = (e.topic + k * 17 * pg_temp.pick(e.id::int, k, 5)) % t.of
WHERE k = 0 OR pg_temp.pick(e.id::int, 10 + k, 2) = 0;
INSERT INTO partnerships_{0}_countries ({0}_id, country_id)
SELECT DISTINCT e.id, c.id FROM partnerships_{0} e CROSS JOIN generate_series(1, {1}) k
JOIN somewhere c ON c.n = pg_temp.pick(e.id::int, 20 + k, 60);
"""
JOIN = """
SELECT count(*) FROM (SELECT DISTINCT n.need_id, s.solution_id FROM partnerships_need_targets n
JOIN partnerships_solution_targets s USING (target_id)) pairs
"""


def linked(name: str, countries: int) -> str:
    """The topic of a text is read off its place in the series that made it."""
    offset = {"need": 0, "solution": 1000000, "fund": 2000000}[name]
    topics = (
        f"(SELECT id, pg_temp.pick((row_number() OVER (ORDER BY id))::int + {offset}, 1, 169)"
        f" AS topic FROM partnerships_{name}) e"
    )
    return LINKED.format(name, countries).replace(f"partnerships_{name} e", topics)


def fill() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE registry_partner CASCADE")
        cursor.execute(
            "INSERT INTO registry_currency (code, label) VALUES ('USD', 'USD')"
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute(VOCABULARY)
        cursor.execute(ENTERED.format(needs=NEEDS, offers=OFFERS))
        for name, countries in (("need", 1), ("solution", 3), ("fund", 3)):
            cursor.execute(linked(name, countries))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def seconds(work: object) -> float:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


def main() -> None:
    setup()
    from django.db import connection

    from partnerships.aggregation import find_for, find_matches
    from partnerships.models import Match, Need

    fill()

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute(JOIN)
            print(f"pairs with a target in common: {cursor.fetchone()[0]:,}")

    joined = seconds(raw)
    first = seconds(lambda: print(find_matches()))
    again = seconds(lambda: print(find_matches()))
    need = Need.objects.order_by("pk")[0]
    one = seconds(lambda: find_for(need))
    print(f"the join of targets alone {joined:.2f} s")
    print(f"first night {first:.2f} s, ratio {first / joined:.1f}")
    print(f"the same again, nothing new {again:.2f} s, ratio {again / joined:.1f}")
    print(f"one need on demand {one:.2f} s")
    print(f"matches {Match.objects.count():,}")


if __name__ == "__main__":
    main()
