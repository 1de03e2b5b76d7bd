"""What there is to know about a panel, told as findings: what was merged, cut, guessed, left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from swis.ingest.finding import Effect, Finding, Matter, Quality
from swis.panel.children import NOT_COVERED, NOT_OF_SCHOOL_AGE, OUTSIDE_TERMS
from swis.panel.finding import PanelFinding
from swis.panel.outcomes import outcome_of
from swis.panel.panel import SourceFile
from swis.panel.staged_tables import CHILDREN, STAGED
from swis.panel.stays import StaysFound
from swis.terms import TermCalendar

MOST_WITHOUT_A_SCHOOL = 0.1
"""Above this share of events without a school the finding is a warning: what is missing may not be missing by chance."""
_MAY_BE_MISSING = frozenset(
    {
        "former_unique_pupil_number",
        "free_school_meals",
        "left_on",
        "lives_in",
        "pupil_record",
        "special_educational_needs",
        *(column for column in STAGED["pupils_on_roll"] if "sessions" in column),
    }
)
"""Columns that many files do not have: what they are for is then empty or told by itself, and no count is another."""
_NOT_AN_EVENT_OF_THE_PANEL = (OUTSIDE_TERMS, NOT_COVERED)
_FIRST_PLACES = " (first at "


def tell_qualities(qualities: Sequence[Quality], sources: Sequence[SourceFile]) -> Iterator[PanelFinding]:
    """The findings of the readers, one for each kind, column and file, with the first places.

    A file bears the name that it has among the sources: with its folder where several have one name.
    """
    known = {source.sha256: source.name for source in sources if source.sha256}
    for quality in qualities:
        names = {file: known.get(digest, file) for file, digest in zip(quality.files, quality.sha256, strict=True)}
        for found in quality.findings:
            where = ".".join(part for part in (found.table, found.column) if part)
            places = f"{_FIRST_PLACES}{quality.unit} {', '.join(map(str, found.places))})" if found.places else ""
            yield PanelFinding(
                "warning" if _bears_on_a_number(found) else "note",
                found.matter.name.lower(),
                f"{where or 'file'}: {found.matter.value}, {found.effect.value}{places}",
                "See how returns are read; mend the source if it matters here.",
                count=found.count,
                file=names.get(found.file, found.file),
            )


def _bears_on_a_number(found: Finding) -> bool:
    """Whether something is gone that a panel is made from: a row with anything in it, or a value of a staged column.

    A line of the header bears on none; a missing column does where a count is another without it.
    """
    staged = CHILDREN.get(found.table) or STAGED.get(found.table)
    if found.matter is Matter.HEADER_WITHOUT:
        return False
    if found.matter is Matter.COLUMN_MISSING:
        return staged is not None and found.column in staged and found.column not in _MAY_BE_MISSING
    if found.effect is Effect.DROPPED:
        return found.matter is not Matter.BLANK
    return found.effect is Effect.NULL and (staged is None or found.column in staged)


def gather_files(findings: Sequence[PanelFinding]) -> tuple[PanelFinding, ...]:
    """The findings with those that differ in their file and rows alone put together, where the first of them stands."""
    alike: dict[PanelFinding, list[PanelFinding]] = {}
    for found in findings:
        what = found.what.partition(_FIRST_PLACES)[0] if found.file else found.what
        of_kind = replace(found, what=what, count=0, file="several" if found.file else "")
        alike.setdefault(of_kind, []).append(found)
    return tuple(_gather(of_kind, group) for of_kind, group in alike.items())


def _gather(of_kind: PanelFinding, group: Sequence[PanelFinding]) -> PanelFinding:
    files = list(dict.fromkeys(found.file for found in group))
    if len(files) == 1:
        count = sum(found.count for found in group)
        return group[0] if len(group) == 1 else replace(of_kind, count=count, file=files[0])
    others = len(files) - 1
    file = f"{files[0]} and {others} other file{'s' if others > 1 else ''}"
    return replace(of_kind, count=sum(found.count for found in group), file=file)


def tell_stays(stays: StaysFound) -> Iterator[PanelFinding]:
    """What was made of the rolls."""
    told = (
        (stays.not_main, "not_main_enrolment", "rows of pupils who are at the school as a subsidiary or a guest",
         "They are counted at their main school."),
        (stays.without_number, "roll_without_number", "rows of rolls without a unique pupil number",
         "They count as pupils; no event can be joined to them."),
        (stays.not_seen_again, "stay_not_seen_again", "stays without an end, of pupils whom the next census does not have",
         "Taken to end with the term of the last census that has them."),
        (stays.cut_by_next, "stay_cut_by_next", "stays that overlap the pupil's next stay",
         "Taken to end before the next begins."),
        (stays.covered_by_next, "stay_covered", "stays that another stay of the pupil covers whole",
         "Not counted. Look for pupils on two rolls."),
        (stays.year_groups_differ, "year_groups_differ", "stays whose year groups in two censuses do not fit together",
         "The latest decides for the whole stay."),
    )  # fmt: skip
    for count, code, what, to_do in told:
        if count:
            yield PanelFinding("note", code, what, to_do, count=count)


def tell_rows_again(rows_again: Mapping[str, tuple[int, int]]) -> Iterator[PanelFinding]:
    """Rows that are the same child and day once more, by outcome."""
    for code, (within, across) in rows_again.items():
        if within:
            what = "rows with the same child and day as another row of the same return"
            yield PanelFinding("note", "same_row_again", what, "Counted once.", count=within, outcome=code)
        if across:
            what = "rows that are in two returns"
            yield PanelFinding(
                "note", "in_two_returns", what, "Counted once; the later decides.", count=across, outcome=code
            )


def tell_not_placed(cells: pl.DataFrame, not_placed: pl.DataFrame) -> Iterator[PanelFinding]:
    """For each outcome of events or days, how many have no school, as a share of those in terms that the returns cover.

    Children below or beyond school age are told apart: they are not missing.
    """
    lost = not_placed.filter(~pl.col("reason").is_in(_NOT_AN_EVENT_OF_THE_PANEL))
    too_young_or_old = pl.col("count").filter(pl.col("reason").is_in(NOT_OF_SCHOOL_AGE)).sum()
    sums = lost.group_by("outcome").agg(pl.col("count").sum(), beside=too_young_or_old).sort("outcome")
    for code, every, beside in sums.rows():
        placed, count = int(cells[code].sum() or 0), every - beside
        share = count / (placed + count) if placed + count else 0.0
        also = f", beside {beside:,} of children who are not of school age" if beside else ""
        yield PanelFinding(
            "warning" if share > MOST_WITHOUT_A_SCHOOL else "note",
            "not_placed",
            f"{outcome_of(code).name}: {count:,} of {placed + count:,} have no school ({share:.1%}){also}",
            "The reasons are in not_placed.csv. Children taught elsewhere belong there; missing numbers and rolls can be "
            "asked for.",
            count=every,
            outcome=code,
        )


def tell_calendars(calendars: Mapping[str, TermCalendar], windows: pl.DataFrame) -> Iterator[PanelFinding]:
    """Term dates that are made by rule, and terms whose holiday is not known."""
    for label, calendar in calendars.items():
        if calendar.finding:
            yield PanelFinding(
                "warning", "calendar_approximate", f"{label}: {calendar.finding}", "Events may fall a term off."
            )
    for label, term in windows.filter(~pl.col("whole")).select("calendar", "term").rows():
        what = f"{label}: the holiday that counts towards the term lies outside the calendar"
        yield PanelFinding(
            "note", "term_not_whole", what, "Add the term before (or after) to term_calendar.csv.", term=term
        )


def tell_residence(unrecorded: int) -> Iterator[PanelFinding]:
    """Stays of pupils of whom no roll says where they live."""
    if unrecorded:
        what = "school-terms of pupils whose rolls do not say where they live"
        yield PanelFinding("note", "residence_unrecorded", what, "They are not among the residents.", count=unrecorded)
