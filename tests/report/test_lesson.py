from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from swis.errors import OutputError
from swis.report.chapters.lesson import headline, lesson_blocks
from swis.report.document import Document, Figure, Heading, Paragraph, Table, plain_words
from swis.report.figures.lesson import LessonGroup, LessonRow, lesson_figure
from swis.report.figures.ratios import Interval
from swis.study.lesson import PUBLISHED_TRIAL, Lesson, learn_lesson
from swis.study.read import read_study
from swis.study.together import evaluate

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return learn_lesson(evaluate([read_study(STUDIES / name) for name in ("southampton", "stockport", "lambeth")]))


def draw(*rows: LessonRow) -> Figure:
    return lesson_figure(
        [LessonGroup("All", rows)], identifier="l", title="A sentence.", outcome_name="Enquiries", worthwhile=0.8
    )


def test_the_figure_says_in_words_what_it_shows(lesson: Lesson) -> None:
    (figure,) = (block for block in lesson_blocks(lesson) if isinstance(block, Figure))
    assert figure.alt.startswith(
        "Three pilots could not tell whether social workers in schools make section 47 enquiries rarer. "
        "A trial of 268 schools could: not by an amount worth having."
    )
    assert "Southampton: 35% lower: called significant (rate ratio 0.65 (0.45 to 0.94))." in figure.alt
    assert "Lambeth: gone altogether: called significant, though it is no estimate" in figure.alt
    assert "All together: anything from 99% lower to 24.3 times as high" in figure.alt
    assert "from 4.5% lower to 16.6% higher: no fall worth having" in figure.alt
    assert [row[1] for row in figure.data.rows] == [
        "Southampton",
        "Stockport",
        "Lambeth",
        "All together",
        "268 schools, drawn by lot",
    ]
    assert "at least 20% fewer, a fall worth having" in figure.caption
    words = set(figure.drawing.svg.replace("<", ">").split(">"))
    assert {"fewer", "more", "a fall worth having", "What the trial found"} <= words


def test_every_letter_of_the_figure_is_in_its_typeface(lesson: Lesson) -> None:
    (figure,) = (block for block in lesson_blocks(lesson) if isinstance(block, Figure))
    assert not {"←", "→"} & set(figure.drawing.svg)


def test_the_same_lesson_is_drawn_alike(lesson: Lesson) -> None:
    first, second = (lesson_blocks(lesson)[1] for _ in range(2))
    assert isinstance(first, Figure) and isinstance(second, Figure)
    assert first.drawing.svg == second.drawing.svg


def test_what_lies_beyond_the_scale_ends_in_an_arrowhead() -> None:
    within = draw(LessonRow("A", Interval(1.0, 0.5, 2.0), "w", "honest")).drawing.svg
    both = draw(LessonRow("A", Interval(1.0, 0.0, inf), "w", "honest")).drawing.svg
    off = draw(LessonRow("A", Interval(0.0, None, None), "w", "published")).drawing.svg
    # Two arrowheads stand beside the words fewer and more.
    assert both.count("mark-symbol") == 4 and within.count("mark-symbol") == 2
    assert off.count("mark-symbol") == 3


def test_a_published_estimate_has_a_point_and_an_unknown_one_none() -> None:
    assert draw(LessonRow("A", Interval(0.65, 0.45, 0.94), "w", "published")).drawing.svg.count("mark-symbol") == 3
    assert draw(LessonRow("A", Interval(None, None, None), "w", "published")).drawing.svg.count("mark-symbol") == 2


def test_a_figure_of_nothing_is_refused() -> None:
    for groups in ([], [LessonGroup("Empty", ())]):
        with pytest.raises(OutputError, match="has no rows"):
            lesson_figure(groups, identifier="l", title="t", outcome_name="Enquiries", worthwhile=0.8)


def test_the_sentence_above_follows_what_the_trial_found(lesson: Lesson) -> None:
    fall = replace(lesson, trial=replace(PUBLISHED_TRIAL, ratio=0.7, low=0.6, high=0.8))
    assert headline(fall).endswith("A trial of 268 schools found a fall.")
    vague = replace(lesson, trial=PUBLISHED_TRIAL.of_size(20))
    assert headline(vague).endswith("A trial of 20 schools could not tell either.")
    line = replace(lesson.pooled.random_effects, low=0.5, high=0.9)
    sure = replace(lesson, pooled=replace(lesson.pooled, random_effects=line))
    assert headline(sure).startswith("Three pilots gave a range for section 47 enquiries: from 50% lower to 10% lower.")


def test_the_tables_hold_every_belief_and_the_inputs_with_their_sources(lesson: Lesson) -> None:
    foretold, value = (block for block in lesson_blocks(lesson) if isinstance(block, Table))
    assert foretold.rows[0][:3] == ("Published intervals at their word", "0.74 (0.53 to 1.03)", "87%")
    assert len(foretold.rows) == len(value.rows) == 5
    assert "Lambeth is not in the first row" in plain_words(foretold.note)
    assert "1.055 (0.955 to 1.166)" in plain_words(foretold.note)
    assert value.rows[0][1] == "roll out" and value.rows[0][5] == "do not"
    assert value.rows[1][2] == "none: its mean is infinite"
    assert "by the claims of the three pilots" in plain_words(value.note)
    assert "nobody has published what an enquiry averted is worth" in plain_words(value.note)


def test_the_blocks_make_a_document(lesson: Lesson) -> None:
    document = Document("T", "s", "s", "d", (Heading(1, "Trial", "trial"), *lesson_blocks(lesson)))
    texts = [plain_words(block.text) for block in document.body if isinstance(block, Paragraph)]
    assert any("with a probability of 87%" in text and "20% to 69%" in text for text in texts)
    assert any("takes 110 schools" in text for text in texts)


def test_the_explanation_shows_the_figure_and_the_tables_of_the_report(lesson: Lesson) -> None:
    folder = STUDIES.parent / "docs" / "explanation"
    page = (folder / "the-lesson.md").read_text(encoding="utf-8")
    for block in lesson_blocks(lesson):
        if isinstance(block, Figure):
            assert (folder / "the-lesson.svg").read_text(encoding="utf-8") == block.drawing.svg + "\n"
        if isinstance(block, Table):
            assert f"| {' | '.join(column.title for column in block.columns)} |" in page
            for row in block.rows:
                assert f"| {' | '.join(plain_words(cell) for cell in row)} |" in page
