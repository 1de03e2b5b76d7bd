"""Importing a log that was kept elsewhere: taking the file in, saying what its columns and words mean, and the import."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.practice.core_codes import CORE
from service.practice.log_checks import LogCheck, LogEntry, check_log, unknown_words
from service.practice.log_files import read_log
from service.practice.log_shapes import FIELDS, guess_columns
from service.practice.models import Contact, LogFile, LogImport, Shape
from service.schools.models import Authority


@transaction.atomic
def take_in_log(*, by: User, authority: Authority, shape: str, name: str, content: bytes) -> LogFile:
    """Take in a file to be checked. Raises `ValidationError` when it cannot be read, or was imported before."""
    require(by, Permission.IMPORT_LOG, authority=authority)
    if shape not in Shape.values:
        raise ValidationError({"shape": "Select the shape of the log."})
    digest = hashlib.sha256(content).hexdigest()
    before = LogImport.objects.filter(authority=authority, digest=digest).first()
    if before is not None:
        day = timezone.localtime(before.imported_at)
        raise ValidationError(f"This file was imported on {day:%d/%m/%Y}. It is not imported twice.")
    log = read_log(content, name)
    LogFile.objects.filter(authority=authority, digest=digest).delete()
    file = LogFile.objects.create(
        authority=authority, shape=shape, name=name[-150:], digest=digest, headings=log.headings, rows=log.rows,
        columns={"fields": guess_columns(shape, log.headings)}, uploaded_by=by,
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=file, details={"shape": shape, "rows": len(log.rows)})
    return file


@transaction.atomic
def map_columns(
    *, by: User, file: LogFile, fields: Mapping[str, str], school: str = "", kind_of_work: str = "advice"
) -> LogFile:
    """Say which heading holds which field; which school all rows belong to when no column says, and which kind of work."""
    require(by, Permission.IMPORT_LOG, authority=file.authority)
    known = {log_field.name for log_field in FIELDS[file.shape]}
    given = {name: heading for name, heading in fields.items() if heading}
    if not set(given) <= known or not set(given.values()) <= set(file.headings):
        raise ValidationError("Select headings of the file.")
    if len(set(given.values())) < len(given):
        raise ValidationError("Use each column once.")
    if "date" not in given:
        raise ValidationError({"date": "Select the column that holds the date."})
    if "school" not in given and not file.authority.schools.filter(urn=school).exists():
        raise ValidationError({"one_school": "Select the column of the school, or the school that all rows belong to."})
    if kind_of_work not in CORE["kind_of_work"]:
        raise ValidationError({"one_kind": "Select a kind of work."})
    file.columns = {"fields": given, "school": school, "kind_of_work": kind_of_work}
    file.save(update_fields=["columns"])
    return file


@transaction.atomic
def map_words(*, by: User, file: LogFile, codes: Mapping[str, Mapping[str, str]]) -> LogFile:
    """Say which core code stands for which word of the log. Words without a code are told as problems of their rows."""
    require(by, Permission.IMPORT_LOG, authority=file.authority)
    waiting = unknown_words(file)
    kept: dict[str, dict[str, str]] = {name: dict(chosen) for name, chosen in file.codes.items()}
    for name, chosen in codes.items():
        for word, code in chosen.items():
            if word not in waiting.get(name, []) or code not in CORE[name]:
                raise ValidationError("Select a code of the list for each word.")
            kept.setdefault(name, {})[word] = code
    file.codes = kept
    file.save(update_fields=["codes"])
    return file


@transaction.atomic
def import_log(*, by: User, file: LogFile, leave_out: bool = False) -> LogImport:
    """Import a file in one go: all of it, or nothing. The file itself is then deleted.

    Rows with problems stop the import, unless `leave_out` says to go on without them; rows that are held already are never
    imported again.
    """
    require(by, Permission.IMPORT_LOG, authority=file.authority)
    file = LogFile.objects.select_for_update().get(pk=file.pk)
    check = check_log(file)
    if check.problems and not leave_out:
        raise ValidationError(
            f"{len(check.problems)} problems stand in the way. Correct them, or leave their rows out."
        )
    if not check.entries:
        raise ValidationError("No row of this file can be imported, or all are held already.")
    done = LogImport.objects.create(
        authority=file.authority, shape=file.shape, name=file.name, digest=file.digest, rows=check.rows,
        contacts_made=len(check.entries), held_already=check.held_already, imported_by=by,
    )  # fmt: skip
    Contact.objects.bulk_create([_contact(entry, by=by, done=done) for entry in check.entries], batch_size=500)
    file.delete()
    record(Action.CREATE, by=by, subject=done, details=counts_of(check))
    return done


@transaction.atomic
def discard_log(*, by: User, file: LogFile) -> None:
    """Delete a file that waits, with its text."""
    require(by, Permission.IMPORT_LOG, authority=file.authority)
    record(Action.DISPOSE, by=by, subject=file, details={"rows": len(file.rows)})
    file.delete()


def counts_of(check: LogCheck) -> dict[str, int]:
    """The counts of a dry run, as the audit and the page tell them."""
    return {
        "rows": check.rows,
        "to_import": len(check.entries),
        "with_problems": len({problem.row for problem in check.problems}),
        "held_already": check.held_already,
        "empty": check.empty_rows,
    }


def _contact(entry: LogEntry, *, by: User, done: LogImport) -> Contact:
    return Contact(
        authority=done.authority, worker=None, recorded_by=by, log_import=done, imported_row=entry.mark, **entry.fields
    )
