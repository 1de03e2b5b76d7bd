"""The made-up authority 998: its returns, its people, and panels of it without waiting for a worker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service.accounts.models import User
from service.evidence.actions.studies import Plan, begin_comparison
from service.evidence.archives import keep, pack
from service.evidence.models import Evaluation, Job, JobKind, JobState, Panel, PanelRelease, Study
from service.evidence.panel_work import BuiltPanel, build_from_upload
from service.permissions import Role
from service.schools.models import Authority, School
from swis.synthetic.authority import synthesise_authority
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import write_returns
from tests.service.universe import TODAY, Universe, draw_person, draw_terms

CHOICES: dict[str, Any] = {
    "holidays": "next term",
    "short_breaks": False,
    "follow_mergers": False,
    "first_term": "",
    "last_term": "",
}
SETTINGS = Settings(schools=8, years=2, pupils=100, first_year=2024, start="autumn 2025", academies=0, number=2)
OTHERS = {"html": b"<!DOCTYPE html><title>Report</title><p>For others.</p>", "pdf": b"%PDF", "docx": b"PK"}
TINY = Settings(schools=3, years=1, pupils=30, first_year=2025, academies=0, number=2)
WITH_WORKER = ("902002", "902005", "902006", "902007")


@dataclass(frozen=True)
class Synthshire:
    """The authority and whoever works with its evidence."""

    authority: Authority
    people: dict[Role, User]

    @property
    def analyst(self) -> User:
        return self.people[Role.ANALYST]

    @property
    def evaluator(self) -> User:
        return self.people[Role.EVALUATOR]

    @property
    def programme_lead(self) -> User:
        return self.people[Role.PROGRAMME_LEAD]


def make_returns(folder: Path, settings: Settings = SETTINGS) -> Path:
    write_returns(synthesise_authority(settings, seed=5), folder / "made")
    return folder / "made" / "returns"


def zip_folder(folder: Path) -> bytes:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return pack({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def draw_synthshire() -> Synthshire:
    authority = Authority.objects.create(code=SETTINGS.authority_code, name=SETTINGS.authority_name)
    for number in range(SETTINGS.schools):
        School.objects.create(
            authority=authority,
            urn=str(SETTINGS.first_urn + number),
            name=f"Synthetic school {number + 1}",
            phase="secondary" if number < 2 else "primary",
            pupils=120,
        )
    draw_terms(authority)
    school = School.objects.filter(authority=authority)[0]
    roles = (Role.ANALYST, Role.EVALUATOR, Role.PROGRAMME_LEAD, Role.STEERING, Role.TEAM_MANAGER, Role.SOCIAL_WORKER)
    return Synthshire(authority, {role: draw_person(role, school, "synthshire") for role in roles})


@cache
def built_from(returns: Path, code: str, name: str) -> BuiltPanel:
    return build_from_upload(returns, Authority(code=code, name=name), CHOICES, lambda phase, done, steps: None)


def draw_panel(synthshire: Synthshire, returns: Path) -> Panel:
    built = built_from(returns, synthshire.authority.code, synthshire.authority.name)
    return keep_panel(synthshire.authority, synthshire.analyst, built)


def keep_panel(authority: Authority, by: User, built: BuiltPanel) -> Panel:
    job = Job.objects.create(
        kind=JobKind.BUILD, authority=authority, state=JobState.DONE, asked_by=by, ended_at=f"{TODAY}T09:00Z"
    )
    return Panel.objects.create(authority=authority, job=job, archive=keep(built.content), built_by=by, **built.facts)


def plan_of(synthshire: Synthshire, **other: Any) -> Plan:
    """A plan that fits the panel of Synthshire."""
    schools = School.objects.filter(authority=synthshire.authority)
    return Plan(
        **{
            "title": "Social workers in schools: Synthshire",
            "launched": "2025-09",
            "outcomes": ["section_47_enquiries", "section_17_starts", "days_in_care"],
            "exposure": "census day",
            "starts": "autumn 2025",
            "reference": "summer 2025",
            "after_from": "autumn 2025",
            "last_term": "summer 2026",
            "with_worker": list(schools.filter(urn__in=WITH_WORKER)),
            "compared": list(schools.exclude(urn__in=WITH_WORKER)),
            **other,
        }
    )


def draw_study(synthshire: Synthshire, **other: Any) -> Study:
    return begin_comparison(by=synthshire.evaluator, authority=synthshire.authority, plan=plan_of(synthshire, **other))


def fake_panel(universe: Universe) -> Panel:
    """The panel of Northbrook for the pages, which open little of it."""
    return Panel.objects.filter(authority=universe.northbrook).first() or another_panel(universe)


def another_panel(universe: Universe) -> Panel:
    by, authority = universe.analyst, universe.northbrook
    facts = {
        "swis_version": "0.1.0",
        "schools": [[school.urn, school.name, school.phase] for school in (universe.alder, universe.beech)],
        "terms": [
            {"name": "spring 2026", "starts": "2026-01", "days": 104},
            {"name": "summer 2026", "starts": "2026-04", "days": 113},
        ],
        "outcomes": ["section_47_enquiries"],
        "totals": {"section_47_enquiries": [3, None]},
        "warnings": 1,
        "notes": 2,
    }
    page = b"<!DOCTYPE html><title>Quality</title><p>Nothing.</p>"
    return keep_panel(authority, by, BuiltPanel(pack({"quality.html": page}), facts))


def fake_release(universe: Universe) -> PanelRelease:
    panel = fake_panel(universe)
    there = panel.releases.first()
    if there is not None:
        return there
    job = Job.objects.create(
        kind=JobKind.PUBLISH, authority=panel.authority, panel=panel, state=JobState.DONE, asked_by=universe.analyst,
        ended_at=f"{TODAY}T09:00Z",
    )  # fmt: skip
    files = {
        "section_47_enquiries_by_school_and_term.csv": (
            b"authority,school,term,count,rate\nNorthbrook,900001,spring 2026,[c],[c]\n"
        ),
        "notes.md": b"# What was published\n\n- Withheld.\n",
        "releases.json": b"{}",
    }
    return PanelRelease.objects.create(
        panel=panel, job=job, archive=keep(pack(files)), policy="dfe", released_by=universe.analyst,
        outcomes=[["section_47_enquiries", "Section 47 enquiries"]], withheld=2,
    )  # fmt: skip


def fake_study(universe: Universe) -> Study:
    """A study of Northbrook over the panel for the pages; its folder cannot be composed."""
    panel = fake_panel(universe)
    there = panel.studies.first()
    if there is not None:
        return there
    plan = Plan(
        title="A study of Northbrook",
        launched="2026-04",
        outcomes=["section_47_enquiries"],
        exposure="census day",
        starts="summer 2026",
        reference="spring 2026",
        after_from="summer 2026",
        last_term="summer 2026",
        with_worker=[universe.alder],
        compared=[universe.beech],
    )
    return begin_comparison(by=universe.programme_lead, authority=universe.northbrook, plan=plan)


def fake_evaluation(universe: Universe) -> Evaluation:
    study = fake_study(universe)
    there = study.evaluations.first()
    if there is not None:
        return there
    job = Job.objects.create(
        kind=JobKind.EVALUATE, study=study, authority=universe.northbrook, state=JobState.DONE, asked_by=universe.evaluator,
        ended_at=f"{TODAY}T09:00Z",
    )  # fmt: skip
    page = b"<!DOCTYPE html><title>Report</title><p>Not supported.</p>"
    report = {"report.html": page, "report.pdf": b"%PDF", "report.docx": b"PK"}
    report |= {f"report-for-others.{kind}": content for kind, content in OTHERS.items()}
    verdict = {
        "name": "Section 47 enquiries", "primary": True, "told": True, "estimate": "0.95", "interval": "0.80 to 1.12",
        "verdict": "not supported", "why": "A difference as large is common.",
    }  # fmt: skip
    return Evaluation.objects.create(
        study=study, job=job, report=keep(pack(report)),
        folder=keep(pack({"study.toml": b"format = 1\n"})), run_by=universe.evaluator, swis_version="0.1.0",
        plan_state="not locked", verdicts=[verdict], warnings=1,
    )  # fmt: skip
