from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from swis.disclosure.count_table import Category, CountTable, Dimension
from swis.disclosure.policy import dfe, nhs, ons
from swis.disclosure.publish import publish
from swis.disclosure.release import ReleaseLedger
from swis.errors import DisclosureError
from tests.disclosure.drawn import COUNTED, count_table

TERMS = Dimension.of("term", "autumn", "spring")
EMPTY = ReleaseLedger()


def _by_term(counts: list[int], **options: object) -> CountTable:
    return CountTable(COUNTED, "public", (TERMS,), np.array(counts), **options)  # type: ignore[arg-type]


def test_a_filter_that_leaves_a_small_rest_is_refused_or_hidden() -> None:
    """All schools: 30 and 40. Without one school: 27 and 30. That school is 3 and 10."""
    ledger = publish(_by_term([30, 40]), dfe()).recorded_in(EMPTY)
    without_one = _by_term([27, 30], within=(("school", ("A", "B")),))
    assert [cell.text for cell in publish(without_one, dfe()).cells] == ["27", "30", "57"]
    published = publish(without_one, dfe(), ledger=ledger)
    assert published.withheld is None
    assert published.cell("autumn").text == "[c]"
    assert sum(cell.count is None for cell in published.cells) >= 2


def test_a_wider_filter_is_held_against_a_narrower_one() -> None:
    ledger = publish(_by_term([30, 40], within=(("school", ("A", "B", "C")),)), dfe()).recorded_in(EMPTY)
    published = publish(_by_term([27, 30], within=(("school", ("A", "B")),)), dfe(), ledger=ledger)
    assert published.cell("autumn").text == "[c]"


def test_a_rest_that_is_not_small_may_be_worked_out() -> None:
    ledger = publish(_by_term([30, 40]), dfe()).recorded_in(EMPTY)
    published = publish(_by_term([20, 30], within=(("school", ("A", "B")),)), dfe(), ledger=ledger)
    assert published.hidden == 0


def test_the_same_table_can_be_published_again() -> None:
    table = count_table(np.random.default_rng(5).poisson(5, size=(5, 4)))
    first = publish(table, dfe())
    again = publish(table, dfe(), ledger=first.recorded_in(EMPTY))
    assert again.to_csv() == first.to_csv()


def test_what_was_shown_under_a_looser_rule_cannot_be_hidden_any_more() -> None:
    ledger = publish(_by_term([7, 30]), dfe()).recorded_in(EMPTY)
    published = publish(_by_term([7, 30]), nhs(), ledger=ledger)
    assert published.withheld is not None
    assert "together with what was published before" in published.withheld


def test_what_a_stricter_rule_hid_stays_hidden_under_a_looser_one() -> None:
    """8 was hidden among those under 10. Showing 30 beside the total would give it away, though 8 is not small now."""
    ledger = publish(_by_term([8, 30]), ons()).recorded_in(EMPTY)
    published = publish(_by_term([8, 30]), dfe(), ledger=ledger)
    assert published.withheld is None
    assert [cell.text for cell in published.cells] == ["[c]", "[c]", "38"]


def test_a_correction_of_a_number_that_was_shown_is_published() -> None:
    ledger = publish(count_table([3, 9, 20, 30]), dfe()).recorded_in(EMPTY)
    corrected = publish(count_table([3, 9, 21, 30]), dfe(), ledger=ledger)
    assert corrected.withheld is None
    assert [cell.text for cell in corrected.cells] == ["[c]", "[c]", "21", "30", "63"]


def test_a_correction_that_would_show_what_protects_another_keeps_it_hidden() -> None:
    """9 protected 3. Once 3 is corrected to 10 nothing is small, but showing 9 would give away the old 3."""
    ledger = publish(count_table([3, 9, 20]), dfe()).recorded_in(EMPTY)
    corrected = publish(count_table([10, 9, 20]), dfe(), ledger=ledger)
    assert corrected.withheld is not None
    assert "since changed" in corrected.withheld


def test_categories_that_were_published_together_protect_each_other_when_they_come_apart() -> None:
    """Together 11, out already. Apart 8 and 3: showing the 8 would give away the 3."""
    together = Dimension("school", (Category("A or B", ("school A", "school B")), Category("school C")))
    first = CountTable(COUNTED, "public", (together,), np.array([11, 20]))
    apart = count_table([8, 3, 20], margins=())
    assert publish(apart, dfe()).cell("school A").text == "8"
    published = publish(apart, dfe(), ledger=publish(first, dfe()).recorded_in(EMPTY))
    assert [cell.text for cell in published.cells] == ["[c]", "[c]", "20"]


def test_a_withheld_table_leaves_the_ledger_as_it_was() -> None:
    table = count_table([1], pupils=np.array([2]), each_pupil_once=True)
    assert publish(table, dfe()).recorded_in(EMPTY) is EMPTY


def test_other_counts_in_the_ledger_do_not_matter() -> None:
    ledger = publish(replace(_by_term([30, 40]), counted="referrals"), dfe()).recorded_in(EMPTY)
    published = publish(_by_term([27, 30], within=(("school", ("A",)),)), dfe(), ledger=ledger)
    assert published.hidden == 0


def test_a_ledger_is_the_same_after_writing_and_reading() -> None:
    table = count_table([[3, 9, 0], [20, 30, 7]])
    ledger = publish(table, nhs()).recorded_in(publish(_by_term([7, 30]), dfe()).recorded_in(EMPTY))
    read = ReleaseLedger.from_json(ledger.to_json())
    assert read == ledger
    assert read.to_json() == ledger.to_json()
    assert repr(read) == "ReleaseLedger(2 releases)"


def test_a_ledger_holds_no_number_that_was_hidden() -> None:
    ledger = publish(count_table([4, 9, 777]), dfe()).recorded_in(EMPTY)
    told = json.loads(ledger.to_json())["releases"][0]["told"]
    assert [interval for _, *interval in told] == [[790, 790], [1, None], [1, None], [777, 777]]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1, "releases": [{}]}', '{"format": 1, "releases": 3}'])
def test_a_text_that_is_no_ledger_is_refused(text: str) -> None:
    with pytest.raises(DisclosureError, match="cannot be read"):
        ReleaseLedger.from_json(text)


def test_a_ledger_of_a_later_format_is_refused() -> None:
    with pytest.raises(DisclosureError, match="format 2"):
        ReleaseLedger.from_json('{"format": 2, "releases": []}')


def test_fewer_schools_under_the_name_of_all_are_refused() -> None:
    ledger = publish(count_table([8, 9, 20]), dfe()).recorded_in(EMPTY)
    with pytest.raises(DisclosureError, match=r"the whole of school \(not in both: school C\)"):
        publish(count_table([8, 9]), dfe(), ledger=ledger)
