"""What the pilots that came before could have told of the trial."""

from __future__ import annotations

from swis.report.chapters.lesson import lesson_blocks
from swis.report.document import Block, Callout, Heading, Paragraph
from swis.report.words import join
from swis.study.trial.evaluation import TrialEvaluation


def lesson_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The lesson, and of which trial it is; nothing where trial.toml names no pilots."""
    declared, lesson = evaluation.trial.protocol.pilots, evaluation.lesson
    if declared is None:
        return []
    authorities = join([study.authority for study in evaluation.trial.pilots])
    blocks: list[Block] = [Heading(1, "What it teaches", "teaches")]
    if lesson is None:
        return [*blocks, Paragraph(f"The pilots in {authorities} cannot be held against it. {evaluation.lesson_not}")]
    if declared.trial == "published":
        words = (
            f"The pilots in {authorities} are held against the published trial ({lesson.trial.source}), not against the "
            "trial of this folder."
        )
        blocks.append(Callout("Of which trial this is", (Paragraph(words),), "note"))
    else:
        blocks.append(Paragraph(f"The pilots in {authorities} are held against this trial."))
    return [*blocks, *lesson_blocks(lesson)]
