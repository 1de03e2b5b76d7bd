"""The attacker as the oracle: everything that is published of a panel, held together, gives no hidden count away."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.disclosure.policy import POLICIES, dfe
from swis.disclosure.published import PublishedTable
from swis.disclosure.release import ReleaseLedger
from swis.errors import DisclosureError, OutputError
from swis.panel.combine import combine_panels
from swis.panel.outcomes import outcome_of
from swis.panel.panel import Panel
from swis.panel.publish import NOT_BY_DEFAULT, PublishedOutcome, PublishedPanel, publish_panel
from swis.panel.write_published import LEDGER_FILE, read_releases, write_published
from tests.disclosure.attacker import ENDLESS, RULES, Clue, Rule, by_programming
from tests.panel.drawn_panels import draw_panel

ENQUIRIES = "section_47_enquiries"


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Three schools, three terms, two year groups; some rare, some common, some empty."""
    mean = draw(st.sampled_from([0.3, 1.0, 3.0, 6.0]))
    panel = draw_panel(
        schools=["100001", "100002", "100003"],
        years=(2018, 2018),
        year_groups=("7", "8"),
        means={ENQUIRIES: mean},
        seed=draw(st.integers(0, 10_000)),
    )
    empty = draw(st.sets(st.sampled_from(["100001", "100002"]), max_size=1))
    counts = pl.when(pl.col("school").is_in(sorted(empty))).then(0).otherwise(pl.col(ENQUIRIES))
    return replace(panel, cells=panel.cells.with_columns(counts.alias(ENQUIRIES)))


def body_of(panel: Panel, code: str) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    cells = panel.cells
    axes = [cells[name].unique(maintain_order=True).to_list() for name in ("school", "term", "year_group")]
    return cells[code].to_numpy().reshape([len(axis) for axis in axes]), [tuple(axis) for axis in axes]


def clues_of_table(
    table: PublishedTable,
    names: tuple[str, str],
    body: np.ndarray,
    axes: list[tuple[str, ...]],
    rule: Rule,
    schools: tuple[str, ...] | None = None,
) -> list[Clue]:
    order = np.arange(body.size).reshape(body.shape)
    where = {"school": 0, "term": 1, "year group": 2}
    clues = []
    for cell in table.cells:
        index: list[slice | int | list[int]] = [slice(None)] * 3
        if schools is not None:
            index[0] = [axes[0].index(school) for school in schools]
        for name, label in zip(names, cell.labels, strict=True):
            if label != "Total":
                index[where[name]] = axes[where[name]].index(label) if label in axes[where[name]] else slice(0)
        truth = int(body[tuple(index)].sum())
        low, high = rule.of_hidden(truth) if cell.count is None else rule.of_shown(cell.count)
        cells = tuple(np.atleast_1d(order[tuple(index)]).ravel().tolist())
        clues.append(Clue(cells, low, high, cell.count is None, truth))
    return clues


def attack(
    panel: Panel, published: PublishedPanel, rule: Rule, *, code: str = ENQUIRIES
) -> list[tuple[Clue, int, int]]:
    """Every hidden number with the interval that follows from all that was published of the outcome."""
    body, axes = body_of(panel, code)
    clues: list[Clue] = []
    for each in published.outcomes:
        if each.outcome.code != code:
            continue
        for table, names, schools in tables_of(each):
            clues += clues_of_table(table, names, body, axes, rule, schools)
            clues += clues_of_rates(panel, table, names, rule, schools)
    return by_programming([*clues, *structure_of(panel, code)], body.size)


def tables_of(
    published: PublishedOutcome,
) -> list[tuple[PublishedTable, tuple[str, str], tuple[str, ...] | None]]:
    """The tables that are out, what they are by, and to which schools they are confined."""
    sets = [each for each in published.by_year_group if each.table is not None]
    return [
        (published.by_school, ("school", "term"), None),
        *((each.table, ("term", "year group"), each.schools) for each in sets),
    ]


def structure_of(panel: Panel, code: str) -> list[Clue]:
    """What everybody knows: a school without pupils in a year group and term has no count there."""
    body, _ = body_of(panel, code)
    pupils, _ = body_of(panel, "pupils_on_census_day")
    return [Clue((cell,), 0, 0, False, 0) for cell in np.flatnonzero((pupils == 0) & (body == 0)).tolist()]


def clues_of_rates(
    panel: Panel, table: PublishedTable, names: tuple[str, str], rule: Rule, schools: tuple[str, ...] | None
) -> list[Clue]:
    """What rates times the known pupils say of counts: a hidden one that kept its rate would be read off."""
    pupils, axes = body_of(panel, "pupils_on_census_day")
    order, where = np.arange(pupils.size).reshape(pupils.shape), {"school": 0, "term": 1, "year group": 2}
    clues = []
    for cell in table.cells:
        if cell.rate is None:
            continue
        index: list[slice | int | list[int]] = [slice(None)] * 3
        if schools is not None:
            index[0] = [axes[0].index(school) for school in schools]
        for name, label in zip(names, cell.labels, strict=True):
            if label != "Total":
                index[where[name]] = axes[where[name]].index(label)
        number = round(cell.rate * int(pupils[tuple(index)].sum()))
        cells = tuple(np.atleast_1d(order[tuple(index)]).ravel().tolist())
        clues.append(Clue(cells, *rule.of_shown(number), False, number))
    return clues


def too_near(found: list[tuple[Clue, int, int]], rule: Rule, *, width: int = 1) -> list[tuple[Clue, int, int]]:
    return [each for each in found if each[0].truth <= rule.largest_small and each[2] - each[1] <= width]


@settings(max_examples=30, deadline=None)
@given(panel=panels(), name=st.sampled_from(sorted(POLICIES)))
def test_no_small_count_of_a_panel_is_worked_out_from_all_that_is_published(panel: Panel, name: str) -> None:
    published = publish_panel(panel, POLICIES[name])
    found = attack(panel, published, RULES[name])
    assert not too_near(found, RULES[name])


@settings(max_examples=15, deadline=None)
@given(panel=panels(), name=st.sampled_from(sorted(POLICIES)))
def test_the_intervals_that_are_proved_are_those_of_the_attacker(panel: Panel, name: str) -> None:
    (published,) = publish_panel(panel, POLICIES[name]).outcomes
    proved = [found for table, _, _ in tables_of(published) for found in table.proof.intervals.values()]
    found = attack(panel, publish_panel(panel, POLICIES[name]), RULES[name])
    assert [(low, None if high >= ENDLESS // 2 else high) for _, low, high in found] == proved


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), children=st.sampled_from([0.2, 1.0, 3.0]))
def test_days_in_care_are_hidden_and_kept_vague_by_children_not_by_days(seed: int, children: float) -> None:
    panel = draw_panel(
        schools=["100001", "100002", "100003"], years=(2018, 2018), year_groups=("7", "8"), seed=seed,
        means={"days_in_care": children},
    )  # fmt: skip
    panel = replace(panel, cells=panel.cells.with_columns(pl.col("days_in_care") * 100))
    published = publish_panel(panel, dfe())
    assert {each.most for each in published.outcomes} == {123}
    shown = [cell.count for each in published.outcomes for cell in each.by_school.cells if cell.count]
    assert all(count > 5 * 123 for count in shown)
    rule = Rule(5 * 123)
    found = attack(panel, published, rule, code="days_in_care")
    assert not too_near(found, rule, width=123)


@settings(max_examples=10, deadline=None)
@given(panel=panels(), more=st.integers(0, 10_000))
def test_a_panel_with_a_year_more_gives_nothing_of_the_first_release_away(panel: Panel, more: int) -> None:
    longer = draw_panel(
        schools=["100001", "100002", "100003", "100004"], years=(2018, 2019), year_groups=("7", "8", "9"),
        means={ENQUIRIES: 2.0}, seed=more,
    )  # fmt: skip
    old = panel.cells.select("school", "term", "year_group", first=ENQUIRIES)
    joined = longer.cells.join(old, on=["school", "term", "year_group"], how="left", maintain_order="left")
    # What was counted before stays; in the terms of then there is neither a new school nor a new year group.
    counts = pl.when(pl.col("term").is_in(panel.term_names)).then(pl.col("first").fill_null(0)).otherwise(ENQUIRIES)
    longer = replace(longer, cells=joined.with_columns(counts.alias(ENQUIRIES)).drop("first"))
    first = publish_panel(panel, dfe())
    second = publish_panel(longer, dfe(), ledger=first.ledger)
    body, axes = body_of(longer, ENQUIRIES)
    clues: list[Clue] = []
    for published, few in ((first, panel), (second, longer)):
        own = [tuple(few.cells[name].unique(maintain_order=True)) for name in ("school", "term", "year_group")]
        for each in published.outcomes:
            for table, names, schools in tables_of(each):
                clues += within_longer(table, names, body, (axes, [schools or own[0], *own[1:]]))
    assert not too_near(by_programming(clues, body.size), RULES["dfe"])


def within_longer(
    table: PublishedTable,
    names: tuple[str, str],
    body: np.ndarray,
    axes: tuple[list[tuple[str, ...]], list[tuple[str, ...]]],
) -> list[Clue]:
    """The clues of a table that covers some of the schools, terms and year groups of the body."""
    every, own = axes
    order = np.arange(body.size).reshape(body.shape)
    clues = []
    for cell in table.cells:
        kept = [[full.index(label) for label in few] for full, few in zip(every, own, strict=True)]
        for name, label in zip(names, cell.labels, strict=True):
            place = ("school", "term", "year group").index(name)
            if label != "Total":
                kept[place] = [every[place].index(label)] if label in every[place] else []
        cells = order[np.ix_(*kept)].ravel()
        truth = int(body.ravel()[cells].sum())
        low, high = RULES["dfe"].of_hidden(truth) if cell.count is None else RULES["dfe"].of_shown(cell.count)
        clues.append(Clue(tuple(cells.tolist()), low, high, cell.count is None, truth))
    return clues


def test_the_attacker_does_succeed_where_the_tables_are_published_without_each_other() -> None:
    panel = draw_panel(schools=["100001", "100002"], years=(2018, 2018), year_groups=("7", "8"), means={ENQUIRIES: 0.0})
    counts = iter([2, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0])
    panel = replace(panel, cells=panel.cells.with_columns(pl.Series(ENQUIRIES, list(counts))))
    body, axes = body_of(panel, ENQUIRIES)
    (published,) = publish_panel(panel, dfe()).outcomes
    naive = [
        replace(cell, count=None if 1 <= truth <= 5 else truth)
        for cell in published.by_school.cells
        for truth in [true_count(cell.labels, body, axes)]
    ]
    found = by_programming(
        [clue for cell in naive for clue in naive_clues(cell.labels, cell.count, body, axes)], body.size
    )
    assert too_near(found, RULES["dfe"])


def true_count(labels: tuple[str, ...], body: np.ndarray, axes: list[tuple[str, ...]]) -> int:
    index = tuple(
        slice(None) if label == "Total" else axis.index(label) for label, axis in zip(labels, axes, strict=False)
    )
    return int(body[index].sum())


def naive_clues(
    labels: tuple[str, ...], count: int | None, body: np.ndarray, axes: list[tuple[str, ...]]
) -> list[Clue]:
    index = tuple(
        slice(None) if label == "Total" else axis.index(label) for label, axis in zip(labels, axes, strict=False)
    )
    cells = np.arange(body.size).reshape(body.shape)[index].ravel().tolist()
    low, high = RULES["dfe"].of_hidden(1) if count is None else (count, count)
    return [Clue(tuple(cells), low, high, count is None, true_count(labels, body, axes))]


def test_nothing_but_the_two_tables_of_an_outcome_leaves(tmp_path: Path) -> None:
    panel = draw_panel(means=dict.fromkeys(("referrals", "referrals_from_school", ENQUIRIES, "pupils_left"), 1.0))
    published = publish_panel(panel, dfe())
    assert {each.outcome.code for each in published.outcomes} == {"referrals", ENQUIRIES}
    said = "\n".join(map(str, published.withheld))
    assert "Referrals from schools, Lambeth: withheld, it is a part of the referrals" in said
    assert "Children and families behind the counts" in said and "could not be placed" in said
    assert "Days in care, Lambeth: withheld, the returns do not cover it" in said
    names = {path.name for path in write_published(published, tmp_path / "out")}
    assert names == {
        f"{code}_{by}.csv"
        for code in ("referrals", ENQUIRIES)
        for by in ("by_school_and_term", "by_term_and_year_group")
    } | {"notes.md", LEDGER_FILE}


def test_hidden_counts_stand_in_no_file(tmp_path: Path) -> None:
    panel = draw_panel(schools=["100001", "100002", "100003"], years=(2018, 2018), means={ENQUIRIES: 1.0})
    write_published(publish_panel(panel, dfe()), tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / f"{ENQUIRIES}_by_school_and_term.csv").read_text())))
    assert {"authority", "school", "term", "count", "rate"} == set(rows[0])
    assert any(row["count"] == "[c]" for row in rows)
    assert all(row["rate"] == "[c]" for row in rows if row["count"] == "[c]")
    assert not any(row["count"] in set("12345") for row in rows)
    assert "Rule: numbers from 1 to 5 are hidden" in (tmp_path / "notes.md").read_text()


def test_of_an_outcome_and_its_part_only_one_is_published() -> None:
    panel = draw_panel(means=dict.fromkeys(("sessions_possible", "sessions_missed_unauthorised", ENQUIRIES), 1.0))
    with pytest.raises(DisclosureError, match="is a part of sessions_possible"):
        publish_panel(panel, dfe(), outcomes=["sessions_possible", "sessions_missed_unauthorised"])
    (alone,) = publish_panel(panel, dfe(), outcomes=["sessions_missed_unauthorised"]).outcomes
    assert alone.most == 2 * 89
    with pytest.raises(DisclosureError, match=r"does not cover section_47_enquiry; it covers.*Did you mean"):
        publish_panel(panel, dfe(), outcomes=["section_47_enquiry"])
    assert all(outcome_of(code) for code in NOT_BY_DEFAULT)


def test_each_authority_of_a_combined_panel_has_its_own_tables() -> None:
    other = draw_panel("Stockport", schools=["300001", "300002"], means={ENQUIRIES: 4.0}, seed=5)
    other = replace(other, schools=other.schools.with_columns(former_urns=pl.lit("")))
    published = publish_panel(combine_panels([draw_panel(), other]), dfe())
    assert [(each.outcome.code, each.authority) for each in published.outcomes if each.outcome.code == ENQUIRIES] == [
        (ENQUIRIES, "Lambeth"),
        (ENQUIRIES, "Stockport"),
    ]
    assert any(
        str(each) == "Days in care, Stockport: withheld, the returns do not cover it" for each in published.withheld
    )


def test_a_term_that_some_schools_do_not_cover_is_withheld_and_said_so() -> None:
    panel = draw_panel(means={ENQUIRIES: 3.0})
    gap = (pl.col("school") == "100002") & (pl.col("term") == "spring 2018")
    counts = pl.when(~gap).then(ENQUIRIES).alias(ENQUIRIES)
    published = publish_panel(replace(panel, cells=panel.cells.with_columns(counts)), dfe())
    assert "spring 2018" not in {cell.labels[1] for cell in published.outcomes[0].by_school.cells}
    assert any("spring 2018: some schools are not covered" in each.why for each in published.withheld)


def test_the_record_of_releases_comes_back_and_the_same_panel_is_published_the_same_again(tmp_path: Path) -> None:
    panel = draw_panel(means={ENQUIRIES: 1.5})
    first = publish_panel(panel, dfe())
    write_published(first, tmp_path)
    ledger = read_releases(tmp_path / LEDGER_FILE)
    again = publish_panel(panel, dfe(), ledger=ledger)
    assert again.outcomes[0].by_school.to_csv() == first.outcomes[0].by_school.to_csv()
    assert again.ledger.to_json() == first.ledger.to_json()
    assert first.ledger != ReleaseLedger()
    with pytest.raises(DisclosureError, match=r"Give the releases.json of the last publication"):
        read_releases(tmp_path / "other.json")


def test_rates_are_by_pupils_on_census_day_else_by_the_mean_else_not_given() -> None:
    panel = draw_panel(means={ENQUIRIES: 6.0})
    rates = publish_panel(panel, dfe()).outcomes[0].by_school.cell("100001", "autumn 2018")
    pupils = panel.cells.filter((pl.col("school") == "100001") & (pl.col("term") == "autumn 2018"))
    assert rates.count is not None and rates.rate == rates.count / pupils["pupils_on_census_day"].sum()
    without = replace(panel, cells=panel.cells.with_columns(pupils_on_census_day=pl.lit(None)))
    mean = publish_panel(without, dfe()).outcomes[0].by_school.cell("100001", "autumn 2018")
    assert mean.rate == rates.count / int(pupils["mean_pupils"].sum() + 0.5)
    bare = replace(without, cells=without.cells.with_columns(mean_pupils=pl.lit(None)))
    assert not publish_panel(bare, dfe()).outcomes[0].by_school.has_rates


def test_a_folder_that_cannot_be_written_to_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="cannot be written to"):
        write_published(publish_panel(draw_panel(), dfe()), tmp_path / "file")


def test_a_rule_in_units_hides_more_and_keeps_more_vague() -> None:
    rule = dfe().in_units_of(121.5)
    assert (rule.largest_small, rule.too_narrow) == (610, 122)
    assert rule.gives_away(500, 622, hidden=True) and not rule.gives_away(500, 623, hidden=True)
    assert dfe().in_units_of(1) == dfe()
    with pytest.raises(DisclosureError, match="one child adds 1 or more"):
        dfe().in_units_of(0)


@settings(max_examples=20, deadline=None)
@given(panel=panels())
def test_the_total_of_a_term_is_hidden_in_both_tables_or_in_none(panel: Panel) -> None:
    (each,) = publish_panel(panel, dfe()).outcomes
    (table,) = (alike.table for alike in each.by_year_group)
    assert table is not None
    for term in panel.term_names:
        assert each.by_school.cell("Total", term).count == table.cell(term, "Total").count
    assert each.by_school.cell("Total", "Total").count == table.cell("Total", "Total").count


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), pupils=st.integers(3, 12))
def test_knowing_that_no_count_of_children_is_above_its_pupils_gives_nothing_away(seed: int, pupils: int) -> None:
    code = "children_in_care"
    panel = draw_panel(
        schools=["100001", "100002", "100003"], years=(2018, 2018), year_groups=("7", "8"), means={code: 1.5}, seed=seed,
    )  # fmt: skip
    few = panel.cells.with_columns(pl.min_horizontal(code, pl.lit(pupils)), pupils_on_census_day=pl.lit(pupils))
    panel = replace(panel, cells=few)
    published = publish_panel(panel, dfe())
    body, axes = body_of(panel, code)
    (each,) = published.outcomes
    rolls = [Clue((cell,), 0, pupils, False, int(count)) for cell, count in enumerate(body.ravel())]
    clues = [
        clue
        for table, names, schools in tables_of(each)
        for clue in clues_of_table(table, names, body, axes, RULES["dfe"], schools)
    ]
    clues += rolls
    assert not too_near(by_programming(clues, body.size), RULES["dfe"])


PHASES = {
    "infant": ("7", "8"),
    "junior": ("9", "10"),
    "primary": ("7", "8", "9", "10"),
    "secondary": ("11", "12"),
}


def in_phases(phases: Sequence[str], *, code: str = ENQUIRIES, mean: float, seed: int, pupils: int = 50) -> Panel:
    """A school of each phase named; a reader knows the year groups of each, and that it counts nobody in others."""
    schools = [f"10000{place}" for place in range(len(phases))]
    groups = sorted({group for phase in phases for group in PHASES[phase]}, key=int)
    panel = draw_panel(schools=schools, years=(2018, 2018), year_groups=groups, means={code: mean}, seed=seed)
    rows = [
        group in PHASES[phases[schools.index(school)]]
        for school, group in panel.cells.select("school", "year_group").rows()
    ]
    has = pl.Series("has", rows)
    cells = panel.cells.with_columns(
        pl.when(has).then(pl.min_horizontal(code, pl.lit(pupils))).otherwise(0).alias(code),
        pl.when(has).then(pupils).otherwise(0).alias("pupils_on_census_day"),
        pl.when(has).then(float(pupils)).otherwise(0.0).alias("mean_pupils"),
    )
    return replace(panel, cells=cells)


def test_a_lone_secondary_school_is_not_published_by_year_group() -> None:
    panel = in_phases(["secondary", "primary", "primary"], mean=9.0, seed=1)
    alone = (pl.col("school") == "100000") & (pl.col("term") == "autumn 2018")
    counts = pl.when(alone & (pl.col("year_group") == "12")).then(3).otherwise(ENQUIRIES)
    counts = pl.when(alone & (pl.col("year_group") == "11")).then(75).otherwise(counts)
    panel = replace(panel, cells=panel.cells.with_columns(counts.alias(ENQUIRIES)))
    (published,) = publish_panel(panel, dfe()).outcomes
    lone, both = published.by_year_group
    assert lone.schools == ("100000",) and lone.table is None and "no other school" in str(lone.withheld)
    assert both.schools == ("100001", "100002") and both.table is not None
    assert both.year_groups == PHASES["primary"]
    assert published.by_school.cell("100000", "autumn 2018").count == 78
    assert not too_near(attack(panel, publish_panel(panel, dfe()), RULES["dfe"]), RULES["dfe"])


def test_one_table_by_year_group_of_all_schools_would_give_the_lone_school_away() -> None:
    panel = in_phases(["secondary", "primary"], mean=0.0, seed=1)
    body, axes = body_of(panel, ENQUIRIES)
    body = body.copy()
    body[0, 0, axes[2].index("11")], body[0, 0, axes[2].index("12")] = 75, 3
    order = np.arange(body.size).reshape(body.shape)
    school, group, hidden = order[0, 0], order[:, 0, axes[2].index("11")], order[:, 0, axes[2].index("12")]
    clues = [
        Clue(tuple(school.tolist()), 78, 78, False, 78),
        Clue(tuple(group.tolist()), 75, 75, False, 75),
        Clue(tuple(hidden.tolist()), 1, ENDLESS, True, 3),
    ]
    assert too_near(by_programming([*clues, *structure_of(panel, ENQUIRIES)], body.size), RULES["dfe"])


@settings(max_examples=25, deadline=None)
@given(
    phases=st.lists(st.sampled_from(sorted(PHASES)), min_size=3, max_size=5),
    mean=st.sampled_from([0.3, 1.0, 3.0, 8.0]),
    seed=st.integers(0, 10_000),
    name=st.sampled_from(sorted(POLICIES)),
)
def test_knowing_the_year_groups_of_every_school_gives_nothing_away(
    phases: list[str], mean: float, seed: int, name: str
) -> None:
    panel = in_phases(phases, mean=mean, seed=seed)
    found = attack(panel, publish_panel(panel, POLICIES[name]), RULES[name])
    assert not too_near(found, RULES[name])


@settings(max_examples=15, deadline=None)
@given(
    phases=st.lists(st.sampled_from(["primary", "secondary"]), min_size=3, max_size=5),
    pupils=st.integers(2, 14),
    seed=st.integers(0, 10_000),
)
def test_knowing_the_pupils_of_every_year_group_of_a_school_gives_nothing_away(
    phases: list[str], pupils: int, seed: int
) -> None:
    code = "children_in_care"
    panel = in_phases(phases, code=code, mean=1.5, seed=seed, pupils=pupils)
    published = publish_panel(panel, dfe())
    body, axes = body_of(panel, code)
    (each,) = published.outcomes
    known, _ = body_of(panel, "pupils_on_census_day")
    clues = [Clue((cell,), 0, int(most), False, 0) for cell, most in enumerate(known.ravel())]
    for table, names, schools in tables_of(each):
        clues += clues_of_table(table, names, body, axes, RULES["dfe"], schools)
    assert not too_near(by_programming(clues, body.size), RULES["dfe"])


@settings(max_examples=10, deadline=None)
@given(mean=st.sampled_from([0.5, 2.0]), seed=st.integers(0, 10_000), more=st.sampled_from(sorted(PHASES)))
def test_a_school_of_another_phase_in_a_later_release_gives_nothing_away(mean: float, seed: int, more: str) -> None:
    later = in_phases(["primary", "primary", "secondary", "secondary", more], mean=mean, seed=seed)
    first = replace(
        later,
        cells=later.cells.filter(pl.col("school") != "100004"),
        schools=later.schools.filter(pl.col("school") != "100004"),
    )
    before = publish_panel(first, dfe())
    after = publish_panel(later, dfe(), ledger=before.ledger)
    body, axes = body_of(later, ENQUIRIES)
    clues = structure_of(later, ENQUIRIES)
    for published, own in ((before, axes[0][:4]), (after, axes[0])):
        for each in published.outcomes:
            for table, names, schools in tables_of(each):
                clues += clues_of_table(table, names, body, axes, RULES["dfe"], schools or own)
    assert not too_near(by_programming(clues, body.size), RULES["dfe"])
    overlapping = [
        each for each in after.outcomes[0].by_year_group if "100004" in each.schools and len(each.schools) > 1
    ]
    assert all(each.withheld is not None for each in overlapping)


def test_sets_of_schools_are_numbered_in_the_table_and_named_in_the_notes(tmp_path: Path) -> None:
    panel = in_phases(["primary", "secondary", "primary", "secondary", "infant"], mean=9.0, seed=3)
    write_published(publish_panel(panel, dfe()), tmp_path)
    text = (tmp_path / f"{ENQUIRIES}_by_term_and_year_group.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["set_of_schools"], row["year_group"]) for row in rows} == {
        *(("1", group) for group in (*PHASES["primary"], "Total")),
        *(("2", group) for group in (*PHASES["secondary"], "Total")),
    }
    notes = (tmp_path / "notes.md").read_text()
    assert "set 2 of schools: 100001, 100003; year groups 11, 12." in notes
    assert "set 3 of schools: Withheld: no other school has the same year groups" in notes


def test_tables_of_an_earlier_publication_that_are_not_of_this_one_are_removed(tmp_path: Path) -> None:
    panel = draw_panel(means={"referrals": 6.0, ENQUIRIES: 6.0})
    first = publish_panel(panel, dfe())
    write_published(first, tmp_path)
    (tmp_path / "mine.csv").write_text("kept")
    second = publish_panel(panel, dfe(), outcomes=["referrals"], ledger=first.ledger)
    paths = write_published(second, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"mine.csv", *(path.name for path in paths)}
    assert not (tmp_path / f"{ENQUIRIES}_by_school_and_term.csv").exists()
    assert len(read_releases(tmp_path / LEDGER_FILE).releases) == 4


def test_the_record_of_releases_is_whole_before_any_table_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = publish_panel(draw_panel(means={ENQUIRIES: 6.0}), dfe())
    replaced: list[str] = []
    keep = Path.replace

    def replace_once(path: Path, target: Path) -> Path:
        if replaced:
            raise OSError(28, "No space left on device")
        replaced.append(target.name)
        return keep(path, target)

    monkeypatch.setattr(Path, "replace", replace_once)
    with pytest.raises(OutputError, match="No space left"):
        write_published(published, tmp_path)
    assert replaced == [LEDGER_FILE]
    assert read_releases(tmp_path / LEDGER_FILE).to_json() == published.ledger.to_json()
    assert not list(tmp_path.glob("*.csv"))
