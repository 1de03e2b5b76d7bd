"""One column of a declared table: what it holds, in which form, and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The form that a column's values take. The text is what the data dictionary prints."""

    LABEL = "label"
    TEXT = "text"
    WHOLE_NUMBER = "whole number"
    NUMBER = "number"
    MONEY = "pounds and pence"
    PRINTED = "number as printed"
    CODE = "one of the codes"
    DATE = "date"
    YES_NO = "yes or no"


@dataclass(frozen=True)
class Column:
    """A column as declared. `codes` maps each allowed code to its meaning; `caveat` is what an analyst must know.

    In a return, `statutory` holds the names under which the column arrives (none: the reader makes it), `first_year` is the
    first collection that has it, `recoded` maps codes of other years to those of now, `pattern` is what a label must match,
    and `symbols` says that published symbols may stand in place of a number: the reason is kept in a column beside it.
    """

    name: str
    kind: Kind
    description: str
    required: bool = True
    codes: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    above: int | None = None
    caveat: str = ""
    statutory: tuple[str, ...] = ()
    first_year: int | None = None
    recoded: tuple[tuple[str, str], ...] = ()
    pattern: str = ""
    symbols: bool = False

    @property
    def code_names(self) -> tuple[str, ...]:
        """The allowed codes, in the declared order."""
        return tuple(code for code, _ in self.codes)
