"""What the pilots could have told of the trial that followed: one picture, what was foretold, and what the trial was worth."""

from __future__ import annotations

from decimal import Decimal

from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.lesson import LessonGroup, LessonRow, lesson_figure
from swis.report.figures.ratios import Interval
from swis.report.words import change, interval, join, number_word, percent, ratio, span
from swis.study.lesson import Foretold, Lesson, PilotLine


def lesson_blocks(lesson: Lesson) -> list[Block]:
    """The lesson under a heading of the second level."""
    return [
        Heading(2, "What the pilots could tell of the trial", "lesson"),
        lesson_figure(
            _groups(lesson),
            identifier="lesson-figure",
            title=headline(lesson),
            outcome_name=lesson.outcome_name,
            worthwhile=lesson.worthwhile,
        ),
        *_foretold(lesson),
        *_worth(lesson),
    ]


def headline(lesson: Lesson) -> str:
    """The lesson in two sentences, as far as the numbers bear it."""
    line = lesson.pooled.random_effects
    could_not = line.low < lesson.worthwhile and line.high > 1
    first = (
        f"{number_word(len(lesson.pilots)).capitalize()} pilots could not tell whether social workers in schools make "
        f"{_small(lesson.outcome_name)} rarer."
        if could_not
        else f"{number_word(len(lesson.pilots)).capitalize()} pilots gave a range for {_small(lesson.outcome_name)}: "
        f"{span(line.low, line.high)}."
    )
    trial = f"A trial of {lesson.trial.schools:,} schools"
    if lesson.trial.low > lesson.worthwhile and lesson.trial.high >= 1:
        return f"{first} {trial} could: not by an amount worth having."
    if lesson.trial.high < 1:
        return f"{first} {trial} found a fall."
    return f"{first} {trial} could not tell either."


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _groups(lesson: Lesson) -> tuple[LessonGroup, ...]:
    number = number_word(len(lesson.pilots))
    line, trial = lesson.pooled.random_effects, lesson.trial
    return (
        LessonGroup(f"What the {number} pilots were read as saying", tuple(map(_pilot_row, lesson.pilots))),
        LessonGroup(
            f"What the {number} pilots could tell",
            (
                LessonRow(
                    "All together",
                    Interval(line.ratio, line.low, line.high),
                    f"anything {span(line.low, line.high)}",
                    "honest",
                ),
            ),
        ),
        LessonGroup(
            "What the trial found",
            (
                LessonRow(
                    f"{trial.schools:,} schools, drawn by lot",
                    Interval(trial.ratio, trial.low, trial.high),
                    f"from {_exactly(trial.low)} to {_exactly(trial.high)}{_verdict(lesson)}",
                    "trial",
                ),
            ),
        ),
    )


def _pilot_row(pilot: PilotLine) -> LessonRow:
    claim = "called significant" if pilot.claimed else "not significant"
    if pilot.published is None:
        estimate = 0.0 if pilot.separated_low else float("inf")
        return LessonRow(
            pilot.authority,
            Interval(estimate, None, None),
            f"{change(estimate)}: {claim}, though it is no estimate",
            "published",
        )
    return LessonRow(pilot.authority, Interval(*pilot.published), f"{change(pilot.published[0])}: {claim}", "published")


def _exactly(value: float) -> str:
    """A rate ratio as a change with a digit behind the point, as the interval of a large trial deserves."""
    return f"{abs(1 - value):.1%} {'lower' if value < 1 else 'higher'}"


def _verdict(lesson: Lesson) -> str:
    if lesson.trial.low > lesson.worthwhile and lesson.trial.high >= 1:
        return ": no fall worth having"
    return ": a fall" if lesson.trial.high < 1 else ""


def _foretold(lesson: Lesson) -> list[Block]:
    word, others = lesson.at_their_word.prediction, [each.prediction for each in lesson.honest]
    shares = [each.significant_fall for each in others]
    left_out = (
        f" {join(lesson.left_out)} is not in the first row: what was published of it is no estimate that could be believed."
        if lesson.left_out
        else ""
    )
    return [
        Paragraph(
            (
                "Before the trial, somebody who took the published intervals of the pilots at their word had to expect that it "
                f"would find a significant fall: with a probability of {percent(word.significant_fall)}. What the pilots could "
                f"carry made it {percent(min(shares))} to {percent(max(shares))}, depending on what else one believed. ",
                Ref("lesson-table"),
                " gives the probabilities, before the trial, of what it then found, and what each belief became.",
            )
        ),
        Table(
            caption="What was foretold of the trial, and what is believed after it",
            columns=(
                Column("Belief after the pilots", row_header=True),
                Column("Rate ratio believed"),
                Column("A significant fall", "right"),
                Column("No significant fall", "right"),
                Column("A ratio of 1 or more", "right"),
                Column("A worthwhile fall ruled out", "right"),
                Column("All that it found", "right"),
                Column("Rate ratio believed after the trial"),
            ),
            rows=tuple(map(_foretold_row, (lesson.at_their_word, *lesson.honest))),
            identifier="lesson-table",
            note=(
                f"The trial: {lesson.trial.ratio:.4g} ({lesson.trial.low:.4g} to {lesson.trial.high:.4g}), "
                f"{lesson.trial.source}. "
                "All that it found: no significant difference, a ratio of 1 or more and a worthwhile fall ruled out "
                f"(a ratio of {lesson.worthwhile:g}), together. Medians with 95% intervals; the trial's standard error is taken "
                f"as known beforehand, its {lesson.trial.authorities} authorities as drawn from those that the belief is about."
                f"{left_out}"
            ),
        ),
    ]


def _foretold_row(one: Foretold) -> tuple[str, ...]:
    seen = one.prediction
    return (
        _title(one),
        _believed(one.belief.interval()),
        percent(seen.significant_fall),
        percent(seen.no_significant_fall),
        percent(seen.at_or_above_one),
        percent(seen.rules_out_worthwhile),
        percent(seen.all_of_it),
        _believed(one.after.interval()),
    )


def _title(one: Foretold) -> str:
    return one.belief.name[:1].upper() + one.belief.name[1:]


def _believed(found: tuple[float, float, float]) -> str:
    middle, low, high = found
    return f"{ratio(middle)} ({interval(low, high)})"


def _worth(lesson: Lesson) -> list[Block]:
    chosen, roll_out = (lesson.at_their_word, *lesson.honest), lesson.roll_out
    cost = roll_out.school_years * roll_out.cost
    return [
        Paragraph(
            (
                f"A roll-out to {roll_out.schools:,.0f} schools would have cost {_millions(cost)} over {_years(roll_out.years)}. "
                f"At {_pounds(roll_out.value)} for an enquiry averted it pays if the rate ratio is below "
                f"{ratio(roll_out.break_even_ratio)}. ",
                Ref("lesson-value-table"),
                " says what each belief would have had one do, and what the trial was worth to it: the expected value of sample "
                f"information. To find a fall to {lesson.worthwhile:g} with 80% power, a trial like this one takes "
                f"{lesson.needed:,} schools.",
            )
        ),
        Table(
            caption="The decision to roll out, before the trial and after it",
            columns=(
                Column("Belief after the pilots", row_header=True),
                Column("Before the trial"),
                Column("Expected gain of a roll-out", "right"),
                Column("What the trial was worth beforehand", "right"),
                Column("What knowing for certain was worth", "right"),
                Column("After the trial"),
                Column("Expected gain of a roll-out now", "right"),
            ),
            rows=tuple(map(_value_row, chosen)),
            identifier="lesson-value-table",
            note="Gains in millions of pounds; a minus sign is a loss. " + _inputs(lesson),
        ),
    ]


def _value_row(one: Foretold) -> tuple[str, ...]:
    name, value = _title(one), one.value
    if value is None:
        none = "none: its mean is infinite"
        return (name, "cannot be said", none, "cannot be said", "cannot be said", "cannot be said", none)
    words = {True: "roll out", False: "do not"}
    return (
        name,
        words[value.rolls_out_before],
        _millions(value.expected_before),
        _millions(value.sample_information),
        _millions(value.perfect_information),
        words[value.rolls_out_after],
        _millions(value.expected_after),
    )


def _inputs(lesson: Lesson) -> str:
    roll_out = lesson.roll_out
    said = (
        (f"schools {roll_out.schools:,.0f}", "schools"),
        (f"enquiries for a school and year {roll_out.enquiries:g}", "enquiries"),
        (f"cost for a school and year {_pounds(roll_out.cost)}", "cost"),
        (f"an enquiry averted {_pounds(roll_out.value)}", "value"),
    )
    return "Inputs: " + "; ".join(f"{words} ({roll_out.source_of(name)})" for words, name in said) + "."


def _millions(amount: float) -> str:
    sign = "−" if amount < 0 else ""
    return f"{sign}£{abs(amount) / 1e6:,.1f}m"


def _pounds(amount: float) -> str:
    return f"£{round(Decimal(amount)):,}"


def _years(years: int) -> str:
    return "a year" if years == 1 else f"{number_word(years)} years"
