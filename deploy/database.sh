#!/bin/sh
# The PostgreSQL image runs this once, in a new folder: Counterfoil gets a database, and a login that can do nothing in it
# before it has taken an organization's role: no superuser, and without the rights of its roles (NOINHERIT).
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password COUNTERFOIL_DATABASE_PASSWORD
CREATE ROLE counterfoil LOGIN NOINHERIT CREATEROLE PASSWORD :'password';
CREATE DATABASE counterfoil OWNER counterfoil TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE TEMPORARY ON DATABASE counterfoil FROM PUBLIC;
SQL
