"""Reading a trial's folder, with everything that is wrong told at once and everything that is odd carried along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from swis.costs.claim import Claim
from swis.design.allocation.commitment import COMMITMENT_FILE
from swis.errors import LockError, ProtocolError, StudyError, TableError
from swis.study.check_costs import read_claims
from swis.study.finding import Finding
from swis.study.lock import Lock, compare_with_lock, findings_of_lock, read_lock
from swis.study.provenance import Hashes
from swis.study.read import attempt, check_folder, findings_of_repairs, gathering, one_error
from swis.study.trial.check_cells import check_cells
from swis.study.trial.check_trial import check_trial
from swis.study.trial.drawn_by import check_against_certificate, findings_of_drawn_by, read_drawn_by
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.outcome_data import gather_outcome
from swis.study.trial.plan import TRIAL_LOCK_FILE, plan_of_trial
from swis.study.trial.protocol import TrialProtocol
from swis.study.trial.read_cells import read_cells, read_scores
from swis.study.trial.read_costs import TrialCosts, check_costs, check_section, read_costs
from swis.study.trial.read_pilots import read_pilots
from swis.study.trial.read_protocol import read_trial_protocol
from swis.study.trial.read_schools import read_trial_schools
from swis.study.trial.rows import ScoreRow, TrialCell, TrialSchool
from swis.study.trial.trial import DrawnBy, Trial
from swis.study.trial.units import Units, gather_units
from swis.tables.claims import CLAIMS
from swis.tables.declared import TABLES
from swis.tables.nearest import did_you_mean
from swis.tables.nominations import NOMINATIONS
from swis.tables.problem import Problem, tell_problems
from swis.tables.read import LoadedTable, load_table
from swis.tables.school_scores import SCHOOL_SCORES
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.text import read_bytes
from swis.tables.trial_schools import TRIAL_SCHOOLS


def read_trial(folder: Path | str) -> Trial:
    """The trial that lies in a folder: its protocol, its tables, and what was found in reading them.

    Read: trial.toml and trial_schools.csv, which must be there; school_terms.csv and school_scores.csv as the outcomes
    need them; the certificate that trial.toml names, with nominations.csv; other declared tables and trial.lock.toml where
    they are. Not read: anything else in the folder. A link is refused, so nothing outside the folder is read but the studies
    of the pilots that trial.toml names.

    Raises StudyError (ProtocolError, TableError, AllocationError, LockError) with every problem that stops the trial, each
    with its place and what to do. What does not stop it is in `Trial.findings`.
    """
    folder = Path(folder)
    check_folder(folder, TRIAL_FILE)
    failures: list[StudyError] = []
    data, protocol = _load_protocol(folder, failures)
    loaded = _load_tables(folder, protocol, failures)
    lock = _load_lock(folder, failures)
    drawn_by = _load_drawn_by(folder, protocol, failures)
    pilots = read_pilots(folder, protocol, failures)
    contents = None if protocol is None else _read_contents(protocol, loaded, drawn_by, failures)
    if protocol is None or contents is None or failures:
        raise one_error(failures)
    status = compare_with_lock(plan_of_trial(protocol), lock)
    trial = Trial(
        folder=folder.resolve(),
        protocol=protocol,
        schools=contents.schools,
        cells=contents.cells,
        scores=contents.scores,
        units=contents.units,
        claims=contents.claims,
        costs=contents.costs,
        pilots=pilots,
        drawn_by=drawn_by,
        tables={name: table.frame for name, table in loaded.items()},
        findings=(),
        hashes=_hashes(folder, data, protocol, loaded),
        plan_status=status,
    )
    findings = [
        *(finding for table in loaded.values() for finding in findings_of_repairs(table)),
        *_check_other_files(folder, protocol),
        *findings_of_lock(status, file=TRIAL_LOCK_FILE),
        *findings_of_drawn_by(drawn_by, protocol.certificate),
        *check_trial(protocol, contents.schools),
        *check_costs(protocol, contents.costs, contents.schools, trial.tables),
        *check_cells(trial, [gather_outcome(trial, outcome) for outcome in protocol.outcomes]),
    ]
    return replace(trial, findings=tuple(findings))


@dataclass(frozen=True)
class _Contents:
    schools: tuple[TrialSchool, ...]
    units: Units
    cells: tuple[TrialCell, ...]
    scores: tuple[ScoreRow, ...]
    claims: tuple[Claim, ...]
    costs: TrialCosts | None


def _load_protocol(folder: Path, failures: list[StudyError]) -> tuple[bytes, TrialProtocol | None]:
    data = read_bytes(folder / TRIAL_FILE)
    if isinstance(data, Problem):
        failures.append(ProtocolError(str(data)))
        return b"", None
    return data, attempt(read_trial_protocol, data, failures)


def _load_tables(folder: Path, protocol: TrialProtocol | None, failures: list[StudyError]) -> dict[str, LoadedTable]:
    needed = {TRIAL_SCHOOLS.name}
    kinds = [outcome.kind for outcome in protocol.outcomes] if protocol is not None else []
    needed |= {SCHOOL_SCORES.name if kind == "scores" else SCHOOL_TERMS.name for kind in kinds}
    loaded = {}
    for table in TABLES:
        path = folder / table.file
        if table.name in needed or path.exists() or path.is_symlink():
            with gathering(failures):
                loaded[table.name] = load_table(table, path)
    return loaded


def _load_lock(folder: Path, failures: list[StudyError]) -> Lock | None:
    path = folder / TRIAL_LOCK_FILE
    if not path.exists() and not path.is_symlink():
        return None
    data = read_bytes(path)
    if isinstance(data, Problem):
        failures.append(LockError(str(data)))
        return None
    return attempt(lambda read: read_lock(read, file=TRIAL_LOCK_FILE), data, failures)


def _load_drawn_by(folder: Path, protocol: TrialProtocol | None, failures: list[StudyError]) -> DrawnBy | None:
    if protocol is None or protocol.certificate is None:
        return None
    try:
        return read_drawn_by(folder, protocol.certificate)
    except StudyError as error:
        failures.append(error)
        return None


def _read_contents(
    protocol: TrialProtocol,
    loaded: Mapping[str, LoadedTable],
    drawn_by: DrawnBy | None,
    failures: list[StudyError],
) -> _Contents | None:
    """What the tables say. Without schools nothing else can be judged; everything else is judged, whatever fails."""
    frames = {name: table.frame for name, table in loaded.items()}
    claims = read_claims(frames[CLAIMS.name]) if CLAIMS.name in frames else ()
    with gathering(failures):
        check_section(protocol, frames)
    if TRIAL_SCHOOLS.name not in loaded:
        return None
    schools, wrong = read_trial_schools(loaded[TRIAL_SCHOOLS.name].frame, protocol)
    wrong += [] if drawn_by is None else check_against_certificate(schools, drawn_by.certificate)
    if wrong:
        failures.append(TableError(tell_problems(wrong)))
    units, problems = gather_units(schools, protocol.changes)
    if problems:
        failures.append(ProtocolError(tell_problems(problems)))
    cells: tuple[TrialCell, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    with gathering(failures):
        cells = read_cells(loaded[SCHOOL_TERMS.name].frame, protocol, units) if SCHOOL_TERMS.name in loaded else ()
    with gathering(failures):
        scores = read_scores(loaded[SCHOOL_SCORES.name].frame, protocol, units) if SCHOOL_SCORES.name in loaded else ()
    costs: TrialCosts | None = None
    with gathering(failures):
        costs = None if protocol.money is None else read_costs(protocol.money, frames, units)
    return None if failures else _Contents(schools, units, cells, scores, claims, costs)


def _hashes(folder: Path, data: bytes, protocol: TrialProtocol, loaded: Mapping[str, LoadedTable]) -> Hashes:
    """The protocol, every table, and the certificate with the commitment beside it."""
    files = {TRIAL_FILE: sha256(data).hexdigest()} | {each.table.file: each.sha256 for each in loaded.values()}
    names = [] if protocol.certificate is None else [protocol.certificate, COMMITMENT_FILE]
    for name in names:
        read = read_bytes(folder / name)
        if not isinstance(read, Problem):
            files[name] = sha256(read).hexdigest()
    return Hashes(files)


def _check_other_files(folder: Path, protocol: TrialProtocol) -> list[Finding]:
    known = {TRIAL_FILE, TRIAL_LOCK_FILE, COMMITMENT_FILE, *(table.file for table in TABLES)}
    known |= {protocol.certificate} if protocol.certificate is not None else set()
    findings = [
        Finding(
            "note",
            "file_not_read",
            path.name,
            "is not a file of a trial's folder and was not read",
            f"Take it out, or name it as it should be.{did_you_mean(path.name, known)}",
        )
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in (".csv", ".toml") and path.name not in known
    ]
    if protocol.certificate is None and (folder / NOMINATIONS.file).exists():
        what = "is there, but no certificate is named under [trial]"
        to_do = "Name the certificate, or nobody can see how schools were drawn from it."
        findings.append(Finding("note", "nominations_without_certificate", NOMINATIONS.file, what, to_do))
    return findings
