"""The known name that a wrong one probably means."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to this one, whatever its case and separators; None if none is near."""
    by_plain = {plain_name(candidate): candidate for candidate in known}
    near = get_close_matches(plain_name(name), list(by_plain), n=1, cutoff=0.6)
    return by_plain[near[0]] if near else None


def plain_name(name: str) -> str:
    """The name in lower case with one kind of separator, for comparing only."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """'Did you mean x?' with a leading space, or nothing."""
    near = nearest_name(name, known)
    return f" Did you mean {near}?" if near else ""
