"""What was planned, when it was locked, and how schools came by their arms."""

from __future__ import annotations

from swis.design.allocation.plan import METHODS
from swis.estimate.trial.model import ESTIMANDS
from swis.report.document import Block, Bullets, Callout, Column, Heading, PageBreak, Paragraph, Ref, Table
from swis.report.trial.say import say_size
from swis.report.words import join, plural
from swis.study.trial.evaluation import TrialEvaluation
from swis.study.trial.protocol import Consort, TrialProtocol
from swis.study.trial.trial import DrawnBy

COVARIATES = {
    "baseline": "rate before the draw",
    "pupils": "number of pupils",
    "free_school_meals": "per cent free school meals",
}
CONDUCT = {
    "sample_size": ("7a", "How the number of schools was chosen"),
    "who_drew": ("10a", "Who drew, who enrolled schools, who told them"),
    "consent": ("10c", "Whose consent was asked, and when"),
    "why_ended": ("14b", "Why the trial ended"),
    "funding": ("25", "Who paid"),
}
NOT_GIVEN = "not given"
MULTIPLICITY = {"holm": "Holm", "romano-wolf": "Romano and Wolf's step-down"}


def plan_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The programme and the question, the plan and its lock, the draw."""
    protocol = evaluation.trial.protocol
    source = protocol.source.strip().rstrip(".")
    return [
        PageBreak(),
        Heading(1, "What was planned", "plan"),
        *([Paragraph(protocol.summary.strip())] if protocol.summary.strip() else []),
        Paragraph(
            "A cluster randomised trial: schools were drawn by lot, within authorities, in "
            f"{join(protocol.authorities)}. A cluster is a school: its worker is there for all of it, so that its "
            "pupils cannot be drawn one by one. The question is what happens to the rate of an outcome among the "
            "pupils of a school that is given a worker. "
            f"Launched {protocol.launched}." + (f" Source of the figures: {source}." if source else "")
        ),
        _table(protocol),
        Heading(2, "The lock", "lock"),
        *_lock(evaluation),
        Heading(2, "The draw", "draw"),
        *_draw(evaluation),
        Heading(2, "How it was carried out", "conduct"),
        _conduct(protocol.consort),
    ]


def _conduct(told: Consort) -> Table:
    """What the standard asks and nothing else tells; what the folder leaves out is not given."""
    rows = tuple(
        (number, words, (getattr(told, name) or NOT_GIVEN).strip()) for name, (number, words) in CONDUCT.items()
    )
    return Table(
        caption="Conduct of the trial, as the folder tells it",
        columns=(Column("Item", "right"), Column("What is asked", row_header=True), Column("What was given")),
        rows=rows,
        identifier="conduct-table",
        note="Items of CONSORT for cluster trials.",
    )


def _table(protocol: TrialProtocol) -> Table:
    return Table(
        caption="The plan",
        columns=(Column("Item", row_header=True), Column("As planned")),
        rows=(*_questions(protocol), *_analysis(protocol)),
        identifier="plan-table",
    )


def _questions(protocol: TrialProtocol) -> list[tuple[str, str]]:
    terms, options = protocol.terms, protocol.options
    others = [one.name for one in protocol.outcomes if not one.primary]
    sizes = [say_size(options.worthwhile_rate_ratio, scores=False)]
    if any(one.kind == "scores" for one in protocol.outcomes):
        sizes.append(f"for scores {say_size(options.worthwhile_effect_size, scores=True)}")
    return [
        ("Primary outcome", protocol.outcome(protocol.primary).name),
        ("Other outcomes", join(others) or "none"),
        ("Worth having", "; ".join(sizes)),
        ("Terms before the draw", join(terms.baseline) or "none"),
        ("Follow-up", _follow_ups(protocol)),
        ("Analysed", options.main_follow_up or "all of the follow-up, added up"),
        ("Subgroups", join([each.name for each in protocol.subgroups]) or "none"),
    ]


def _follow_ups(protocol: TrialProtocol) -> str:
    found = protocol.terms.follow_ups
    if len(found) == 1:
        return join(found[0].terms)
    return "; ".join(f"{each.name}: {join(each.terms)}" for each in found)


def _analysis(protocol: TrialProtocol) -> list[tuple[str, str]]:
    options = protocol.options
    adjusted = join(["authority", *(COVARIATES[name] for name in options.covariates)])
    looks = join([f"{share:.0%}" for share in options.looks]) if options.looks else "none before the end"
    return [
        ("Who is analysed", "every school in the arm it was drawn for (intention to treat)"),
        ("What is averaged over", ESTIMANDS[options.estimand]),
        ("Adjusted for", adjusted),
        ("Interval", f"95%, standard error {options.variance}, t with schools less parameters"),
        ("p-value", f"randomisation test, {options.draws:,} draws, seed {options.seed}"),
        ("Several outcomes", f"the primary one by itself; the others by {MULTIPLICITY[options.multiplicity]}"),
        ("Looks at the primary outcome, by share of information", looks),
    ]


def _lock(evaluation: TrialEvaluation) -> list[Block]:
    status = evaluation.trial.plan_status
    if status.lock is None:
        words = (
            "No plan was locked before outcomes were seen. Whoever chose the analyses could know the outcomes. What "
            "follows is to be read as exploration."
        )
        return [Callout("The plan was not locked", (Paragraph(words),), "caution")]
    when = "before" if status.foresight else "after"
    blocks: list[Block] = [
        Paragraph(
            f"By its own word the plan was locked on {status.lock.on.isoformat()}, {when} outcomes were in the folder (hash "
            f"{status.lock.sha256[:16]}). The day is taken on trust: the history of the file bears witness to it."
        )
    ]
    if status.changes:
        blocks += [Paragraph("Changed since the lock:"), Bullets(tuple(str(each) for each in status.changes))]
    off = [f"{one.outcome.name}: {one.plan_state}" for one in evaluation.outcomes if one.plan_state != "as locked"]
    if off:
        return [*blocks, Paragraph("Outcomes that are not as locked:"), Bullets(tuple(off))]
    said = (
        "Every outcome is as locked."
        if status.changes
        else "Nothing was changed since: what is reported is what was planned."
    )
    return [*blocks, Paragraph(said)]


def _draw(evaluation: TrialEvaluation) -> list[Block]:
    found = evaluation.trial.drawn_by
    if found is None:
        words = (
            "The folder has no certificate of the draw, so that how schools came by their arms was not given. The "
            f"randomisation test takes allocations that are {evaluation.redrawn}. If the real draw was made otherwise, its "
            "p-values are not exact."
        )
        return [Callout("How schools were drawn was not given", (Paragraph(words),), "caution")]
    blocks: list[Block] = [Paragraph(_drawn_words(found, evaluation.redrawn)), *_checked(found)]
    if found.certificate.commitment is None:
        blocks.append(
            Paragraph("No commitment was made: nothing shows that the seed was chosen before the schools were known.")
        )
    return blocks


def _drawn_words(found: DrawnBy, redrawn: str) -> str:
    certificate = found.certificate
    options = certificate.options
    first, second = options.ratio
    on = f" on {', '.join(certificate.covariates)}" if certificate.covariates else ""
    return (
        f"Drawn on {certificate.drawn_on.isoformat()} with SWIS {certificate.swis_version}, method {options.method} "
        f"({METHODS[options.method]}){on}, {first}:{second}, in {plural(len(certificate.strata), 'stratum', 'strata')}. The "
        f"randomisation tests take allocations that are {redrawn}. {certificate.replacement}"
    )


def _checked(found: DrawnBy) -> list[Block]:
    words = {True: "holds", False: "FAILS", None: "could not be checked"}
    table = Table(
        caption="The draw, made and checked again by code of its own",
        columns=(Column("What", row_header=True), Column("Result"), Column("What was seen")),
        rows=tuple((step.name, words[step.holds], step.seen) for step in found.verification.steps),
        identifier="draw-checked",
    )
    if found.verification.holds:
        return [table]
    told = (Paragraph(("The certificate does not hold: see ", Ref("draw-checked"), ".")),)
    return [Callout("The draw cannot be relied on", told, "caution"), table]
