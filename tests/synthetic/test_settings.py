"""What is refused before anything is made."""

from __future__ import annotations

from typing import Any

import pytest

from swis.errors import SettingError
from swis.synthetic.mess_rates import MessRates
from swis.synthetic.rates import Rates
from swis.synthetic.settings import Settings


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"schools": 1}, "schools is 1; it must lie between 2 and 30,000"),
        ({"years": 0}, "years is 0"),
        ({"pupils": 9}, "pupils is 9"),
        ({"schools": 30_000, "pupils": 5_000}, "more than 20,000,000 pupils"),
        ({"first_year": 2089}, "first_year"),
        ({"academies": 41}, "academies is 41; it must lie between 0 and 40"),
        ({"unit": "class"}, "unit is 'class'; choose from: school, cluster"),
        ({"chosen_by": "lot"}, "choose from: chance, need"),
        ({"start": "autumn 2017"}, "cannot be the first term after"),
        ({"start": "winter 2018"}, "choose from: spring 2018"),
        ({"intervention_share": 1.1}, "between 0 and 1"),
        ({"k": float("nan")}, "k is nan"),
        ({"trend": -1.0}, "trend is -1.0"),
        ({"season": (1.0, 0.0, 1.0)}, "season needs three weights above 0"),
        ({"rate_ratios": {"section_47": 0.7}}, "choose from: referrals"),
        ({"rate_ratios": {"section_47_enquiry": 0.7}}, "Did you mean section_47_enquiries?"),
        ({"rate_ratios": {"days_in_care": 0.7}}, "No ratio can be planted for 'days_in_care'"),
        ({"rate_ratios": {"referrals": 0.0}}, "must be above 0 and at most 5"),
        ({"rate_ratios": {"section_17_assessments": 1.2}}, "section_17_assessments: 118% of what they follow from"),
        ({"rate_ratios": {"section_47_enquiries": 5.0}}, "section_47_enquiries: 110%"),
        ({"rate_ratios": {"child_protection_plans": 1.3}}, "child_protection_plans: 110%"),
        ({"rate_ratios": {"referrals_from_school": 3.0}}, "referrals_from_school: 120%"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingError, match=says.replace("(", r"\(").replace("?", r"\?")):
        Settings(**settings)


@pytest.mark.parametrize(
    "rates", [{"referrals": 1.5}, {"moves": 0.0}, {"years_in_care": 0.0}, {"permanent_exclusions_primary": 0.06}]
)
def test_rates_that_cannot_be_are_refused(rates: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=r"must|more than moves"):
        Rates(**rates)


def test_more_mess_than_a_fifth_is_refused() -> None:
    with pytest.raises(SettingError, match=r"rows_twice is 0.3; it must lie between 0 and 0.2"):
        MessRates(rows_twice=0.3)


def test_what_follows_has_the_ratio_of_what_it_follows_from_unless_it_has_its_own() -> None:
    settings = Settings(rate_ratios={"section_47_enquiries": 0.7, "child_protection_plans": 0.6})
    assert settings.ratio_of("section_17_assessments") == 1
    assert settings.ratio_of("initial_child_protection_conferences") == 0.7
    assert settings.ratio_of("child_protection_plans") == 0.6
    assert settings.ratio_of("children_entering_care") == 1


def test_the_effect_starts_in_the_middle_unless_it_is_said() -> None:
    assert Settings(years=4).first_term_after == "autumn 2019"
    assert Settings(years=3).first_term_after == "autumn 2019"
    assert Settings(years=1).first_term_after == "spring 2018"
    assert Settings(start="summer 2018").first_term_after == "summer 2018"
