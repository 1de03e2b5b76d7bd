"""From a panel to the tables of a study: counts by school and term, and before the start by year group for matching."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.errors import OutputError, TableError
from swis.panel.arms import Arms, read_arms
from swis.panel.earlier_study import FROM_A_PANEL, PUPILS_ARE, refuse_other_choices, refuse_other_files
from swis.panel.pairings import Pairing, Pairings, pair_by_outcome
from swis.panel.panel import Panel
from swis.panel.private_files import make_private_folder, write_private
from swis.panel.starting_protocol import PROTOCOL_FILE, Timeline, find_timeline, write_protocol
from swis.tables.candidate_schools import CANDIDATE_SCHOOLS
from swis.tables.matches import MATCHES
from swis.tables.nearest import did_you_mean
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.year_group_terms import YEAR_GROUP_TERMS

EXPOSURES: Mapping[str, str] = {
    "census day": "pupils_on_census_day",
    "mean": "mean_pupils",
    "residents on census day": "resident_pupils_on_census_day",
    "mean residents": "mean_resident_pupils",
}
_NAMED = 10
OF_THE_PILOTS = ("section_17_starts", "section_47_enquiries", "days_in_care")


@dataclass(frozen=True)
class StudyChoices:
    """When the programme starts (a term), what stands below the rates, and which outcomes; without any, those of the pilots.

    `randomised`: arms were drawn, not matched.
    """

    starts: str
    exposure: str = "census day"
    outcomes: tuple[str, ...] = ()
    randomised: bool = False


@dataclass(frozen=True)
class StudyTables:
    """What was written, and what to know of it. `waits_for_matches`: comparison schools are still to be chosen.

    `matched` are the outcomes whose comparison schools are from matches.csv, `none_accepted` those without an accepted match.
    """

    written: tuple[Path, ...]
    notes: tuple[str, ...]
    waits_for_matches: bool
    matched: tuple[str, ...] = ()
    none_accepted: tuple[str, ...] = ()


def write_study_tables(panel: Panel, folder: Path, *, arms: Path, choices: StudyChoices) -> StudyTables:
    """Write the tables of a study from a panel, of one authority or of several, into a folder.

    year_group_terms.csv and candidate_schools.csv, for `swis match`: terms before the start only. school_terms.csv, once
    comparison schools are known from arms.csv or from matches.csv in the folder; and a study.toml to begin with, if there is
    none. Pupils are whole numbers: means are rounded, at least to 1 where there is any. A school-term without the exposure
    or not covered has no row. An outcome without an accepted match has none either, and a note. Nobody else may open the
    files, nor the folder if it is made here: counts are not checked for disclosure.

    Raises TableError for a choice that the panel cannot serve and for matches of other schools, OutputError where other
    files would be written over, or a study.toml is there that was begun with another start or other pupils.
    """
    codes = _choose_outcomes(panel, choices.outcomes)
    _check_exposure(panel, choices.exposure)
    timeline = _keep_covered(find_timeline(panel, choices.starts), panel, choices.exposure, codes)
    parts = read_arms(arms, panel)
    refuse_other_files(folder)
    refuse_other_choices(folder, timeline, exposure=choices.exposure)
    maker = _TableMaker(panel, parts, timeline, choices, codes)
    tables = {CANDIDATE_SCHOOLS.file: maker.candidates(), YEAR_GROUP_TERMS.file: maker.year_group_terms()}
    paired = pair_by_outcome(parts, codes, folder, panel.schools) if timeline.after else Pairings({})
    pairings = paired.by_outcome
    maker.notes += _tell_pairings(paired, parts)
    if parts.comparison and (folder / MATCHES.file).exists():
        maker.notes.append(f"{MATCHES.file} was not used: {arms.name} names the comparison schools.")
    if pairings:
        tables[SCHOOL_TERMS.file] = maker.school_terms(pairings)
    written = [_write(folder, name, frame.write_csv) for name, frame in tables.items()]
    if pairings and not (folder / PROTOCOL_FILE).exists():
        text = write_protocol(panel, timeline, parts, pairings, randomised=choices.randomised, notes=tuple(maker.notes))
        written.append(_write(folder, PROTOCOL_FILE, lambda path: path.write_text(text, "utf-8", newline="\n")))
    return StudyTables(
        tuple(written),
        tuple(maker.notes),
        waits_for_matches=not pairings,
        matched=tuple(pairings) if paired.matched else (),
        none_accepted=paired.none_accepted,
    )


def _tell_pairings(paired: Pairings, arms: Arms) -> list[str]:
    told = [f"{code}: no match was accepted, and it is not in {SCHOOL_TERMS.file}." for code in paired.none_accepted]
    told += [f"{code}: not in {MATCHES.file}, and not in {SCHOOL_TERMS.file}." for code in paired.not_matched]
    told += [
        f"{code}: comparison schools are weighted in {MATCHES.file}, and the analyses take each as one. The balance that the "
        "weights gave is not theirs; match by level for one that is."
        for code in paired.weighted
    ]
    for code, pairing in paired.by_outcome.items():
        gone = [school for school in arms.intervention if school not in pairing.intervention]
        if gone:
            told.append(
                f"{code}: without an accepted match, and so not in the analysis: {', '.join(gone[:_NAMED])}"
                f"{' and more' if len(gone) > _NAMED else ''}."
            )
    return told


def _choose_outcomes(panel: Panel, codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if code not in panel.outcomes:
            raise TableError(
                f"The panel does not cover the outcome {code!r}; it covers: {', '.join(panel.outcomes)}."
                f"{did_you_mean(code, panel.outcomes)}"
            )
    chosen = codes or tuple(code for code in OF_THE_PILOTS if code in panel.outcomes)
    if not chosen:
        raise TableError(
            f"The panel covers none of {', '.join(OF_THE_PILOTS)}. Name outcomes of it: {', '.join(panel.outcomes)}."
        )
    return tuple(dict.fromkeys(chosen))


def _check_exposure(panel: Panel, exposure: str) -> None:
    if exposure not in EXPOSURES:
        raise TableError(f"There is no exposure {exposure!r}. Choose from: {', '.join(EXPOSURES)}.")
    column = panel.cells[EXPOSURES[exposure]]
    if column.null_count() == column.len():
        there = [name for name, measure in EXPOSURES.items() if panel.cells[measure].null_count() < column.len()]
        raise TableError(f"The panel has no pupils by {exposure!r}. It has: {', '.join(there) or 'none'}.")


def _keep_covered(timeline: Timeline, panel: Panel, exposure: str, codes: tuple[str, ...]) -> Timeline:
    """The terms in which any of the outcomes is covered, beside pupils."""
    observed = pl.col(EXPOSURES[exposure]).is_not_null() & pl.any_horizontal(pl.col(codes).is_not_null())
    covered = set(panel.cells.filter(observed)["term"])
    kept = Timeline(
        tuple(term for term in timeline.before if term in covered),
        tuple(term for term in timeline.after if term in covered),
    )
    if not kept.before:
        raise TableError(
            f"Before the start, {', '.join(codes)} {'is' if len(codes) == 1 else 'are'} not covered in any term that has "
            f"pupils by {exposure!r}. Give earlier returns, or another exposure."
        )
    return kept


class _TableMaker:
    """Makes the tables of one study and notes what they do not hold."""

    def __init__(
        self, panel: Panel, arms: Arms, timeline: Timeline, choices: StudyChoices, codes: tuple[str, ...]
    ) -> None:
        self.panel, self.arms, self.timeline, self.codes = panel, arms, timeline, codes
        self.exposure = choices.exposure
        self.notes: list[str] = []
        self.cells = panel.cells.with_columns(exposure=pl.col(EXPOSURES[choices.exposure]).cast(pl.Float64))
        if "mean" in choices.exposure:
            self.notes.append("Pupils are means over the term, rounded to whole numbers.")
        if "residents" in choices.exposure:
            self.notes.append(
                "Pupils are those who live in the authority; counts are of all pupils, wherever they live."
            )
        warnings = sum(each.severity == "warning" for each in panel.findings)
        if warnings:
            self.notes.append(f"The panel has {warnings} warning{'s' if warnings > 1 else ''}: see its findings.csv.")

    def school_terms(self, pairings: Mapping[str, Pairing]) -> pl.DataFrame:
        """Counts and pupils of every school of each outcome's analysis, in every term that is covered."""
        source = (
            f"{FROM_A_PANEL}{', '.join(self.panel.authorities)}; {PUPILS_ARE}{self.exposure}; swis {self.panel.version}"
        )
        tables = []
        for code, pairing in pairings.items():
            arms = dict.fromkeys(pairing.intervention, "intervention") | dict.fromkeys(pairing.comparison, "comparison")
            tables.append(
                self._by_school(code, arms).with_columns(
                    arm=pl.col("school").replace_strict(arms),
                    printed_rate=pl.lit(None, pl.String),
                    rate_per_pupils=pl.lit(None, pl.Int64),
                    source=pl.lit(source),
                )
            )
        return pl.concat(tables).select(SCHOOL_TERMS.column_names)

    def _by_school(self, code: str, arms: Mapping[str, str]) -> pl.DataFrame:
        terms = (*self.timeline.before, *self.timeline.after)
        own = self.cells.filter(pl.col("school").is_in(list(arms)) & pl.col("term").is_in(terms))
        sums = own.group_by("school", "term", maintain_order=True).agg(
            count=pl.col(code).sum(),
            pupils=_whole(pl.col("exposure").sum()),
            complete=pl.col(code).is_not_null().all(),
            exposed=pl.col("exposure").is_not_null().all(),
        )
        self._note_missing(code, sums)
        kept = sums.filter(pl.col("complete") & pl.col("exposed")).with_columns(outcome=pl.lit(code))
        return kept.drop("complete", "exposed")

    def _note_missing(self, code: str, sums: pl.DataFrame) -> None:
        uncovered = sums.filter(~pl.col("complete"))
        without = sums.filter(pl.col("complete") & ~pl.col("exposed"))
        if uncovered.height:
            terms = ", ".join(term for term in self.panel.term_names if term in set(uncovered["term"]))
            self.notes.append(f"{code}: {_school_terms(uncovered.height)} not covered and without a row ({terms}).")
        if without.height:
            self.notes.append(
                f"{code}: {_school_terms(without.height)} without pupils by {self.exposure!r} and without a row."
            )

    def candidates(self) -> pl.DataFrame:
        """Every school that has pupils before the start, with those of the last such term."""
        before = self.cells.filter(pl.col("term").is_in(self.timeline.before))
        rolls = before.group_by("school", "term", maintain_order=True).agg(pupils=_whole(pl.col("exposure").sum()))
        pupils = rolls.filter(pl.col("pupils") > 0).group_by("school", maintain_order=True).agg(pl.col("pupils").last())
        schools = self.panel.schools.join(pupils, on="school", how="left", maintain_order="left")
        gone = schools.filter(pl.col("pupils").is_null())
        if gone.height:
            self.notes.append(
                f"{gone.height} school{'s have' if gone.height > 1 else ' has'} no pupils before the start and cannot be "
                f"matched: {', '.join(gone['school'][:_NAMED])}{' and more' if gone.height > _NAMED else ''}."
            )
        self.matchable = schools.filter(pl.col("pupils").is_not_null())
        labels = self.matchable["school"].to_list()
        return self.matchable.select(
            "school",
            "phase",
            "pupils",
            pl.col("free_school_meals_percent").cast(pl.Decimal(38, 6)),
            "authority",
            pl.Series("cluster", [self.arms.clusters.get(label) for label in labels], dtype=pl.String),
            pl.Series("intervention", ["yes" if label in self.arms.intervention else "no" for label in labels]),
            pl.Series("excluded", [self.arms.left_out.get(label) for label in labels], dtype=pl.String),
        )

    def year_group_terms(self) -> pl.DataFrame:
        """Counts and pupils by year group in the terms before the start; none where there are no pupils or no year group."""
        phases = self.matchable.select("school", "phase")
        own = self.cells.filter(pl.col("term").is_in(self.timeline.before)).join(
            phases, on="school", how="inner", maintain_order="left"
        )
        unknown = (pl.col("year_group") == "unknown") | (pl.col("exposure").fill_null(0) == 0)
        lost = (
            own.filter(unknown).select(pl.sum_horizontal(pl.col(code).fill_null(0).sum() for code in self.codes)).item()
        )
        if lost:
            self.notes.append(
                f"year_group_terms.csv leaves out {lost:,} that were counted where the year group is not known or has no "
                "pupils; school_terms.csv has them."
            )
        own = own.filter(~unknown)
        tables = [
            own.filter(pl.col(code).is_not_null()).select(
                pl.lit(code).alias("outcome"),
                "school",
                "phase",
                "year_group",
                "term",
                pl.col(code).alias("count"),
                _whole(pl.col("exposure")).alias("pupils"),
            )
            for code in self.codes
        ]
        places = {term: place for place, term in enumerate(self.timeline.before)}
        # Matching takes terms in the order in which the file first names them.
        return pl.concat(tables).sort(pl.col("term").replace_strict(places), maintain_order=True)


def _whole(pupils: pl.Expr) -> pl.Expr:
    rounded = (pupils + 0.5).floor().cast(pl.Int64)
    return pl.when((pupils > 0) & (rounded == 0)).then(pl.lit(1)).otherwise(rounded)


def _school_terms(number: int) -> str:
    return f"{number:,} school-term{' is' if number == 1 else 's are'}"


def _write(folder: Path, name: str, write: Callable[[Path], object]) -> Path:
    path = folder / name
    try:
        make_private_folder(folder)
        write_private(path, write)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. Name another folder with --into.") from None
    return path
