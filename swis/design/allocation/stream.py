"""The numbers that an allocation is drawn with: SHA-256 of the seed and a counter, so that any tool can make them again.

The scheme is written out in docs/explanation/allocation.md. It must never change under the same name: certificates rest on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TypeVar

SCHEME = "swis-draw-1"
_WORD = 8
_RANGE = 1 << 64

Item = TypeVar("Item")


class DrawStream:
    """Whole numbers below a bound, all equally likely, for one purpose. The same texts give the same numbers everywhere."""

    def __init__(self, seed: str, public_value: str, purpose: str) -> None:
        head = "\n".join((SCHEME, seed, public_value, purpose, ""))
        self._words = _words(sha256(head.encode()))

    def below(self, bound: int) -> int:
        """A number from 0 to one less than the bound. A word that would favour some numbers is passed over."""
        last = _RANGE - _RANGE % bound
        for word in self._words:
            if word < last:
                return word % bound
        raise AssertionError("the stream has no end")

    def choose(self, number: int, items: Sequence[Item]) -> list[Item]:
        """That many of the items, in the order drawn: the first steps of the Fisher-Yates shuffle. All of them: a shuffle."""
        pool = list(items)
        for place in range(number):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:number]


def _words(head: object) -> Iterator[int]:
    counter = 0
    while True:
        block = head.copy()  # type: ignore[attr-defined]
        block.update(str(counter).encode())
        digest = block.digest()
        for place in range(0, len(digest), _WORD):
            yield int.from_bytes(digest[place : place + _WORD], "big")
        counter += 1
