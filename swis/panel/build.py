"""Building a panel from staged returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from importlib.metadata import version

import polars as pl

from swis.errors import TableError
from swis.panel.assemble import Assembled, as_date, assemble, tabulate_coverage, to_dates
from swis.panel.attendance import tabulate_attended_terms
from swis.panel.counts import Counts, count_everything
from swis.panel.coverage import Coverage, Period, TermOfYear, covers
from swis.panel.outcomes import Source
from swis.panel.panel import Panel
from swis.panel.settings import PanelSettings
from swis.panel.staging import StagedReturns
from swis.panel.tell import (
    tell_calendars,
    tell_not_placed,
    tell_qualities,
    tell_residence,
    tell_rows_again,
    tell_stays,
)
from swis.panel.windows import tabulate_windows
from swis.tables.nearest import did_you_mean

Step = Callable[[str], None]
_Own = tuple[str, tuple[Period, ...], tuple[TermOfYear, ...], tuple[TermOfYear, ...]]
_TERM = ("first_day", "last_day", "counts_from", "counts_to")


def build_panel(staged: StagedReturns, settings: PanelSettings, *, step: Step = lambda what: None) -> Panel:
    """The panel of an authority: every outcome and the pupils at risk, by school, term and year group.

    Counted: what each outcome says (see `swis.panel.outcomes`), by the term of the event and the school of the child on that
    day. An outcome is null in terms that its return does not cover. What has no school is in `not_placed` with the reason.
    Nothing in it is about one child; the engine still holds the children: close it. `step` is told what is being done.

    Raises TableError if the settings name a term that no calendar has, or the rolls cover no term.
    """
    engine = staged.engine
    # Where a child is follows from every term; only those that the settings name are counted.
    every = tabulate_windows(staged.calendars, holidays=settings.holidays)
    windows = _choose_terms(every, settings)
    engine.append("all_windows", every)
    engine.append("windows", windows)
    engine.append("attended_terms", tabulate_attended_terms(_list_collections(staged)))
    counts = count_everything(
        engine,
        calendar=staged.calendar,
        home=(staged.authority_code, settings.authority),
        short_breaks=settings.short_breaks,
        step=step,
    )
    step("Putting the panel together")
    dated = to_dates(windows)
    to_cover = dated.join(_find_ends(every), on=["calendar", "academic_year", "part"])
    own = to_cover.filter(pl.col("calendar") == staged.calendar)
    of_authority = tabulate_coverage(own, partial(_covers, staged.coverage))
    assembled = assemble(counts, _cover_schools(staged, to_cover), of_authority)
    if not assembled.cells.height:
        raise TableError(
            "The rolls cover no term of the calendar: there is no school-term to count in. Give more rolls."
        )
    return _make_panel(staged, settings, counts, assembled, dated)


def _make_panel(
    staged: StagedReturns, settings: PanelSettings, counts: Counts, assembled: Assembled, windows: pl.DataFrame
) -> Panel:
    cells = assembled.cells
    terms = windows.filter(pl.col("term").is_in(cells["term"].unique().implode()))
    findings = (
        *staged.findings,
        *tell_calendars(staged.calendars, terms),
        *tell_not_placed(cells, assembled.not_placed),
        *tell_stays(counts.stays),
        *tell_residence(assembled.unrecorded),
        *tell_rows_again(counts.rows_again),
        *tell_qualities(staged.qualities, staged.sources),
    )
    return Panel(
        settings=settings,
        cells=cells,
        schools=staged.schools.filter(pl.col("school").is_in(cells["school"].unique().implode())),
        terms=terms.with_columns(order=pl.int_range(pl.len()).over("calendar")),
        not_placed=assembled.not_placed,
        children_and_families=assembled.children_and_families,
        findings=findings,
        sources=staged.sources,
        version=version("swis"),
    )


def _choose_terms(windows: pl.DataFrame, settings: PanelSettings) -> pl.DataFrame:
    """The terms from the first to the last that the settings name."""
    named = dict.fromkeys(windows.sort("academic_year", "first_day")["term"].to_list())
    order = {term: place for place, term in enumerate(named)}
    for term in (settings.first_term, settings.last_term):
        if term and term not in order:
            raise TableError(f"No calendar has the term {term!r}.{did_you_mean(term, tuple(order))}")
    first, last = order.get(settings.first_term, 0), order.get(settings.last_term, len(order) - 1)
    if first > last:
        raise TableError(f"{settings.first_term} comes after {settings.last_term}. Change the two.")
    kept = [term for term, place in order.items() if first <= place <= last]
    return windows.filter(pl.col("term").is_in(kept))


def _list_collections(staged: StagedReturns) -> pl.Series:
    engine = staged.engine
    parts = [
        engine.table(name).select("collection").distinct() for name in ("pupils_on_roll", "pupils_no_longer_on_roll")
    ]
    return pl.concat([engine.run(part) for part in parts])["collection"]


def _find_ends(every: pl.DataFrame) -> pl.DataFrame:
    """The last day of each whole term, which a half-term shares with the other half: column term_ends."""
    return to_dates(every).group_by("calendar", "academic_year", "part").agg(term_ends=pl.col("last_day").max())


def _cover_schools(staged: StagedReturns, windows: pl.DataFrame) -> pl.DataFrame:
    """The coverage of each school: school, term, source, covered. Schools alike in it are worked out once."""
    whole = staged.coverage
    alike: dict[_Own, list[str]] = {}
    for school, calendar in staged.schools.select("school", "calendar").iter_rows():
        own = (calendar, whole.rolls_of(school), whole.attendance_of(school), whole.exclusions_of(school))
        alike.setdefault(own, []).append(school)
    schema = {"school": pl.String, "term": pl.String, "source": pl.String, "covered": pl.Boolean}
    parts = [pl.DataFrame(schema=schema)]
    for (calendar, rolls, attendance, exclusions), schools in alike.items():
        coverage = Coverage(whole.children_in_need, whole.looked_after, rolls, attendance, exclusions)
        covered = tabulate_coverage(windows.filter(pl.col("calendar") == calendar), partial(_covers, coverage))
        parts.append(pl.DataFrame({"school": schools}).join(covered, how="cross"))
    return pl.concat(parts)


def _covers(coverage: Coverage, source: Source, term: Mapping[str, object]) -> bool:
    whole_term = (term["academic_year"], term["part"])
    if source is Source.EXCLUSIONS:
        return whole_term in coverage.exclusions
    if source is Source.ATTENDANCE:
        # Sessions come for whole terms: half-terms have none.
        return whole_term in coverage.attendance and str(term["term"]).split(" ")[0:-1] == [term["part"]]
    if source is Source.ROLLS:
        return covers(coverage.rolls, as_date(term, "first_day"), as_date(term, "last_day"))
    if source is Source.MOVES:
        # Who joins or leaves after the census of a term is known from the next census alone.
        return covers(coverage.rolls, as_date(term, "first_day"), as_date(term, "term_ends") + timedelta(days=1))
    periods = coverage.children_in_need if source is Source.CHILDREN_IN_NEED else coverage.looked_after
    return covers(periods, as_date(term, "counts_from"), as_date(term, "counts_to"))
