from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from swis.disclosure.count_table import Category, CountTable, Dimension, Merge
from swis.disclosure.policy import POLICIES, Policy, dfe, nhs
from swis.disclosure.publish import publish, publish_together
from swis.disclosure.published import Proof, PublishedTable
from swis.errors import DisclosureError
from tests.disclosure.drawn import COUNTED, bodies, count_table, shown_by_place

POLICY = st.sampled_from(sorted(POLICIES))


@settings(max_examples=60, deadline=None)
@given(body=bodies(dimensions=(1, 3), largest=3))
def test_no_number_shown_is_wrong_under_the_departments_rule(body: NDArray[np.int64]) -> None:
    table = count_table(body)
    for place, number in shown_by_place(table, publish(table, dfe())).items():
        truth = body[tuple(slice(None) if at is None else at for at in place)].sum()
        assert number is None or number == truth
        assert not (1 <= truth <= 5 and number is not None)


@settings(max_examples=60, deadline=None)
@given(body=bodies(dimensions=(1, 2), most=40))
def test_numbers_under_the_nhs_rule_are_multiples_of_five_and_at_most_two_off(body: NDArray[np.int64]) -> None:
    table = count_table(body)
    for place, number in shown_by_place(table, publish(table, nhs())).items():
        truth = body[tuple(slice(None) if at is None else at for at in place)].sum()
        if number is not None:
            assert number % 5 == 0
            assert abs(number - truth) <= 2
            assert (number == 0) == (truth == 0)


@settings(max_examples=60, deadline=None)
@given(body=bodies(dimensions=(1, 3), largest=3), name=st.sampled_from(["dfe", "ons"]))
def test_a_table_without_small_numbers_is_untouched(body: NDArray[np.int64], name: str) -> None:
    table = count_table(np.where(body > 0, body + 9, 0))
    published = publish(table, POLICIES[name])
    assert published.hidden == 0
    assert published.proof.narrowest is None
    assert "No number is hidden." in published.notes


@settings(max_examples=40, deadline=None)
@given(body=bodies(dimensions=(2, 2)), name=POLICY, data=st.data())
def test_the_order_of_rows_and_columns_does_not_matter(body: NDArray[np.int64], name: str, data: st.DataObject) -> None:
    table = count_table(body)
    rows, columns = (data.draw(st.permutations(range(size))) for size in body.shape)
    moved = CountTable(
        COUNTED,
        "steering group",
        (
            Dimension.of("school", *(table.dimensions[0].labels[i] for i in rows)),
            Dimension.of("term", *(table.dimensions[1].labels[i] for i in columns)),
        ),
        body[np.ix_(rows, columns)],
    )
    first, second = publish(table, POLICIES[name]), publish(moved, POLICIES[name])
    assert {cell.labels: cell.count for cell in first.cells} == {cell.labels: cell.count for cell in second.cells}
    assert first.proof.intervals == second.proof.intervals


def test_the_same_table_is_published_the_same_way_twice() -> None:
    body = np.random.default_rng(3).poisson(4, size=(6, 5))
    first, second = (publish(count_table(body), dfe()) for _ in range(2))
    assert first.to_csv() == second.to_csv()
    assert first.proof == second.proof


def test_a_total_of_one_to_five_is_hidden_as_a_cell_is() -> None:
    published = publish(count_table([[0, 4], [20, 30]]), dfe())
    assert published.cell("school A", "Total").text == "[c]"
    assert published.cell("school A", "term A").count == 0


def test_a_second_number_protects_the_one_that_a_total_would_give_away() -> None:
    published = publish(count_table([3, 9, 20]), dfe())
    assert [cell.text for cell in published.cells] == ["[c]", "[c]", "20", "32"]
    assert published.proof.intervals == {("school A",): (1, 11), ("school B",): (1, 11)}


def test_two_small_numbers_that_sum_to_three_need_a_third() -> None:
    published = publish(count_table([1, 2, 9, 20]), dfe())
    assert [cell.text for cell in published.cells] == ["[c]", "[c]", "[c]", "20", "32"]


def test_a_hidden_number_above_the_rule_may_be_narrow_as_it_is_not_small() -> None:
    assert not dfe().gives_away(17, 17, hidden=True)
    assert dfe().gives_away(5, 6, hidden=True)
    assert not dfe().gives_away(4, 6, hidden=True)


def test_notes_follow_from_what_is_shown_alone() -> None:
    """Both bodies show the same; in the first every hidden number is small, in the second not."""
    first, second = (publish(count_table([*hidden, 20], margins=((),)), dfe()) for hidden in ((5, 5), (4, 6)))
    assert first.to_csv() == second.to_csv()
    assert first.notes == second.notes
    assert first.proof == second.proof
    assert "2 of 4 numbers are hidden" in first.notes[1]


def test_rates_are_hidden_with_their_counts() -> None:
    published = publish(count_table([3, 40, 50], pupils=np.array([400, 500, 1000])), dfe())
    assert [cell.rate_text for cell in published.cells[:3]] == ["[c]", "[c]", "0.05"]
    frame = published.to_frame()
    assert frame.columns == ["school", "count", "rate", "symbol"]
    assert frame["rate"].to_list() == [None, None, 0.05, 93 / 1900]
    assert frame["symbol"].to_list() == ["[c]", "[c]", "", ""]
    assert "A rate is hidden with its count." in published.notes


def test_a_rate_without_pupils_is_not_applicable() -> None:
    published = publish(count_table([0, 12], pupils=np.array([0, 100])), dfe())
    assert published.to_csv() == "school,count,rate\nschool A,0,[z]\nschool B,12,0.12\nTotal,12,0.12\n"


def test_a_rounded_count_gives_a_rate_of_the_rounded_count() -> None:
    assert publish(count_table([13], pupils=np.array([100])), nhs()).cell("school A").rate == 0.15


def test_zeros_and_everyone_are_hidden_where_the_topic_asks_for_it() -> None:
    pupils = np.array([30, 8, 25])
    table = count_table([0, 8, 12], pupils=pupils, each_pupil_once=True)
    published = publish(table, dfe(hide_none_and_all=True))
    assert [cell.text for cell in published.cells[:2]] == ["[c]", "[c]"]
    assert all(low == 0 for low, _ in published.proof.intervals.values())
    assert "everyone" in published.notes[0]


def test_national_totals_are_rounded_and_local_ones_are_not() -> None:
    published = publish(count_table([[11, 22], [33, 44]]), dfe(round_totals_over=("school",)))
    assert published.cell("Total", "term A").count == 40
    assert published.cell("Total", "Total").count == 110
    assert published.cell("school A", "Total").count == 33
    assert "Rounded numbers need not add up to rounded totals." in published.notes


def test_only_the_margins_asked_for_are_published() -> None:
    published = publish(count_table([[8, 9], [10, 11]], margins=(("term",),)), dfe())
    assert [cell.labels for cell in published.cells][-2:] == [("Total", "term A"), ("Total", "term B")]
    assert len(published.cells) == 6


def test_a_ring_of_two_way_tables_is_published_as_the_margins_of_a_three_way_table() -> None:
    body = np.random.default_rng(7).poisson(2, size=(3, 3, 2))
    pairs = (("school", "term"), ("school", "year group"), ("term", "year group"))
    published = publish(count_table(body, margins=pairs, body=False), dfe())
    assert all("Total" in cell.labels for cell in published.cells)
    assert len(published.cells) == 9 + 6 + 6
    assert published.proof.narrowest is None or published.proof.narrowest > 1


def test_categories_are_merged_only_where_they_cannot_stand_apart() -> None:
    table = _autumn_and_spring([2, 1, 0])
    published = publish(table, dfe())
    assert published.withheld is None
    assert [cell.labels[0] for cell in published.cells] == ["autumn and spring", "summer", "Total"]
    assert "autumn, spring are shown together as autumn and spring" in published.notes[-1]
    apart = publish(_autumn_and_spring([9, 8, 7]), dfe())
    assert apart.hidden == 0
    assert [cell.labels[0] for cell in apart.cells] == ["autumn", "spring", "summer", "Total"]


def test_a_table_that_cannot_be_published_is_withheld_with_the_reason() -> None:
    table = count_table([1], pupils=np.array([2]), each_pupil_once=True)
    published = publish(table, dfe())
    assert published.withheld == "a hidden number could be worked out, whatever else is hidden"
    assert published.cells == ()
    assert published.to_csv() == "school,count,rate\n"
    assert "withheld" in repr(published)
    assert published.notes[-1].startswith("This table is withheld")


def test_linked_tables_hide_a_shared_number_in_both_or_in_neither() -> None:
    by_term = CountTable(
        COUNTED, "public", (_schools(), Dimension.of("term", "one", "two")), np.array([[2, 1], [9, 9]])
    )
    by_year = CountTable(COUNTED, "public", (_schools(), Dimension.of("year", "7", "8")), np.array([[3, 0], [9, 9]]))
    first, second = publish_together((by_term, by_year), dfe())
    assert first.cell("A", "Total").text == second.cell("A", "Total").text == "[c]"


def test_tables_that_count_different_things_do_not_affect_each_other() -> None:
    one = count_table([3, 9, 20])
    other = dataclasses.replace(count_table([8, 9, 20]), counted="referrals")
    assert publish_together((one, other), dfe())[1].hidden == 0


def test_linked_tables_that_differ_on_the_same_number_are_refused() -> None:
    by_term = CountTable(COUNTED, "public", (Dimension.of("term", "one", "two"),), np.array([8, 9]))
    by_year = CountTable(COUNTED, "public", (Dimension.of("year", "7", "8"),), np.array([8, 10]))
    with pytest.raises(DisclosureError, match=r"differ on the same number \(the grand total\)"):
        publish_together((by_term, by_year), dfe())


def test_nothing_that_was_hidden_stands_in_any_words() -> None:
    table = count_table([[4321, 3], [9, 8765]], margins=())
    published = publish(table, Policy("test", 5000))
    for words in (repr(published), str(published), repr(published.proof), repr(published.release), repr(table)):
        assert "4321" not in words
    assert "PublishedTable" in repr(published)
    assert "4321" not in published.to_csv() + str(published.to_frame())


def test_a_published_table_cannot_be_made_by_hand() -> None:
    with pytest.raises(DisclosureError, match="made by"):
        PublishedTable("x", "public", ("school",), "dfe", (), (), Proof({}), None, False, None, object())
    published = publish(count_table([8, 9]), dfe())
    with pytest.raises((DisclosureError, ValueError)):
        dataclasses.replace(published, cells=())


def test_a_label_that_looks_like_a_formula_is_made_inert_in_csv() -> None:
    table = CountTable(COUNTED, "public", (Dimension.of("school", "=1+1", "B"),), np.array([8, 9]))
    assert "'=1+1,8\n" in publish(table, dfe()).to_csv()


def test_asking_for_a_number_that_is_not_there_is_refused() -> None:
    with pytest.raises(DisclosureError, match="nothing is published for school Z"):
        publish(count_table([8, 9]), dfe()).cell("school Z")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"counts": np.array([1, 2, 3])}, "shape"),
        ({"counts": np.array([1.0, 2.0])}, "whole numbers"),
        ({"counts": np.array([-1, 2])}, "negative"),
        ({"pupils": np.array([1])}, "pupils need the shape"),
        ({"each_pupil_once": True}, "each pupil once"),
        ({"pupils": np.array([5, 9]), "each_pupil_once": True}, "each pupil once"),
        ({"margins": (("year",),)}, "a margin names"),
        ({"margins": (("school",),)}, "a margin names"),
        ({"within": (("school", ("A",)),)}, "both shown and filtered"),
        ({"dimensions": ()}, "1 to 3 dimensions"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(options: dict[str, Any], message: str) -> None:
    given = {"dimensions": (_schools(),), "counts": np.array([8, 9]), **options}
    with pytest.raises(DisclosureError, match=message):
        CountTable(COUNTED, "public", **given)


@pytest.mark.parametrize(
    ("categories", "merges", "message"),
    [
        ((), (), "no categories"),
        (("A", "A"), (), "twice"),
        (("A", "Total"), (), "Leave it out"),
        (("A", "B"), (Merge("B", ("A", "C")),), "cannot merge"),
        (("A", "B"), (Merge("C", ("A",)),), "cannot merge"),
    ],
)
def test_a_dimension_that_contradicts_itself_is_refused(
    categories: tuple[str, ...], merges: tuple[Merge, ...], message: str
) -> None:
    with pytest.raises(DisclosureError, match=message):
        Dimension("school", tuple(Category(label) for label in categories), merges=merges)


def test_a_policy_that_would_show_a_count_as_zero_is_refused() -> None:
    with pytest.raises(DisclosureError, match="into 0"):
        Policy("loose", 1, round_to=10)
    with pytest.raises(DisclosureError, match="1 or more"):
        Policy("none", 0)


def test_rounding_over_a_dimension_that_is_not_there_is_refused() -> None:
    with pytest.raises(DisclosureError, match="region"):
        publish(count_table([8, 9]), dfe(round_totals_over=("region",)))


def _schools() -> Dimension:
    return Dimension.of("school", "A", "B")


def _autumn_and_spring(counts: list[int]) -> CountTable:
    terms = Dimension.of(
        "term", "autumn", "spring", "summer", merges=(Merge("autumn and spring", ("autumn", "spring")),)
    )
    return CountTable(COUNTED, "public", (terms,), np.array(counts), pupils=np.array(counts) + 1, each_pupil_once=True)


def test_a_zero_where_nobody_can_be_counted_is_shown_and_covers_nothing() -> None:
    counts = np.array([[3, 0, 20], [9, 12, 30]])
    dimensions = (Dimension.of("school", "A", "B"), Dimension.of("year group", "7", "8", "9"))
    most = np.array([[100, 0, 100], [100, 100, 100]])
    table = publish(CountTable("enquiries", "anybody", dimensions, counts, most=most), dfe(hide_none_and_all=True))
    assert table.withheld is None
    assert table.cell("A", "8").count == 0 and table.cell("A", "7").count is None
    assert table.cell("A", "9").count is None


def test_a_count_above_the_most_that_it_can_be_is_refused() -> None:
    dimensions = (Dimension.of("school", "A", "B"),)
    with pytest.raises(DisclosureError, match="above the most"):
        CountTable("enquiries", "anybody", dimensions, np.array([3, 0]), most=np.array([2, 0]))
