"""What readers already hold: a record of every number that was published, and of every one that was hidden."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from swis.disclosure.count_table import Category, Dimension, Layout
from swis.disclosure.lattice import CellKey
from swis.errors import DisclosureError

LEDGER_FORMAT = 1

Interval: TypeAlias = tuple[int, int | None]


@dataclass(frozen=True, repr=False)
class Release:
    """One table as it went out: its layout, and what it told of every number in it, without the numbers it hid."""

    layout: Layout
    policy: str
    largest_small: int
    """The largest count that its rule hides; later tables keep that promise."""
    told: Mapping[CellKey, Interval]

    def __repr__(self) -> str:
        return f"Release({self.layout.counted}: by {', '.join(self.layout.names)}; {len(self.told)} numbers, {self.policy})"


@dataclass(frozen=True, repr=False)
class ReleaseLedger:
    """Everything published so far, oldest first. A new table is checked together with what is in it.

    It holds only what readers hold: shown numbers (or the interval that a rounded one stands for) and, for a hidden
    number, what its symbol says. Losing it gives nothing away; publishing without it can.
    """

    releases: tuple[Release, ...] = ()

    def __repr__(self) -> str:
        return f"ReleaseLedger({len(self.releases)} releases)"

    def after(self, *releases: Release) -> ReleaseLedger:
        """The ledger with more releases."""
        return ReleaseLedger((*self.releases, *releases))

    def to_json(self) -> str:
        """The ledger as text, the same bytes for the same ledger."""
        content = {"format": LEDGER_FORMAT, "releases": [_as_json(release) for release in self.releases]}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ReleaseLedger:
        """The ledger from its text.

        Raises DisclosureError if the text is not that of a ledger.
        """
        try:
            content = json.loads(text)
            if content["format"] != LEDGER_FORMAT:
                raise DisclosureError(
                    f"The ledger has format {content['format']}; this version reads {LEDGER_FORMAT}. Update SWIS."
                )
            return cls(tuple(_from_json(release) for release in content["releases"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DisclosureError(
                "The ledger of releases cannot be read. Restore the file as it was last written; without it a new "
                "table cannot be held against earlier ones."
            ) from error


def _as_json(release: Release) -> dict[str, Any]:
    return {
        "layout": asdict(release.layout),
        "policy": release.policy,
        "largest_small": release.largest_small,
        "told": [[key[1], *interval] for key, interval in sorted(release.told.items())],
    }


def _from_json(content: Mapping[str, Any]) -> Release:
    layout = content["layout"]
    dimensions = tuple(
        Dimension(
            str(each["name"]),
            tuple(Category(str(c["label"]), _words(c["members"])) for c in each["categories"]),
            bool(each["whole"]),
        )
        for each in layout["dimensions"]
    )
    counted = str(layout["counted"])
    told = {
        (counted, _narrowing(narrowing)): (int(low), None if high is None else int(high))
        for narrowing, low, high in content["told"]
    }
    read = Layout(
        counted,
        dimensions,
        tuple(_words(kept) for kept in layout["margins"]),
        _narrowing(layout["within"]),
        bool(layout["body"]),
    )
    return Release(read, str(content["policy"]), int(content["largest_small"]), told)


def _words(texts: list[str]) -> tuple[str, ...]:
    return tuple(str(text) for text in texts)


def _narrowing(pairs: list[tuple[str, list[str]]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((str(name), _words(members)) for name, members in pairs)
