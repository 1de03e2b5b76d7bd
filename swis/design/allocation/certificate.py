"""The certificate of an allocation: everything that is needed to draw it again, and what came out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from swis.design.allocation.allocate import Allocation, StandIn
from swis.design.allocation.balance import ArmBalance
from swis.design.allocation.commitment import Commitment
from swis.design.allocation.constrained import ConstrainedSet
from swis.design.allocation.plan import AllocationOptions, options_from
from swis.design.allocation.stream import SCHEME
from swis.design.allocation.toml import read_record, read_toml, write_sealed
from swis.errors import AllocationError

CERTIFICATE_FILE = "allocation.toml"
CERTIFICATE_FORMAT = 1
REPLACEMENT = (
    "A school that withdraws before arms are told gives its arm to the first school in reserve of its stratum that has not stood "
    "in yet. A school that withdraws afterwards keeps its arm and nobody stands in."
)
_COMMENT = """\
The certificate of a draw of schools. Written by swis; do not edit: every change shows.
To check it: swis verify allocation.toml, beside nominations.csv."""


@dataclass(frozen=True)
class StratumDrawn:
    """A stratum: how many schools, and how many of them with a social worker."""

    name: str
    schools: int
    intervention: int


@dataclass(frozen=True)
class SchoolDrawn:
    """A school and its arm."""

    school: str
    authority: str
    arm: str


@dataclass(frozen=True)
class PairDrawn:
    """Two schools that were paired, and how far apart they are in thousandths of a standard deviation."""

    first: str
    second: str
    distance: int


@dataclass(frozen=True)
class ConstraintDrawn:
    """The set that a constrained allocation was drawn from. Chances are shares of the kept allocations.

    `same_arm` are the least and the largest share in which two schools, which need not be, are in one arm.
    """

    enumerated: bool
    looked_at: int
    distinct: int
    kept: int
    worst_score: str
    least_same_arm: float
    most_same_arm: float
    always_together: int
    never_together: int
    least_chance: float
    most_chance: float


@dataclass(frozen=True)
class Certificate:
    """An allocation as it is published. Names and arms are in it, the figures of schools are not."""

    swis_version: str
    drawn_on: date
    scheme: str
    options: AllocationOptions
    seed: str
    public_value: str
    nominations_sha256: str
    canonical_sha256: str
    replacement: str
    covariates: tuple[str, ...]
    commitment: Commitment | None
    strata: tuple[StratumDrawn, ...]
    schools: tuple[SchoolDrawn, ...]
    stand_ins: tuple[StandIn, ...]
    pairs: tuple[PairDrawn, ...]
    constrained: ConstraintDrawn | None
    balance: tuple[ArmBalance, ...]

    def __repr__(self) -> str:
        number = sum(each.arm == "intervention" for each in self.schools)
        return (
            f"Certificate({self.drawn_on.isoformat()}, {self.options.method}: {number} intervention, "
            f"{len(self.schools) - number} comparison)"
        )


def certify(allocation: Allocation, *, on: date, commitment: Commitment | None = None) -> Certificate:
    """The certificate of an allocation. Raises AllocationError if the commitment is not opened by its seed or options."""
    plan = allocation.plan
    if commitment is not None and not (commitment.options == plan.options and commitment.is_opened_by(allocation.seed)):
        raise AllocationError("The seed does not open the commitment, or the method is not the one committed to.")
    sizes = [members.size for members in plan.members]
    arms, pairing = allocation.arms, plan.pairing
    return Certificate(
        swis_version=version("swis"),
        drawn_on=on,
        scheme=SCHEME,
        options=plan.options,
        seed=allocation.seed,
        public_value=allocation.public_value,
        nominations_sha256=plan.nominations.file_sha256,
        canonical_sha256=plan.nominations.canonical_sha256,
        replacement=REPLACEMENT,
        covariates=plan.covariates,
        commitment=commitment,
        strata=tuple(StratumDrawn(*each) for each in zip(plan.strata, sizes, allocation.numbers, strict=True)),
        schools=tuple(SchoolDrawn(each.school, each.authority, arms[each.school]) for each in plan.nominations.drawn),
        stand_ins=allocation.stand_ins,
        pairs=()
        if pairing is None
        else tuple(
            PairDrawn(plan.schools[one], plan.schools[other], distance)
            for (one, other), distance in zip(pairing.pairs, pairing.distances, strict=True)
        ),
        constrained=None if allocation.constrained is None else _constraint(allocation.constrained),
        balance=allocation.balance,
    )


def _constraint(drawn: ConstrainedSet) -> ConstraintDrawn:
    shares = drawn.same_arm[drawn.free]
    chances = drawn.kept.mean(axis=0)
    return ConstraintDrawn(
        enumerated=drawn.enumerated,
        looked_at=drawn.looked_at,
        distinct=drawn.distinct,
        kept=len(drawn.kept),
        worst_score=str(drawn.worst_score),
        least_same_arm=float(shares.min()),
        most_same_arm=float(shares.max()),
        always_together=drawn.always_together,
        never_together=drawn.never_together,
        least_chance=float(chances.min()),
        most_chance=float(chances.max()),
    )


def write_certificate(certificate: Certificate) -> str:
    """The text of allocation.toml. The same certificate gives the same bytes."""
    values: dict[str, Any] = {
        "format": CERTIFICATE_FORMAT,
        "swis_version": certificate.swis_version,
        "drawn_on": certificate.drawn_on,
        "scheme": certificate.scheme,
        "options": certificate.options.canonical,
        "covariates": json.dumps(certificate.covariates),
        "seed": certificate.seed,
        "public_value": certificate.public_value,
        "nominations_sha256": certificate.nominations_sha256,
        "canonical_sha256": certificate.canonical_sha256,
        "replacement": certificate.replacement,
    }
    if certificate.commitment is not None:
        values["commitment"] = {
            "committed_on": certificate.commitment.on,
            "swis_version": certificate.commitment.swis_version,
            "public_source": certificate.commitment.public_source,
            "sha256": certificate.commitment.sha256,
        }
    if certificate.constrained is not None:
        values["constrained"] = asdict(certificate.constrained)
    for name in ("strata", "schools", "stand_ins", "pairs", "balance"):
        values[name] = [asdict(each) for each in getattr(certificate, name)]
    return write_sealed(_COMMENT, values)


def read_certificate(data: bytes, *, file: str = CERTIFICATE_FILE) -> tuple[Certificate, bool]:
    """The certificate that the bytes of an allocation.toml hold, and whether they are as they were written.

    Raises AllocationError if they cannot be read as a certificate at all.
    """
    values = read_toml(file, data)
    try:
        certificate = _certificate_from(values)
        return certificate, write_certificate(certificate).encode() == data
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise AllocationError(
            f"{file} is not a certificate that this version reads. Restore it from where it was published."
        ) from None


def _certificate_from(values: dict[str, Any]) -> Certificate:
    """Raises KeyError, TypeError or ValueError for a value that is not there, or of another type than the field."""
    if values["format"] != CERTIFICATE_FORMAT or type(values["drawn_on"]) is not date:
        raise ValueError("not a certificate")
    options = options_from(json.loads(_text(values["options"])))
    constrained = values.get("constrained")
    names = ("swis_version", "scheme", "seed", "public_value", "nominations_sha256", "canonical_sha256", "replacement")
    return Certificate(
        **{name: _text(values[name]) for name in names},
        drawn_on=values["drawn_on"],
        options=options,
        covariates=tuple(_text(each) for each in _list(json.loads(_text(values["covariates"])))),
        commitment=None if "commitment" not in values else _commitment_from(values["commitment"], options),
        strata=tuple(read_record(StratumDrawn, each) for each in _list(values.get("strata", []))),
        schools=tuple(read_record(SchoolDrawn, each) for each in _list(values.get("schools", []))),
        stand_ins=tuple(read_record(StandIn, each) for each in _list(values.get("stand_ins", []))),
        pairs=tuple(read_record(PairDrawn, each) for each in _list(values.get("pairs", []))),
        constrained=None if constrained is None else read_record(ConstraintDrawn, constrained),
        balance=tuple(read_record(ArmBalance, each) for each in _list(values.get("balance", []))),
    )


def _commitment_from(committed: dict[str, Any], options: AllocationOptions) -> Commitment:
    if type(committed["committed_on"]) is not date:
        raise ValueError("not a day")
    return Commitment(
        on=committed["committed_on"],
        swis_version=_text(committed["swis_version"]),
        options=options,
        public_source=_text(committed["public_source"]),
        sha256=_text(committed["sha256"]),
    )


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    value.encode()  # JSON can hold half a character, which no file can; UnicodeEncodeError is a ValueError
    return value


def arms_table(allocation: Allocation) -> str:
    """The arms as CSV text: school, authority, arm (reserve for those that stand in) and place in reserve."""
    lines = ["school,authority,arm,reserve_place"]
    arms, places = allocation.arms, {each.school: each.place for each in allocation.stand_ins}
    for each in allocation.plan.nominations.schools:
        if not each.excluded:
            arm = arms.get(each.school, "reserve")
            lines.append(f"{_cell(each.school)},{_cell(each.authority)},{arm},{places.get(each.school, '')}")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text
