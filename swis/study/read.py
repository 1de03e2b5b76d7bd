"""Reading a study folder, with everything that is wrong told at once and everything that is odd carried along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from swis.costs.claim import Claim
from swis.costs.cost import cost_of_period
from swis.errors import LockError, ProtocolError, StudyError
from swis.study.check_costs import check_configuration, check_costs, read_claims, size_of_programme
from swis.study.check_design import check_design
from swis.study.check_published import check_published
from swis.study.check_rates import check_rates
from swis.study.check_school_terms import check_school_terms
from swis.study.corrections import check_corrections
from swis.study.finding import Finding
from swis.study.lock import LOCK_FILE, Lock, compare_with_lock, findings_of_lock, read_lock
from swis.study.plan import plan_of
from swis.study.protocol import Protocol
from swis.study.provenance import Hashes
from swis.study.published import PublishedEstimate, read_published
from swis.study.read_protocol import read_protocol
from swis.study.school_term import SchoolTerm, read_school_terms
from swis.study.section import PROTOCOL_FILE, protocol_problem
from swis.study.study import Study
from swis.tables.claims import CLAIMS
from swis.tables.declared import TABLES
from swis.tables.matches import PAIR_SCORES_FILE
from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem
from swis.tables.published_estimates import PUBLISHED_ESTIMATES
from swis.tables.read import LoadedTable, load_table
from swis.tables.school_configuration import SCHOOL_CONFIGURATION
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.text import read_bytes

_Read = TypeVar("_Read")


def read_study(folder: Path | str) -> Study:
    """The study that lies in a folder: its protocol, its tables, and what was found in reading them.

    Read: study.toml and school_terms.csv, which must be there; the other declared tables and study.lock.toml where
    they are. Not read: anything else in the folder. A link is refused, so nothing outside the folder is read.

    Raises StudyError (ProtocolError, TableError, LockError) with every problem that stops the study, each with its
    place and what to do. What does not stop it is in `Study.findings`.
    """
    folder = Path(folder)
    check_folder(folder, PROTOCOL_FILE)
    failures: list[StudyError] = []
    data, protocol = _load_protocol(folder, failures)
    loaded = _load_tables(folder, failures)
    lock = _load_lock(folder, failures)
    contents = None
    if protocol is not None and SCHOOL_TERMS.name in loaded:
        contents = _read_contents(protocol, loaded, failures)
    if protocol is None or contents is None or failures:
        raise one_error(failures)
    status = compare_with_lock(plan_of(protocol), lock)
    findings = [
        *(finding for table in loaded.values() for finding in findings_of_repairs(table)),
        *_check_other_files(folder),
        *findings_of_lock(status),
        *_check_contents(protocol, contents, loaded),
    ]
    return Study(
        folder=folder.resolve(),
        protocol=protocol,
        school_terms=contents.cells,
        published=contents.published,
        claims=contents.claims,
        tables={name: table.frame for name, table in loaded.items()},
        findings=tuple(findings),
        hashes=Hashes({PROTOCOL_FILE: sha256(data).hexdigest()} | {t.table.file: t.sha256 for t in loaded.values()}),
        plan_status=status,
    )


@dataclass(frozen=True)
class _Contents:
    cells: tuple[SchoolTerm, ...]
    published: tuple[PublishedEstimate, ...]
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]


@contextmanager
def gathering(failures: list[StudyError]) -> Iterator[None]:
    """Adds what is raised within to the failures, and goes on."""
    try:
        yield
    except StudyError as error:
        failures.append(error)


def attempt(read: Callable[[bytes], _Read], data: bytes, failures: list[StudyError]) -> _Read | None:
    """What is read from the bytes; None where that fails, and the failure is added."""
    try:
        return read(data)
    except StudyError as error:
        failures.append(error)
        return None


def one_error(failures: Sequence[StudyError]) -> StudyError:
    """All failures as one, of their kind if it is the same."""
    kinds = {type(failure) for failure in failures}
    kind = kinds.pop() if len(kinds) == 1 else StudyError
    return kind("\n".join(str(failure) for failure in failures))


def check_folder(folder: Path, file: str) -> None:
    """Raises StudyError unless there is such a folder."""
    if not folder.exists():
        raise StudyError(f"There is no folder {folder}. Name a folder that holds {file}.")
    if not folder.is_dir():
        raise StudyError(f"{folder} is not a folder. Name the folder that holds {file}.")


def _load_protocol(folder: Path, failures: list[StudyError]) -> tuple[bytes, Protocol | None]:
    data = read_bytes(folder / PROTOCOL_FILE)
    if isinstance(data, Problem):
        failures.append(ProtocolError(str(data)))
        return b"", None
    return data, attempt(read_protocol, data, failures)


def _load_tables(folder: Path, failures: list[StudyError]) -> dict[str, LoadedTable]:
    loaded = {}
    for table in TABLES:
        path = folder / table.file
        if table is SCHOOL_TERMS or path.exists() or path.is_symlink():
            with gathering(failures):
                loaded[table.name] = load_table(table, path)
    return loaded


def _load_lock(folder: Path, failures: list[StudyError]) -> Lock | None:
    path = folder / LOCK_FILE
    if not path.exists() and not path.is_symlink():
        return None
    data = read_bytes(path)
    if isinstance(data, Problem):
        failures.append(LockError(str(data)))
        return None
    return attempt(read_lock, data, failures)


def _read_contents(
    protocol: Protocol, loaded: Mapping[str, LoadedTable], failures: list[StudyError]
) -> _Contents | None:
    cells: tuple[SchoolTerm, ...] = ()
    published: tuple[PublishedEstimate, ...] = ()
    findings: list[Finding] = []
    with gathering(failures):
        cells = read_school_terms(loaded[SCHOOL_TERMS.name].frame, protocol)
        findings = check_corrections(protocol, cells)
    with gathering(failures):
        if PUBLISHED_ESTIMATES.name in loaded:
            published = read_published(loaded[PUBLISHED_ESTIMATES.name].frame, protocol)
    claims = read_claims(loaded[CLAIMS.name].frame) if CLAIMS.name in loaded else ()
    if claims and protocol.money is None:
        what = f"has no section [money], but there is a {CLAIMS.file}"
        failures.append(ProtocolError(str(protocol_problem(what, "Add it, or take the claims out."))))
    return None if failures else _Contents(cells, published, claims, tuple(findings))


def _check_contents(protocol: Protocol, contents: _Contents, loaded: Mapping[str, LoadedTable]) -> list[Finding]:
    configuration = loaded.get(SCHOOL_CONFIGURATION.name)
    cost = None
    if contents.claims and protocol.money is not None:
        cost = cost_of_period(contents.claims, protocol.money, size_of_programme(protocol, contents.cells))
    return [
        *check_design(protocol, contents.cells),
        *contents.findings,
        *check_school_terms(protocol, contents.cells),
        *check_rates(protocol, contents.cells),
        *check_published(protocol, contents.published),
        *check_configuration(protocol, None if configuration is None else configuration.frame),
        *check_costs(protocol, cost),
    ]


def findings_of_repairs(table: LoadedTable) -> list[Finding]:
    """A note for each kind of repair that was made in reading a table."""
    return [
        Finding(
            "note",
            "repaired",
            repair.file,
            repair.what,
            "Nothing need be done; the values are read as meant.",
            rows=repair.rows,
            column=repair.column,
        )
        for repair in table.repairs
    ]


def _check_other_files(folder: Path) -> list[Finding]:
    known = {PROTOCOL_FILE, LOCK_FILE, PAIR_SCORES_FILE, *(table.file for table in TABLES)}
    return [
        Finding(
            "note",
            "file_not_read",
            path.name,
            "is not a file of a study folder and was not read",
            f"Take it out, or name it as it should be.{did_you_mean(path.name, known)}",
        )
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in (".csv", ".toml") and path.name not in known
    ]
