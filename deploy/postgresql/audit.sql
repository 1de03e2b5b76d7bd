-- After every prepare and every restore, as swis_owner: psql --dbname swis --file deploy/postgresql/audit.sql
-- The service may add to the audit and read it. It may not change, delete or empty it, nor lift the triggers that forbid it.
\set ON_ERROR_STOP on
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM swis_service;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM swis_service;
