"""What was chosen when a panel was built: panels that chose otherwise cannot be put together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from swis.errors import TableError
from swis.terms import Holidays

AUTHORITIES_APART = ";"
"""Between the names of several authorities; some names hold a comma."""
_TERM = re.compile(r"(autumn|spring|summer)( [12])? \d{4}")


@dataclass(frozen=True)
class PanelSettings:
    """The choices of a panel. `authority` names whose returns it was built from; several, with semicolons between.

    `holidays` says towards which term an event in a holiday counts. `short_breaks` counts a series of short breaks as time
    in care. `follow_mergers` takes schools that became one as one school from the start. `first_term` and `last_term`
    name the terms between which the panel is kept, both in it; empty: all that the returns cover.
    """

    authority: str
    holidays: Holidays = "next term"
    short_breaks: bool = False
    follow_mergers: bool = False
    first_term: str = ""
    last_term: str = ""

    def __post_init__(self) -> None:
        if not all(split_authorities(self.authority)):
            raise TableError("The panel has no authority, or one without a name. Give its name, such as Lambeth.")
        if self.holidays not in get_args(Holidays):
            raise TableError(
                f"There is no rule {self.holidays!r} for holidays. Choose from: {', '.join(get_args(Holidays))}."
            )
        for term in (self.first_term, self.last_term):
            if term and not _TERM.fullmatch(term):
                raise TableError(f"{term!r} is no term. Write it as autumn 2017, or autumn 1 2017 for a half-term.")


def split_authorities(names: str) -> tuple[str, ...]:
    """The names of the authorities, sorted."""
    return tuple(sorted(name.strip() for name in names.split(AUTHORITIES_APART)))
