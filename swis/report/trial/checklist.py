"""The CONSORT checklist for cluster randomised trials in our own words: where each item is, or that it is not reported.

Item numbers as in Campbell, Piaggio, Elbourne and Altman 2012, BMJ 345, e5661.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from swis.report.document import Block, Column, Heading, Inline, Paragraph, Ref, Table, Text
from swis.report.words import plural
from swis.study.trial.evaluation import TrialEvaluation

NOT_REPORTED = "Not reported"


@dataclass(frozen=True)
class Item:
    """One item: its number, what is asked, and where it is: identifiers of the report, or a sentence.

    `told` says whether the evaluation has it; where it has not, the item is not reported, with `why`.
    """

    number: str
    asked: str
    at: tuple[str, ...] = ()
    why: str = ""
    told: Callable[[TrialEvaluation], bool] = lambda evaluation: True


def _locked(evaluation: TrialEvaluation) -> bool:
    return evaluation.trial.plan_status.lock is not None


def _certified(evaluation: TrialEvaluation) -> bool:
    return evaluation.trial.drawn_by is not None


def _committed(evaluation: TrialEvaluation) -> bool:
    drawn_by = evaluation.trial.drawn_by
    return drawn_by is not None and drawn_by.certificate.commitment is not None


def _described(evaluation: TrialEvaluation) -> bool:
    return bool(evaluation.trial.protocol.tidier.procedures)


def _tells(item: str) -> Callable[[TrialEvaluation], bool]:
    """Whether [consort] has the item."""
    return lambda evaluation: bool(getattr(evaluation.trial.protocol.consort, item))


def _has_primary(evaluation: TrialEvaluation) -> bool:
    return evaluation.primary.estimate is not None or evaluation.primary.effect is not None


def _clustered(evaluation: TrialEvaluation) -> bool:
    return evaluation.primary.clustering is not None or evaluation.primary.effect is not None


NO_CERTIFICATE = "the folder has no certificate of the draw"
NO_LOCK = "no plan was locked"
NOT_SAID = "the folder does not say"
NO_ESTIMATE = "the primary outcome has no estimate"

ITEMS = (
    Item("1a", "The title says that schools were drawn by lot", ("title",)),
    Item("1b", "A summary of design, results and conclusion", ("summary",)),
    Item("2a", "Background, and why schools were drawn and not pupils", ("plan",)),
    Item("2b", "What was to be found out, and about schools or pupils", ("plan-table",)),
    Item("3a", "The design, and what a cluster is", ("plan",)),
    Item("3b", "Changes of method after the start", ("lock",), NO_LOCK, _locked),
    Item("4a", "Which schools and pupils could take part", ("flow",), "the folder has no nominations", _certified),
    Item("4b", "Where data come from", ("plan",)),
    Item(
        "5", "What each arm was given, at which level", ("tidier",), "the folder does not say what was done", _described
    ),
    Item("6a", "Outcomes as defined beforehand, at which level", ("plan-table",)),
    Item("6b", "Outcomes changed after the start", ("lock",), NO_LOCK, _locked),
    Item(
        "7a",
        "How the number of schools was chosen, with k or the intra-cluster correlation assumed",
        ("conduct-table",),
        NOT_SAID,
        _tells("sample_size"),
    ),
    Item("7b", "Looks before the end, and rules to stop", ("plan-table",)),
    Item("8a", "How the random sequence was made", ("draw",), NO_CERTIFICATE, _certified),
    Item("8b", "Strata or pairs", ("draw",), NO_CERTIFICATE, _certified),
    Item("9", "How nobody could know the next arm", ("draw",), "no commitment to the seed is there", _committed),
    Item("10a", "Who drew, who enrolled schools, who told them", ("conduct-table",), NOT_SAID, _tells("who_drew")),
    Item("10b", "How pupils came in", ("methods",)),
    Item("10c", "Whose consent was asked, and when", ("conduct-table",), NOT_SAID, _tells("consent")),
    Item("11a", "Who did not know the arms", ("methods",)),
    Item("11b", "How arms were made to look alike", ("methods",)),
    Item("12a", "How outcomes were compared, schools being the units", ("plan-table", "methods-table")),
    Item("12b", "Further analyses", ("options", "subgroups", "uptake")),
    Item("13a", "Schools and pupils drawn, treated and analysed, by arm", ("flow-figure",)),
    Item("13b", "Losses after the draw, with reasons", ("flow-figure", "flow-outcomes")),
    Item("14a", "When schools were drawn and followed", ("plan-table",)),
    Item("14b", "Why the trial ended", ("conduct-table",), NOT_SAID, _tells("why_ended")),
    Item("15", "What schools and pupils were like before the draw", ("baseline",)),
    Item("16", "Schools and pupils in each analysis, and whether as drawn", ("flow-outcomes",)),
    Item("17a", "Results at both levels, with intervals", ("primary-levels", "outcomes"), NO_ESTIMATE, _has_primary),
    Item("17a", "k or the intra-cluster correlation", ("primary-sure",), NO_ESTIMATE, _clustered),
    Item("17b", "Differences beside ratios", ("primary-levels",), NO_ESTIMATE, _has_primary),
    Item("18", "Other analyses, planned or not", ("subgroups", "uptake", "missing")),
    Item("19", "Harms", ("harms",)),
    Item("20", "What limits the trial", ("limits",)),
    Item("21", "For which schools and pupils it holds", ("limits",)),
    Item("22", "What it means, beside other evidence", ("summary",)),
    Item(
        "23",
        "Registration",
        ("registration",),
        "the folder has no registration",
        lambda e: bool(e.trial.protocol.registration),
    ),
    Item("24", "Where the plan is", ("lock",), NO_LOCK, _locked),
    Item("25", "Who paid", ("conduct-table",), NOT_SAID, _tells("funding")),
)


def checklist_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The table of items."""
    told = [item.told(evaluation) for item in ITEMS]
    rows = tuple((item.number, item.asked, _where(item, evaluation)) for item in ITEMS)
    columns = (Column("Item"), Column("What is asked", row_header=True), Column("Where"))
    return [
        Heading(1, "Checklist", "checklist"),
        Paragraph(
            "The items of CONSORT 2010 in its extension to cluster randomised trials (Campbell and others 2012), in "
            f"our own words. {plural(told.count(False), 'item')} of {len(ITEMS)} not reported: what is not in the "
            "folder cannot be in the report."
        ),
        Table("CONSORT for cluster randomised trials", columns, rows, "checklist-table"),
    ]


def _where(item: Item, evaluation: TrialEvaluation) -> Text:
    if not item.told(evaluation):
        return f"{NOT_REPORTED}: {item.why}."
    if item.at == ("title",):
        return "The title"
    if item.at == ("registration",):
        return evaluation.trial.protocol.registration
    parts: list[Inline] = []
    for name in item.at:
        parts += ["; ", Ref(name)] if parts else [Ref(name)]
    return tuple(parts)
