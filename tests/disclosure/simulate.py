"""How much each way of hiding gives away and how much it costs, on tables like a small authority's.

`python -m tests.disclosure.simulate` writes simulated.json beside this file. 200 tables of 4 topics by 5 half-terms,
each cell Poisson with its own mean between 1 and 9, exact totals shown unless the method hides or rounds them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from swis.disclosure.bounds import Seen, read
from swis.disclosure.draft import Draft, Mask, draft
from swis.disclosure.lattice import cells_of
from swis.disclosure.policy import POLICIES, Policy
from swis.disclosure.publish import publish
from swis.disclosure.release import ReleaseLedger
from swis.disclosure.suppress import CannotHide, hide
from tests.disclosure.drawn import count_table

STORED = Path(__file__).with_name("simulated.json")
SEED = 20260901
TABLES, SHAPE = 200, (4, 5)

Body = NDArray[np.int64]


def bodies(tables: int = TABLES, shape: tuple[int, int] = SHAPE, *, seed: int = SEED) -> Iterator[Body]:
    """The bodies of the tables."""
    rng = np.random.default_rng(seed)
    for _ in range(tables):
        yield rng.poisson(rng.uniform(1, 9, size=shape)).astype(np.int64)


def hide_small_only(laid_out: Draft, policy: Policy) -> Mask:
    """Primary suppression in the body; the totals stand."""
    return laid_out.small(policy) & (laid_out.summed_over == 0)


def hide_two_in_a_line(laid_out: Draft, policy: Policy) -> Mask:
    """The usual secondary rule: at least two hidden in every row and column of the body that has one."""
    hidden = hide_small_only(laid_out, policy)
    changed = True
    while changed:
        changed = False
        for _, parts in laid_out.sums:
            inside = [cell for cell in parts if laid_out.summed_over[cell] == 0]
            others = [cell for cell in inside if not hidden[cell] and laid_out.count[cell] > 0]
            if sum(hidden[inside]) == 1 and others:
                hidden[min(others, key=lambda cell: (laid_out.count[cell], cell))] = changed = True
    return hidden


def narrowest_small(laid_out: Draft, hidden: Mask, policy: Policy) -> int | None:
    """The width of the narrowest interval of a small hidden count in the body."""
    reader = read(laid_out.known(hidden, policy=policy), possible=laid_out.count, seen=Seen.of(laid_out.count))
    body = np.flatnonzero(hidden & (laid_out.summed_over == 0) & (laid_out.count <= policy.largest_small))
    widths = [high - low for low, high in map(reader.bounds, map(int, body)) if high is not None]
    return min(widths, default=None)


def by_rule(choose: Callable[[Draft, Policy], Mask]) -> dict[str, float]:
    """What a rule without an interval check gives away."""
    policy, exact, within_one, hidden_cells = POLICIES["dfe"], 0, 0, 0
    for body in bodies():
        laid_out = draft((count_table(body),), policy=policy, ledger=ReleaseLedger())
        hidden = choose(laid_out, policy)
        width = narrowest_small(laid_out, hidden, policy)
        exact += width == 0
        within_one += width is not None and width <= 1
        hidden_cells += int(hidden.sum())
    return {"exact": exact, "within_one": within_one, "hidden": hidden_cells / TABLES}


def by_policy(policy: Policy) -> dict[str, float]:
    """What `publish` hides, and in how many tables it hides a total that is not small."""
    hidden_cells, with_total, withheld = 0, 0, 0
    for body in bodies():
        published = publish(count_table(body), policy)
        withheld += published.withheld is not None
        in_body = [cell for cell in published.cells if "Total" not in cell.labels]
        hidden_cells += sum(cell.count is None for cell in in_body)
        with_total += published.hidden > sum(cell.count is None for cell in in_body)
    return {"hidden": hidden_cells / TABLES, "total_hidden": with_total, "withheld": withheld}


def by_replay(policy: Policy, *, tables: int = 100) -> dict[str, float]:
    """How often someone who hides in every body that could lie behind a 2 x 3 table has a small count to within one.

    This attacker knows more than the rule: also in which order cells are chosen. Tables with a hidden total are left
    out, as too many bodies could lie behind them.
    """
    tried, within_one, exact = 0, 0, 0
    for body in bodies(tables, (2, 3), seed=SEED + 1):
        hidden = _hidden_in(body, policy)
        small = (body >= 1) & (body <= policy.largest_small)
        if hidden is None or not small.any():
            continue
        tried += 1
        behind = np.array(
            [other for other in _with_same_totals(body, hidden) if _same(_hidden_in(other, policy), hidden)]
        )
        widths = (behind.max(axis=0) - behind.min(axis=0))[small]
        exact += bool((widths == 0).any())
        within_one += bool((widths <= 1).any())
    return {"tables": tried, "exact": exact, "within_one": within_one}


def _hidden_in(body: Body, policy: Policy) -> Mask | None:
    """What is hidden of a body; None if a total is hidden with it or the table is withheld."""
    table = count_table(body)
    laid_out = draft((table,), policy=policy, ledger=ReleaseLedger())
    outcome = hide(laid_out, policy=policy)
    if isinstance(outcome, CannotHide) or (outcome.hidden & (laid_out.summed_over > 0)).any():
        return None
    place_of = {key: place for place, key in enumerate(laid_out.keys)}
    in_body = [outcome.hidden[place_of[cell.key]] for cell in cells_of(table.layout) if not cell.summed_over]
    return np.array(in_body).reshape(body.shape)


def _same(hidden: Mask | None, other: Mask) -> bool:
    return hidden is not None and bool((hidden == other).all())


def _with_same_totals(body: Body, hidden: Mask) -> Iterator[Body]:
    """Every 2 x 3 body with these totals that agrees with what is shown, hidden cells being 1 or more."""
    rows, columns = body.sum(axis=1), body.sum(axis=0)
    for first in range(int(rows[0]) + 1):
        for second in range(int(rows[0]) - first + 1):
            above = np.array([first, second, rows[0] - first - second])
            other = np.stack([above, columns - above])
            if (other[hidden] >= 1).all() and (other[~hidden] == body[~hidden]).all():
                yield other


def simulate() -> dict[str, dict[str, float]]:
    """Every line of the table in docs/explanation/disclosure.md."""
    return {
        "small only": by_rule(hide_small_only),
        "two in a line": by_rule(hide_two_in_a_line),
        **{name: by_policy(policy) for name, policy in POLICIES.items()},
        "replay": by_replay(POLICIES["dfe"]),
    }


if __name__ == "__main__":
    STORED.write_text(json.dumps({"seed": SEED, **simulate()}, indent=1) + "\n", encoding="utf-8")
