"""What leaves, against an attacker who knows the rule and sees every table of every audience."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.pages.tables import Suppressed
from service.sight.disclose import SCHOOL, Disclosed, DisclosedHalfTerm, HalfTermCounts, disclose, read_again
from service.sight.published import exhibit_of
from swis.disclosure.release import ReleaseLedger
from tests.disclosure.attacker import ENDLESS, RULES, Clue, by_programming, given_away

AXES = (SCHOOL, "kind_of_work", "time_band", "role")
RULE = RULES["dfe"]


def counts_of(body: NDArray[np.int64], topics: dict[str, int] | None = None) -> HalfTermCounts:
    """The counts of a body by school, kind of work, time band and role."""
    codes = {name: tuple(f"{name} {i}" for i in range(size)) for name, size in zip(AXES, body.shape, strict=True)}

    def margin(*names: str) -> Counter[tuple[str, ...]]:
        summed = body.sum(axis=tuple(axis for axis, name in enumerate(AXES) if name not in names))
        return Counter(
            {
                tuple(codes[name][i] for name, i in zip(names, at, strict=True)): int(n)
                for at, n in np.ndenumerate(summed)
            }
        )

    return HalfTermCounts(
        authority="801",
        half_term="2026-27 half-term 1",
        schools=codes[SCHOOL],
        by_school={name: margin(SCHOOL, name) for name in AXES[1:3]},  # type: ignore[misc]
        overall={"role": Counter({code: n for (code,), n in margin("role").items()})},
        topics=Counter(topics or {"neglect": 12}),
        codes={name: codes[name] for name in AXES[1:]} | {"topic": tuple(topics or {"neglect": 12})},
    )


def clues_of(body: NDArray[np.int64], disclosed: DisclosedHalfTerm) -> list[Clue]:
    """What all tables say together, over the cells of the body."""
    found = []
    for table in disclosed.tables:
        if table.list_name != "topic":
            found += _clues(body, table, within={})
    for urn, tables in disclosed.by_school.items():
        for table in tables:
            found += _clues(body, table, within={SCHOOL: int(urn.rsplit(" ", 1)[1])})
    return found


def _clues(body: NDArray[np.int64], table: Disclosed, *, within: dict[str, int]) -> list[Clue]:
    told = {int(code.rsplit(" ", 1)[1]): count for code, count in table.counts.items()}
    rows = [(within | {table.list_name: at}, count) for at, count in told.items()]
    if table.has_total:
        rows.append((within, table.total))
    order = np.arange(body.size).reshape(body.shape)
    clues = []
    for fixed, count in rows:
        index = tuple(fixed.get(name, slice(None)) for name in AXES)
        truth = int(body[index].sum())
        low, high = RULE.of_hidden(truth) if count is None else RULE.of_shown(count)
        clues.append(Clue(tuple(np.atleast_1d(order[index]).ravel().tolist()), low, high, count is None, truth))
    return clues


BODIES = st.tuples(
    st.integers(1, 3), st.integers(2, 3), st.integers(2, 2), st.integers(1, 2)
).flatmap(
    lambda shape: st.lists(
        st.integers(0, 9), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))
    ).map(lambda cells: np.array(cells, dtype=np.int64).reshape(shape))
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(body=BODIES)
def test_no_small_count_is_worked_out_from_all_that_leaves(body: NDArray[np.int64]) -> None:
    disclosed = disclose(counts_of(body))
    assert not given_away(by_programming(clues_of(body, disclosed), body.size), RULE)


def test_the_attacker_succeeds_where_the_summary_of_a_school_shows_what_the_figures_hide() -> None:
    body = np.array([[[[3]], [[9]]], [[[8]], [[7]]]])
    disclosed = disclose(counts_of(body))
    honest = clues_of(body, disclosed)
    assert not given_away(by_programming(honest, body.size), RULE)
    leak = Clue((1,), 9, 9, False, 9)  # the row of one school, published apart with an exact number
    assert given_away(by_programming([*honest, leak], body.size), RULE)


def test_shown_counts_are_true_and_hidden_ones_are_nowhere_in_what_is_kept() -> None:
    body = np.array([[[[40]], [[2]], [[9]]], [[[30]], [[8]], [[4]]]])
    disclosed = disclose(counts_of(body))
    by_list = {table.list_name: table for table in disclosed.tables}
    assert by_list[SCHOOL].counts == {"school 0": 51, "school 1": 42}
    assert by_list[SCHOOL].total == 93
    (kinds, _) = disclosed.by_school["school 0"]
    assert kinds.counts["kind_of_work 1"] is None
    assert ReleaseLedger.from_json(disclosed.ledger).releases
    for table in (*disclosed.tables, *(each for own in disclosed.by_school.values() for each in own)):
        assert not {count for count in table.counts.values() if count is not None and 0 < count < 6}


def test_topics_are_told_of_the_authority_alone_and_from_ten_upwards() -> None:
    disclosed = disclose(counts_of(np.full((2, 2, 2, 1), 9), topics={"neglect": 12, "missing": 9, "housing": 0}))
    (topics,) = (table for table in disclosed.tables if table.list_name == "topic")
    assert topics.counts == {"neglect": 12, "missing": None, "housing": 0}
    assert not topics.has_total
    assert not any(table.list_name == "topic" for own in disclosed.by_school.values() for table in own)


def test_a_disclosed_table_is_made_by_disclosure_alone() -> None:
    with pytest.raises(TypeError, match="made by service"):
        Disclosed("role", {"statutory": 1}, 1, True, (), False, object())


def test_a_release_is_read_again_as_it_was_written() -> None:
    disclosed = disclose(counts_of(np.full((2, 2, 2, 1), 4)))
    assert read_again([table.content for table in disclosed.tables]) == disclosed.tables


def test_a_table_that_was_withheld_is_shown_as_such_and_not_as_nought() -> None:
    content = {
        "list_name": "role",
        "counts": {},
        "total": None,
        "has_total": False,
        "notes": ["Withheld."],
        "withheld": True,
    }
    shown = {
        **content, "counts": {"statutory": 8, "preventative": None}, "total": 20, "has_total": True, "withheld": False,
    }  # fmt: skip
    (withheld,), (told,) = read_again([content]), read_again([shown])
    exhibit = exhibit_of("role", [("half-term 1", {"role": withheld}), ("half-term 2", {"role": told})], names={})
    assert exhibit.table.rows == (
        ("Statutory social work", Suppressed(), 8),
        ("Preventative work", Suppressed(), Suppressed()),
    )
    alone = exhibit_of("role", [("half-term 1", {"role": withheld})], names={})
    assert (alone.figure, alone.table.rows, alone.table.note) == (None, (), "Withheld.")


def test_what_is_counted_does_not_show_itself() -> None:
    assert repr(counts_of(np.full((1, 2, 2, 1), 7))) == "HalfTermCounts(801, 2026-27 half-term 1; not for showing)"


def test_a_hidden_count_has_no_upper_limit_for_who_reads_the_ledger() -> None:
    disclosed = disclose(counts_of(np.array([[[[3]], [[9]]], [[[8]], [[7]]]])))
    told = [
        interval for release in ReleaseLedger.from_json(disclosed.ledger).releases for interval in release.told.values()
    ]
    assert {interval for interval in told if interval[0] != interval[1]} == {(1, None)}
    assert ENDLESS > 9


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import) for alias in node.names
    ]
    return {*modules, *names}


def test_one_module_of_sight_calls_the_disclosure_of_the_library() -> None:
    callers = {
        path
        for path in Path("service/sight").rglob("*.py")
        if any(each.startswith("swis") for each in imports_of(path))
    }
    assert callers == {Path("service/sight/disclose.py")}


@pytest.mark.parametrize("module", ["published.py", "school_work.py", "views/figures.py", "views/schools.py"])
def test_pages_of_what_is_published_do_not_reach_the_log(module: str) -> None:
    reached = imports_of(Path("service/sight") / module)
    assert not reached & {"Contact", "ReferralOutcome", "Involvement", "ChildReference", "count_half_term", "team_lens"}
