"""A deployment of its own: real processes, a real file or a real PostgreSQL database, and nothing shared with the test's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg

ROOT = Path(__file__).parents[3]

PRODUCTION = {
    "SWIS_SECRET_KEY": "a secret of a production that is drawn for a test alone",
    "SWIS_AUDIT_KEY": "the key of an audit that is drawn for a test alone",
    "SWIS_HOSTS": "schools.example.gov.uk",
    "SWIS_ADDRESS": "https://schools.example.gov.uk",
    "SWIS_BEHIND_PROXY": "1",
    "SWIS_EMAIL_HOST": "localhost",
}


@dataclass(frozen=True)
class Deployment:
    """Runs `manage.py` commands and Python against the deployment."""

    data: Path
    environment: dict[str, str] = field(repr=False)

    def run(self, *arguments: str, code: int = 0, seconds: float = 240) -> str:
        done = self.start(*arguments)
        output, _ = done.communicate(timeout=seconds)
        assert done.returncode == code, f"{arguments} ended with {done.returncode}:\n{output}"
        return output

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error::ResourceWarning", str(ROOT / "manage.py"), *arguments]
        return self.spawn(*command)

    def spawn(self, *command: str, output: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start a process; one that runs long says nothing to us, so that a full pipe does not stop it."""
        return subprocess.Popen(
            command,
            env=self.environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def python(self, text: str) -> str:
        """Run a few lines with Django set up; gives back what they print."""
        return self.run("shell", "--no-imports", "--command", text)


@contextmanager
def deployed(folder: Path, *, production: bool = False, like: Deployment | None = None) -> Iterator[Deployment]:
    """A deployment in a folder, on the engine that the tests run on: a demonstration unless it is to be a production.

    With `like`, its files and its database begin as a copy of another's, in which no process may be at work meanwhile.
    """
    if like:
        shutil.copytree(like.data, folder, dirs_exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SWIS_", "DJANGO_", "COV"))
    }
    environment |= {
        "SWIS_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "service.config.settings",
    }
    environment |= PRODUCTION if production else {"SWIS_DEMONSTRATION": "1"}
    server = os.environ.get("SWIS_TEST_DATABASE_URL")
    if not server:
        yield Deployment(folder, environment)
        return
    name = f"deployment_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        template = f' TEMPLATE "{_database_of(like)}"' if like else ""
        connection.execute(f'CREATE DATABASE "{name}"{template}')
        try:
            yield Deployment(folder, environment | {"SWIS_DATABASE_URL": server.rpartition("/")[0] + f"/{name}"})
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _database_of(deployment: Deployment) -> str:
    return deployment.environment["SWIS_DATABASE_URL"].rpartition("/")[2]
