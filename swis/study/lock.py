"""Locking the plan of a study before its outcomes are seen, and saying later what has changed since."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeAlias

from swis.errors import LockError, ProtocolError, TableError
from swis.study.finding import Finding
from swis.study.plan import hash_plan, hash_text, plan_of
from swis.study.read_protocol import read_protocol
from swis.study.section import PROTOCOL_FILE
from swis.tables.problem import Problem
from swis.tables.read import read_table
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.text import read_bytes

LOCK_FILE = "study.lock.toml"
LOCK_FORMAT = 1
Change: TypeAlias = Literal["changed", "added", "removed"]


@dataclass(frozen=True)
class Lock:
    """A locked plan: when, by which version, whether outcomes were already there, and each item with its value."""

    on: date
    swis_version: str
    counts_after_start_were_there: bool
    """Whether school_terms.csv held counts of terms after the start when the plan was locked."""
    plan: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """One hash of the whole plan."""
        return hash_plan(dict(self.plan))

    def __repr__(self) -> str:
        seen = "outcomes already there" if self.counts_after_start_were_there else "before outcomes were there"
        return f"Lock({self.on.isoformat()}, {len(self.plan)} items, {seen}, {self.sha256[:12]})"


@dataclass(frozen=True)
class PlanChange:
    """One item of the plan that is not as it was locked; values as JSON, None where there is none."""

    item: str
    change: Change
    locked: str | None
    now: str | None

    def __str__(self) -> str:
        if self.change == "changed":
            return "; ".join(_say_changes(self.item, self.locked, self.now))
        return f"{self.item} was {'added after' if self.change == 'added' else 'removed since'} the lock"


def _say_changes(item: str, locked: str | None, now: str | None) -> list[str]:
    """What changed in an item, key by key where it has keys."""
    before, after = json.loads(locked or "null"), json.loads(now or "null")
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [f"{item} was locked as {_say(before)} and is now {_say(after)}"]
    return [
        f"{item}, {key}, was locked as {_say(before.get(key))} and is now {_say(after.get(key))}"
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def _say(value: object) -> str:
    """A value of the plan in words."""
    if isinstance(value, list):
        return ", ".join(_say(each) for each in value) or "none"
    return {True: "yes", False: "no", None: "none"}[value] if value is None or isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class PlanStatus:
    """How the plan stands to its lock: not locked, as locked, or changed since."""

    lock: Lock | None
    changes: tuple[PlanChange, ...] = ()

    @property
    def state(self) -> Literal["not locked", "as locked", "changed since the lock"]:
        """The status in words."""
        if self.lock is None:
            return "not locked"
        return "changed since the lock" if self.changes else "as locked"

    @property
    def foresight(self) -> bool:
        """Whether the plan was locked while no count of a term after the start was in the folder."""
        return self.lock is not None and not self.lock.counts_after_start_were_there

    def of_outcome(self, code: str) -> Literal["not locked", "as locked", "changed since the lock", "added later"]:
        """The status of one outcome's own item; changes of terms, arms and options are in `changes`."""
        for change in self.changes:
            if change.item == f"outcome.{code}":
                return "added later" if change.change == "added" else "changed since the lock"
        return "not locked" if self.lock is None else "as locked"

    def __repr__(self) -> str:
        return f"PlanStatus({self.state}: {len(self.changes)} items changed)"


def lock_study(folder: Path | str, *, on: date) -> Lock:
    """Write the plan of a study to study.lock.toml, with the day, and give it back.

    Counted as the plan: see `plan_of`. The day is taken on trust: commit the file, and the history bears witness.
    The lock records whether counts of terms after the start were already in school_terms.csv, which may be absent.

    Raises LockError if there is a lock already or it cannot be written, ProtocolError or TableError if the study
    cannot be read.
    """
    folder = Path(folder)
    data = read_bytes(folder / PROTOCOL_FILE)
    if isinstance(data, Problem):
        raise ProtocolError(str(data))
    protocol = read_protocol(data)
    seen = counts_are_there(folder, protocol.terms.after)
    return write_new_lock(folder / LOCK_FILE, plan_of(protocol), on=on, seen=seen)


def write_new_lock(path: Path, plan: Mapping[str, str], *, on: date, seen: bool) -> Lock:
    """Write a plan to a lock that is not there yet. `seen`: whether outcomes were there. Raises LockError."""
    day = on.date() if isinstance(on, datetime) else on
    if day > date.today():
        raise LockError(
            f"A plan cannot be locked on {day.isoformat()}, which is yet to come. Lock it with the day it is."
        )
    lock = Lock(day, version("swis"), seen, plan)
    if path.is_symlink():
        raise LockError(f"{path.name} is a link to another place. Remove the link and lock again.")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_write_lock(lock))
    except FileExistsError:
        raise LockError(
            f"{path.name} is there already: the plan is locked. Keep it; what you change is reported as changed since."
        ) from None
    except OSError as error:
        raise LockError(f"{path.name} cannot be written: {error.strerror}. See that you may write there.") from None
    return lock


def read_lock(data: bytes, *, file: str = LOCK_FILE) -> Lock:
    """The lock that the bytes of a lock file hold. Raises LockError if it was altered since it was written."""
    try:
        values = tomllib.loads(data.decode("utf-8"))
        lock = _lock_from(values)
        seal, hashes = values["seal"], {item["name"]: item["sha256"] for item in values["item"]}
    except (
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        RecursionError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ):
        raise LockError(_altered(file, "is not a lock file that this version reads")) from None
    if hashes != {name: hash_text(value) for name, value in lock.plan.items()} or values["plan"] != lock.sha256:
        raise LockError(_altered(file, "has an item whose hash does not fit its value"))
    if data.decode("utf-8") != _write_lock(lock) or seal != _seal(lock):
        raise LockError(_altered(file, "has a seal that does not fit its content"))
    return lock


def compare_with_lock(now: Mapping[str, str], lock: Lock | None) -> PlanStatus:
    """How the plan of now stands to its lock, item by item."""
    if lock is None:
        return PlanStatus(None)
    changes = [
        PlanChange(item, _change(lock.plan.get(item), now.get(item)), lock.plan.get(item), now.get(item))
        for item in dict.fromkeys([*lock.plan, *now])
        if lock.plan.get(item) != now.get(item)
    ]
    return PlanStatus(lock, tuple(changes))


def findings_of_lock(status: PlanStatus, *, file: str = LOCK_FILE) -> list[Finding]:
    """A finding for each item that is not as it was locked, and for a lock that came after the outcomes."""
    if status.lock is None:
        what, to_do = "the plan is not locked", "Nothing shows that it was settled before outcomes were seen."
        return [Finding("note", "plan_not_locked", file, what, to_do)]
    findings = [
        Finding("warning", f"plan_{change.change}", file, str(change), "The report marks it as not in the plan.")
        for change in status.changes
    ]
    if status.lock.counts_after_start_were_there:
        what = f"locked on {status.lock.on.isoformat()}, when counts of terms after the start were in the folder"
        to_do = "The lock does not show that the plan was settled before outcomes were seen."
        findings.append(Finding("warning", "locked_after_outcomes", file, what, to_do))
    return findings


def _change(locked: str | None, now: str | None) -> Change:
    if locked is None:
        return "added"
    return "removed" if now is None else "changed"


def counts_are_there(folder: Path, terms: Sequence[str]) -> bool:
    """Whether school_terms.csv has a row of any of these terms; it may be absent. Raises TableError."""
    path = folder / SCHOOL_TERMS.file
    if not path.exists() and not path.is_symlink():
        return False
    try:
        there = read_table(SCHOOL_TERMS, path)["term"]
    except TableError as error:
        raise TableError(f"Before the plan can be locked, mend this. {error}") from None
    return bool(there.is_in(list(terms)).any())


def _lock_from(values: dict[str, Any]) -> Lock:
    plan = {item["name"]: item["value"] for item in values["item"]}
    is_lock = (
        values["format"] == LOCK_FORMAT
        and isinstance(values["on"], date)
        and isinstance(values["counts_after_start_were_there"], bool)
        and all(isinstance(text, str) for text in (values["swis_version"], *plan, *plan.values()))
    )
    if not is_lock:
        raise ValueError("not a lock")
    return Lock(values["on"], values["swis_version"], values["counts_after_start_were_there"], plan)


def _seal(lock: Lock) -> str:
    seen = lock.counts_after_start_were_there
    return hash_text(f"{LOCK_FORMAT}\n{lock.on.isoformat()}\n{lock.swis_version}\n{seen}\n{lock.sha256}\n")


def _write_lock(lock: Lock) -> str:
    lines = [
        "# The plan of this study as it was locked. Written by swis; do not edit: every change shows.",
        f"format = {LOCK_FORMAT}",
        f"on = {lock.on.isoformat()}",
        f"swis_version = {_quote(lock.swis_version)}",
        f"counts_after_start_were_there = {'true' if lock.counts_after_start_were_there else 'false'}",
        f'plan = "{lock.sha256}"',
        f'seal = "{_seal(lock)}"',
    ]
    for name, value in lock.plan.items():
        lines += [
            "",
            "[[item]]",
            f"name = {_quote(name)}",
            f"value = {_quote(value)}",
            f'sha256 = "{hash_text(value)}"',
        ]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    # JSON and TOML quote alike, but for pairs of surrogates (left as they are here) and the delete character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _altered(file: str, what: str) -> str:
    return (
        f"{file} {what}. It was altered after it was written. Restore it from where you keep versions; if that "
        "cannot be, remove it, lock again and say so in the report."
    )
