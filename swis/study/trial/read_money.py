"""The section [money] of trial.toml: what contradicts itself in it, and the settings that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from swis.costs.claim import MoneySettings
from swis.costs.discount import MOST_YEARS
from swis.costs.prices import check_year
from swis.errors import SettingError
from swis.study.keys import share_of_year
from swis.study.section import protocol_problem
from swis.study.trial.protocol import TrialMoney
from swis.tables.problem import Problem

SHOWN_WORTHS = 10


def check_money(values: Mapping[str, Any]) -> list[Problem]:
    """A price year that is none, a roll-out in parts of schools, and half a period of claims."""
    problems = []
    try:
        check_year(values["price_year"])
    except SettingError as error:
        problems.append(
            protocol_problem(f"[money] price_year: {str(error).partition('. ')[0]}", 'Write 2019, or "2019-20".')
        )
    worths, rollout = values["worths"], values["rollout"]
    if not worths or len(worths) > SHOWN_WORTHS or list(worths) != sorted(set(worths)):
        what = f"[money] worths are none, more than {SHOWN_WORTHS}, or do not rise"
        problems.append(protocol_problem(what, "Write pounds such as [1000, 10000, 20000]."))
    if any(number != int(number) for number in rollout) or len(rollout) > MOST_YEARS:
        what = f"[money] rollout is not a number of whole schools for each of at most {MOST_YEARS} years"
        problems.append(protocol_problem(what, "Write schools such as [50, 100, 100]."))
    if (values["period"] is None) != (values["months"] is None):
        problems.append(protocol_problem("[money] has only one of period and months", "Claims need both."))
    return problems


def read_money(values: Mapping[str, Any]) -> TrialMoney:
    """The settings from the values of [money]."""
    return TrialMoney(
        price_year=check_year(values["price_year"]),
        worths=tuple(map(float, values["worths"])),
        discount_rate=float(values["discount_rate"]),
        horizon_years=values["horizon_years"],
        draws=values["draws"],
        synthetic=values["synthetic"],
        perspective=values["perspective"],
        source=values["source"],
        schools_affected=values["schools_affected"],
        rollout=tuple(map(int, values["rollout"])),
        claims=None if values["period"] is None else _claims(values),
    )


def _claims(values: Mapping[str, Any]) -> MoneySettings:
    return MoneySettings(
        price_year=check_year(values["price_year"]),
        period=values["period"],
        share_of_year=share_of_year(dict(values)),
        discount_rate=values["discount_rate"],
        useful_life_years=values["useful_life_years"],
        annuity_rule=values["annuity_rule"],
        terms_in_period=values["terms"],
    )
