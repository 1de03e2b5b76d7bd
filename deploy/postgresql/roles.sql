-- Once, as the administrator of PostgreSQL: psql --file deploy/postgresql/roles.sql
-- Two roles: swis_owner owns the tables (manage.py prepare, restore), swis_service reads and writes rows (the web, the worker, backup).
-- Then give each a password: psql --command '\password swis_owner' and '\password swis_service'.
\set ON_ERROR_STOP on
CREATE ROLE swis_owner LOGIN;
CREATE ROLE swis_service LOGIN;
CREATE DATABASE swis OWNER swis_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE swis FROM PUBLIC;
GRANT CONNECT ON DATABASE swis TO swis_service;
\connect swis
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO swis_owner;
GRANT USAGE ON SCHEMA public TO swis_service;
ALTER DEFAULT PRIVILEGES FOR ROLE swis_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO swis_service;
ALTER DEFAULT PRIVILEGES FOR ROLE swis_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO swis_service;
