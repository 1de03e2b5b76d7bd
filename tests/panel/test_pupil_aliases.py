from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from swis.panel.pupil_aliases import FormerNumbers

BORN = date(2008, 5, 1)
Pair = tuple[str | None, str | None, date | None]


def frame(*pairs: Pair) -> pl.DataFrame:
    schema = {"former_unique_pupil_number": pl.String, "unique_pupil_number": pl.String, "born_on": pl.Date}
    return pl.DataFrame(list(pairs), schema=schema, orient="row")


def aliases(*pairs: Pair, returned: int = 1) -> dict[str, str]:
    numbers = FormerNumbers()
    numbers.add(frame(*pairs), returned=returned)
    return dict(numbers.tabulate()[0].iter_rows())


def test_a_former_number_leads_to_the_number_of_now_and_others_are_not_listed() -> None:
    assert aliases(("A", "B", BORN), (None, "C", BORN), ("D", None, BORN), ("E", "E", BORN)) == {"A": "B", "B": "B"}


@given(st.lists(st.integers(0, 10**6).map(str), min_size=2, max_size=30, unique=True), st.randoms())
def test_a_chain_of_numbers_ends_in_the_last_whatever_the_order(chain: list[str], random: object) -> None:
    pairs = list(pairwise(chain))
    random.shuffle(pairs)  # type: ignore[attr-defined]
    assert aliases(*((old, new, BORN) for old, new in pairs)) == dict.fromkeys(chain, chain[-1])


def test_of_two_numbers_of_now_the_one_that_was_given_last_is_taken() -> None:
    numbers = FormerNumbers()
    numbers.add(frame(("A", "B", BORN)), returned=20)
    numbers.add(frame(("A", "C", BORN)), returned=10)
    assert dict(numbers.tabulate()[0].iter_rows()) == {"A": "B", "B": "B", "C": "B"}


def test_numbers_that_lead_back_to_themselves_are_one_pupil() -> None:
    assert len(set(aliases(("A", "B", BORN), ("B", "A", BORN)).values())) == 1


def test_a_former_number_of_pupils_with_different_births_is_not_followed_and_is_counted() -> None:
    numbers = FormerNumbers()
    numbers.add(frame(("A", "B", BORN), ("A", "C", date(2010, 1, 1)), ("D", "B", None)), returned=1)
    table, doubtful = numbers.tabulate()
    assert (dict(table.iter_rows()), doubtful) == ({"D": "B", "B": "B"}, 1)


def test_a_table_without_former_numbers_gives_no_pairs() -> None:
    numbers = FormerNumbers()
    numbers.add(pl.DataFrame({"unique_pupil_number": ["A"], "born_on": [BORN]}), returned=1)
    assert numbers.tabulate()[0].height == 0
