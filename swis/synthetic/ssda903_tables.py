"""The SSDA903 of a year: children and episodes, under the declared names, as text."""

from __future__ import annotations

import numpy as np
import polars as pl

from swis.synthetic.authority import Authority
from swis.synthetic.case_notes import NOTES_STREAM
from swis.synthetic.identities import days_of_return, known_numbers, name_sex

_DAY = "%d/%m/%Y"
_NEEDS, _NEED_SHARES = ("N1", "N2", "N4", "N5", "N8"), (0.65, 0.08, 0.08, 0.14, 0.05)


def tabulate_looked_after(authority: Authority, year: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `looked_after_children` and `episodes`: every episode open in the year, without what happened after it.

    An episode that goes on beyond 31 March has no end yet, and comes again in the return of the next year.
    """
    first, last = days_of_return(year)
    episodes = authority.episodes
    places = np.flatnonzero((episodes.began <= last) & (episodes.ended >= first))
    return _tabulate_children(authority, np.unique(episodes.child[places]), year), _tabulate_episodes(
        authority, places, last
    )


def _tabulate_children(authority: Authority, child: np.ndarray, year: int) -> pl.DataFrame:
    children = authority.population.children
    numbers, why = known_numbers(authority, child, days_of_return(year)[1])
    return pl.DataFrame(
        {
            "child": _text(children.identifiers[child]),
            "sex": _text(name_sex(authority, child, year)),
            "born_on": _days(children.born[child]),
            "ethnicity": _text(children.ethnicity[child]),
            "unique_pupil_number": _text(np.where(numbers == "", why, numbers)),
            "mother": _text(np.full(len(child), "0")),
            "own_child_born_on": pl.Series([None] * len(child), dtype=pl.String),
        }
    )


def _tabulate_episodes(authority: Authority, places: np.ndarray, last: int) -> pl.DataFrame:
    episodes, children = authority.episodes, authority.population.children
    # One need for each child, whichever return it stands in.
    needs = np.random.default_rng([authority.seed, NOTES_STREAM + 1]).choice(_NEEDS, children.count, p=_NEED_SHARES)
    over = pl.Series(episodes.ended[places] <= last, dtype=pl.Boolean)
    nothing = pl.Series([None] * len(places), dtype=pl.String)
    return pl.DataFrame(
        {
            "child": _text(children.identifiers[episodes.child[places]]),
            "started_on": _days(episodes.began[places]),
            "reason_for_new_episode": _text(episodes.new[places]),
            "legal_status": _text(episodes.status[places]),
            "primary_need": _text(needs[episodes.child[places]]),
            "placement": _text(episodes.placement[places]),
            "provider": _text(episodes.provider[places]),
            "ended_on": _days(episodes.ended[places]).zip_with(over, nothing),
            "reason_ended": _text(episodes.reason_ended[places]).zip_with(over, nothing),
        }
    )


def _text(values: np.ndarray) -> pl.Series:
    return pl.Series(values.tolist(), dtype=pl.String)


def _days(days: np.ndarray) -> pl.Series:
    return pl.Series(days.astype(np.int32), dtype=pl.Int32).cast(pl.Date).dt.strftime(_DAY)
