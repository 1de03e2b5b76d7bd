"""The stored simulation beside the figures that the rule was chosen on, measured there with another program."""

from __future__ import annotations

import json
from math import sqrt
from typing import Any

import pytest

from tests.disclosure.simulate import SEED, STORED, TABLES, simulate

REFERENCE = {
    "small only": {"exact": 150, "within_one": 164, "hidden": 11.3},
    "two in a line": {"exact": 19, "within_one": 52, "hidden": 12.5},
}
"""200 other tables of the same kind: 4 x 5 cells, means from 1 to 9, totals shown."""

REFERENCE_HIDDEN = {"dfe": 13.1, "nhs": 14.8}
SPREAD_OF_HIDDEN = 2.2
"""The standard deviation of the number of hidden cells from table to table."""


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("method", sorted(REFERENCE))
@pytest.mark.parametrize("what", ["exact", "within_one"])
def test_rules_without_a_check_give_away_as_much_as_was_found_elsewhere(
    stored: dict[str, Any], method: str, what: str
) -> None:
    ours, theirs = stored[method][what] / TABLES, REFERENCE[method][what] / TABLES
    share = (ours + theirs) / 2
    assert abs(ours - theirs) < 3 * sqrt(2 * share * (1 - share) / TABLES)


def test_the_number_of_hidden_cells_is_that_found_elsewhere(stored: dict[str, Any]) -> None:
    error = 3 * SPREAD_OF_HIDDEN * sqrt(2 / TABLES)
    for method, figures in REFERENCE.items():
        assert abs(stored[method]["hidden"] - figures["hidden"]) < error
    for policy, hidden in REFERENCE_HIDDEN.items():
        assert abs(stored[policy]["hidden"] - hidden) < error


def test_no_table_had_to_be_withheld(stored: dict[str, Any]) -> None:
    assert [stored[policy]["withheld"] for policy in ("dfe", "nhs", "ons")] == [0, 0, 0]


@pytest.mark.slow
def test_the_stored_simulation_is_what_the_code_does_now(stored: dict[str, Any]) -> None:
    assert stored == {"seed": SEED, **simulate()}
