"""The one way in which counts leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from swis.disclosure.count_table import TOTAL, CountTable, Merge
from swis.disclosure.draft import Draft, draft
from swis.disclosure.lattice import Cell, cells_of, number_at
from swis.disclosure.network import UNLIMITED
from swis.disclosure.notes import notes_on, notes_on_withheld
from swis.disclosure.policy import Policy
from swis.disclosure.published import SEAL, Proof, PublishedCell, PublishedTable
from swis.disclosure.release import Interval, Release, ReleaseLedger
from swis.disclosure.suppress import CannotHide, Hiding, hide
from swis.errors import DisclosureError

NOTHING_PUBLISHED = ReleaseLedger()


def publish(table: CountTable, policy: Policy, *, ledger: ReleaseLedger = NOTHING_PUBLISHED) -> PublishedTable:
    """The table as it may be shown: numbers, and symbols in the place of those that could point to a person.

    Small counts are hidden in the body and in the totals, then others until a reader who knows the rule, adds and
    subtracts everything shown, and holds it against the releases in `ledger`, cannot work a hidden count out to within
    one. Where that cannot be done, the merges that the dimensions allow are made in their order; if it still cannot,
    the table is withheld and says why. Tables that are linked must go through `publish_together`, or one after the
    other through the ledger.

    Not covered: a reader who knows some of the counts from elsewhere (a school knows its own).
    Raises DisclosureError where the table contradicts the ledger's idea of its dimensions.
    """
    return publish_together((table,), policy, ledger=ledger)[0]


def publish_together(
    tables: Sequence[CountTable], policy: Policy, *, ledger: ReleaseLedger = NOTHING_PUBLISHED
) -> tuple[PublishedTable, ...]:
    """The tables as they may be shown side by side, in the order given; see `publish`.

    Tables with the same words in `counted` are linked: a number that stands in several is hidden in all or in none,
    and what follows from one counts in the other. If they cannot all be published, the last is withheld first.
    """
    _refuse_unknown_dimensions(tables, policy)
    published: dict[int, PublishedTable] = {}
    for counted in dict.fromkeys(table.counted for table in tables):
        linked = [i for i, table in enumerate(tables) if table.counted == counted]
        done = _publish_linked(tuple(tables[i] for i in linked), policy, ledger)
        published.update(zip(linked, done, strict=True))
    return tuple(published[i] for i in range(len(tables)))


@dataclass(frozen=True, eq=False, repr=False)
class _Attempt:
    """Tables after some merges, and what came of hiding in them."""

    tables: tuple[CountTable, ...]
    merges: tuple[tuple[Merge, ...], ...]
    draft: Draft
    outcome: Hiding | CannotHide


def _publish_linked(tables: tuple[CountTable, ...], policy: Policy, ledger: ReleaseLedger) -> list[PublishedTable]:
    withheld: list[PublishedTable] = []
    while tables:
        attempt = _attempt(tables, policy, ledger)
        if isinstance(attempt.outcome, Hiding):
            shown = [_show(attempt, i, attempt.outcome, policy) for i in range(len(tables))]
            return shown + withheld
        withheld.insert(0, _withhold(tables[-1], attempt.outcome.reason, policy))
        tables = tables[:-1]
    return withheld


def _attempt(tables: tuple[CountTable, ...], policy: Policy, ledger: ReleaseLedger) -> _Attempt:
    """Hide; where that fails, make the next merge that a table allows and hide again."""
    merges: tuple[tuple[Merge, ...], ...] = ((),) * len(tables)
    while True:
        laid_out = draft(tables, policy=policy, ledger=ledger)
        attempt = _Attempt(tables, merges, laid_out, hide(laid_out, policy=policy))
        allowed = [(i, *merge) for i, table in enumerate(tables) for merge in table.merges()]
        if isinstance(attempt.outcome, Hiding) or not allowed:
            return attempt
        i, dimension, merge = allowed[0]
        tables = (*tables[:i], tables[i].merged(dimension, merge), *tables[i + 1 :])
        merges = (*merges[:i], (*merges[i], merge), *merges[i + 1 :])


def _show(attempt: _Attempt, i: int, hiding: Hiding, policy: Policy) -> PublishedTable:
    table, laid_out = attempt.tables[i], attempt.draft
    place_of = {key: place for place, key in enumerate(laid_out.keys)}
    cells: list[PublishedCell] = []
    intervals: dict[tuple[str, ...], Interval] = {}
    told = {}
    for cell in cells_of(table.layout):
        if not cell.published:
            continue
        here = place_of[cell.key]
        is_hidden = bool(hiding.hidden[here])
        cells.append(_cell(table, cell, None if is_hidden else laid_out.shown_as(here)))
        if is_hidden:
            intervals[_labels(cell)] = hiding.reader.bounds(here)
        low, high = laid_out.told(here, hidden=is_hidden, policy=policy)
        told[cell.key] = (low, None if high >= UNLIMITED else high)
    proof = Proof(intervals)
    notes = notes_on(cells, policy=policy, merges=attempt.merges[i], has_rates=table.pupils is not None)
    release = Release(table.layout, policy.name, policy.largest_small, told)
    return _sealed(table, policy, cells=tuple(cells), notes=notes, proof=proof, withheld=None, release=release)


def _withhold(table: CountTable, reason: str, policy: Policy) -> PublishedTable:
    notes = notes_on_withheld(reason, policy=policy)
    return _sealed(table, policy, cells=(), notes=notes, proof=Proof({}), withheld=reason, release=None)


def _sealed(
    table: CountTable,
    policy: Policy,
    *,
    cells: tuple[PublishedCell, ...],
    notes: tuple[str, ...],
    proof: Proof,
    withheld: str | None,
    release: Release | None,
) -> PublishedTable:
    return PublishedTable(
        table.counted, table.audience, table.layout.names, policy.name, cells, notes, proof, withheld,
        table.pupils is not None, release, SEAL,
    )  # fmt: skip


def _cell(table: CountTable, cell: Cell, shown: int | None) -> PublishedCell:
    rate = None
    if table.pupils is not None and shown is not None:
        pupils = number_at(table.pupils, table.layout, cell.place)
        rate = shown / pupils if pupils else None
    return PublishedCell(_labels(cell), shown, rate)


def _labels(cell: Cell) -> tuple[str, ...]:
    return tuple(TOTAL if category is None else category.label for category in cell.place)


def _refuse_unknown_dimensions(tables: Sequence[CountTable], policy: Policy) -> None:
    named = {name for table in tables for name in table.layout.names}
    if tables and (unknown := set(policy.round_totals_over) - named):
        raise DisclosureError(
            f"The policy rounds totals over {', '.join(sorted(unknown))}, which no table here is broken down by."
        )
