"""What the pages on money show is what one gets."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from swis.costs.held_coverage import LOWEST, held_coverage, simulated_coverages

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "weigh-the-money.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
UNIT_COSTS = """what,pounds,low,high,price_year,payer,source
s47,900,400,2000,2019,authority,"Finance, time sheets of March 2019, table 2"
"""


def test_every_example_of_the_page_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "unit_costs.csv").write_text(UNIT_COSTS)
    space: dict[str, object] = {}
    printed = ""
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "csv":
            (tmp_path / "school_costs.csv").write_text(text)
        elif kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(text, space)
            printed = output.getvalue()
        elif kind == "text":
            assert printed == text


def test_the_table_of_coverage_in_the_explanation_is_the_stored_one() -> None:
    page = (PAGE.parents[1] / "explanation" / "cost-effectiveness.md").read_text(encoding="utf-8")
    worst: dict[tuple[str, str], dict[int, float]] = {}
    for line in simulated_coverages():
        sizes = worst.setdefault((line.method, line.quantity), {})
        sizes[line.schools] = min(sizes.get(line.schools, 1.0), line.held)
    for (method, quantity), sizes in worst.items():
        cells = [f"{held:.1%}" if held >= LOWEST else f"**{held:.1%}**" for held in sizes.values()]
        assert f"| {method} | {quantity} | {' | '.join(cells)} |" in page


def test_what_the_explanation_says_of_the_methods_is_what_was_simulated() -> None:
    for schools in (16, 40, 120, 268):
        for quantity in ("averted", "net benefit", "cost per outcome (Fieller)"):
            assert held_coverage("regressions, HC3, t", quantity, schools=schools).held
    assert [held_coverage("regressions, HC3, t", "cost", schools=schools).held for schools in (16, 40, 120, 268)] == [
        False,
        False,
        True,
        True,
    ]
    assert not held_coverage("bootstrap, percentile", "net benefit", schools=40).held
