"""A study: one evaluation as it was read from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from swis.costs.claim import Claim, MoneySettings, ProgrammeSize
from swis.costs.cost import CostResult, cost_of_period
from swis.errors import ProtocolError
from swis.estimate.comparison import Comparison
from swis.study.check_costs import size_of_programme
from swis.study.compare import build_comparison
from swis.study.finding import Finding
from swis.study.lock import PlanStatus
from swis.study.protocol import AnalysisOptions, Correction, Outcome, Protocol
from swis.study.provenance import Hashes
from swis.study.published import PublishedEstimate
from swis.study.school_term import SchoolTerm, schools_in_printed_order
from swis.tables.nearest import did_you_mean


@dataclass(frozen=True, eq=False)
class Study:
    """One evaluation: the protocol, the printed figures, what was found in reading them, and where they came from.

    The printed values are never altered: `comparison` applies the declared corrections to a copy.
    """

    folder: Path
    protocol: Protocol
    school_terms: tuple[SchoolTerm, ...]
    published: tuple[PublishedEstimate, ...]
    claims: tuple[Claim, ...]
    tables: Mapping[str, pl.DataFrame]
    """The declared tables that are there, by name, as printed, each with the column `row`."""
    findings: tuple[Finding, ...]
    hashes: Hashes
    plan_status: PlanStatus

    def __repr__(self) -> str:
        warnings = sum(finding.severity == "warning" for finding in self.findings)
        return (
            f"Study({self.name}: {self.authority}; {len(self.outcomes)} outcomes, "
            f"{len({cell.school for cell in self.school_terms})} schools, {len(self.protocol.terms.order)} terms; "
            f"{warnings} warnings, {len(self.findings) - warnings} notes; {self.plan_status.state})"
        )

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.authority})"]
        for outcome in self.outcomes:
            comparison = self.comparison(outcome.code)
            with_worker = int(comparison.intervention.sum())
            lines.append(
                f"{outcome.name}: {with_worker} schools with a social worker, "
                f"{len(comparison.schools) - with_worker} without, {len(comparison.terms)} terms"
            )
        lines.append(f"Plan: {self.plan_status.state}. Inputs: {self.hashes.all[:12]}.")
        lines += [f"- {finding}" for finding in self.findings]
        return "\n".join(lines)

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @property
    def title(self) -> str:
        """The title of the evaluation."""
        return self.protocol.title

    @property
    def authority(self) -> str:
        """The local authority."""
        return self.protocol.authority

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes in the order of the protocol."""
        return self.protocol.outcomes

    @property
    def options(self) -> AnalysisOptions:
        """The options of the analysis."""
        return self.protocol.analysis

    @property
    def money(self) -> MoneySettings | None:
        """The money settings; None if the study has none."""
        return self.protocol.money

    @property
    def programme_size(self) -> ProgrammeSize:
        """The size of the programme, for unit costs."""
        return size_of_programme(self.protocol, self.school_terms)

    def outcome(self, code: str) -> Outcome:
        """The outcome of that code. Raises ProtocolError if there is none."""
        codes = [outcome.code for outcome in self.outcomes]
        if code not in codes:
            raise ProtocolError(
                f"{self.name} has no outcome {code!r}. It has: {', '.join(codes)}.{did_you_mean(code, codes)}"
            )
        return self.protocol.outcome(code)

    def comparison(
        self,
        outcome_code: str,
        *,
        corrected: bool = True,
        permutation_unit: Literal["school", "cluster"] | None = None,
    ) -> Comparison:
        """Counts and pupils of an outcome, schools in printed order, terms in the order of the protocol.

        With `corrected=False` the printed counts, and for a school whose arm was corrected the printed arm.
        `permutation_unit` stands in for that of the protocol: with "cluster" the comparison names the clusters.
        Not counted: schools without rows for the outcome. A school-term without a row has 0 pupils.
        Raises ProtocolError for an outcome that is not there.
        """
        return build_comparison(
            self.protocol,
            self.school_terms,
            outcome=self.outcome(outcome_code),
            corrected=corrected,
            permutation_unit=permutation_unit or self.options.permutation_unit,
        )

    def schools_of(self, outcome_code: str) -> tuple[str, ...]:
        """The schools that belong to an outcome, in printed order."""
        return schools_in_printed_order(self.outcome(outcome_code), self.school_terms)

    def published_of(self, outcome_code: str) -> tuple[PublishedEstimate, ...]:
        """The printed estimates of an outcome, in printed order."""
        return tuple(one for one in self.published if one.outcome == self.outcome(outcome_code).code)

    def corrections_of(self, outcome_code: str) -> tuple[Correction, ...]:
        """The declared corrections of an outcome."""
        return tuple(one for one in self.protocol.corrections if one.outcome == self.outcome(outcome_code).code)

    def findings_of(self, outcome_code: str) -> tuple[Finding, ...]:
        """The findings that are about one outcome."""
        return tuple(one for one in self.findings if one.outcome == self.outcome(outcome_code).code)

    def cost(self) -> CostResult | None:
        """What the programme cost in the period; None if the study has no claims or no money settings."""
        if self.money is None or not self.claims:
            return None
        return cost_of_period(self.claims, self.money, self.programme_size)
