"""A verdict of a trial in plain words. "No effect found" is three different things, and the reader is told which."""

from __future__ import annotations

from math import isclose, isfinite, isinf, isnan

from swis.report.document import Bullets, Callout, Text
from swis.report.trial.arms import arm_sums
from swis.report.trial.say import Told, say_effect, say_size, say_span, told, without_code
from swis.report.words import interval, p_value, percent, plural
from swis.study.trial.evaluation import OutcomeResult
from swis.study.trial.verdict import TrialVerdict

OTHER_SIDE = {"fall": "rise", "rise": "fall", "gain": "loss", "loss": "gain"}


def verdict_title(one: OutcomeResult) -> str:
    """The verdict in a line."""
    verdict, effect = one.verdict, told(one)
    if verdict is None or effect is None:
        return "No ratio can be estimated" if _both_arms(one) else "Nothing can be estimated"
    if verdict.kind == "cannot tell":
        return "The trial cannot tell"
    if verdict.kind == "supported":
        if not stands(one):
            return "An effect by itself, and none among so many outcomes"
        found = f"The trial found a {_side(effect.value, effect)}"
        if not hoped_for(verdict, effect):
            return f"{found}, against what was hoped for"
        return f"{found}, smaller than one worth having" if verdict.rules_out_worthwhile else found
    if verdict.rules_out_worthwhile:
        hoped = _side(verdict.worthwhile, effect)
        other = f", not a {OTHER_SIDE[hoped]} as large" if verdict.room_for_harm else ""
        return f"The trial rules out a {hoped} worth having{other}"
    return "The trial found no effect, and does not quite rule out one worth having"


def _side(value: float, effect: Told) -> str:
    """What an effect of this value is called: a fall or rise of a rate, a gain or loss of scores."""
    if effect.neutral == 0:
        return "gain" if value > 0 else "loss"
    return "fall" if value < effect.neutral else "rise"


def stands(one: OutcomeResult) -> bool:
    """Whether the outcome has an effect that the data carry, also as one of its family."""
    verdict = one.verdict
    if verdict is None or verdict.kind != "supported":
        return False
    return one.family is None or one.family.adjusted <= verdict.level


def hoped_for(verdict: TrialVerdict, effect: Told) -> bool:
    """Whether the estimate lies on the side on which an effect would be worth having."""
    return (effect.value < effect.neutral) == (verdict.worthwhile < effect.neutral)


def verdict_callout(one: OutcomeResult, *, title: str = "") -> Callout:
    """The verdict as a box of short sentences."""
    effect = told(one)
    if one.verdict is None or effect is None:
        return Callout(verdict_title(one), (Bullets(tuple(verdict_sentences(one))),), "caution")
    return Callout(title or verdict_title(one), (Bullets(tuple(verdict_sentences(one))),), "verdict")


def verdict_sentences(one: OutcomeResult) -> list[Text]:
    """What was found, how likely by the draw alone, what is ruled out, and what is not."""
    verdict, effect = one.verdict, told(one)
    if verdict is None or effect is None:
        by_the_draw = _by_the_draw(one) if _both_arms(one) else ""
        return [each for each in (_no_estimate(one), _counted(one), by_the_draw) if each]
    scores = one.effect is not None
    sentences = [say_effect(one, effect), _wider(verdict, effect), _by_the_draw(one), _worth(verdict, scores=scores)]
    if verdict.kind != "supported":
        sentences.append(_harm(verdict, scores=scores))
    return [each for each in sentences if each]


def _both_arms(one: OutcomeResult) -> bool:
    """Whether both arms returned something, so that the randomisation test says something even without an estimate."""
    if one.table is None or one.randomisation is None:
        return False
    return all(arm_sums(one.table, intervention=arm).schools for arm in (True, False))


def _no_estimate(one: OutcomeResult) -> str:
    why = without_code(one, one.why_not) or "no reason is known"
    return f"{why[:1].upper()}{why[1:]}."


def _counted(one: OutcomeResult) -> str:
    """What each arm counted, where that is all that can be told."""
    if one.table is None:
        return ""
    first, second = (arm_sums(one.table, intervention=arm) for arm in (True, False))
    return (
        f"Counted: {first.count:,.0f} in {plural(first.schools, 'school')} with a social worker, {second.count:,.0f} in "
        f"{second.schools:,} without."
    )


def _wider(verdict: TrialVerdict, effect: Told) -> str:
    """The interval that decides, where the randomisation test makes it wider than the one of the estimate."""
    if isclose(verdict.low, effect.low, rel_tol=1e-6) and isclose(verdict.high, effect.high, rel_tol=1e-6):
        return ""
    ends = interval(verdict.low, verdict.high)
    if verdict.low == 0 and isinf(verdict.high):
        return "The randomisation test rejects no ratio at all. As the more careful of both it decides."
    return f"With what the randomisation test does not reject the interval is {ends}. That wider one decides."


def _by_the_draw(one: OutcomeResult) -> str:
    family = one.family
    adjusted = ""
    if family is not None and family.outcomes > 1:
        adjusted = f"; adjusted for there being {family.outcomes} such outcomes, p {p_value(family.adjusted)}"
    test = one.randomisation
    if test is None:
        return ""
    return (
        "Had the programme changed nothing in any school, the draw alone would have shown a difference at least "
        f"as large in {_share(test.p)} of {test.draws:,} draws (p {p_value(test.p)}{adjusted})."
    )


def _share(p: float) -> str:
    """The p-value in per cent, rounded as it is printed beside it."""
    said = p_value(p)
    return percent(p) if said.startswith("<") else percent(float(said))


def _worth(verdict: TrialVerdict, *, scores: bool) -> str:
    worth = say_size(verdict.worthwhile, scores=scores)
    if verdict.kind == "supported":
        outside = ", which lies outside that" if verdict.rules_out_worthwhile else ""
        return f"The true effect may be anything {say_span(verdict, scores=scores)}. Worth having is {worth}{outside}."
    if verdict.rules_out_worthwhile:
        return (
            f"An effect that the plan calls worth having, {worth}, lies outside the interval: the trial rules it out. "
            "That is more than not finding one."
        )
    if verdict.kind == "cannot tell":
        return (
            f"An effect worth having, {worth}, lies inside the "
            f"interval{_chance(verdict)}{_smallest(verdict, scores=scores)}. Not to find one is not the same as no "
            "effect: the trial was too small, or the schools too unlike, to know."
        )
    return (
        f"An effect worth having, {worth}, lies just inside the interval{_chance(verdict)}. It was not found; it is "
        "not ruled out either."
    )


def _chance(verdict: TrialVerdict) -> str:
    """The chance that the trial had, with the smallest effect that it would have found."""
    if isnan(verdict.power):
        return ""
    return (
        f". With the scatter that was seen, a trial like this finds such an effect in {percent(verdict.power)} of cases"
    )


def _smallest(verdict: TrialVerdict, *, scores: bool) -> str:
    """What it would have found in four cases of five; nothing where that is nothing."""
    found = verdict.smallest_found
    if not isfinite(found) or (found <= 0 and not scores):
        return ""
    return f"; in four cases of five it finds {say_size(found, scores=scores)}"


def _harm(verdict: TrialVerdict, *, scores: bool) -> str:
    against = -verdict.worthwhile if scores else 1 / verdict.worthwhile
    if not isfinite(against):
        return ""
    other = say_size(against, scores=scores)
    return (
        f"An effect as large the other way, {other}, is not ruled out."
        if verdict.room_for_harm
        else f"An effect as large the other way, {other}, is ruled out too."
    )
