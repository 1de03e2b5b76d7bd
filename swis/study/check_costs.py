"""The claims of a study, its size for unit costs, and what the printed costs and configuration contradict."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from swis.costs.annuity import ANNUITY_RULES, implied_purchase_price, to_pence
from swis.costs.claim import Claim, MoneySettings, ProgrammeSize
from swis.costs.cost import CostResult, compare_with_printed
from swis.study.finding import Finding, Severity
from swis.study.protocol import Protocol
from swis.study.school_term import SchoolTerm
from swis.study.section import PROTOCOL_FILE
from swis.tables.claims import CLAIMS
from swis.tables.printed import Printed
from swis.tables.school_configuration import SCHOOL_CONFIGURATION


def read_claims(frame: pl.DataFrame) -> tuple[Claim, ...]:
    """The rows of claims.csv as claims."""
    return tuple(
        Claim(
            item=row["item"],
            category=row["category"],
            amount=row["amount"],
            basis=row["basis"],
            period=row["period"],
            useful_life_years=row["useful_life_years"],
        )
        for row in frame.to_dicts()
    )


def size_of_programme(protocol: Protocol, cells: Sequence[SchoolTerm]) -> ProgrammeSize:
    """The size of the programme. Where not all pupils are published: those of the analysed schools, last term.

    A school with different pupils in different outcomes counts with the fewest, so that a cost per known pupil is an
    upper bound.
    """
    programme = protocol.programme
    last = protocol.terms.order[-1]
    known: dict[str, int] = {}
    for cell in cells:
        if cell.term == last and cell.pupils > 0 and protocol.school(cell.school).arm == "intervention":
            known[cell.school] = min(cell.pupils, known.get(cell.school, cell.pupils))
    every_school = programme.pupils is None and len(known) == programme.schools
    return ProgrammeSize(
        schools=programme.schools,
        workers=programme.workers,
        pupils=sum(known.values()) if every_school else programme.pupils,
        pupils_known=sum(known.values()) or None,
        schools_with_pupils=len(known) or None,
    )


def check_costs(protocol: Protocol, cost: CostResult | None) -> list[Finding]:
    """Printed sums that are not ours, claims left out, and annuitised sums whose price is not identified."""
    if cost is None or protocol.money is None:
        return []
    findings = [
        _find(
            "warning", "claim_left_out", CLAIMS.file, f"{claim.claim.item} is left out: {claim.left_out}", "Check it."
        )
        for claim in cost.left_out
    ]
    for published in protocol.published_costs:
        ours = {"staffing": cost.staffing, "ancillary": cost.ancillary, "total": cost.total}[published.what]
        agreement = compare_with_printed(ours, published.printed)
        where = f" ({published.source})" if published.source else ""
        said = f"{published.what}: {published.printed.text} is printed{where}, the claims come to {to_pence(ours):,}"
        if agreement == "cut off":
            what = f"{said}: it is cut off, not rounded"
            findings.append(_find("note", "printed_cost_cut_off", PROTOCOL_FILE, what, "Use the sum of the claims."))
        elif agreement == "differs":
            findings.append(_find("warning", "printed_cost_differs", PROTOCOL_FILE, said, "Look into the source."))
    return findings + [
        _price_not_identified(claim.claim, protocol.money)
        for claim in cost.included
        if claim.claim.basis == "annuitised as published" and claim.claim.amount > 0
    ]


def _find(severity: Severity, code: str, file: str, what: str, what_to_do: str) -> Finding:
    return Finding(severity, code, file, what, what_to_do)


def _price_not_identified(claim: Claim, money: MoneySettings) -> Finding:
    years = money.useful_life_years if claim.useful_life_years is None else claim.useful_life_years
    prices = [
        implied_purchase_price(
            Printed(f"{claim.amount:f}"),
            rate=money.discount_rate,
            life_years=years,
            share_of_year=money.share_of_year,
            rule=rule,
        )
        for rule in ANNUITY_RULES
    ]
    said = ", ".join(f"{to_pence(price.price):,} ({price.rule})" for price in prices)
    what = f"{claim.item}: {claim.amount:,} is already annuitised; what was paid depends on the rule: {said}"
    to_do = "The rule that the source used cannot be told from its figures, so neither can the purchase price."
    return _find("note", "purchase_price_not_identified", CLAIMS.file, what, to_do)


def check_configuration(protocol: Protocol, configuration: pl.DataFrame | None) -> list[Finding]:
    """Whether the workers and schools of the configuration add to those of the programme."""
    if configuration is None:
        return []
    rows = configuration.to_dicts()
    workers = sum(row["schools"] * row["social_workers"] for row in rows if row["social_workers"] is not None)
    schools = sum(row["schools"] for row in rows)
    programme = protocol.programme
    findings = []
    if programme.workers is not None and workers != programme.workers:
        what = f"the workers of the rows add to {workers}, the programme has {programme.workers}"
        to_do = (
            "Do not add the rows: workers who serve several schools stand at each, or the source contradicts itself."
        )
        findings.append(_find("note", "workers_do_not_add", SCHOOL_CONFIGURATION.file, what, to_do))
    if programme.schools is not None and schools != programme.schools:
        what = f"the rows describe {schools} schools, the programme has {programme.schools}"
        to_do = "Say that the configuration is that of the schools described."
        findings.append(_find("note", "schools_do_not_add", SCHOOL_CONFIGURATION.file, what, to_do))
    known = {label for school in protocol.schools for label in (school.id, *school.printed_as)}
    beyond = [row["school"] for row in rows if row["school"].upper().endswith("_INT") and row["school"] not in known]
    if beyond:
        what = f"{', '.join(beyond)} have social workers here, but are in no analysis"
        to_do = "Say in the report that schools with the programme were left out of the comparison."
        findings.append(_find("note", "configured_school_not_analysed", SCHOOL_CONFIGURATION.file, what, to_do))
    return findings
