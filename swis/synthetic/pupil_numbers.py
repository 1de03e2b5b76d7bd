"""Unique pupil numbers that are valid, for many pupils at once."""

from __future__ import annotations

import numpy as np

from swis.ingest.upn import CHECK_LETTERS

_DIGITS = 12
_RUNNING = 9


def change_letter(number: str) -> str:
    """The number with a check letter that does not belong to it."""
    return CHECK_LETTERS[(CHECK_LETTERS.index(number[0]) + 1) % len(CHECK_LETTERS)] + number[1:]


def make_unique_pupil_numbers(authority: str, running: np.ndarray) -> np.ndarray:
    """For each running number below a thousand million the number of a pupil: check letter, authority and nine digits."""
    if not len(running):
        return np.array([], dtype=str)
    body = np.char.add(authority, np.char.zfill(running.astype(str), _RUNNING))
    digits = np.frombuffer("".join(body.tolist()).encode("ascii"), dtype=np.uint8).reshape(-1, _DIGITS) - ord("0")
    remainders = (digits.astype(np.int64) @ np.arange(2, _DIGITS + 2)) % len(CHECK_LETTERS)
    return np.char.add(np.array(list(CHECK_LETTERS))[remainders], body)
