"""Lists and search of 50,000 partners in four scripts, against hand-written SQL."""

PARTNERS = 50_000

# A name is made of words of one script, picked by the partner's number, and sometimes a number.
FILL = f"""
INSERT INTO registry_country (alpha2, alpha3, name, m49, region, sub_region)
SELECT a, b, c, '', '', '' FROM (VALUES ('KE', 'KEN', 'Kenya'), ('PE', 'PER', 'Peru'),
  ('EG', 'EGY', 'Egypt'), ('CN', 'CHN', 'China'), ('KZ', 'KAZ', 'Kazakhstan')) c (a, b, c)
ON CONFLICT DO NOTHING;
CREATE TEMP TABLE word ON COMMIT DROP AS
SELECT script, part, n - 1 AS n, word, count(*) OVER (PARTITION BY script, part) AS of FROM (VALUES
  (0, 0, 'Kisima Turkana Andes Nile Pacific Sahel Mekong Baltic Lima Nairobi Ganges Volta Río Åland'),
  (0, 1, 'Water Energy Health Education Climate Forest Ocean Coffee Solar Women Youth Seed Housing'),
  (0, 2, 'Foundation Trust Alliance Network Institute Cooperative Ltd Agency Union Council Fund'),
  (1, 0, 'Волга Сибирь Алтай Казань Байкал Урал Нева Дон Кавказ Москва Алматы Минск Одесса'),
  (1, 1, 'водный энергетический медицинский климатический лесной морской солнечный молодёжный'),
  (1, 2, 'фонд союз институт комитет центр альянс совет кооператив агентство'),
  (2, 0, 'مؤسسة جمعية اتحاد معهد شبكة صندوق مركز مجلس وكالة تعاونية'),
  (2, 1, 'المياه الطاقة الصحة التعليم المناخ الغابات البحار الشباب النساء البذور'),
  (2, 2, 'القاهرة النيل الخليج بغداد عمّان تونس الرباط الخرطوم مسقط دمشق'),
  (3, 0, '长江 黄河 北京 上海 珠江 太湖 云南 四川 青海 海南'),
  (3, 1, '水资源 能源 卫生 教育 气候 森林 海洋 太阳能 青年 妇女'),
  (3, 2, '管理中心 基金会 联盟 研究院 合作社 有限公司 协会 委员会')
) AS list (script, part, words), unnest(string_to_array(words, ' ')) WITH ORDINALITY AS w (word, n);
CREATE TEMP TABLE named ON COMMIT DROP AS
SELECT g AS n, g % 8 % 5 % 4 AS script, string_agg(word, CASE g % 8 % 5 % 4 WHEN 3 THEN '' ELSE ' ' END
  ORDER BY part) || CASE g % 3 WHEN 0 THEN ' ' || g / 3 ELSE '' END AS name
FROM generate_series(1, {PARTNERS}) g
JOIN word w ON w.script = g % 8 % 5 % 4
  AND w.n = (hashint4(g * 3 + part) & 65535) % w.of
GROUP BY g;
INSERT INTO registry_partner (version, created_at, updated_at, name, acronym, summary, kind, size,
  country_id, website, status, verified_at, basis_override, basis_reason)
SELECT 1, now(), now() - n * interval '1 minute', name, CASE n % 4 WHEN 0 THEN 'AC' || n ELSE '' END,
  'What the organisation is for, in a sentence or two.', 'civil_society', '',
  (SELECT max(id) FROM registry_country WHERE alpha2 = (ARRAY['KE', 'KZ', 'EG', 'CN', 'PE'])[script + 1]),
  'https://example.org/' || n, CASE n % 20 WHEN 0 THEN 'pending' ELSE 'verified' END, now(), '', ''
FROM named ORDER BY n;
INSERT INTO registry_partneridentifier (partner_id, scheme, value)
SELECT id, scheme, scheme || '-' || id FROM registry_partner, (VALUES ('XM-DAC'), ('GB-CHC')) s (scheme)
WHERE scheme = 'XM-DAC' OR id % 2 = 0;
ANALYZE;
"""
