"""The rows of the bulk demonstration, as statements: each writes one table whole, drawn by PostgreSQL itself.

All take the same values (see `seed_bulk`). What is drawn is the same in every run: `setseed` comes first.
"""

from __future__ import annotations

from typing import Final

# At sea, so that no place that people know has a second sector: a grid of squares of about 1.5 by 2.2 km.
WEST: Final = -9.5
SOUTH: Final = 44.5
CELL_DEG: Final = 0.02

TERRITORY: Final = (
    """
INSERT INTO sectors_territory (code, name_fr, name_en, rank, departments, tolerance_m, days, triage_days, holiday_zone,
  reminders, policy_version, publish_names, nearby_m, nearby_days, is_demonstration)
SELECT %(code)s, 'Volume (démonstration)', 'Bulk (demonstration)', rank + 50, '[]', tolerance_m, days, triage_days,
  holiday_zone, reminders, policy_version, publish_names, nearby_m, nearby_days, true
FROM sectors_territory ORDER BY rank, code LIMIT 1
""",
    """
INSERT INTO sectors_unit (territory_id, code, name, force, phone, email)
SELECT id, code, 'Service ' || code, 'PN', '', '' FROM sectors_territory WHERE code = %(code)s
""",
    """
INSERT INTO sectors_category (territory_id, code, family, family_fr, family_en, label_fr, label_en, rank, is_active,
  is_frequent)
SELECT ours.id, given.code, family, family_fr, family_en, label_fr, label_en, given.rank, is_active, is_frequent
FROM sectors_category AS given, sectors_territory AS ours
WHERE ours.code = %(code)s
  AND given.territory_id = (SELECT id FROM sectors_territory WHERE code <> %(code)s ORDER BY rank, code LIMIT 1)
""",
    """
INSERT INTO sectors_partner (territory_id, code, name, kind)
SELECT id, code || '-partenaire-' || n, 'Organisme ' || n, 'association'
FROM sectors_territory, generate_series(1, %(partners)s) AS n WHERE code = %(code)s
""",
    """
INSERT INTO sectors_edition (territory_id, code, validity, note, updated_at)
SELECT id, code || '-1', tstzrange('2024-01-01', NULL), '', now() FROM sectors_territory WHERE code = %(code)s
""",
    """
INSERT INTO sectors_post (territory_id, unit_id, code, kind, label_fr, label_en, phone, email)
SELECT unit.territory_id, unit.id, unit.code || '-' || n, 'sector', 'Référent ' || n, 'Référent ' || n, '', ''
FROM sectors_unit AS unit, generate_series(1, %(sectors)s) AS n WHERE unit.code = %(code)s
""",
    """
WITH post AS (
  INSERT INTO sectors_post (territory_id, unit_id, code, kind, label_fr, label_en, phone, email)
  SELECT territory_id, id, code || '-triage', 'triage', 'Triage ' || code, 'Triage ' || code, '', ''
  FROM sectors_unit WHERE code = %(code)s RETURNING id, territory_id
)
UPDATE sectors_territory AS territory SET triage_post_id = post.id FROM post WHERE territory.id = post.territory_id
""",
    """
INSERT INTO sectors_sector (edition_id, code, name, kind, post_id, priority, area, source)
SELECT edition.id, post.code, 'Secteur ' || n, 'city_centre', post.id, 100, ST_Multi(ST_MakeEnvelope(
    %(west)s + n %% %(wide)s * %(cell)s, %(south)s + n / %(wide)s * %(cell)s,
    %(west)s + (n %% %(wide)s + 1) * %(cell)s, %(south)s + (n / %(wide)s + 1) * %(cell)s, 4326)), ''
FROM generate_series(1, %(sectors)s) AS n
JOIN sectors_post AS post ON post.code = %(code)s || '-' || n
JOIN sectors_edition AS edition ON edition.code = %(code)s || '-1'
""",
    "ANALYZE sectors_sector",
)

# One concern in fifty is of the first sector, so that one référent has many; one in a hundred is of none.
# `life` is what became of it; `age`, `answered`: days since the report, and from it to the answer.
DRAWN: Final = """
CREATE TEMP TABLE drawn ON COMMIT DROP AS
WITH given AS MATERIALIZED (
  SELECT n, random() AS life, random() AS age, random() AS answered, random() AS x, random() AS y,
    random() AS kind, random() AS edge
  FROM generate_series(1, %(concerns)s) AS n
), lived AS (
  SELECT *, CASE WHEN life < 0.02 THEN 'signalee' WHEN life < 0.03 THEN 'qualifiee'
    WHEN life < 0.09 THEN 'prise_en_charge' WHEN life < 0.095 THEN 'suspendue' WHEN life < 0.1 THEN 'rouverte'
    WHEN life < 0.14 THEN 'repondue' WHEN life < 0.17 THEN 'non_retenue' ELSE 'close' END AS status
  FROM given
), dated AS (
  SELECT *, CASE status WHEN 'signalee' THEN age * 8 WHEN 'qualifiee' THEN 1.5 + age * 8
      WHEN 'prise_en_charge' THEN 3 + age * 32 WHEN 'suspendue' THEN 5 + age * 15 WHEN 'rouverte' THEN 50 + age * 40
      WHEN 'repondue' THEN 35 + age * 25 WHEN 'non_retenue' THEN 10 + age * 600 ELSE 60 + age * 600 END AS days,
    3 + 30 * answered AS answer_days,
    CASE WHEN n %% 50 = 1 THEN 1 ELSE 1 + floor(random() * %(sectors)s)::int END AS cell,
    status = 'signalee' AND edge > 0.5 AS outside,
    -- Forty bits, all different, in Crockford's base 32.
    (SELECT string_agg(substr(%(alphabet)s, ((number >> (35 - 5 * k)) & 31)::int + 1, 1), '' ORDER BY k)
      FROM generate_series(0, 7) AS k, (VALUES ((n::bigint * 2654435761 + 40503) %% 1099511627776)) AS bits(number)
    ) AS letters
  FROM lived
)
SELECT n, substr(letters, 1, 4) || '-' || substr(letters, 5) AS reference, status, cell, outside,
  edge < 0.05 AND NOT outside AS border, now() - make_interval(secs => days * 86400) AS reported_at,
  make_interval(secs => answer_days * 86400) AS answered_after,
  make_interval(secs => 86400 * CASE status WHEN 'signalee' THEN 0 WHEN 'qualifiee' THEN 1 WHEN 'prise_en_charge' THEN 2
    WHEN 'suspendue' THEN 4 WHEN 'non_retenue' THEN 3 WHEN 'repondue' THEN answer_days WHEN 'close' THEN answer_days + 7
    ELSE answer_days + 14 END) AS moved_after,
  1 + floor(kind * %(partners)s)::int AS partner,
  ST_SetSRID(ST_MakePoint(
    %(west)s + (cell %% %(wide)s + x) * %(cell)s, %(south)s + (cell / %(wide)s + y) * %(cell)s
      - CASE WHEN outside THEN 1 ELSE 0 END), 4326) AS location
FROM dated
"""
CONCERNS: Final = """
INSERT INTO incidents_incident (reference, territory_id, location, street_location, category_id, description,
  reported_at, external_reference, received_via, author_id, partner_id, status, outcome, sector_id, post_id, unit_id,
  co_readers, co_reader_posts, border, reason, due_on, due_at, triage_due_at, taken_due_at, policy_version, updated_at)
WITH day AS (
  SELECT * FROM unnest(%(day)s::date[], %(due_on)s::date[], %(due_at)s::timestamptz[], %(triage_at)s::timestamptz[],
    %(taken_at)s::timestamptz[]) AS day(on_day, due_on, due_at, triage_at, taken_at)
), category AS (
  SELECT category.id, row_number() OVER (ORDER BY category.rank, category.id) - 1 AS n, count(*) OVER () AS total
  FROM sectors_category AS category JOIN sectors_territory AS territory ON territory.id = category.territory_id
  WHERE territory.code = %(code)s AND category.is_active
)
SELECT drawn.reference, territory.id, drawn.location,
  ST_SnapToGrid(drawn.location, 0.00025), category.id, (%(texts)s::text[])[1 + drawn.n %% %(text_count)s],
  drawn.reported_at, '', (ARRAY['web', 'api', 'telephone'])[1 + drawn.n %% 3], author.id, partner.id, drawn.status,
  CASE WHEN outside THEN 'outside' ELSE 'inside' END, sector.id, coalesce(sector.post_id, territory.triage_post_id),
  unit.id, CASE WHEN border THEN ARRAY[next.code] ELSE '{}' END, CASE WHEN border THEN ARRAY[next.id] ELSE '{}' END,
  border, jsonb_build_object('outcome', CASE WHEN outside THEN 'outside' ELSE 'inside' END, 'post',
    jsonb_build_object('fr', post.label_fr, 'en', post.label_en), 'commune', NULL, 'border', border,
    'tolerance_m', territory.tolerance_m, 'co_readers', '[]'::jsonb, 'sector', sector.name, 'distance_m', -500,
    'share', 1),
  day.due_on, day.due_at, CASE WHEN outside THEN day.triage_at END,
  CASE drawn.status WHEN 'rouverte' THEN now() + interval '1 day' ELSE day.taken_at END, territory.policy_version,
  drawn.reported_at + drawn.moved_after
FROM drawn
JOIN sectors_territory AS territory ON territory.code = %(code)s
JOIN sectors_unit AS unit ON unit.code = %(code)s
JOIN accounts_user AS author ON author.email = %(author)s
JOIN day ON day.on_day = (drawn.reported_at AT TIME ZONE 'Europe/Paris')::date
JOIN category ON category.n = drawn.n %% category.total
JOIN sectors_partner AS partner ON partner.code = %(code)s || '-partenaire-' || drawn.partner
LEFT JOIN sectors_sector AS sector ON sector.code = %(code)s || '-' || drawn.cell AND NOT outside
JOIN sectors_post AS post ON post.id = coalesce(sector.post_id, territory.triage_post_id)
LEFT JOIN sectors_post AS next ON border AND next.code = %(code)s || '-' || (1 + drawn.cell %% %(sectors)s)
ORDER BY drawn.reported_at
"""
ROUTINGS: Final = """
INSERT INTO incidents_routing (incident_id, at, trigger, location, cell_x, cell_y, category_id, edition_id, outcome,
  rule, sector_id, post_id, unit_id, co_readers, border, candidates, settings, reason, author_id, comment)
SELECT incident.id, reported_at, 'report', location, floor(ST_X(ST_Transform(location, 2154)) / 200),
  floor(ST_Y(ST_Transform(location, 2154)) / 200), category_id, edition.id, outcome, outcome, sector_id, post_id,
  unit_id, co_readers, border, '[]', '{}', reason, author_id, ''
FROM incidents_incident AS incident
JOIN sectors_territory AS territory ON territory.id = incident.territory_id AND territory.code = %(code)s
JOIN sectors_edition AS edition ON edition.territory_id = territory.id
"""
# The moves that lead to each status: where from, where to, and how long after the report, in days or from the answer.
MOVES: Final = """
INSERT INTO incidents_statuschange (incident_id, at, status_from, status_to, author_id, reason, answer, is_public)
SELECT incident.id, incident.reported_at + CASE WHEN move.answered THEN drawn.answered_after ELSE interval '0' END
    + make_interval(days => move.days),
  move.comes, move.goes, incident.author_id, CASE move.goes WHEN 'suspendue' THEN 'partenaire_attendu'
    WHEN 'non_retenue' THEN 'Hors du champ' WHEN 'rouverte' THEN 'Cela continue' ELSE '' END,
  CASE move.goes WHEN 'repondue' THEN 'Passages renforcés le soir.' ELSE '' END, move.goes <> 'qualifiee'
FROM drawn
JOIN incidents_incident AS incident USING (reference)
JOIN (VALUES
  ('', 'signalee', false, 0, ARRAY['signalee','qualifiee','prise_en_charge','suspendue','rouverte','repondue',
    'non_retenue','close']),
  ('signalee', 'qualifiee', false, 1, ARRAY['qualifiee','prise_en_charge','suspendue','rouverte','repondue','close']),
  ('qualifiee', 'prise_en_charge', false, 2, ARRAY['prise_en_charge','suspendue','rouverte','repondue','close']),
  ('prise_en_charge', 'suspendue', false, 4, ARRAY['suspendue']),
  ('signalee', 'non_retenue', false, 3, ARRAY['non_retenue']),
  ('prise_en_charge', 'repondue', true, 0, ARRAY['rouverte','repondue','close']),
  ('repondue', 'close', true, 7, ARRAY['rouverte','close']),
  ('close', 'rouverte', true, 14, ARRAY['rouverte'])
) AS move(comes, goes, answered, days, lives) ON drawn.status = ANY (move.lives)
ORDER BY incident.id, move.answered, move.days
"""
SUSPENSIONS: Final = """
INSERT INTO incidents_suspension (incident_id, reason, since, until, resumes_as, due_on_before, moves_due)
SELECT incident.id, 'partenaire_attendu', reported_at + interval '4 days', current_date + 10, 'prise_en_charge', due_on,
  true
FROM incidents_incident AS incident JOIN sectors_territory AS territory ON territory.id = incident.territory_id
WHERE territory.code = %(code)s AND incident.status = 'suspendue'
"""
