from __future__ import annotations

from datetime import date

import pytest

from swis.tables.column import Column, Kind
from swis.tables.convert import Unreadable, convert_cell

DAY = Column("day", Kind.DATE, "A day.")
FLAG = Column("flag", Kind.YES_NO, "A flag.")


@pytest.mark.parametrize("text", ["2012-01-21", "21/01/2012", "2012-Jan-21 00:00:00", "2012-01-21T00:00:00"])
def test_a_date_is_read_in_each_form_that_returns_use(text: str) -> None:
    assert convert_cell(DAY, text) == (date(2012, 1, 21), False)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("TRUE", True), ("1", True), ("No", False), ("0", False)])
def test_yes_and_no_are_read_in_each_form_that_returns_use(text: str, value: bool) -> None:
    assert convert_cell(FLAG, text) == (value, False)


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(Unreadable, match="neither yes nor no"):
        convert_cell(FLAG, "maybe")
