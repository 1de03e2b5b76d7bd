"""Checks across a whole file that keep a few bytes a row and no value: the same key twice, episodes that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from swis.ingest.finding import Effect, Matter, Tally

_SEED = 20190901
_FILE = 40
_PLACE = (1 << _FILE) - 1
_SHARES = 16


class Duplicates:
    """Finds a key that comes more than once, in all files. Holds a hash and a place for each row: 12 bytes.

    With `owner`, a key counts as found again only where it belongs to another owner: 16 bytes.
    """

    def __init__(self, where: tuple[str, str], matter: Matter) -> None:
        self._where = where
        self._matter = matter
        self._keys: list[np.ndarray] = []
        self._owners: list[np.ndarray] = []
        self._places: list[np.ndarray] = []
        self._files: list[int] = []

    def add(self, keys: pl.DataFrame, places: pl.Series, *, file: int = 0, owner: pl.Series | None = None) -> None:
        """Adds the keys of a batch of the file with that number; a key with a null in it is left out."""
        whole = keys.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
        self._keys.append(keys.filter(whole).hash_rows(seed=_SEED).to_numpy())
        self._places.append(places.filter(whole).to_numpy().astype(np.uint32))
        self._files.append(file)
        if owner is not None:
            self._owners.append(owner.filter(whole).hash(seed=_SEED).to_numpy().astype(np.uint32))

    def note(self, tally: Tally) -> None:
        """Counts every row whose key was there before."""
        if not self._keys:
            return
        found = [self._find_again(share) for share in range(_SHARES)]
        _note_by_file(tally, self._where, self._matter, np.concatenate(found))

    def _find_again(self, share: int) -> np.ndarray:
        """The places of rows whose key was there before, for the keys of a share: sorting takes the memory of that share."""
        here = [keys % _SHARES == share for keys in self._keys]
        keys = _gather(self._keys, here)
        in_order = np.sort(keys)
        twice = in_order[1:][in_order[1:] == in_order[:-1]]
        if not len(twice):
            return np.empty(0, dtype=np.int64)
        some = np.isin(keys, twice)
        files = [np.full(np.count_nonzero(place), file) << _FILE for place, file in zip(here, self._files, strict=True)]
        keys, places = keys[some], (np.concatenate(files) + _gather(self._places, here))[some]
        order = np.lexsort((places, keys))
        again: np.ndarray = keys[order][1:] == keys[order][:-1]
        if self._owners:
            owners = _gather(self._owners, here)[some][order]
            again &= owners[1:] != owners[:-1]
        return places[order][1:][again]


def _gather(parts: Sequence[np.ndarray], where: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([part[here] for part, here in zip(parts, where, strict=True)])


def _note_by_file(tally: Tally, where: tuple[str, str], matter: Matter, places: np.ndarray) -> None:
    for file, name in enumerate(tally.files):
        found = np.sort(places[places >> _FILE == file]) & _PLACE
        tally.note_in_file(name, where, (matter, Effect.KEPT), found.tolist())


class Spells:
    """Finds episodes of one child that come twice, that overlap, and gaps between them. 24 bytes a row.

    The children are gone through in shares, so that sorting takes the memory of a share.
    """

    def __init__(self, where: tuple[str, str], *, most: int) -> None:
        self._where = where
        self._most = most
        self._parts: list[pl.DataFrame] = []
        self._rows = 0

    def add(self, child: pl.Series, spells: pl.DataFrame, *, file: int) -> None:
        """Adds the episodes of a batch of the file with that number: row, started_on, ended_on, goes_on."""
        self._rows += spells.height
        if self._rows > self._most:
            self._parts.clear()
            return
        numbered = spells.with_columns(child.hash(seed=_SEED).alias("child"), row=pl.col("row") + (file << _FILE))
        self._parts.append(numbered)

    def note(self, tally: Tally) -> None:
        """Counts overlaps and gaps, each at the row of the later episode. An episode that comes twice is no overlap."""
        if self._rows > self._most:
            tally.note(self._where, Matter.NOT_CHECKED, Effect.KEPT, [], times=self._rows)
        if not self._parts:
            return
        places: dict[Matter, list[np.ndarray]] = {}
        for share in range(_SHARES):
            of_share = pl.col("child") % _SHARES == share
            for matter, rows in _compare_spells(pl.concat(part.filter(of_share) for part in self._parts)):
                places.setdefault(matter, []).append(rows.to_numpy())
        for matter, parts in places.items():
            _note_by_file(tally, self._where, matter, np.concatenate(parts))


def _compare_spells(spells: pl.DataFrame) -> Iterator[tuple[Matter, pl.Series]]:
    """The rows of episodes that do not simply follow the one before of the same child."""
    spells = spells.sort("child", "started_on", "row")
    again = (pl.col("child") == pl.col("child").shift(1)) & (pl.col("started_on") == pl.col("started_on").shift(1))
    yield Matter.DUPLICATE, spells.filter(again)["row"]
    spells = spells.unique(["child", "started_on", "ended_on"], keep="first", maintain_order=True)
    before = spells.shift(1)
    same = (spells["child"] == before["child"]).fill_null(False)
    overlaps = (before["ended_on"] > spells["started_on"]).fill_null(False)
    later = (before["ended_on"] < spells["started_on"]).fill_null(False)
    goes_on = before["goes_on"].fill_null(False)
    yield Matter.OVERLAP, spells["row"].filter(same & overlaps)
    yield Matter.OPEN_BEFORE, spells["row"].filter(same & before["ended_on"].is_null())
    yield Matter.GAP, spells["row"].filter(same & later & goes_on)
    yield Matter.BACK_IN_CARE, spells["row"].filter(same & later & ~goes_on)


class Births:
    """The dates of birth of the children of a header, by hash: 12 bytes a child."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []
        self._sorted: pl.DataFrame | None = None

    def add(self, child: pl.Series, born_on: pl.Series) -> None:
        """Adds the children of a batch."""
        self._parts.append(pl.DataFrame([child.hash(seed=_SEED).alias("child"), born_on.alias("born_on")]))
        self._sorted = None

    def find(self, child: pl.Series) -> pl.DataFrame | None:
        """For each child whether it is known, and its birth: columns known and born_on. None if no child was added."""
        if not self._parts:
            return None
        if self._sorted is None:
            self._sorted = pl.concat(self._parts).sort("child")
        hashes = child.hash(seed=_SEED)
        place = self._sorted["child"].search_sorted(hashes).clip(0, max(self._sorted.height - 1, 0))
        if not self._sorted.height:
            return None
        found = self._sorted[place]
        known = (found["child"] == hashes).alias("known")
        return pl.DataFrame([known, pl.select(pl.when(known).then(found["born_on"]).alias("born_on")).to_series()])
