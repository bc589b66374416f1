"""Lists and search of 50,000 partners in four scripts, against the same by hand-written SQL."""

import json
import os
from functools import cache
from typing import Any

from bench.measure import compare, setup

PARTNERS = 50_000

# A name is made of words of one script, picked by the partner's number, and sometimes a number.
FILL = f"""
INSERT INTO registry_country (alpha2, alpha3, name, m49, region, sub_region)
SELECT a, b, c, '', '', '' FROM (VALUES ('KE', 'KEN', 'Kenya'), ('PE', 'PER', 'Peru'),
  ('EG', 'EGY', 'Egypt'), ('CN', 'CHN', 'China'), ('KZ', 'KAZ', 'Kazakhstan')) c (a, b, c)
ON CONFLICT DO NOTHING;
CREATE TEMP TABLE word ON COMMIT DROP AS
SELECT script, part, n - 1 AS n, word, count(*) OVER (PARTITION BY script, part) AS of
FROM (VALUES
  (0, 0, 'Kisima Turkana Andes Nile Pacific Sahel Mekong Baltic Lima Nairobi Ganges Río Åland'),
  (0, 1, 'Water Energy Health Education Climate Forest Ocean Coffee Solar Women Youth Seed'),
  (0, 2, 'Foundation Trust Alliance Network Institute Cooperative Ltd Agency Union Council'),
  (1, 0, 'Волга Сибирь Алтай Казань Байкал Урал Нева Дон Кавказ Москва Алматы Минск Одесса'),
  (1, 1, 'водный энергетический медицинский климатический лесной морской солнечный'),
  (1, 2, 'фонд союз институт комитет центр альянс совет кооператив агентство'),
  (2, 0, 'مؤسسة جمعية اتحاد معهد شبكة صندوق مركز مجلس وكالة تعاونية'),
  (2, 1, 'المياه الطاقة الصحة التعليم المناخ الغابات البحار الشباب النساء البذور'),
  (2, 2, 'القاهرة النيل الخليج بغداد عمّان تونس الرباط الخرطوم مسقط دمشق'),
  (3, 0, '长江 黄河 北京 上海 珠江 太湖 云南 四川 青海 海南'),
  (3, 1, '水资源 能源 卫生 教育 气候 森林 海洋 太阳能 青年 妇女'),
  (3, 2, '管理中心 基金会 联盟 研究院 合作社 有限公司 协会 委员会')
) list (script, part, words), unnest(string_to_array(words, ' ')) WITH ORDINALITY w (word, n);
CREATE TEMP TABLE named ON COMMIT DROP AS
SELECT g AS n, g % 8 % 5 % 4 AS script,
  string_agg(word, CASE g % 8 % 5 % 4 WHEN 3 THEN '' ELSE ' ' END ORDER BY part)
    || CASE g % 3 WHEN 0 THEN ' ' || g / 3 ELSE '' END AS name
FROM generate_series(1, {PARTNERS}) g
JOIN word w ON w.script = g % 8 % 5 % 4 AND w.n = (hashint4(g * 3 + part) & 65535) % w.of
GROUP BY g;
INSERT INTO registry_partner (version, created_at, updated_at, name, acronym, summary, kind, size,
  country_id, city, level, logo, website, status, verified_at, basis_override, basis_reason)
SELECT 1, now(), now() - n * interval '1 minute', name,
  CASE n % 4 WHEN 1 THEN 'AC' || n ELSE '' END, 'What it is for, in a sentence or two.',
  'civil_society', '', (SELECT max(id) FROM registry_country
    WHERE alpha2 = (ARRAY['KE', 'KZ', 'EG', 'CN', 'PE'])[script + 1]), '', '', '',
  'https://example.org/' || n, CASE n % 20 WHEN 0 THEN 'pending' ELSE 'verified' END, now(), '', ''
FROM named ORDER BY n;
INSERT INTO registry_partneridentifier (partner_id, scheme, value)
SELECT id, scheme, '7' || id FROM registry_partner, (VALUES ('XM-DAC'), ('GB-CHC')) s (scheme)
WHERE scheme = 'XM-DAC' OR id % 2 = 0;
INSERT INTO registry_formername (partner_id, name)
SELECT id, 'Formerly ' || name FROM registry_partner WHERE id % 10 = 0;
ANALYZE registry_partner, registry_partneridentifier, registry_formername;
ANALYZE registry_partnersearch;
"""

SHOWN = """
p.id, p.name, p.acronym, p.summary, p.kind, p.size, c.alpha2, p.city, p.level, p.website, p.status,
p.verified_at, p.basis_override, (SELECT json_agg(json_build_object('scheme', i.scheme, 'value',
i.value) ORDER BY i.scheme, i.value, i.id) FROM registry_partneridentifier i
WHERE i.partner_id = p.id), p.created_at, p.updated_at
"""
SEEN = "(p.status = 'verified' OR p.status = 'pending' AND p.import_batch_id IS NOT NULL)"
LIST = f"""
SELECT {SHOWN} FROM registry_partner p LEFT JOIN registry_country c ON c.id = p.country_id
WHERE {SEEN} AND (p.updated_at, p.id) < (%s, %s) ORDER BY p.updated_at DESC, p.id DESC LIMIT %s
"""
ASKED = "registry_search_text(%(q)s)"
RANK = f"""
SELECT id, registry_search_rank({ASKED}, registry_search_query(%(q)s), keys, names, words) AS rank
FROM (SELECT p.id, d.keys, d.names, d.words
  FROM registry_partner p JOIN registry_partnersearch d ON d.record_id = p.id
"""
EXACT = f"""{RANK} WHERE {SEEN} AND (d.words @@ registry_search_query(%(q)s)
    OR d.names LIKE '%%' || {ASKED} || '%%') ORDER BY p.id DESC LIMIT 1000) f"""
WHOLE = f"{RANK} WHERE {SEEN} AND d.keys @> ARRAY[{ASKED}] ORDER BY p.id DESC LIMIT 1000) f"
ALIKE = f"""{RANK} WHERE {SEEN}
    AND d.record_id IN (SELECT registry_search_alike('registry_partnersearch', %(q)s))
    ORDER BY word_similarity({ASKED}, d.names) DESC, p.id DESC LIMIT 1000) f"""
SEARCH = """SET LOCAL random_page_cost = 1.1; SELECT {shown} FROM (SELECT * FROM ({found}) found
  ORDER BY rank DESC, id DESC LIMIT 20) best
JOIN registry_partner p USING (id) LEFT JOIN registry_country c ON c.id = p.country_id
ORDER BY best.rank DESC, p.id DESC"""

TERMS = {
    "a rare term (an acronym)": "AC4001",
    "a middling term": "turkana ocean",
    "a common term": "water",
    "a term of all of them": "xm dac",
    "Chinese, inside a word": "水资源",
    "Arabic, inside a word": "مياه",
    "a typo": "kisimma watr",
}


@cache
def client() -> Any:
    """One for all calls: a new one loads the middleware anew, as a server does once."""
    from rest_framework.test import APIClient

    return APIClient(SERVER_NAME="localhost")


def page(url: str, **query: object) -> bytes:
    response = client().get(url, query)
    assert response.status_code == 200, response.content
    return bytes(response.content)


def by_hand(sql: str, parameters: object) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return json.dumps(cursor.fetchall(), default=str)


def deep_link(size: int, pages: int) -> str:
    url = f"/api/v1/partners/?limit={size}"
    for _ in range(pages):
        url = json.loads(page(url))["next"].replace("http://localhost", "")
    return url


def lists(size: int) -> None:
    first, deep = f"/api/v1/partners/?limit={size}", deep_link(size, 199)
    newest = ["9999-01-01", 0, size]
    compare(
        f"{size} partners, first page",
        lambda: page(first),
        lambda: by_hand(LIST, newest),
        rounds=60,
    )
    compare(
        f"{size} partners, page 200 against page 1",
        lambda: page(deep),
        lambda: page(first),
        rounds=60,
    )


def search(what: str, text: str) -> None:
    found = [EXACT, WHOLE, ALIKE] if what == "a typo" else [EXACT, WHOLE]
    sql = SEARCH.format(shown=SHOWN, found=" UNION ".join(found))
    assert json.loads(page("/api/v1/partners/", search=text))["results"], text
    compare(
        f"search: {what}",
        lambda: page("/api/v1/partners/", search=text, limit=20),
        lambda: by_hand(sql, {"q": text}),
        rounds=30,
    )


def main() -> None:
    # Calls are counted all the same, which is a part of what a page costs.
    os.environ.setdefault("RATE_LIMIT_ANONYMOUS", "100000000")
    setup()
    from django.db import connection, transaction

    # Committed, since requests that read run outside of transactions; the next run begins anew.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE registry_partner CASCADE")
        cursor.execute(FILL)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_partner")
    for size in (20, 100):
        lists(size)
    for what, text in TERMS.items():
        search(what, text)


if __name__ == "__main__":
    main()
