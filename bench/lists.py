"""List pages of the API against the same rows by hand-written SQL, as JSON."""

import json
import os

from bench.measure import compare, setup

PARTNERSHIPS, PARTNERS, MEMBERS = 20_000, 10_000, 3

FILL = f"""
INSERT INTO registry_partner (version, created_at, updated_at, name, acronym, summary, kind, size,
  city, level, logo, website, status, verified_at, basis_override, basis_reason)
SELECT 1, now(), now() - n * interval '1 minute', 'Partner ' || n, '', '', 'civil_society', '', '',
  '', '', '', 'verified', now(), '', '' FROM generate_series(1, {PARTNERS}) n;
INSERT INTO partnerships_partnership (version, created_at, updated_at, reference, title, summary,
  kind, level, status, starts_on, website, iati_identifier, registered_at)
SELECT 1, now(), now() - n * interval '1 minute', 'B' || n, 'Partnership ' || n, 'Water for all',
  'alliance', 'national', 'active', '2024-01-01', '', '', now()
FROM generate_series(1, {PARTNERSHIPS}) n;
INSERT INTO partnerships_membership (version, created_at, updated_at, partnership_id, partner_id,
  roles, status, invited_on, accepted_on, interests)
SELECT 1, now(), now(), p.id, o.id, ARRAY[CASE k WHEN 1 THEN 'lead' ELSE 'funding' END], 'accepted',
  '2024-01-01', '2024-01-01', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM partnerships_partnership) p
CROSS JOIN generate_series(1, {MEMBERS}) k
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM registry_partner) o
  ON o.n = (p.n * 7 + k * 31) % {PARTNERS};
ANALYZE;
"""

RAW = """
SELECT p.id, p.reference, p.title, p.summary, p.kind, p.level, p.status, p.starts_on, p.ends_on,
  p.updated_at, (SELECT json_agg(json_build_object('partner', m.partner_id, 'name', o.name,
  'roles', m.roles, 'status', m.status)) FROM partnerships_membership m
  JOIN registry_partner o ON o.id = m.partner_id WHERE m.partnership_id = p.id)
FROM partnerships_partnership p
WHERE p.status IN ('registered', 'active', 'completed', 'suspended', 'terminated', 'inactive')
  AND (p.updated_at, p.id) < (%s, %s)
ORDER BY p.updated_at DESC, p.id DESC LIMIT %s
"""


def main() -> None:
    os.environ.setdefault("RATE_LIMIT_ANONYMOUS", "100000000")
    setup()
    from django.db import connection, transaction
    from rest_framework.test import APIClient

    client = APIClient(SERVER_NAME="localhost")

    def page(url: str) -> dict[str, object]:
        response = client.get(url)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def raw(size: int, offset: int) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT updated_at, id FROM partnerships_partnership"
                " ORDER BY updated_at DESC, id DESC OFFSET %s LIMIT 1",
                [offset],
            )
            cursor.execute(RAW, [*cursor.fetchone(), size])
            return json.dumps(cursor.fetchall(), default=str)

    def deep_link(size: int, pages: int) -> str:
        url = f"/api/v1/partnerships/?limit={size}"
        for _ in range(pages):
            url = str(page(url)["next"]).replace("http://localhost", "")
        return url

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILL)
        for size in (20, 100):
            first = f"/api/v1/partnerships/?limit={size}"
            deep = deep_link(size, 30)
            compare(
                f"{size} partnerships, first page",
                lambda u=first: page(u),
                lambda s=size: raw(s, 0),
            )
            compare(f"{size} partnerships, page 31 against page 1",
                    lambda u=deep: page(u), lambda u=first: page(u))  # fmt: skip
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
