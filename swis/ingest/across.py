"""Checks across a whole file that keep a few bytes a row and no value: the same key twice, episodes that overlap."""

from __future__ import annotations

import numpy as np
import polars as pl

from swis.ingest.finding import Effect, Matter, Tally

_SEED = 20190901


class Duplicates:
    """Finds a key that comes more than once. Holds a hash and a place for each row: 16 bytes.

    With `owner`, a key counts as found again only where it belongs to another owner: 24 bytes.
    """

    def __init__(self, where: tuple[str, str], matter: Matter) -> None:
        self._where = where
        self._matter = matter
        self._keys: list[np.ndarray] = []
        self._owners: list[np.ndarray] = []
        self._places: list[np.ndarray] = []

    def add(self, keys: pl.DataFrame, places: pl.Series, owner: pl.Series | None = None) -> None:
        """Adds the keys of a batch; a key with a null in it is left out."""
        whole = keys.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
        self._keys.append(keys.filter(whole).hash_rows(seed=_SEED).to_numpy())
        self._places.append(places.filter(whole).to_numpy())
        if owner is not None:
            self._owners.append(owner.filter(whole).hash(seed=_SEED).to_numpy())

    def note(self, tally: Tally) -> None:
        """Counts every row whose key was there before."""
        if not self._keys:
            return
        keys, places = np.concatenate(self._keys), np.concatenate(self._places)
        order = np.lexsort((places, keys))
        again = keys[order][1:] == keys[order][:-1]
        if self._owners:
            owners = np.concatenate(self._owners)[order]
            again &= owners[1:] != owners[:-1]
        found = np.sort(places[order][1:][again])
        tally.note(self._where, self._matter, Effect.KEPT, found.tolist())


class Spells:
    """Finds episodes of one child that overlap, or leave a gap where the last said that one follows. 28 bytes a row."""

    def __init__(self, where: tuple[str, str], *, most: int) -> None:
        self._where = where
        self._most = most
        self._parts: list[pl.DataFrame] = []
        self._rows = 0

    def add(self, child: pl.Series, spells: pl.DataFrame) -> None:
        """Adds the episodes of a batch: row, started_on, ended_on, goes_on."""
        self._rows += spells.height
        if self._rows > self._most:
            self._parts.clear()
            return
        self._parts.append(spells.with_columns(child.hash(seed=_SEED).alias("child")))

    def note(self, tally: Tally) -> None:
        """Counts overlaps and gaps, each at the row of the later episode."""
        if self._rows > self._most:
            tally.note(self._where, Matter.NOT_CHECKED, Effect.KEPT, [], times=self._rows)
        if not self._parts:
            return
        spells = pl.concat(self._parts).sort("child", "started_on", "row")
        before = spells.shift(1)
        same = (spells["child"] == before["child"]).fill_null(False)
        open_before = before["ended_on"].is_null()
        overlaps = same & (open_before | (before["ended_on"] > spells["started_on"])).fill_null(False)
        gaps = same & before["goes_on"].fill_null(False) & (before["ended_on"] < spells["started_on"]).fill_null(False)
        tally.note(self._where, Matter.OVERLAP, Effect.KEPT, spells["row"].filter(overlaps).sort())
        tally.note(self._where, Matter.GAP, Effect.KEPT, spells["row"].filter(gaps).sort())
