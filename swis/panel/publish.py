"""What of a panel may be published: counts by school and term, and by term and year group, as the policy lets them be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.disclosure.count_table import Counts, CountTable
from swis.disclosure.network import UNLIMITED
from swis.disclosure.policy import Policy
from swis.disclosure.publish import NOTHING_PUBLISHED, publish_together
from swis.disclosure.published import PublishedTable
from swis.disclosure.release import ReleaseLedger
from swis.errors import DisclosureError
from swis.panel.count_tables import CountedOutcome, count_outcome
from swis.panel.outcomes import OUTCOMES, Kind, Outcome
from swis.panel.panel import Panel
from swis.panel.schools_alike import SchoolsAlike
from swis.tables.nearest import did_you_mean

Progress = Callable[[str, int, int], None]

PART_OF: Mapping[str, str] = {
    "referrals_no_further_action": "referrals",
    "referrals_from_school": "referrals",
    "sessions_missed": "sessions_possible",
    "sessions_missed_unauthorised": "sessions_missed",
}
"""Outcomes that count some of what another counts: side by side, the rest could be worked out by subtraction."""
NOT_BY_DEFAULT: Mapping[str, str] = {
    "referrals_no_further_action": "it is a part of the referrals, and the rest could be worked out",
    "referrals_from_school": "it is a part of the referrals, and the rest could be worked out",
    "sessions_possible": "it is a measure of the rolls, and sessions missed are a part of it",
    "sessions_missed_unauthorised": "it is a part of the sessions missed, and the rest could be worked out",
    "pupils_joined": "it follows in part from the rolls, which are taken to be known",
    "pupils_left": "it follows in part from the rolls, which are taken to be known",
}


@dataclass(frozen=True)
class PublishedYearGroups:
    """Counts by term and year group of the schools that share all their year groups, or why they are withheld."""

    schools: tuple[str, ...]
    year_groups: tuple[str, ...]
    """Those that the schools have; the table has a 0 for every other."""
    table: PublishedTable | None
    withheld: str | None


@dataclass(frozen=True)
class PublishedOutcome:
    """One outcome of one authority in linked tables, each as it may be shown or withheld with its reason.

    By school and term; and by term and year group of each set of schools with the same year groups. `most` is what one child
    can add to a count; the rule was taken times that.
    """

    outcome: Outcome
    authority: str
    by_school: PublishedTable
    by_year_group: tuple[PublishedYearGroups, ...]
    most: int


@dataclass(frozen=True)
class Withheld:
    """What is not published, and why; never how many."""

    what: str
    authority: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}, {self.authority}: withheld, {self.why}"


@dataclass(frozen=True, repr=False)
class PublishedPanel:
    """Every outcome of a panel as it may be shown, what is withheld, and the record of releases with these in it."""

    authorities: tuple[str, ...]
    policy: Policy
    outcomes: tuple[PublishedOutcome, ...]
    withheld: tuple[Withheld, ...]
    ledger: ReleaseLedger

    def __repr__(self) -> str:
        codes = {each.outcome.code for each in self.outcomes}
        return f"PublishedPanel({', '.join(self.authorities)}: {len(codes)} outcomes, policy {self.policy.name})"


def publish_panel(
    panel: Panel,
    policy: Policy,
    *,
    ledger: ReleaseLedger = NOTHING_PUBLISHED,
    outcomes: Sequence[str] = (),
    progress: Progress | None = None,
) -> PublishedPanel:
    """The counts of a panel as they may be shown: for each outcome and authority by school and term, and by term and year group.

    By year group only within a set of schools that all have the same year groups in every term: readers know which a school has.
    The tables have all their totals and are checked together and against `ledger`. Rates are shown counts by pupils, on
    census day where every term has one, else the mean; pupils are taken to be known to all. Where one child can add much to
    a count (days, sessions) the rule is taken times that. Without `outcomes`: all that are covered and not a part of another.

    Not published: school, term and year group at once; year groups of a school that is alone in having them; how many children
    and families stand behind a count; what was not placed; findings; a term in which some schools of the authority are not
    covered. Raises DisclosureError for an outcome that the panel does not cover, or two of which one is a part of the other.
    """
    chosen = _choose(panel, outcomes)
    authorities = tuple(panel.schools["authority"].unique().sort())
    done: list[PublishedOutcome] = []
    withheld = list(_not_published(panel, chosen))
    jobs = [(outcome, authority) for outcome in chosen for authority in authorities]
    for number, (outcome, authority) in enumerate(jobs):
        if progress is not None:
            progress(f"Publishing {outcome.name}, {authority}", number, len(jobs))
        counted = count_outcome(panel, outcome, authority)
        withheld += [Withheld(outcome.name, authority, why) for why in counted.left_out]
        if counted.terms:
            published = _publish(counted, policy, ledger)
            withheld += _withheld_tables(published)
            ledger = _record(published, ledger)
            done.append(published)
    return PublishedPanel(authorities, policy, tuple(done), tuple(withheld), ledger)


def _choose(panel: Panel, codes: Sequence[str]) -> tuple[Outcome, ...]:
    unknown = [code for code in codes if code not in panel.outcomes]
    if unknown:
        raise DisclosureError(
            f"The panel does not cover {', '.join(unknown)}; it covers: {', '.join(panel.outcomes)}."
            f"{did_you_mean(unknown[0], panel.outcomes)}"
        )
    for code in codes:
        if _whole_of(code, codes) is not None:
            raise DisclosureError(
                f"{code} is a part of {_whole_of(code, codes)}: side by side, the rest could be worked out. Publish one of "
                "them."
            )
    wanted = set(codes) or set(panel.outcomes) - set(NOT_BY_DEFAULT)
    return tuple(outcome for outcome in OUTCOMES if outcome.code in wanted)


def _whole_of(code: str, codes: Sequence[str]) -> str | None:
    """The outcome among the codes that this one is a part of, however many steps away."""
    whole = PART_OF.get(code)
    while whole is not None and whole not in codes:
        whole = PART_OF.get(whole)
    return whole


def _not_published(panel: Panel, chosen: Sequence[Outcome]) -> Iterator[Withheld]:
    authority = ", ".join(panel.authorities)
    for outcome in OUTCOMES:
        if outcome in chosen:
            continue
        if outcome.code not in panel.outcomes:
            yield Withheld(outcome.name, authority, "the returns do not cover it")
        else:
            yield Withheld(outcome.name, authority, NOT_BY_DEFAULT.get(outcome.code, "it was not asked for"))
    yield Withheld("Children and families behind the counts", authority, "they would tell what hidden counts hold")
    yield Withheld("What could not be placed in a school and term", authority, "it would tell what hidden counts hold")


def _withheld_tables(published: PublishedOutcome) -> Iterator[Withheld]:
    if published.by_school.withheld is not None:
        yield Withheld(
            f"{published.outcome.name} by school and term", published.authority, published.by_school.withheld
        )
    for number, each in enumerate(published.by_year_group, start=1):
        if each.withheld is not None:
            what = f"{published.outcome.name} by term and year group, set {number} of schools"
            yield Withheld(what, published.authority, each.withheld)


def _record(published: PublishedOutcome, ledger: ReleaseLedger) -> ReleaseLedger:
    """The ledger with all tables in it; one that went out before just so is not written down again."""
    tables = (published.by_school, *(each.table for each in published.by_year_group if each.table is not None))
    for table in tables:
        if table.release is not None and table.release not in ledger.releases:
            ledger = ledger.after(table.release)
    return ledger


def _publish(counted: CountedOutcome, policy: Policy, ledger: ReleaseLedger) -> PublishedOutcome:
    once = _each_once(counted)
    reasons = [_why_not(counted, each, policy, ledger, once=once) for each in counted.alike]
    shown = [each for each, why in zip(counted.alike, reasons, strict=True) if why is None]
    tables = (_by_school(counted, policy, once=once), *(_by_year_group(counted, each, once=once) for each in shown))
    by_school, *rest = publish_together(tables, policy.in_units_of(counted.most), ledger=ledger)
    done = dict(zip((each.schools for each in shown), rest, strict=True))
    sets = tuple(
        PublishedYearGroups(each.schools, each.year_groups, done.get(each.schools), why or done[each.schools].withheld)
        for each, why in zip(counted.alike, reasons, strict=True)
    )
    return PublishedOutcome(counted.outcome, counted.authority, by_school, sets, counted.most)


def _why_not(
    counted: CountedOutcome, alike: SchoolsAlike, policy: Policy, ledger: ReleaseLedger, *, once: bool
) -> str | None:
    """Why counts by year group of these schools cannot be held against those by school; None: they can."""
    if len(alike.schools) == 1:
        return "no other school has the same year groups, so it would show one school by year group"
    for release in ledger.releases:
        if release.layout.counted == counted.words and "year group" in release.layout.names:
            before = set(dict(release.layout.within).get("school", counted.schools))
            if before & set(alike.schools) and before != set(alike.schools):
                return "some of these schools were published by year group with other schools before"
    places = [counted.schools.index(school) for school in alike.schools]
    if once and not bool(_far_from_pupils(counted, policy)[places].all()):
        return "counts or the rule come near to the pupils of a year group, which would bound what each school can have"
    return None


def _far_from_pupils(counted: CountedOutcome, policy: Policy) -> NDArray[np.bool_]:
    """By school and term: whether the smallest year group holds more than the count, and than the rule keeps vague."""
    if counted.smallest_year_group is None:
        return np.zeros(counted.by_school.shape, dtype=bool)
    least = np.maximum(counted.by_school, policy.largest_small + policy.too_narrow + 1)
    far: NDArray[np.bool_] = counted.smallest_year_group >= least
    return far


def _by_school(counted: CountedOutcome, policy: Policy, *, once: bool) -> CountTable:
    most = _most(counted.by_school, counted.pupils_by_school)
    if once and counted.smallest_year_group is not None:
        # The reader is granted more than is known: no count of a school and year group is then held down by its pupils.
        most = np.where(_far_from_pupils(counted, policy), np.minimum(most, counted.smallest_year_group), most)
    return CountTable(
        counted.words,
        "anybody",
        (counted.dimension("school"), counted.dimension("term")),
        counted.by_school,
        pupils=counted.pupils_by_school,
        each_pupil_once=once,
        within=(("year group", counted.dimension("year group").labels),),
        most=most,
    )


def _by_year_group(counted: CountedOutcome, alike: SchoolsAlike, *, once: bool) -> CountTable:
    return CountTable(
        counted.words,
        "anybody",
        (counted.dimension("term"), counted.dimension("year group")),
        alike.by_year_group,
        pupils=alike.pupils,
        each_pupil_once=once,
        within=(("school", alike.schools),),
        most=_most(alike.by_year_group, alike.pupils),
    )


def _most(counts: Counts, pupils: Counts | None) -> Counts:
    """What readers know each count to be at most: 0 where there are no pupils, else without limit."""
    most = np.full(counts.shape, UNLIMITED, dtype=np.int64)
    if pupils is not None:
        most[(pupils == 0) & (counts == 0)] = 0
    return most


def _each_once(counted: CountedOutcome) -> bool:
    """Whether a reader knows that no count is above its pupils: children, not events, on the day that pupils are counted."""
    if counted.outcome.kind is not Kind.CHILDREN or not counted.on_census_day:
        return False
    pairs = [
        (counted.by_school, counted.pupils_by_school),
        *((each.by_year_group, each.pupils) for each in counted.alike),
    ]
    return all(pupils is not None and bool(np.all(counts <= pupils)) for counts, pupils in pairs)
