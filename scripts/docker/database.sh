#!/usr/bin/env bash
# Run once by the database's image when its volume is empty: the same roles, database and extensions as scripts/postgis.
set -euo pipefail
psql -X -q -v ON_ERROR_STOP=1 -v owner="$(cat /run/keys/psq)" -v app="$(cat /run/keys/psq_app)" -U postgres -d template1 <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE ROLE psq LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE psq_app LOGIN PASSWORD :'app';
\connect postgres
CREATE DATABASE psq_geo OWNER psq;
SQL
