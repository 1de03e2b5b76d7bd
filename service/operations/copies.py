"""Copies of everything the service holds: the database, the files, and a list of both with their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from service.audit.models import Entry
from service.audit.verify import verify_audit

LIST = "copy.json"
DATABASE = "database"
FILES = "files"


class CopyRefused(Exception):
    """A copy that cannot be made or brought back, with what to do."""


@dataclass(frozen=True)
class Copy:
    """What a copy holds."""

    engine: str
    made: str
    audit_entries: int
    audit_seal: str
    hashes: dict[str, str]

    def __str__(self) -> str:
        return f"{self.engine}, made {self.made}: {len(self.hashes)} files, {self.audit_entries} entries of the audit"


def write_copy(path: Path) -> Copy:
    """Write one archive with everything, readable by its owner alone. The service may go on working meanwhile.

    The archive is not encrypted: it holds what the database holds. Send it through a tool made for that, such as age or gpg.
    """
    if path.exists():
        raise CopyRefused(f"{path} is there already. Name a file that is not.")
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=".copy-") as folder:
        gathered = Path(folder)
        verification = verify_audit()
        if not verification.holds:
            raise CopyRefused(
                f"{verification} Keep the earlier copies, and find out why, before a new one takes their place."
            )
        _dump(gathered / DATABASE)
        if (settings.DATA / FILES).is_dir():
            shutil.copytree(settings.DATA / FILES, gathered / FILES)
        copy = Copy(
            engine=connection.vendor,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            audit_entries=verification.entries,
            audit_seal=verification.seal,
            hashes=_hashes(gathered),
        )
        (gathered / LIST).write_text(json.dumps(copy.__dict__, indent=1, sort_keys=True), encoding="utf-8")
        _archive(gathered, path)
    return copy


def bring_back(path: Path, *, replace: bool = False) -> Copy:
    """Put a copy in the place of the database and the files, and check the audit against the seal in it.

    Raises `CopyRefused`, before anything is changed, when the archive is damaged or of another engine, or when there are data
    already and `replace` is not given. Stop the service first.
    """
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=".copy-") as folder:
        gathered = Path(folder)
        copy = _unpack(path, gathered)
        if copy.engine != connection.vendor:
            raise CopyRefused(f"The copy is of {copy.engine}; this service runs on {connection.vendor}.")
        if not replace and _holds_data():
            raise CopyRefused("There are data here already. Say --replace to put the copy in their place.")
        _load(gathered / DATABASE)
        shutil.rmtree(settings.DATA / FILES, ignore_errors=True)
        if (gathered / FILES).is_dir():
            shutil.copytree(gathered / FILES, settings.DATA / FILES)
    call_command("migrate", interactive=False, verbosity=0)
    verification = verify_audit(copy.audit_seal)
    if not verification.holds:
        raise CopyRefused(f"The copy was brought back, but: {verification}")
    return copy


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
        copy.close()
        return
    _postgresql("pg_dump", "--format=custom", f"--file={target}")


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        database = Path(connection.settings_dict["NAME"])
        incoming = database.with_name(database.name + ".incoming")
        _copy_whole(source, incoming)
        for name in (database.with_name(database.name + suffix) for suffix in ("-wal", "-shm")):
            name.unlink(missing_ok=True)
        incoming.replace(database)
        return
    connection.close()
    _postgresql(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(source)
    )


def _copy_whole(source: Path, target: Path) -> None:
    """Copy, and have it on the disk, before anything that is there is touched: the disk may be full."""
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _postgresql(program: str, *arguments: str) -> None:
    place = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    known = {variable: str(place[name]) for variable, name in names.items() if place.get(name)}
    database = ["--dbname", known["PGDATABASE"]] if program == "pg_restore" else []
    done = subprocess.run(
        [program, *database, *arguments], env={**os.environ, **known}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CopyRefused(
            f"{program} ended with {done.returncode}. Run it by hand to see why; its words may hold data."
        )


def _holds_data() -> bool:
    return "audit_entry" in connection.introspection.table_names() and Entry.objects.exists()


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LIST)
    return {str(path.relative_to(folder)): _hash(path) for path in files}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _archive(folder: Path, path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(folder, arcname=".")
        file.flush()
        os.fsync(file.fileno())


def _unpack(path: Path, folder: Path) -> Copy:
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            archive.extractall(folder, filter="data")
        listed: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
        copy = Copy(**listed)
    except (OSError, tarfile.TarError, EOFError, zlib.error, ValueError, TypeError) as error:
        raise CopyRefused(f"{path} cannot be read as a copy of this service ({type(error).__name__}).") from None
    if _hashes(folder) != copy.hashes:
        raise CopyRefused(f"{path} is damaged: its files are not those that were written.")
    return copy
