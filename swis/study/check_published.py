"""Whether the printed estimates agree with one another, with what was claimed of them, and with the protocol."""

from __future__ import annotations

from collections.abc import Sequence

from swis.study.finding import Finding
from swis.study.protocol import Outcome, Protocol
from swis.study.published import PublishedEstimate, find_published
from swis.tables.printed import Printed
from swis.tables.published_estimates import INTERVENTION_BY_TIME, PUBLISHED_ESTIMATES, TOTAL_CHANGE


def check_published(protocol: Protocol, published: Sequence[PublishedEstimate]) -> list[Finding]:
    """Every contradiction among the printed estimates. Compared by the rounding intervals of the printed digits."""
    findings = [finding for one in published for finding in _check_one(protocol, one)]
    for outcome in protocol.outcomes:
        findings += _check_claim(outcome, published)
        findings += _check_total(protocol, outcome, published)
        findings += _check_terms_left_out(protocol, outcome, published)
    return findings


def _find(code: str, what: str, what_to_do: str, about: PublishedEstimate) -> Finding:
    return Finding(
        "warning",
        code,
        PUBLISHED_ESTIMATES.file,
        f"{about.outcome}, {about.coefficient}: {what}",
        what_to_do,
        rows=(about.row,),
        outcome=about.outcome,
    )


def _check_one(protocol: Protocol, one: PublishedEstimate) -> list[Finding]:
    if one.irr is None:
        if one.coefficient == protocol.terms.reference:
            return []
        what = f"printed as the reference, but study.toml has {protocol.terms.reference}"
        return [_find("published_reference_differs", what, "Mend [terms] reference, or the row.", one)]
    findings = []
    if one.coefficient == protocol.terms.reference:
        what, to_do = "an estimate is printed for the reference term", "Mend [terms] reference, or the row."
        findings.append(_find("published_reference_differs", what, to_do, one))
    if one.ci_low is None or one.ci_high is None:
        return findings
    interval = f"{one.ci_low.text} to {one.ci_high.text}"
    if one.ci_low.low > one.irr.high or one.ci_high.high < one.irr.low:
        what = f"the estimate {one.irr.text} lies outside its interval, {interval}"
        findings.append(_find("estimate_outside_interval", what, "Look for a misprint.", one))
    elif not _can_be_centred(one.irr, one.ci_low, one.ci_high):
        what = f"the interval {interval} is not centred on {one.irr.text} on the log scale, whatever the rounding"
        findings.append(_find("interval_not_centred", what, "Look for a misprint, or a figure that was cut off.", one))
    return findings


def _can_be_centred(irr: Printed, low: Printed, high: Printed) -> bool:
    # A normal interval of a log ratio is centred: low x high = irr squared, up to the rounding of the three.
    if irr.low <= 0 or low.low <= 0:
        return True
    return low.low * high.low <= irr.high**2 and low.high * high.high >= irr.low**2


def _check_claim(outcome: Outcome, published: Sequence[PublishedEstimate]) -> list[Finding]:
    effect = find_published(published, outcome.code, INTERVENTION_BY_TIME)
    if effect is None or outcome.published_claim is None or effect.excludes_one is None:
        return []
    if effect.excludes_one == (outcome.published_claim == "significant"):
        return []
    holds = "excludes" if effect.excludes_one else "includes"
    what = f"published as {outcome.published_claim}, but the printed interval {holds} 1"
    return [_find("claim_contradicts_interval", what, "Look into the source.", effect)]


def _check_total(protocol: Protocol, outcome: Outcome, published: Sequence[PublishedEstimate]) -> list[Finding]:
    total = find_published(published, outcome.code, TOTAL_CHANGE)
    effect = find_published(published, outcome.code, INTERVENTION_BY_TIME)
    last = find_published(published, outcome.code, protocol.terms.order[-1])
    if total is None or effect is None or last is None or not (total.irr and effect.irr and last.irr):
        return []
    low, high = last.irr.low * effect.irr.low, last.irr.high * effect.irr.high
    if low <= total.irr.high and total.irr.low <= high:
        return []
    what = f"{total.irr.text} is not the product of {last.irr.text} and {effect.irr.text}, whatever the rounding"
    return [_find("total_is_not_the_product", what, "Look into the source.", total)]


def _check_terms_left_out(
    protocol: Protocol, outcome: Outcome, published: Sequence[PublishedEstimate]
) -> list[Finding]:
    printed = {one.coefficient for one in published if one.outcome == outcome.code}
    lacking = [term for term in protocol.terms.order if term not in printed and term != protocol.terms.reference]
    if not printed or not lacking:
        return []
    return [
        Finding(
            "note",
            "term_estimates_not_published",
            PUBLISHED_ESTIMATES.file,
            f"{outcome.code}: no estimate is printed for {', '.join(lacking)}",
            "These terms cannot be held against ours.",
            outcome=outcome.code,
        )
    ]
