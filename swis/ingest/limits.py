"""How much a file may hold before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a reader accepts. The defaults hold a national return; what is beyond them is refused, not cut short."""

    bytes_in_file: int = 20_000_000_000
    depth: int = 32
    characters_in_text: int = 100_000
    bytes_in_token: int = 1_000_000
    bytes_in_row: int = 1_000_000
    columns: int = 2_000
    bad_rows: int = 1_000
    bad_share: float = 0.1
    bytes_unpacked: int = 200_000_000
    files_in_workbook: int = 2_000
    rows_checked_for_overlap: int = 20_000_000


LIMITS = Limits()
