"""Evidence: returns become panels, the plan of the trial is locked before its counts are there, figures and a report are told."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from service.demonstration.cast import Company
from service.demonstration.returns import MARK, pack_returns
from service.demonstration.school_years import first_year_of, terms_of
from service.demonstration.world import World, drawn_schools
from service.evidence.actions import reports, studies, uploads
from service.evidence.models import Evaluation, Job, JobState, Panel, Study
from service.permissions import Role
from service.programmes.models import Allocation, Arm
from service.schools.models import School

DAY = timedelta(days=1)
OUTCOMES = ("section_47_enquiries", "section_17_starts")


def evaluate_programme(world: World) -> None:
    """Write into the chronicle what analysts and the evaluator do, before the first day and once the first term is over."""
    span, at = world.span, world.chronicle.at
    before, over = _working_day(span.first_day - 9 * DAY), span.second_term + 3 * DAY
    last_before, first_after = terms_around(span.first_day)
    at(before, 10, partial(_upload_all, world, last_before))
    at(_working_day(span.first_day - 5 * DAY), 11, partial(_begin_and_lock_trial, world, last_before, first_after))
    at(_working_day(over), 9, partial(_upload_sheet, world))
    at(_working_day(over), 10, partial(_upload_all, world, first_after))
    at(_working_day(over + DAY), 11, partial(_publish_figures, world))
    at(_working_day(over + 2 * DAY), 14, partial(_run_trial, world))
    at(_working_day(over + 3 * DAY), 15, partial(_compare_one_authority, world, last_before, first_after))


def _working_day(day: date) -> date:
    """A day, or the Monday after it."""
    return day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())


def terms_around(first_day: date) -> tuple[str, str]:
    """The names, as panels have them, of the term before a first day of term and of the term that begins on it."""
    year = first_year_of(first_day)
    names = [(terms.starts, f"{part} {first + (part != 'autumn')}")
             for first in (year - 1, year)
             for part, terms in zip(("autumn", "spring", "summer"), terms_of(first), strict=True)]  # fmt: skip
    place = [starts for starts, _ in names].index(first_day)
    return names[place - 1][1], names[place][1]


def run_at_once(job: Job) -> Job:
    """Do with a job what a worker of background tasks does with it."""
    queued = DBTaskResult.objects.get(id=job.task)
    queued.claim("demonstration")
    task = queued.task_result
    queued.set_successful(queued.task.call(*task.args, **task.kwargs))
    job.refresh_from_db()
    return job


def _upload_all(world: World, last_term: str) -> None:
    """The analysts upload the returns of two years up to a term. Those of one authority have errors, as real ones do."""
    for company in world.companies:
        content = pack_returns(
            company.made,
            taken_on=world.chronicle.now,
            authority=company.authority.name,
            schools=[school.name for school in company.all_schools],
            mess=world.seed if company is world.companies[0] else None,
        )
        name = f"{MARK} returns of {company.authority.name}.zip"
        job = _upload(company, SimpleUploadedFile(name, content), last_term=last_term)
        if job.state != JobState.DONE:
            raise ValueError(f"The panel of {company.authority} was not built: {job.trouble}")


def _upload_sheet(world: World) -> None:
    """One upload goes wrong, and says why: a sheet that is no return."""
    sheet = SimpleUploadedFile(f"{MARK} list of schools.csv", b"school,visited\nAlderbrook School,yes\n")
    _upload(world.companies[0], sheet, last_term="")


def _upload(company: Company, file: SimpleUploadedFile, *, last_term: str) -> Job:
    choices = {
        "holidays": "next term",
        "short_breaks": False,
        "follow_mergers": False,
        "first_term": "",
        "last_term": last_term,
    }
    by = company.people[Role.ANALYST]
    return run_at_once(uploads.upload_returns(by=by, authority=company.authority, files=[file], choices=choices))


def _begin_and_lock_trial(world: World, last_before: str, first_after: str) -> None:
    """The evaluator plans the trial of the draw, and locks the plan while no count after the start is there."""
    assert world.evaluator is not None
    plan = _plan(f"{MARK}: the first term of the trial", world, last_before, first_after)
    study = studies.begin_trial(by=world.evaluator, allocation=Allocation.objects.get(), plan=plan)
    studies.lock(by=world.evaluator, study=study)


def _plan(title: str, world: World, last_before: str, first_after: str, **schools: list[School]) -> studies.Plan:
    return studies.Plan(
        title=title,
        launched=f"{world.span.first_day:%Y-%m}",
        outcomes=OUTCOMES,
        exposure="census day",
        starts=first_after,
        reference=last_before,
        after_from=first_after,
        last_term=first_after,
        **schools,
    )


def _publish_figures(world: World) -> None:
    for company in world.companies:
        panel = Panel.objects.filter(authority=company.authority).first()
        assert panel is not None
        run_at_once(uploads.publish(by=company.people[Role.ANALYST], panel=panel, policy="dfe"))


def _run_trial(world: World) -> None:
    """The evaluator runs the trial over the newest panels, reads the report and releases it to the steering groups."""
    assert world.evaluator is not None
    study = Study.objects.get()
    studies.take_newer_panels(by=world.evaluator, study=study)
    report = _run(world, study)
    if all(one["told"] for one in report.verdicts):  # so it is, unless chance left an arm with next to nothing
        reports.release(
            by=world.evaluator, evaluation=report, audiences=[Role.STEERING.value], read_for_small_numbers=True
        )


def _compare_one_authority(world: World, last_before: str, first_after: str) -> None:
    """A comparison that nobody planned before, in one authority: its report stays with the evaluator."""
    assert world.evaluator is not None
    company = world.companies[0]
    plan = _plan(
        f"{MARK}: a second look at {company.authority.name}",
        world,
        last_before,
        first_after,
        with_worker=drawn_schools(company, Arm.INTERVENTION),
        compared=drawn_schools(company, Arm.COMPARISON),
    )
    _run(world, studies.begin_comparison(by=world.evaluator, authority=company.authority, plan=plan))


def _run(world: World, study: Study) -> Evaluation:
    assert world.evaluator is not None
    job = run_at_once(studies.run(by=world.evaluator, study=study))
    if job.state != JobState.DONE:
        raise ValueError(f"{study} was not run: {job.trouble}")
    return Evaluation.objects.get(job=job)
