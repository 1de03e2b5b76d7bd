"""The sentences of the digest."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Line:
    """One sentence of a digest, with the page where it is dealt with, and what narrows that page."""

    text: str
    page: str
    query: str = ""

    @property
    def address(self) -> str:
        return reverse(self.page) + self.query


def in_numbers(number: int, one: str, many: str) -> str:
    """A number with its words."""
    return f"{number} {one if number == 1 else many}"
