"""What readiness asks. Each function gives back what is wrong in a few words, or nothing."""

from __future__ import annotations

import logging

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger("service.pages.health")


def database_problem() -> str:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        logger.error("The database does not answer: %s", type(error).__name__)
        return "the database does not answer"
    return ""


def migrations_problem() -> str:
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InconsistentMigrationHistory) as error:
        logger.error("The migrations cannot be read: %s", type(error).__name__)
        return "the migrations cannot be read"
    return f"{len(waiting)} migrations are not applied" if waiting else ""
