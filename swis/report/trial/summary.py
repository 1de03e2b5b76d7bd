"""The trial in one minute: what was found, what that can and cannot say."""

from __future__ import annotations

from swis.costs.cost_effect import whole_pounds
from swis.report.document import Block, Bullets, Callout, Heading, PageBreak, Paragraph, Ref, Strong, Text
from swis.report.trial.say import told
from swis.report.trial.verdict import stands, verdict_sentences, verdict_title
from swis.report.words import join, number_word, plural
from swis.study.protocol import Note
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation

MONEY_VERDICTS = {
    "ratio": "What one averted cost can be told",
    "better and cheaper": "It was better and no dearer",
    "dominated": "By the estimates it averted none, so there is no price of one averted",
    "not told": "Whether it averted any is not clear, so a price of one averted cannot be told",
}


def summary_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The page that is read where no other is."""
    one = evaluation.primary
    return [
        PageBreak(),
        Heading(1, "In one minute", "summary"),
        *_warnings(evaluation),
        Paragraph(_what_was_done(evaluation)),
        Callout(
            f"{one.outcome.name}: {_small(verdict_title(one))}", (Bullets(tuple(verdict_sentences(one))),), "verdict"
        ),
        *_others(evaluation),
        *_money(evaluation),
        *_cautions(evaluation),
        Heading(2, "What this cannot say", "limits"),
        Bullets(tuple(_limits(evaluation))),
        Paragraph(
            (
                "The figures are in ",
                Ref("primary"),
                ", the plan in ",
                Ref("plan"),
                ", and where each item of the reporting standard stands in ",
                Ref("checklist"),
                ".",
            )
        ),
    ]


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _warnings(evaluation: TrialEvaluation) -> list[Block]:
    """What the evaluator wants to be known before anything else, such as that outcomes were made up."""
    warned = [note for note in evaluation.trial.protocol.notes if note.severity == "warning" and not note.outcome]
    if not warned:
        return []
    return [Callout("Know this first", tuple(Paragraph(_sentences(note)) for note in warned), "caution")]


def _sentences(note: Note) -> str:
    what = note.what.strip().rstrip(".")
    return f"{what[:1].upper()}{what[1:]}. {note.what_to_do}".strip()


def _what_was_done(evaluation: TrialEvaluation) -> str:
    flow, terms = evaluation.flow, evaluation.trial.protocol.terms
    drawn = flow.randomised
    pupils = "" if drawn.pupils is None else f" with {drawn.pupils:,} pupils"
    where = plural(drawn.authorities, "authority", "authorities")
    first, last = terms.follow_up[0], terms.follow_up[-1]
    when = f"in {first}" if first == last else f"from {first} to {last}"
    return (
        "Social Workers in Schools places statutory social workers inside schools. "
        f"{plural(drawn.schools, 'school')}{pupils} in {where} were drawn by lot: "
        f"{flow.intervention.allocated.schools:,} for a social worker, {flow.comparison.allocated.schools:,} for "
        f"none. Outcomes were counted {when}. Because lots were drawn, the two groups differ by nothing but chance "
        "and the social worker."
    )


def _others(evaluation: TrialEvaluation) -> list[Block]:
    others = [one for one in evaluation.outcomes if not one.outcome.primary]
    if not others:
        return []
    points: list[Text] = [_standing(one) for one in others if stands(one)]
    for title in dict.fromkeys(verdict_title(one) for one in others if not stands(one)):
        names = [one.outcome.name for one in others if not stands(one) and verdict_title(one) == title]
        points.append((Strong(f"{title}: "), f"{join(names)}."))
    words = (
        f"Beside the primary outcome there {'is' if len(others) == 1 else 'are'} {number_word(len(others))}. A "
        "finding among many is one only after adjusting for there being many."
    )
    return [Heading(2, "The other outcomes", "other-outcomes"), Paragraph(words), Bullets(tuple(points))]


def _money(evaluation: TrialEvaluation) -> list[Block]:
    """What it cost and whether one averted has a price; nothing where costs were not weighed."""
    money = evaluation.money
    if money is None or money.weighed is None:
        return []
    year, ratio = money.needed, money.weighed.ratio
    settings = evaluation.trial.protocol.money
    made_up = " (SYNTHETIC costs)" if settings is not None and settings.synthetic else ""
    found = money.weighed.difference if year is None else year
    compared = "more" if found.cost >= 0 else "less"
    cost = f"{whole_pounds(abs(found.cost))} {compared} per {found.per} than none, in {money.price_year} prices"
    words = f" A social worker cost {cost}. {MONEY_VERDICTS[ratio.standing]}: "
    return [Paragraph((Strong(f"The money{made_up}."), words, Ref("money"), "."))]


def _standing(one: OutcomeResult) -> Text:
    effect = told(one)
    words = "" if effect is None else f", {effect.measure.lower()} {effect.words}"
    return Strong(f"{verdict_title(one)}: "), f"{one.outcome.name}{words}."


def _cautions(evaluation: TrialEvaluation) -> list[Block]:
    """What weakens the result, each with where it is told."""
    one, trial = evaluation.primary, evaluation.trial
    points: list[Text] = []
    if trial.plan_status.lock is None:
        points.append(("No plan was locked before outcomes were seen: ", Ref("lock"), "."))
    elif trial.plan_status.changes:
        points.append(("The plan was changed after it was locked: ", Ref("lock"), " says in what."))
    elif not trial.plan_status.foresight:
        points.append(("The plan was locked when outcomes were already there: ", Ref("lock"), "."))
    if trial.drawn_by is None:
        points.append(("How schools were drawn was not given: ", Ref("draw"), "."))
    elif not trial.drawn_by.verification.holds:
        points.append(("The certificate of the draw does not hold: ", Ref("draw"), "."))
    held = None if one.estimate is None else one.estimate.held.held
    if held is False:
        points.append(("The planned interval does not hold its level with so few schools: ", Ref("options"), "."))
    return [Callout("What weakens it", (Bullets(tuple(points)),), "caution")] if points else []


def _limits(evaluation: TrialEvaluation) -> list[Text]:
    last = evaluation.trial.protocol.terms.follow_up[-1]
    points: list[Text] = [
        "It is about the average of all schools drawn. It says nothing of one school, one worker or one child.",
        "Referrals, assessments and enquiries are what the authority did. More of them can mean harm, or help that "
        "came sooner.",
        f"It says nothing of what came after {last}.",
        "It holds for authorities and schools like these, in times like these, with the programme as it was delivered.",
    ]
    if evaluation.primary.verdict is not None and evaluation.primary.verdict.kind == "cannot tell":
        points.insert(0, "It does not say that the programme does nothing. It does not say that it does something.")
    return points
