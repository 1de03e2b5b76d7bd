"""The pages of evidence: what they show, to whom, and under which policy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from service.audit.models import Action, Entry
from service.evidence import tasks
from service.evidence.actions import reports, uploads
from service.evidence.models import Audience, Evaluation, Job, JobState, Panel, PanelRelease, Study
from service.permissions import Role
from service.programmes.actions.nominations import begin_round
from service.programmes.models import Allocation
from tests.service.conftest import SignedIn
from tests.service.evidence.access import told
from tests.service.evidence.drawing import (
    Synthshire,
    another_panel,
    fake_evaluation,
    fake_panel,
    fake_release,
    fake_study,
    plan_of,
)
from tests.service.universe import Universe

Ceiling = Callable[[int], object]


def test_a_page_of_the_library_stands_in_a_sandbox_of_its_own(
    synthshire: Synthshire, panel: Panel, signed_in: SignedIn
) -> None:
    answer = signed_in(synthshire.analyst).get(reverse("panel-quality", args=[panel.public_id]))
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert b"<h1>" in answer.content
    assert b"<script" not in answer.content
    assert Entry.objects.filter(action=Action.READ, subject=str(panel.public_id)).exists()


def test_the_panel_shows_totals_and_the_way_on(
    synthshire: Synthshire, panel: Panel, signed_in: SignedIn, django_assert_max_num_queries: Ceiling
) -> None:
    client = signed_in(synthshire.analyst)
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        answer = client.get(reverse("panel", args=[panel.public_id]))
    assert b"Section 47 enquiries" in answer.content
    assert b"Publish figures" in answer.content
    assert (
        b"Publish figures" not in signed_in(synthshire.evaluator).get(reverse("panel", args=[panel.public_id])).content
    )


def test_the_panel_folder_is_downloaded_and_audited(synthshire: Synthshire, panel: Panel, signed_in: SignedIn) -> None:
    answer = signed_in(synthshire.evaluator).get(reverse("panel-download", args=[panel.public_id]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"panel.csv", "panel.toml", "quality.html"} <= set(archive.namelist())
    assert Entry.objects.filter(action=Action.EXPORT, subject=str(panel.public_id)).exists()


@pytest.mark.parametrize("role", [Role.STEERING, Role.PROGRAMME_LEAD])
def test_a_panel_is_not_for_whoever_gets_checked_figures_only(
    synthshire: Synthshire, panel: Panel, signed_in: SignedIn, role: Role
) -> None:
    client = signed_in(synthshire.people[role])
    for name in ("panel", "panel-quality", "panel-download"):
        assert client.get(reverse(name, args=[panel.public_id])).status_code == 403
    assert b"Work in the background" not in client.get(reverse("evidence")).content


def test_the_first_page_of_each_person_holds_what_is_theirs(
    synthshire: Synthshire, panel: Panel, signed_in: SignedIn, django_assert_max_num_queries: Ceiling
) -> None:
    words = {
        Role.ANALYST: b"Upload returns",
        Role.EVALUATOR: b"Begin a study of Synthshire 2",
        Role.PROGRAMME_LEAD: b"Begin a study of Synthshire 2",
        Role.STEERING: b"Nothing has been published yet",
    }
    for role, there in words.items():
        client = signed_in(synthshire.people[role])
        with django_assert_max_num_queries(26):  # type: ignore[attr-defined]
            assert there in client.get(reverse("evidence")).content


def test_what_is_older_than_the_newest_is_on_a_page_of_its_own(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Ceiling
) -> None:
    panel, client = fake_panel(universe), signed_in(universe.analyst)
    address = reverse("evidence-list", args=["panels"])
    assert address.encode() not in client.get(reverse("evidence")).content
    for _ in range(25):
        another_panel(universe)
    assert address.encode() in client.get(reverse("evidence")).content
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        assert b"page=2" in client.get(address).content
    oldest = reverse("panel", args=[panel.public_id]).encode()
    assert oldest not in client.get(address).content
    assert oldest in client.get(address, {"page": "2"}).content


@pytest.mark.parametrize("what", ["panels", "work", "studies", "weather"])
def test_a_list_is_for_who_sees_what_is_in_it(universe: Universe, signed_in: SignedIn, what: str) -> None:
    assert signed_in(universe.own[Role.STEERING]).get(reverse("evidence-list", args=[what])).status_code == 404


def test_moments_are_told_as_the_clock_on_the_wall_shows_them(universe: Universe, signed_in: SignedIn) -> None:
    release, evaluation = fake_release(universe), fake_evaluation(universe)
    moment = datetime(2026, 7, 7, 23, 30, tzinfo=UTC)  # half past midnight in British Summer Time
    Panel.objects.update(built_at=moment)
    Job.objects.update(asked_at=moment)
    PanelRelease.objects.update(released_at=moment)
    Evaluation.objects.update(run_at=moment)
    told = "8 July 2026, 00:30"
    assert told in signed_in(universe.analyst).get(reverse("panel", args=[release.panel.public_id])).content.decode()
    client = signed_in(universe.evaluator)
    study = client.get(reverse("study", args=[evaluation.study.public_id])).content.decode()
    assert "built 8 July 2026" in study
    assert told in study
    assert "Summer 2026 to summer 2026" not in study
    report = client.get(reverse("evaluation", args=[evaluation.public_id])).content.decode()
    assert "run on 8 July 2026" in report
    for person in (universe.analyst, universe.evaluator):
        page = signed_in(person).get(reverse("evidence")).content.decode()
        assert told in page
        assert "7 July" not in page
        assert "2026-07-07" not in page


@pytest.mark.slow
def test_figures_are_published_through_disclosure_control_and_held_against_the_last_release(
    synthshire: Synthshire, panel: Panel, signed_in: SignedIn
) -> None:
    client = signed_in(synthshire.analyst)
    for number in (1, 2):
        answer = client.post(reverse("panel-publish", args=[panel.public_id]), {"policy": "dfe"})
        job = Job.objects.get(public_id=answer.headers["Location"].rstrip("/").rpartition("/")[2])
        tasks.publish_figures.call(str(job.public_id))
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.trouble
        assert PanelRelease.objects.count() == number
    first, second = PanelRelease.objects.order_by("pk")
    assert first.archive.sha256 == second.archive.sha256  # what went out just so is not written down again
    steering = signed_in(synthshire.people[Role.STEERING])
    page = steering.get(reverse("panel-figures", args=[first.public_id]), {"outcome": "section_47_enquiries"})
    assert b"[c]" in page.content
    assert b"See the panel" not in page.content
    answer = steering.get(reverse("panel-figures-download", args=[first.public_id]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert "notes.md" in names
        assert "releases.json" not in names
    assert Entry.objects.filter(action=Action.PUBLISH, subject=str(first.public_id)).exists()


def test_publishing_is_refused_to_others_and_for_unknown_policies(synthshire: Synthshire, panel: Panel) -> None:
    with pytest.raises(PermissionDenied):
        uploads.publish(by=synthshire.evaluator, panel=panel, policy="dfe")
    with pytest.raises(ValidationError, match="Choose one of"):
        uploads.publish(by=synthshire.analyst, panel=panel, policy="none")


def test_a_study_is_begun_changed_locked_and_queued_on_its_pages(
    synthshire: Synthshire, panel: Panel, signed_in: SignedIn
) -> None:
    client = signed_in(synthshire.evaluator)
    begin = reverse("study-begin", args=[synthshire.authority.public_id])
    assert b"Schools with a social worker" in client.get(begin).content
    plan = plan_of(synthshire)
    data = {
        "title": plan.title, "launched": plan.launched, "primary": plan.outcomes[0], "others": list(plan.outcomes),
        "exposure": plan.exposure, "starts": plan.starts, "reference": plan.reference, "after_from": plan.after_from,
        "last_term": plan.last_term, "with_worker": [school.pk for school in plan.with_worker],
        "compared": [school.pk for school in plan.compared],
    }  # fmt: skip
    refused = client.post(begin, data | {"reference": plan.starts})
    assert b"The reference term must lie before the start" in refused.content
    client.post(begin, data)
    study = Study.objects.get()
    assert study.outcomes == list(plan.outcomes)
    client.post(reverse("study-plan", args=[study.public_id]), data | {"title": "Another title"})
    assert b"Another title" in client.get(reverse("study", args=[study.public_id])).content
    assert b"This cannot be taken back" in client.get(reverse("study-lock", args=[study.public_id])).content
    client.post(reverse("study-lock", args=[study.public_id]))
    page = client.get(reverse("study", args=[study.public_id])).content
    assert b"counts after the start were there" in page
    assert b"Change the plan" not in page
    folder = client.post(reverse("study-folder", args=[study.public_id]))
    assert folder["Content-Type"] == "application/zip"
    answer = client.post(reverse("study-run", args=[study.public_id]), follow=True)
    assert b"Running an evaluation" in answer.content


def test_a_folder_that_cannot_be_composed_says_why_on_the_study(universe: Universe, signed_in: SignedIn) -> None:
    study = fake_study(universe)
    answer = signed_in(universe.evaluator).post(reverse("study-folder", args=[study.public_id]), follow=True)
    assert b"panel.toml" in answer.content


def released(universe: Universe, *audiences: str) -> Evaluation:
    row = fake_evaluation(universe)
    reports.release(by=universe.evaluator, evaluation=row, audiences=audiences, read_for_small_numbers=True)
    return row


def test_a_trial_over_two_authorities_is_offered_to_whom_composes_in_both(
    universe: Universe, signed_in: SignedIn
) -> None:
    told(universe)
    allocation = Allocation.objects.get()
    address = reverse("trial-begin", args=[allocation.public_id])
    lead = signed_in(universe.programme_lead)
    assert address in lead.get(reverse("evidence")).content.decode()
    elsewhere = universe.elsewhere[Role.PROGRAMME_LEAD]
    allocation.rounds.add(begin_round(by=elsewhere, authority=universe.southmere, name="Autumn"))
    assert address not in lead.get(reverse("evidence")).content.decode()
    assert "The evaluator begins the trial" in lead.get(address, follow=True).content.decode()
    assert address in signed_in(universe.evaluator).get(reverse("evidence")).content.decode()


def test_nobody_reads_a_report_before_it_is_released(universe: Universe, signed_in: SignedIn) -> None:
    row = fake_evaluation(universe)
    for role in (Role.STEERING, Role.PROGRAMME_LEAD, Role.ANALYST):
        client = signed_in(universe.own[role])
        assert client.get(reverse("evaluation", args=[row.public_id])).status_code == 404
        assert client.get(reverse("evaluation-report", args=[row.public_id, "html"])).status_code == 404
        assert b"No report is here for you" in client.get(reverse("evidence")).content


def test_a_released_report_is_read_by_its_audience_in_its_authority_alone(
    universe: Universe, signed_in: SignedIn
) -> None:
    row = released(universe, Audience.STEERING)
    address = reverse("evaluation-report", args=[row.public_id, "html"])
    answer = signed_in(universe.own[Role.STEERING]).get(address)
    assert answer.status_code == 200
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Entry.objects.filter(action=Action.READ, subject=str(row.public_id)).exists()
    for other in (universe.own[Role.PROGRAMME_LEAD], universe.elsewhere[Role.STEERING], universe.analyst):
        assert signed_in(other).get(address).status_code == 404
    page = signed_in(universe.own[Role.STEERING]).get(reverse("evaluation", args=[row.public_id])).content
    assert b"Download the folder" not in page
    assert b"Release the report" not in page


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("docx", b"PK")])
def test_a_report_is_kept_as_a_file_too_and_that_is_an_export(
    universe: Universe, signed_in: SignedIn, kind: str, start: bytes
) -> None:
    row = released(universe, Audience.ANALYST)
    answer = signed_in(universe.analyst).get(reverse("evaluation-report", args=[row.public_id, kind]))
    assert answer.content.startswith(start)
    assert "attachment" in answer["Content-Disposition"]
    assert Entry.objects.filter(action=Action.EXPORT, subject=str(row.public_id)).exists()
    assert signed_in(universe.analyst).get(reverse("evaluation-report", args=[row.public_id, "exe"])).status_code == 404


def test_a_report_that_is_taken_back_is_gone_with_the_reason_kept(universe: Universe, signed_in: SignedIn) -> None:
    row = released(universe, Audience.STEERING)
    client = signed_in(universe.evaluator)
    client.post(reverse("evaluation-withdraw", args=[row.public_id]), {"reason": "A wrong term."})
    assert signed_in(universe.own[Role.STEERING]).get(reverse("evaluation", args=[row.public_id])).status_code == 404
    assert row.releases.get().withdrawn_because == "A wrong term."


def test_a_release_needs_an_audience_and_a_reader_of_small_numbers(universe: Universe, signed_in: SignedIn) -> None:
    row = fake_evaluation(universe)
    client = signed_in(universe.evaluator)
    address = reverse("evaluation-release", args=[row.public_id])
    assert b"I have read the edition for others for small numbers" in client.get(address).content
    client.post(address, {"audiences": [Audience.STEERING]})
    client.post(address, {"read_for_small_numbers": "on"})
    assert not row.releases.exists()
    client.post(address, {"audiences": [Audience.STEERING], "read_for_small_numbers": "on"})
    assert row.releases.count() == 1


def test_only_the_evaluator_releases(universe: Universe) -> None:
    row = fake_evaluation(universe)
    for person in (universe.programme_lead, universe.analyst, universe.elsewhere[Role.EVALUATOR]):
        with pytest.raises(PermissionDenied):
            reports.release(by=person, evaluation=row, audiences=[Audience.STEERING], read_for_small_numbers=True)


def test_the_progress_of_a_run_is_for_evaluators(universe: Universe, signed_in: SignedIn) -> None:
    row = fake_evaluation(universe)
    address = reverse("evidence-job", args=[row.job.public_id])
    assert signed_in(universe.evaluator).get(address).status_code == 200
    assert signed_in(universe.analyst).get(address).status_code == 404
    assert (
        signed_in(universe.analyst).get(reverse("evidence-job", args=[fake_panel(universe).job.public_id])).status_code
        == 200
    )
