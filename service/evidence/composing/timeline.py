"""The terms of a study: those of its panels, and those to come from the term dates of its authorities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.evidence.models import Panel, Study
from service.schools.models import Authority, Term

PARTS = {1: ("autumn", 0), 2: ("spring", 1), 3: ("summer", 1)}


@dataclass(frozen=True)
class StudyTerm:
    """A term by the name that the library gives it; `starts` is its month. `in_panel`: a panel has counts of it."""

    name: str
    starts: str
    days: int
    in_panel: bool


def terms_of(panels: Iterable[Panel], authorities: Iterable[Authority]) -> list[StudyTerm]:
    """The terms of the panels in their order, then those that the authorities have entered and that begin later.

    A panel by half-terms gets no later ones: their names do not follow from the three terms of a year.
    """
    known: dict[str, StudyTerm] = {}
    for panel in panels:
        for each in panel.terms:
            there = known.get(each["name"])
            starts = min(each["starts"], there.starts) if there else each["starts"]
            days = max(each["days"], there.days) if there else each["days"]
            known[each["name"]] = StudyTerm(each["name"], starts, days, True)
    ordered = sorted(known.values(), key=lambda term: term.starts)
    if any(len(term.name.split()) > 2 for term in ordered):
        return ordered
    last = ordered[-1].starts if ordered else ""
    later: dict[str, StudyTerm] = {}
    for row in Term.objects.filter(authority__in=list(authorities)).order_by("starts"):
        part, more = PARTS[row.number]
        name = f"{part} {int(row.school_year[:4]) + more}"
        if name not in known and f"{row.starts:%Y-%m}" > last:
            later.setdefault(name, StudyTerm(name, f"{row.starts:%Y-%m}", (row.ends - row.starts).days + 1, False))
    return ordered + sorted(later.values(), key=lambda term: term.starts)


@dataclass(frozen=True)
class Timeline:
    """The terms of a plan: before the start, from the start to the last, and those in which an effect is looked for."""

    terms: tuple[StudyTerm, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(term.name for term in self.terms)


def timeline_of(study: Study) -> Timeline:
    """The timeline that a study's plan chooses. Terms before the start in which no outcome is covered are left out."""
    panels = list(study.panels.all())
    offered = terms_of(panels, study.authorities.all())
    names = [term.name for term in offered]
    starts, after, last = (names.index(name) for name in (study.starts, study.after_from, study.last_term))
    covered = {
        name
        for panel in panels
        for code in study.outcomes
        for name, total in zip(panel.term_names, panel.totals.get(code, []), strict=False)
        if total is not None
    }
    before = tuple(term for term in offered[:starts] if term.name in covered)
    return Timeline(
        before + tuple(offered[starts : last + 1]), tuple(term.name for term in before), tuple(names[after : last + 1])
    )
