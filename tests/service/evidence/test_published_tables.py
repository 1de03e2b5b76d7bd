"""Published figures on a page: schools by terms, hidden numbers hidden in both tables, rates that an eye can take in."""

from __future__ import annotations

from service.evidence.published_tables import notes_on, tables_of
from service.pages.tables import Suppressed

TEXT = """authority,school,term,count,rate
Northbrook,900001,autumn 2025,12,0.021739130434782608
Northbrook,900001,spring 2026,[c],[c]
Northbrook,900001,Total,17,0.0154
Northbrook,900002,autumn 2025,1234,[z]
Northbrook,Total,autumn 2025,1246,2.5
"""
NOTES = """# What was published of Northbrook

Rule: numbers from 1 to 5 are hidden.
By year group only among schools that all have the same year groups.

## Referrals, Northbrook

- By school and term: 3 of 9 numbers are hidden.
- By term and year group, set 1 of schools: 900001; year groups 7, 8.

## Days in care, Northbrook

- By school and term: No number is hidden.

## Withheld

- Sessions possible, Northbrook: withheld, it is a measure of the rolls.
"""


def test_schools_stand_by_terms_under_their_names() -> None:
    counts, rates = tables_of("Referrals", TEXT, {"900001": "Alder School"})
    assert [column.label for column in counts.columns] == ["School", "Autumn 2025", "Spring 2026", "All terms"]
    assert counts.rows == (
        ("Alder School", 12, Suppressed("[c]"), 17),
        ("900002", 1234, None, None),
        ("All schools", 1246, None, None),
    )
    assert rates.caption == "Referrals for 1,000 pupils"
    assert [[cell.text for cell in row] for row in rates.shown_rows] == [
        ["Alder School", "21.7", "[c]", "15.4"],
        ["900002", "", "", ""],
        ["All schools", "2,500.0", "", ""],
    ]


def test_the_notes_are_those_on_the_outcome_shown_and_on_all() -> None:
    assert notes_on("Referrals", NOTES) == [
        "Rule: numbers from 1 to 5 are hidden.",
        "3 of 9 numbers are hidden.",
        "Sessions possible, Northbrook: withheld, it is a measure of the rolls.",
    ]
