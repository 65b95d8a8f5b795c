#!/usr/bin/env bash
# Run once by the database's image when its volume is empty: the same role, database and extensions as scripts/postgis.
set -euo pipefail
psql -X -q -v ON_ERROR_STOP=1 -v password="$(cat /run/keys/psq)" -U postgres -d template1 <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE ROLE psq LOGIN CREATEDB PASSWORD :'password';
\connect postgres
CREATE DATABASE psq_geo OWNER psq;
SQL
