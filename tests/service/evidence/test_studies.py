"""Studies: a folder that the library runs, a plan that is locked, and arms that stay hidden."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from service.audit.models import Action, Entry
from service.evidence import tasks
from service.evidence.actions import studies
from service.evidence.archives import FOR_OTHERS, REPORT
from service.evidence.composing.arms import months_with_worker
from service.evidence.composing.folder import compose_folder
from service.evidence.composing.timeline import terms_of
from service.evidence.editions import NOT_HERE
from service.evidence.models import Evaluation, Job, JobState, Panel, Study
from service.permissions import Role
from service.practice.actions.contacts import record_contact
from service.programmes.actions import allocation, claims, nominations
from service.programmes.actions.placements import place_worker
from service.programmes.models import Allocation, SchoolArm
from service.schools.models import School, SchoolCluster, Term
from swis.study.read import read_study
from swis.study.trial.read import read_trial
from swis.tables.declared import TABLES
from tests.service.evidence.drawing import WITH_WORKER, Synthshire, draw_panel, draw_study, plan_of
from tests.service.programmes.drawing import draw_certificate, text_of
from tests.service.universe import TODAY, Universe, draw_membership


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def work(job: Job) -> Job:
    tasks.run_evaluation.call(str(job.public_id))
    job.refresh_from_db()
    return job


def draw_work(synthshire: Synthshire, school: School | None = None) -> School:
    """A worker placed in a school of the study, a contact there with an account, and a claim."""
    school = school or School.objects.get(urn=WITH_WORKER[0])
    worker = synthshire.people[Role.SOCIAL_WORKER]
    place_worker(
        by=synthshire.people[Role.TEAM_MANAGER], worker=worker, school=school, mode="own office", base="Room 4",
        weekdays=[0, 1, 2], share_of_time=60, starts=TODAY - timedelta(days=60),
    )  # fmt: skip
    draw_membership(worker, Role.SOCIAL_WORKER, school)
    worker.__dict__.pop("_memberships_read", None)
    record_contact(
        by=worker, school=school, date=TODAY - timedelta(days=1), raised_by="head", kind_of_work="advice", role="statutory",
        topic="self-harm", time_band="under 5 minutes", year_group="9", account="What the head of year nine said.",
    )  # fmt: skip
    claims.record_claim(
        by=synthshire.programme_lead, authority=synthshire.authority, quarter="2026-27 Q2", item="Two workers",
        category="staffing", basis="period", amount=Decimal("25000.00"),
    )  # fmt: skip
    return school


@pytest.fixture
def study(synthshire: Synthshire, panel: Panel) -> Study:
    return draw_study(synthshire)


def test_the_folder_is_one_that_the_library_reads(synthshire: Synthshire, study: Study, tmp_path: Path) -> None:
    draw_work(synthshire)
    folder = unpacked(studies.download_folder(by=synthshire.evaluator, study=study), tmp_path / "study")
    read = read_study(folder)
    assert [outcome.code for outcome in read.outcomes] == list(study.outcomes)
    assert {school.id for school in read.protocol.schools if school.arm == "intervention"} == set(WITH_WORKER)
    assert read.claims
    assert {found.code for found in read.findings if found.severity == "warning"} <= {"days_not_independent"}
    declared = {table.file for table in TABLES}
    assert {path.name for path in folder.iterdir()} <= declared | {"study.toml", "README.md", "data_dictionary.md"}


def test_the_counts_are_those_that_a_person_would_have_made(
    synthshire: Synthshire, study: Study, panel: Panel, tmp_path: Path
) -> None:
    folder = unpacked(studies.download_folder(by=synthshire.evaluator, study=study), tmp_path / "study")
    rows = [row for row in rows_of(folder / "school_terms.csv") if row["outcome"] == "section_47_enquiries"]
    by_term = {term: sum(int(row["count"]) for row in rows if row["term"] == term) for term in panel.term_names}
    assert list(by_term.values()) == panel.totals["section_47_enquiries"]


def test_the_log_leaves_without_text_year_group_topic_or_names(
    synthshire: Synthshire, study: Study, tmp_path: Path
) -> None:
    school = draw_work(synthshire)
    folder = unpacked(studies.download_folder(by=synthshire.evaluator, study=study), tmp_path / "study")
    (entry,) = rows_of(folder / "activity_log.csv")
    assert (entry["school"], entry["worker"], entry["raised_by"]) == (school.urn, "worker 1", "head")
    assert (entry["account"], entry["year_group"], entry["topic"]) == ("", "", "")
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"head of year nine" not in everything
    assert synthshire.people[Role.SOCIAL_WORKER].email.encode() not in everything
    (presence,) = rows_of(folder / "school_configuration.csv")
    assert presence["presence"] == "Own office in the school; Monday, Tuesday and Wednesday; 60% of a week"


def test_the_same_folder_gives_the_same_bytes_and_the_export_is_audited(synthshire: Synthshire, study: Study) -> None:
    first = studies.download_folder(by=synthshire.evaluator, study=study)
    assert studies.download_folder(by=synthshire.evaluator, study=study) == first
    entries = Entry.objects.filter(action=Action.EXPORT, subject=str(study.public_id))
    assert entries.count() == 2
    assert "school_terms.csv" in entries[0].details["files"]


def test_a_programme_lead_gets_the_folder_without_unchecked_counts(
    synthshire: Synthshire, study: Study, tmp_path: Path
) -> None:
    draw_work(synthshire)
    folder = unpacked(studies.download_folder(by=synthshire.programme_lead, study=study), tmp_path / "study")
    names = {path.name for path in folder.iterdir()}
    assert {"study.toml", "claims.csv", "arms.csv"} <= names
    assert not {"school_terms.csv", "activity_log.csv"} & names


@pytest.mark.parametrize("role", [Role.ANALYST, Role.TEAM_MANAGER, Role.STEERING])
def test_it_refuses_who_composes_no_studies(synthshire: Synthshire, study: Study, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        studies.download_folder(by=synthshire.people[role], study=study)


def test_it_refuses_the_lead_of_another_authority(universe: Universe, study: Study) -> None:
    with pytest.raises(PermissionDenied):
        studies.download_folder(by=universe.programme_lead, study=study)
    assert not Study.objects.visible_to(universe.programme_lead).exists()


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"title": " "}, "title"),
        ({"launched": "September"}, "2026-09"),
        ({"outcomes": []}, "Choose an outcome"),
        ({"outcomes": ["sessions_missed"]}, "do not cover"),
        ({"outcomes": ["unheard_of"]}, "do not cover"),
        ({"exposure": "guess"}, "Choose one of"),
        ({"starts": "autumn 1999"}, "no term"),
        ({"reference": "autumn 2025"}, "before the start"),
        ({"after_from": "summer 2025", "reference": "spring 2025"}, "from the start or later"),
        ({"last_term": "autumn 2025", "after_from": "spring 2026"}, "must not lie before"),
        ({"with_worker": []}, "with a social worker"),
        ({"compared": []}, "compared with"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    synthshire: Synthshire, panel: Panel, other: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        draw_study(synthshire, **other)
    assert not Study.objects.exists()


def test_a_school_is_not_with_and_without_a_worker(synthshire: Synthshire, panel: Panel) -> None:
    plan = plan_of(synthshire)
    with pytest.raises(ValidationError, match="either with or without"):
        draw_study(synthshire, compared=[*plan.compared, plan.with_worker[0]])


def test_schools_of_another_authority_are_refused(synthshire: Synthshire, panel: Panel, universe: Universe) -> None:
    with pytest.raises(ValidationError, match="schools of the authority"):
        draw_study(synthshire, with_worker=[universe.alder])


def test_a_school_that_the_panel_does_not_have_is_named(synthshire: Synthshire, panel: Panel) -> None:
    late = School.objects.create(authority=synthshire.authority, urn="902900", name="Late School", phase="primary")
    made = draw_study(synthshire, compared=[*plan_of(synthshire).compared, late])
    with pytest.raises(ValidationError, match="The panel does not have Late School"):
        compose_folder(made)


def test_without_a_panel_no_study_is_begun(synthshire: Synthshire) -> None:
    with pytest.raises(ValidationError, match="no panel of Synthshire 2 yet"):
        draw_study(synthshire)


def test_an_academy_is_found_by_the_number_that_it_had(synthshire: Synthshire, panel: Panel) -> None:
    before = School.objects.get(urn=WITH_WORKER[0])
    academy = School.objects.create(
        authority=synthshire.authority, urn="902901", name="Academy", phase="primary", follows=before
    )
    plan = plan_of(synthshire)
    compared = [school for school in plan.compared if school != academy]
    made = draw_study(synthshire, with_worker=[academy, *plan.with_worker[1:]], compared=compared)
    assert f'"{before.urn}" = {{ arm = "intervention"'.encode() in compose_folder(made).files["study.toml"]


def test_clusters_and_months_with_a_worker_are_told(synthshire: Synthshire, study: Study) -> None:
    school = draw_work(synthshire)
    SchoolCluster.objects.create(secondary=school).feeders.add(School.objects.get(urn=WITH_WORKER[1]))
    assert b"Synthetic school 2,902002,lead" in compose_folder(study).files["clusters.csv"]
    assert months_with_worker(school, until=TODAY) == pytest.approx(61 / 30.4375)
    assert months_with_worker(School.objects.get(urn=WITH_WORKER[2]), until=TODAY) is None


def test_a_plan_over_counts_that_are_there_is_locked_and_says_so(synthshire: Synthshire, study: Study) -> None:
    locked = studies.lock(by=synthshire.evaluator, study=study)
    assert locked.is_locked
    assert locked.counts_were_there is True
    assert "[[item]]" in locked.lock
    with pytest.raises(ValidationError, match="locked already"):
        studies.lock(by=synthshire.evaluator, study=study)
    with pytest.raises(ValidationError, match="The plan is locked"):
        studies.change_plan(by=synthshire.evaluator, study=study, plan=plan_of(synthshire))


def test_a_plan_for_terms_to_come_is_locked_before_their_counts_are_there(
    synthshire: Synthshire, panel: Panel, tmp_path: Path
) -> None:
    ahead = draw_study(
        synthshire,
        launched="2026-09",
        starts="autumn 2026",
        reference="summer 2026",
        after_from="autumn 2026",
        last_term="spring 2027",
    )
    locked = studies.lock(by=synthshire.evaluator, study=ahead)
    assert locked.counts_were_there is False
    job = work(studies.run(by=synthshire.evaluator, study=locked))
    assert job.state == JobState.FAILED
    assert "school_terms.csv" in job.trouble


def test_a_newer_panel_is_taken_before_the_lock(synthshire: Synthshire, study: Study, returns: Path) -> None:
    newer = draw_panel(synthshire, returns)
    assert studies.has_newer_panels(study)
    with pytest.raises(ValidationError, match="a newer panel"):
        studies.lock(by=synthshire.evaluator, study=study)
    studies.take_newer_panels(by=synthshire.programme_lead, study=study)
    assert list(study.panels.all()) == [newer]
    assert studies.lock(by=synthshire.evaluator, study=study).is_locked


def test_only_the_evaluator_changes_locks_and_runs(synthshire: Synthshire, study: Study) -> None:
    lead = synthshire.programme_lead
    for act in (studies.lock, studies.run):
        with pytest.raises(PermissionDenied):
            act(by=lead, study=study)
    with pytest.raises(PermissionDenied):
        studies.change_plan(by=lead, study=study, plan=plan_of(synthshire))


def test_a_changed_plan_is_the_plan(synthshire: Synthshire, study: Study) -> None:
    plan = replace(plan_of(synthshire), outcomes=["referrals"], after_from="spring 2026")
    changed = studies.change_plan(by=synthshire.evaluator, study=study, plan=plan)
    text = compose_folder(changed).files["study.toml"].decode()
    assert 'code = "referrals"\n' in text
    assert 'after = ["spring 2026", "summer 2026"]' in text


@pytest.mark.slow
def test_a_locked_study_is_run_and_its_report_says_that_the_plan_was_followed(
    synthshire: Synthshire, study: Study, tmp_path: Path
) -> None:
    draw_work(synthshire)
    plan = plan_of(synthshire, outcomes=["section_47_enquiries", "referrals"])
    changed = studies.change_plan(by=synthshire.evaluator, study=study, plan=plan)
    locked = studies.lock(by=synthshire.evaluator, study=changed)
    job = studies.run(by=synthshire.evaluator, study=locked)
    with pytest.raises(ValidationError, match="being run already"):
        studies.run(by=synthshire.evaluator, study=locked)
    work(job)
    assert job.state == JobState.DONE, job.trouble
    made = Evaluation.objects.get(job=job)
    assert made.plan_state == "as locked"
    assert [one["primary"] for one in made.verdicts] == [True, False]
    assert all(one["verdict"] for one in made.verdicts)
    names = {path.name for path in unpacked(bytes(made.report.content), tmp_path / "report").iterdir()}
    assert names == {f"{name}.{kind}" for name in ("report", "report-for-others") for kind in ("html", "pdf", "docx")}
    whole, for_others = ((tmp_path / "report" / f"{name}.html").read_text() for name in (REPORT, FOR_OTHERS))
    assert "by school and term: count / pupils" in whole
    assert "by school and term" not in for_others.replace(NOT_HERE, "").lower()
    assert {one["told"] for one in made.verdicts} <= {True, False}
    assert read_study(unpacked(bytes(made.folder.content), tmp_path / "as run")).plan_status.state == "as locked"
    assert Entry.objects.filter(action=Action.RUN, subject=str(made.public_id)).exists()


def draw_allocation(synthshire: Synthshire, folder: Path) -> Allocation:
    """A draw of the schools of Synthshire, entered and not told."""
    lead = synthshire.programme_lead
    begun = nominations.begin_round(by=lead, authority=synthshire.authority, name="Autumn")
    for school in School.objects.filter(authority=synthshire.authority):
        nominations.nominate(by=lead, round=begun, school=school, pupils=120, referrals=10)
    submitted = nominations.submit_round(by=lead, round=begun)
    certificate = draw_certificate(folder, text_of(submitted))
    return allocation.enter_allocation(by=synthshire.evaluator, rounds=[submitted], certificate=certificate)


def test_no_arm_leaves_before_the_allocation_is_told(synthshire: Synthshire, study: Study, tmp_path: Path) -> None:
    drawn = draw_allocation(synthshire, tmp_path)
    plan = plan_of(synthshire)
    for person in (synthshire.evaluator, synthshire.programme_lead):
        with pytest.raises(ValidationError, match="not published"):
            studies.begin_trial(by=person, allocation=drawn, plan=plan)
        with pytest.raises(ValidationError, match="not published"):
            studies.begin_comparison(by=person, authority=synthshire.authority, plan=plan)
        with pytest.raises(ValidationError, match="not published"):
            studies.download_folder(by=person, study=study)
    with pytest.raises(ValidationError, match="not published"):
        studies.lock(by=synthshire.evaluator, study=study)
    allocation.publish(by=synthshire.evaluator, allocation=drawn, on=TODAY + timedelta(days=1))
    drawn.refresh_from_db()
    with pytest.raises(ValidationError, match="not published"):
        studies.begin_trial(by=synthshire.evaluator, allocation=drawn, plan=plan)
    assert Study.objects.count() == 1


@pytest.fixture
def trial(synthshire: Synthshire, panel: Panel, tmp_path: Path) -> Study:
    drawn = draw_allocation(synthshire, tmp_path)
    allocation.publish(by=synthshire.evaluator, allocation=drawn, on=TODAY)
    drawn.refresh_from_db()
    return studies.begin_trial(by=synthshire.evaluator, allocation=drawn, plan=plan_of(synthshire))


def test_the_folder_of_a_trial_carries_its_draw_and_is_read(
    synthshire: Synthshire, trial: Study, tmp_path: Path
) -> None:
    drawn_for_one = SchoolArm.objects.filter(allocation=trial.allocation, arm="intervention")[0]
    draw_work(synthshire, drawn_for_one.school)
    read = read_trial(unpacked(studies.download_folder(by=synthshire.evaluator, study=trial), tmp_path / "trial"))
    assert read.drawn_by is not None
    assert len(read.schools) == 8
    drawn = {arm.school.urn: arm.arm for arm in SchoolArm.objects.filter(allocation=trial.allocation)}
    assert {each.school.rpartition("(")[2].rstrip(")"): each.arm for each in read.schools} == drawn
    assert [each.received for each in read.schools].count(True) == 1
    assert {cell.school for cell in read.cells} == {each.school for each in read.schools}


def test_a_drawn_school_without_counts_stays_in_with_the_reason(
    synthshire: Synthshire, trial: Study, tmp_path: Path
) -> None:
    School.objects.filter(urn=WITH_WORKER[0]).update(urn="902999")
    folder = unpacked(studies.download_folder(by=synthshire.evaluator, study=trial), tmp_path / "trial")
    assert [row["why_not_analysed"] for row in rows_of(folder / "trial_schools.csv")].count("not in the panel") == 1
    read_trial(folder)


@pytest.mark.slow
def test_a_trial_is_locked_and_run(synthshire: Synthshire, trial: Study) -> None:
    plan = plan_of(synthshire, outcomes=["referrals"])
    changed = studies.change_plan(by=synthshire.evaluator, study=trial, plan=plan)
    locked = studies.lock(by=synthshire.evaluator, study=changed)
    job = work(studies.run(by=synthshire.evaluator, study=locked))
    assert job.state == JobState.DONE, job.trouble
    made = Evaluation.objects.get(job=job)
    assert made.plan_state == "as locked"
    assert made.verdicts[0]["primary"]


def test_terms_to_come_follow_from_the_dates_of_the_authority(synthshire: Synthshire, panel: Panel) -> None:
    terms = terms_of([panel], [synthshire.authority])
    assert [term.name for term in terms[-3:]] == ["autumn 2026", "spring 2027", "summer 2027"]
    assert [term.in_panel for term in terms[-4:]] == [True, False, False, False]
    assert terms[-3].starts == "2026-09"
    Term.objects.all().delete()
    assert terms_of([panel], [synthshire.authority])[-1].name == "summer 2026"
