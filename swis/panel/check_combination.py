"""Whether panels of several authorities can be put together, and what to know of them if they can."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

import polars as pl

from swis.panel.finding import PanelFinding
from swis.panel.outcomes import OUTCOMES
from swis.panel.panel import Panel
from swis.terms import SIX_HALF_TERMS

FAR_APART = 21
"""Days by which a term may begin or end later in one authority than in another before it is worth saying."""
_NAMED = 10
_NATIONAL = re.compile(r"\d{6}|\d{7}|\d{3}/\d{4}", re.ASCII)
_SETTINGS: tuple[tuple[str, str, Callable[[Panel], str]], ...] = (
    ("the rule for holidays", "Build them with the same --holidays.", lambda panel: panel.settings.holidays),
    (
        "short breaks",
        "Build them all with --short-breaks, or none.",
        lambda panel: _counted(panel.settings.short_breaks),
    ),
    (
        "schools that merged",
        "Build them all with --follow-mergers, or none.",
        lambda panel: "followed" if panel.settings.follow_mergers else "not followed",
    ),
    ("the parts of the year", "Build them with calendars of the same parts.", lambda panel: _parts(panel)),
)

Found: TypeAlias = tuple[list[str], list[PanelFinding]]


def check_combination(panels: Sequence[Panel], *, strict: bool) -> Found:
    """What keeps the panels apart, in words; and the findings if nothing does."""
    if len(panels) < 2:
        return ["there is only one. Name two panels or more."] if panels else ["there are none. Name two or more."], []
    problems = [*_differing_settings(panels), *_authorities_twice(panels), *_schools_twice(panels)]
    problems += _no_term_in_common(panels)
    uncovered = list(_uncovered_outcomes(panels))
    if strict:
        problems += [f"{each.authority}: {each.what}. Give the returns, or leave --strict out." for each in uncovered]
    return problems, [*uncovered, *_missing_terms(panels), *_far_apart(panels), *_uncounted_pupils(panels)]


def is_national(school: str) -> bool:
    """Whether the label is a unique reference number, or an authority's number with the school's: no two schools share it."""
    return _NATIONAL.fullmatch(school) is not None


def _name(panel: Panel) -> str:
    return " and ".join(panel.authorities)


def _counted(yes: bool) -> str:
    return "counted" if yes else "not counted"


def _parts(panel: Panel) -> str:
    half = any(term.rpartition(" ")[0] in SIX_HALF_TERMS for term in panel.term_names)
    return "six half-terms" if half else "three terms"


def _differing_settings(panels: Sequence[Panel]) -> Iterator[str]:
    for what, to_do, setting in _SETTINGS:
        by_value: dict[str, list[str]] = defaultdict(list)
        for panel in panels:
            by_value[setting(panel)].append(_name(panel))
        if len(by_value) > 1:
            said = "; ".join(f"{value} in {', '.join(names)}" for value, names in by_value.items())
            yield f"{what}: {said}. {to_do}"


def _authorities_twice(panels: Sequence[Panel]) -> Iterator[str]:
    for name, times in _count(name for panel in panels for name in panel.authorities).items():
        if times > 1:
            yield f"{name} is in {times} of the panels. Name each authority once."


def _schools_twice(panels: Sequence[Panel]) -> Iterator[str]:
    holders: dict[str, list[str]] = defaultdict(list)
    for panel in panels:
        former = panel.schools["former_urns"].fill_null("").str.split(" ").explode()
        numbers = {*panel.schools["school"], *former.drop_nulls()} - {""}
        for number in numbers:
            holders[number].append(_name(panel))
    national = {number: names for number, names in holders.items() if len(names) > 1 and is_national(number)}
    if national:
        named = [f"{number} ({', '.join(names)})" for number, names in sorted(national.items())]
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        yield (
            f"{len(named)} school{' is' if len(named) == 1 else 's are'} in several panels, now or by an earlier number: "
            f"{', '.join(named[:_NAMED])}{more}. Give the rolls of a school to one authority only and build again."
        )


def _no_term_in_common(panels: Sequence[Panel]) -> Iterator[str]:
    if len({_parts(panel) for panel in panels}) == 1 and not set.intersection(
        *(set(panel.term_names) for panel in panels)
    ):
        said = "; ".join(f"{_name(panel)} {panel.term_names[0]} to {panel.term_names[-1]}" for panel in panels)
        yield f"there is no term that all of them have: {said}. Build them over the same terms."


def _uncovered_outcomes(panels: Sequence[Panel]) -> Iterator[PanelFinding]:
    covered = {code for panel in panels for code in panel.outcomes}
    for panel in panels:
        for outcome in OUTCOMES:
            if outcome.code in covered and outcome.code not in panel.outcomes:
                yield PanelFinding(
                    "warning",
                    "outcome_not_covered",
                    f"{outcome.name} are covered by other authorities and not by this one",
                    "They are empty here, not zero. Give the returns that hold them.",
                    outcome=outcome.code,
                    authority=_name(panel),
                )


def _missing_terms(panels: Sequence[Panel]) -> Iterator[PanelFinding]:
    every = dict.fromkeys(term for panel in panels for term in panel.term_names)
    for panel in panels:
        missing = [term for term in every if term not in panel.term_names]
        if missing:
            yield PanelFinding(
                "warning",
                "terms_missing",
                f"no rows in {', '.join(missing)}, which others have",
                "They are taken as not observed. Build all panels over the same terms.",
                len(missing),
                authority=_name(panel),
            )


def _far_apart(panels: Sequence[Panel]) -> Iterator[PanelFinding]:
    terms = pl.concat([panel.terms.select("authority", "term", "first_day", "last_day") for panel in panels])
    spread = terms.group_by("term").agg(
        first=(pl.col("first_day").max() - pl.col("first_day").min()).dt.total_days(),
        last=(pl.col("last_day").max() - pl.col("last_day").min()).dt.total_days(),
        order=pl.col("first_day").min(),
    )
    for term, first, last, _ in spread.sort("order", "term").iter_rows():
        if max(first, last) > FAR_APART:
            yield PanelFinding(
                "warning",
                "term_dates_differ",
                f"the calendars begin it {first} days apart and end it {last} days apart",
                "Check the calendars: the same name should stand for the same weeks.",
                term=term,
                authority=" and ".join(_name(panel) for panel in panels if term in panel.term_names),
            )


def _uncounted_pupils(panels: Sequence[Panel]) -> Iterator[PanelFinding]:
    for column, words in _PUPILS.items():
        without = [panel for panel in panels if panel.cells[column].null_count() == panel.cells.height]
        if len(without) == len(panels):
            continue
        for panel in without:
            yield PanelFinding(
                "note",
                "pupils_not_counted",
                f"{words} are not counted here, though others have them",
                "Take another measure of exposure for a study of all of them.",
                authority=_name(panel),
            )


_PUPILS: Mapping[str, str] = {
    "pupils_on_census_day": "pupils on census day",
    "mean_pupils": "mean pupils over the term",
    "resident_pupils_on_census_day": "pupils who live in the authority, on census day,",
    "mean_resident_pupils": "mean pupils who live in the authority",
}


def _count(names: Iterator[str]) -> Mapping[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        counts[name] += 1
    return counts
