"""From the bytes of trial.toml to the protocol, with every problem told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from swis.errors import ProtocolError
from swis.study.protocol import Literature, Note, Programme
from swis.study.read_protocol import (
    check_top_level,
    parse_toml,
    read_literature,
    read_repeated,
    read_single,
)
from swis.study.trial import keys
from swis.study.trial.check_protocol import check_protocol
from swis.study.trial.protocol import (
    Consort,
    DeclaredChange,
    DeclaredPilots,
    FollowUp,
    Subgroup,
    Tidier,
    TrialOptions,
    TrialOutcome,
    TrialProtocol,
    TrialTerms,
)
from swis.study.trial.read_money import check_money, read_money
from swis.tables.problem import Problem, tell_problems

ONLY_FOLLOW_UP = "follow-up"
"""The name of the follow-up where there is one and it was given none."""


def read_trial_protocol(data: bytes) -> TrialProtocol:
    """The protocol that the bytes of a trial.toml hold. Raises ProtocolError with every problem."""
    values = parse_toml(data, file=keys.TRIAL_FILE)
    problems = check_top_level(values, keys.TOP_LEVEL_KEYS)
    single = {section.name: read_single(section, values, problems) for section in keys.SINGLE_SECTIONS}
    repeated = {section.name: read_repeated(section, values, problems) for section in keys.REPEATED_SECTIONS}
    literature = read_literature(repeated["literature"], problems)
    problems += check_money(single["money"]) if single["money"] else []
    _refuse(problems)
    protocol = _build({name: read or {} for name, read in single.items()}, repeated, literature)
    _refuse(check_protocol(protocol, both=bool(repeated["follow_up"] and (single["terms"] or {})["follow_up"])))
    return protocol


def _refuse(problems: Sequence[Problem]) -> None:
    """Raise what is wrong, under the name of this file: sections are read by the code that reads study.toml."""
    if problems:
        raise ProtocolError(tell_problems([replace(problem, file=keys.TRIAL_FILE) for problem in problems]))


def _build(
    single: dict[str, dict[str, Any]], repeated: dict[str, list[dict[str, Any]]], literature: tuple[Literature, ...]
) -> TrialProtocol:
    primary, money, pilots = single["trial"]["primary"], single["money"], single["pilots"]
    return TrialProtocol(
        **single["trial"],
        terms=_terms(single["terms"], repeated["follow_up"]),
        outcomes=tuple(TrialOutcome(**values, primary=values["code"] == primary) for values in repeated["outcome"]),
        options=_options(single["analysis"]),
        subgroups=tuple(Subgroup(**values) for values in repeated["subgroup"]),
        changes=tuple(DeclaredChange(**values) for values in repeated["change"]),
        tidier=Tidier(**single["tidier"]),
        consort=Consort(**single["consort"]),
        programme=Programme(**single["programme"]),
        money=read_money(money) if money else None,
        pilots=DeclaredPilots(**pilots) if pilots else None,
        notes=tuple(Note(**values) for values in repeated["note"]),
        literature=literature,
    )


def _terms(values: dict[str, Any], follow_ups: list[dict[str, Any]]) -> TrialTerms:
    only = values["follow_up"]
    several = [FollowUp(**one) for one in follow_ups] or ([FollowUp(ONLY_FOLLOW_UP, only)] if only else [])
    rest = {name: value for name, value in values.items() if name != "follow_up"}
    return TrialTerms(**rest, follow_ups=tuple(several))


def _options(values: dict[str, Any]) -> TrialOptions:
    numbers = {name: float(values[name]) for name in ("worthwhile_rate_ratio", "worthwhile_effect_size")}
    return TrialOptions(**(values | numbers | {"looks": tuple(float(share) for share in values["looks"])}))
