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
    episodes, children = authority.episodes, authority.population.children
    places = np.flatnonzero((episodes.began <= last) & (episodes.ended >= first))
    over = episodes.ended[places] <= last
    child = np.unique(episodes.child[places])
    numbers, why = known_numbers(authority, child, last)
    # One need for each child, whichever return it stands in.
    needs = np.random.default_rng([authority.seed, NOTES_STREAM + 1]).choice(_NEEDS, children.count, p=_NEED_SHARES)
    looked_after = pl.DataFrame(
        {
            "child": children.identifiers[child],
            "sex": name_sex(authority, child, year),
            "born_on": _write(children.born[child]),
            "ethnicity": children.ethnicity[child],
            "unique_pupil_number": np.where(numbers == "", why, numbers),
            "mother": np.full(len(child), "0"),
            "own_child_born_on": pl.Series([None] * len(child), dtype=pl.String),
        },
        schema_overrides=dict.fromkeys(("child", "sex", "ethnicity", "unique_pupil_number", "mother"), pl.String),
    )
    nothing = pl.Series([None] * len(places), dtype=pl.String)
    written = pl.DataFrame(
        {
            "child": children.identifiers[episodes.child[places]],
            "started_on": _write(episodes.began[places]),
            "reason_for_new_episode": episodes.new[places],
            "legal_status": episodes.status[places],
            "primary_need": needs[episodes.child[places]],
            "placement": episodes.placement[places],
            "provider": episodes.provider[places],
            "ended_on": _write(episodes.ended[places]).zip_with(pl.Series(over, dtype=pl.Boolean), nothing),
            "reason_ended": pl.Series(episodes.reason_ended[places], dtype=pl.String).zip_with(
                pl.Series(over, dtype=pl.Boolean), nothing
            ),
        },
        schema_overrides=dict.fromkeys(
            ("child", "reason_for_new_episode", "legal_status", "primary_need", "placement", "provider"), pl.String
        ),
    )
    return looked_after, written


def _write(days: np.ndarray) -> pl.Series:
    return pl.Series(days.astype(np.int32), dtype=pl.Int32).cast(pl.Date).dt.strftime(_DAY)
