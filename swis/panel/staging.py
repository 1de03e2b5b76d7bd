"""From the files of an authority to staged tables in an engine, and what is known of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.errors import ReturnError
from swis.ingest.families import read_families
from swis.ingest.finding import Quality
from swis.ingest.reading import Reading
from swis.ingest.recognise import Recognised, ReturnKind, list_all_files, look_at
from swis.ingest.schools_register import read_school_links, read_schools_register
from swis.ingest.table_file import empty_frame
from swis.panel.calendars import CalendarsFound, choose_calendars
from swis.panel.coverage import Coverage, Period, merge_periods
from swis.panel.engine import Engine
from swis.panel.finding import PanelFinding
from swis.panel.intake import BytesCounted, BytesRead, Intake, name_files, say_nothing
from swis.panel.known_schools import describe_schools
from swis.panel.panel import SourceFile
from swis.panel.roll_coverage import RollsFound
from swis.panel.school_identity import Chains, SchoolIdentities, follow_links, identify_schools
from swis.panel.settings import PanelSettings
from swis.panel.stage_rolls import stage_rolls, tell_coverage
from swis.panel.stage_social_care import stage_cin_censuses, stage_ssda903
from swis.panel.staged_tables import SCHOOL_KEYS, Stage
from swis.tables.clusters import CLUSTERS
from swis.tables.read import read_table
from swis.tables.returns.schools_register import SCHOOL_LINKS, SCHOOLS
from swis.terms import TermCalendar

_SSDA903 = (ReturnKind.SSDA903, ReturnKind.LOOKED_AFTER_CHILDREN, ReturnKind.EPISODES)
_ROLLS = (ReturnKind.PUPILS_ON_ROLL, ReturnKind.PUPILS_NO_LONGER_ON_ROLL, ReturnKind.EXCLUSIONS)
_NOT_USED = (
    ReturnKind.SSDA903_NOT_USED,
    ReturnKind.ABSENCE_SESSIONS,
    ReturnKind.FREE_SCHOOL_MEAL_PERIODS,
    ReturnKind.SCHOOL_PUPIL_NUMBERS,
    ReturnKind.SCHOOL_ABSENCE,
)
_DIGITS = 3
_OF_DATA = (".csv", ".xlsx", ".xls", ".xml", ".zip")
_LOOKED_FOR = (
    "the children in need census (XML), the SSDA903 (CSV or XML), the school census or rolls (CSV or .xlsx), the register of "
    "schools and its links (CSV), term_calendar.csv, clusters.csv and families.csv"
)
_ABSENT = (
    (ReturnKind.PUPILS_ON_ROLL, "no_rolls", "no roll of pupils", "No event can be counted at a school without it."),
    (ReturnKind.CIN_CENSUS, "no_census", "no children in need census", "Its outcomes are not covered."),
    (ReturnKind.EPISODES, "no_ssda903", "no SSDA903", "Its outcomes are not covered."),
    (
        ReturnKind.SCHOOLS,
        "no_register",
        "no register of schools",
        "Schools have no names and are known by number only.",
    ),
    (
        ReturnKind.SCHOOL_LINKS,
        "no_links",
        "no links between schools",
        "A school that became an academy is two schools.",
    ),
)


@dataclass(frozen=True, eq=False)
class StagedReturns:
    """Returns in an engine, row by row, and what is known of them. The rows are the engine's: close it and they are gone.

    `schools` is as `describe_schools` gives it, with `authority`. `calendars` has the calendar of the authority under the
    label `calendar`, and those of schools that differ under the number of the school. `authority_code` is the three digits of
    the authority, empty if neither the register nor a census says.
    """

    engine: Engine
    coverage: Coverage
    schools: pl.DataFrame
    calendars: Mapping[str, TermCalendar]
    calendar: str
    authority_code: str
    qualities: tuple[Quality, ...]
    findings: tuple[PanelFinding, ...]
    sources: tuple[SourceFile, ...]

    def __repr__(self) -> str:
        return f"StagedReturns({len(self.sources)} files, {self.schools.height} schools, {len(self.findings)} findings)"


def stage_returns(
    files: Sequence[Path], engine: Engine, settings: PanelSettings, *, progress: BytesRead = say_nothing
) -> StagedReturns:
    """Reads all files, known by what is in them, into the tables that a panel is built from. Folders are walked.

    `progress` is told how many bytes are read of how many. Memory is that of a batch, besides what the engine holds. What is
    none of the files that are known is a finding. The engine stays open, also after an error: who opened it closes it.

    Raises ReturnError if nothing is known, or if one of the known files cannot be read as a whole.
    """
    looked_at = [look_at(path) for path in list_all_files(files)]
    of_kinds: dict[ReturnKind, list[Recognised]] = {kind: [] for kind in ReturnKind}
    for file in looked_at:
        if file.kind:
            of_kinds[file.kind].append(file)
    if not any(of_kinds.values()):
        raise ReturnError(f"None of {len(looked_at):,} files is a return. Looked for: {_LOOKED_FOR}.")
    read = [file.path for file in looked_at if file.kind and file.kind not in _NOT_USED]
    names = name_files([file.path for file in looked_at])
    intake = Intake(Stage(engine), names, BytesCounted(read, progress))
    _tell_files(intake, looked_at, of_kinds)
    return _Staging(intake, of_kinds, engine, settings).stage()


def _tell_files(
    intake: Intake, looked_at: Iterable[Recognised], of_kinds: Mapping[ReturnKind, Sequence[object]]
) -> None:
    for file in looked_at:
        if file.kind is None:
            tell = intake.warn if file.path.suffix.lower() in _OF_DATA else intake.note
            tell(
                "file_not_known", f"not used: {file.why_not.rstrip('.')}", "See that it is not needed.", path=file.path
            )
        elif file.kind in _NOT_USED:
            intake.note("file_not_used", f"not used: {file.kind.value}", "A panel does not need it.", path=file.path)
    for kind, code, what, what_to_do in _ABSENT:
        others = [ReturnKind.SSDA903] if kind is ReturnKind.EPISODES else []
        if not any(of_kinds[each] for each in (kind, *others)):
            intake.warn(code, f"there is {what}", what_to_do)


class _Staging:
    """The steps in their order: what later steps need comes first."""

    def __init__(
        self,
        intake: Intake,
        of_kinds: Mapping[ReturnKind, Sequence[Recognised]],
        engine: Engine,
        settings: PanelSettings,
    ) -> None:
        self._intake = intake
        self._of_kinds = of_kinds
        self._engine = engine
        self._settings = settings

    def stage(self) -> StagedReturns:
        """All steps."""
        code = _find_code(self._of_kinds[ReturnKind.CIN_CENSUS])
        register = self._collect(ReturnKind.SCHOOLS)
        chains = follow_links(self._collect(ReturnKind.SCHOOL_LINKS), follow_mergers=self._settings.follow_mergers)
        for file in self._of_kinds[ReturnKind.FAMILIES]:
            self._stage_families(file)
        in_need = stage_cin_censuses(self._intake, self._of_kinds[ReturnKind.CIN_CENSUS])
        looked_after = stage_ssda903(self._intake, self._all_of(_SSDA903))
        rolls = stage_rolls(self._intake, self._all_of(_ROLLS))
        home = self._find_home(register, code)
        calendars = self._choose_calendars([*in_need, *looked_after, *rolls.cover(())], home)
        identities = identify_schools(rolls.schools, register, chains, authority=_code_of(home))
        coverage = _cover(rolls, calendars.all, identities.of_texts, in_need=in_need, looked_after=looked_after)
        tell_coverage(self._intake, rolls, calendars.all, identities.of_texts)
        schools, labelled = self._know_schools(rolls, identities, register, chains, calendars, home)
        self._finish()
        return StagedReturns(
            self._engine,
            coverage,
            schools,
            labelled,
            self._settings.authority,
            _code_of(home),
            tuple(self._intake.qualities),
            tuple(self._intake.findings),
            tuple(self._intake.sources),
        )

    def _all_of(self, kinds: Sequence[ReturnKind]) -> list[Recognised]:
        return [file for kind in kinds for file in self._of_kinds[kind]]

    def _collect(self, kind: ReturnKind) -> pl.DataFrame:
        """A table about schools, in memory: the whole register is 50,000 rows."""
        reads = {ReturnKind.SCHOOLS: read_schools_register, ReturnKind.SCHOOL_LINKS: read_school_links}
        table = {ReturnKind.SCHOOLS: SCHOOLS, ReturnKind.SCHOOL_LINKS: SCHOOL_LINKS}[kind]
        parts = [empty_frame(table)]
        for file in self._of_kinds[kind]:
            reading = reads[kind](file.path, progress=self._intake.progress)
            parts.append(reading.collect().tables[table.name])
            self._intake.end_reading(reading, [(file.path, kind)])
        return pl.concat(parts, how="diagonal_relaxed")

    def _stage_families(self, file: Recognised) -> None:
        reading: Reading = read_families(file.path, progress=self._intake.progress)
        for batch in reading:
            for name, frame in batch.items():
                self._intake.stage.add(name, frame, source=1)
        self._intake.end_reading(reading, [(file.path, ReturnKind.FAMILIES)])

    def _find_home(self, register: pl.DataFrame, code: str) -> tuple[str, ...]:
        """What the authority is called: as in the settings, by code and name as in the register, else by the code of a census."""
        own = self._settings.authority
        listed = register.filter(
            (pl.col("authority").str.to_lowercase() == own.lower())
            | (pl.col("authority_name").str.to_lowercase() == own.lower())
        )
        found = listed.select("authority", "authority_name").unique().sort("authority")
        names = tuple(dict.fromkeys([own, *(name for row in found.iter_rows() for name in row if name)]))
        known = _code_of(names)
        if not known:
            return (*names, code) if code else names
        if code and code != known:
            self._intake.warn(
                "census_of_another_authority",
                f"the children in need census is of authority {code}, and {own} is {known}",
                "See that the files belong together.",
            )
        return names

    def _choose_calendars(self, periods: Sequence[Period], home: tuple[str, ...]) -> CalendarsFound:
        paths = [file.path for file in self._of_kinds[ReturnKind.TERM_CALENDAR]]
        found = choose_calendars(paths, periods, home=home)
        for path in paths:
            self._intake.add_source(path, ReturnKind.TERM_CALENDAR, sum(len(each.terms) for each in found.all))
        return found

    def _know_schools(
        self,
        rolls: RollsFound,
        identities: SchoolIdentities,
        register: pl.DataFrame,
        chains: Chains,
        calendars: CalendarsFound,
        home: tuple[str, ...],
    ) -> tuple[pl.DataFrame, dict[str, TermCalendar]]:
        code = _code_of(home)
        self._intake.findings += identities.findings
        clusters = self._read_clusters()
        others = identify_schools([*clusters["school"], *calendars.of_schools], register, chains, authority=code)
        labelled = calendars.label(self._settings.authority, others.of_texts)
        of_schools = {
            school: school if school in labelled else self._settings.authority
            for school in identities.of_texts.values()
        }
        self._engine.append("school_keys", _tabulate_keys(identities, of_schools))
        schools = describe_schools(
            identities,
            rolls.year_groups,
            register,
            calendars=of_schools,
            clusters=self._place_clusters(clusters, identities, others),
        )
        return self._tell_phases(schools).with_columns(authority=pl.lit(self._settings.authority)), labelled

    def _tell_phases(self, schools: pl.DataFrame) -> pl.DataFrame:
        unknown = schools["phase"].null_count()
        if unknown:
            self._intake.warn(
                "phase_unknown",
                "schools whose phase neither the register nor the year groups on roll show",
                "They are taken as all-through. Give the register.",
                count=unknown,
            )
        return schools.with_columns(pl.col("phase").fill_null("all-through"))

    def _read_clusters(self) -> pl.DataFrame:
        parts = [pl.DataFrame(schema={"cluster": pl.String, "school": pl.String, "role": pl.String})]
        for file in self._of_kinds[ReturnKind.CLUSTERS]:
            frame = read_table(CLUSTERS, file.path)
            self._intake.add_source(file.path, ReturnKind.CLUSTERS, frame.height)
            parts.append(frame.select("cluster", "school", "role"))
        return pl.concat(parts)

    def _place_clusters(
        self, clusters: pl.DataFrame, identities: SchoolIdentities, others: SchoolIdentities
    ) -> pl.DataFrame:
        named = clusters.with_columns(
            pl.col("school").replace_strict(others.of_texts, default=None, return_dtype=pl.String)
        )
        once = named.unique("school", keep="first", maintain_order=True)
        if once.height < named.height:
            self._intake.warn(
                "school_in_several_clusters",
                "schools that stand in clusters.csv more than once under different numbers",
                "The first row was taken. Take the others out.",
                count=named.height - once.height,
            )
        unknown = set(once["school"]) - set(identities.of_texts.values())
        if unknown:
            self._intake.warn(
                "cluster_school_not_on_roll",
                "schools of clusters.csv that no roll has",
                "They are left out. See that the numbers are right.",
                count=len(unknown),
            )
        return once

    def _finish(self) -> None:
        aliases, doubtful = self._intake.former_numbers.tabulate()
        self._engine.append("pupil_aliases", aliases)
        if doubtful:
            self._intake.warn(
                "former_numbers_in_doubt",
                "former unique pupil numbers that pupils with different dates of birth have had",
                "They were not followed.",
                count=doubtful,
            )
        shared = self._intake.stage.mark_shared_numbers()
        if shared:
            self._intake.warn(
                "numbers_shared",
                "children whose unique pupil number another child of the same return has, born on another day",
                "Neither can be placed at a school. Correct the numbers.",
                count=shared,
            )
        self._tell_same_files()

    def _tell_same_files(self) -> None:
        hashes = [source.sha256 for source in self._intake.sources]
        again = len(hashes) - len(set(hashes))
        if again:
            self._intake.warn(
                "same_file_twice", "files are the same as another one", "Each event is counted once.", count=again
            )


def _find_code(censuses: Sequence[Recognised]) -> str:
    """The code of the authority that the censuses are of; empty if none says it. Raises ReturnError if they are of several."""
    of_codes = {file.header.get("authority", ""): file.path.name for file in censuses}
    of_codes.pop("", None)
    if len(of_codes) > 1:
        told = ", ".join(f"{code} ({name})" for code, name in sorted(of_codes.items()))
        raise ReturnError(
            f"The children in need censuses are of {len(of_codes)} authorities: {told}. Build a panel of each from its own files."
        )
    return next(iter(of_codes), "")


def _cover(
    rolls: RollsFound,
    calendars: Sequence[TermCalendar],
    labels: Mapping[str, str],
    *,
    in_need: Sequence[Period],
    looked_after: Sequence[Period],
) -> Coverage:
    return Coverage(
        merge_periods(in_need),
        merge_periods(looked_after),
        rolls.cover(calendars),
        tuple(sorted(rolls.sessions)),
        rolls.cover_exclusions(calendars),
        rolls.cover_schools(calendars, labels),
        rolls.cover_sessions(labels),
        rolls.cover_exclusions_of_schools(calendars, labels),
    )


def _code_of(home: Sequence[str]) -> str:
    return next((name for name in home if len(name) == _DIGITS and name.isdecimal()), "")


def _tabulate_keys(identities: SchoolIdentities, calendars: Mapping[str, str]) -> pl.DataFrame:
    rows = [(text, school, calendars[school]) for text, school in sorted(identities.of_texts.items())]
    return pl.DataFrame(rows, schema=dict(SCHOOL_KEYS), orient="row")
