"""Code lists that several returns share.

The lists of the CIN census are those of the Department's schemas of 2023, 2025 and 2026, which agree but for sex and the
wording of N1. Schemas of 2019 to 2022 were not at hand: their codes are taken to be among these, and a code that is not is
counted, never refused. The meanings of the SSDA903 codes follow general knowledge of the Department's guide.
"""

from __future__ import annotations

SEX = (("M", "male"), ("F", "female"), ("U", "unknown, not recorded, indeterminate or unborn"))
SEX_TO_2024 = (("1", "M"), ("2", "F"), ("0", "U"), ("9", "U"))
SEX_CAVEAT = (
    "To 2024 the return had 1 male, 2 female, 0 not recorded or unborn, 9 indeterminate; from 2025 it has M, F, U."
)

ETHNICITY = (
    ("WBRI", "White British"),
    ("WIRI", "White Irish"),
    ("WIRT", "Traveller of Irish heritage"),
    ("WOTH", "any other White background"),
    ("WROM", "Gypsy or Roma"),
    ("MWBC", "White and Black Caribbean"),
    ("MWBA", "White and Black African"),
    ("MWAS", "White and Asian"),
    ("MOTH", "any other mixed background"),
    ("AIND", "Indian"),
    ("APKN", "Pakistani"),
    ("ABAN", "Bangladeshi"),
    ("AOTH", "any other Asian background"),
    ("BCRB", "Caribbean"),
    ("BAFR", "African"),
    ("BOTH", "any other Black background"),
    ("CHNE", "Chinese"),
    ("OOTH", "any other ethnic group"),
    ("REFU", "refused"),
    ("NOBT", "not yet obtained"),
)

PRIMARY_NEED = (
    ("N1", "abuse or neglect; from 2026 worded abuse, neglect and exploitation"),
    ("N2", "the child's disability"),
    ("N3", "parental disability or illness"),
    ("N4", "family in acute stress"),
    ("N5", "family dysfunction"),
    ("N6", "socially unacceptable behaviour"),
    ("N7", "low income"),
    ("N8", "absent parenting"),
    ("N9", "cases other than children in need"),
    ("N0", "not stated"),
)
