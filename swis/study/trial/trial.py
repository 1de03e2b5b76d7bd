"""A trial: what lies in its folder, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.costs.claim import Claim
from swis.design.allocation.certificate import Certificate
from swis.design.allocation.nominations import Nominations
from swis.design.allocation.plan import AllocationPlan
from swis.design.allocation.verify import Verification
from swis.errors import ProtocolError
from swis.study.finding import Finding
from swis.study.lock import PlanStatus
from swis.study.provenance import Hashes
from swis.study.study import Study
from swis.study.trial.protocol import TrialOutcome, TrialProtocol
from swis.study.trial.read_costs import TrialCosts
from swis.study.trial.rows import ScoreRow, TrialCell, TrialSchool
from swis.study.trial.units import Units, alone
from swis.tables.nearest import did_you_mean


@dataclass(frozen=True, eq=False)
class DrawnBy:
    """How schools came by their arms: the certificate, what checking it found, and the plan that it was drawn by."""

    certificate: Certificate
    verification: Verification
    nominations: Nominations
    plan: AllocationPlan

    def __repr__(self) -> str:
        return f"DrawnBy({self.certificate!r}; {self.verification!r})"


@dataclass(frozen=True, eq=False)
class Trial:
    """A trial as read from its folder: the protocol, schools and cells, what was found, and where it came from."""

    folder: Path
    protocol: TrialProtocol
    schools: tuple[TrialSchool, ...]
    cells: tuple[TrialCell, ...]
    scores: tuple[ScoreRow, ...]
    units: Units
    """The schools as they are analysed: those that merged are one."""
    claims: tuple[Claim, ...]
    costs: TrialCosts | None
    """None where trial.toml has no [money]."""
    pilots: tuple[Study, ...]
    """The studies that [pilots] names, in its order."""
    drawn_by: DrawnBy | None
    """None where the folder has no certificate: then how schools were drawn was not given."""
    tables: Mapping[str, pl.DataFrame]
    """The declared tables that are there, by name, each with the column `row`."""
    findings: tuple[Finding, ...]
    hashes: Hashes
    plan_status: PlanStatus

    def __repr__(self) -> str:
        warnings = sum(finding.severity == "warning" for finding in self.findings)
        return (
            f"Trial({self.name}: {len(self.schools)} schools in {len(self.protocol.authorities)} authorities, "
            f"{len(self.protocol.outcomes)} outcomes; {warnings} warnings, {len(self.findings) - warnings} notes; "
            f"{self.plan_status.state})"
        )

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @property
    def title(self) -> str:
        """The title of the trial."""
        return self.protocol.title

    @property
    def schools_alone(self) -> Units:
        """The schools as they were drawn, those that merged each by itself."""
        return alone(self.schools, self.units.school_of_label)

    def outcome(self, code: str) -> TrialOutcome:
        """The outcome of that code. Raises ProtocolError if there is none."""
        codes = [outcome.code for outcome in self.protocol.outcomes]
        if code not in codes:
            raise ProtocolError(
                f"{self.name} has no outcome {code!r}. It has: {', '.join(codes)}.{did_you_mean(code, codes)}"
            )
        return self.protocol.outcome(code)

    def school(self, name: str) -> TrialSchool:
        """The randomised school of that name."""
        return next(each for each in self.schools if each.school == name)

    def findings_of(self, outcome_code: str) -> tuple[Finding, ...]:
        """The findings that are about one outcome."""
        return tuple(one for one in self.findings if one.outcome == outcome_code)
