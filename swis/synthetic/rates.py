"""How often things happen in a synthetic authority, and where that is from.

Sources of the rates, all England. Children in need 2023 (Department for Education, year to 31 March 2023): 640,430 referrals, of
which 7.1% ended in no further action; 655,540 assessments, of which 403,630 found a child in need; 225,400 section 47 enquiries
(191.6 for 10,000 children under 18, so that referrals were 544); 74,380 initial conferences. Children looked after 2023: 71 for
10,000 on 31 March. Suspensions and permanent exclusions 2018/19 by term: in autumn 3.83 and 0.078 for 100 pupils of secondary
schools, in spring 0.47 and 0.009 for 100 pupils of primary schools; a year is taken as three such terms, a little rounded down
where autumn is the highest. Absence 2018/19: 4.0% of sessions in primary and 5.5% in secondary schools. About one referral in
five comes from a school. Whatever names no source here is an assumption: among them that rates do not change with age, and that
section 47 enquiries of pupils are about 1 for 100 and year, below those of all children, because children under school age
have more.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite

from swis.errors import SettingError


@dataclass(frozen=True)
class Rates:
    """Rates are for a pupil and year; shares are of what goes before. Raises SettingError for what cannot be."""

    referrals: float = 0.05
    share_no_further_action: float = 0.071
    share_from_school: float = 0.20
    assessments_per_referral: float = 0.92
    in_need_per_assessment: float = 0.62
    enquiries_per_assessment: float = 0.22
    conferences_per_enquiry: float = 0.33
    plans_per_conference: float = 0.85
    entries_per_assessment: float = 0.06
    in_care_at_first: float = 0.007
    years_in_care: float = 2.0
    short_breaks: float = 0.0008
    sibling_in_referral: float = 0.7
    free_school_meals: float = 0.24
    referrals_with_free_meals: float = 2.5
    suspensions_primary: float = 0.014
    suspensions_secondary: float = 0.108
    permanent_exclusions_primary: float = 0.0002
    permanent_exclusions_secondary: float = 0.002
    absence_primary: float = 0.040
    absence_secondary: float = 0.055
    moves: float = 0.05
    not_to_nearest_secondary: float = 0.10
    living_elsewhere: float = 0.03
    never_on_roll: float = 0.02

    def __post_init__(self) -> None:
        _check_rates(self)


def _check_rates(rates: Rates) -> None:
    above_one = {"years_in_care": 20.0, "referrals_with_free_meals": 20.0}
    for each in fields(rates):
        value, most = getattr(rates, each.name), above_one.get(each.name, 1.0)
        if not (isfinite(value) and 0 <= value <= most):
            raise SettingError(f"{each.name} is {value}; it must lie between 0 and {most:g}.")
    for name in ("years_in_care", "referrals_with_free_meals", "sibling_in_referral", "moves"):
        if getattr(rates, name) == 0:
            raise SettingError(f"{name} must be above 0.")
    for phase in ("primary", "secondary"):
        if getattr(rates, f"permanent_exclusions_{phase}") > rates.moves:
            raise SettingError(f"permanent_exclusions_{phase} is more than moves: every one of them is a move.")
