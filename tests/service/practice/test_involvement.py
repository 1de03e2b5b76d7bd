"""Involvement and its steps, and what a worker carries besides."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.permissions import Role
from service.practice.actions.involvement import (
    close_involvement,
    hand_over_involvement,
    open_involvement,
    state_other_work,
    step_involvement,
)
from service.practice.caseload import caseloads_of
from service.practice.models import LEVELS, ChildReference, Involvement, OtherWork
from service.programmes.models import Placement
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child
from tests.service.universe import STARTED, TODAY, Universe, draw_membership, make_universe

BEFORE = date(2026, 10, 1)


@pytest.fixture
def child(universe: Universe) -> ChildReference:
    return draw_child(universe.worker, universe.alder)


@pytest.fixture
def colleague(universe: Universe) -> User:
    user = User.objects.create_user("colleague@example.org", name="Colleague")
    draw_membership(user, Role.SOCIAL_WORKER, universe.alder)
    return user


def opened(universe: Universe, child: ChildReference, **told: Any) -> Involvement:
    given = {"worker": universe.worker, "level": "advice", "reason": "school asked", "on": BEFORE} | told
    return open_involvement(by=universe.worker, child=child, **given)


def place(universe: Universe, worker: User, share: int) -> None:
    Placement.objects.create(
        worker=worker, school=universe.alder, mode="own office", base="Room 4", weekdays=[0, 1, 2],
        share_of_time=share, starts=STARTED, placed_by=universe.manager,
    )  # fmt: skip


def test_involvement_steps_up_and_down_with_its_reasons(
    universe: Universe, child: ChildReference, colleague: User
) -> None:
    involvement = opened(universe, child)
    step = {"by": universe.worker, "involvement": involvement}
    step_involvement(**step, level="child protection", reason="new concern", on=BEFORE + timedelta(days=1))
    step_involvement(**step, level="child in need", reason="progress", on=BEFORE + timedelta(days=9))
    hand_over_involvement(**step, worker=colleague, on=BEFORE + timedelta(days=10))
    close_involvement(**step, reason="needs met", on=TODAY, note="A good end")
    told = [(each.direction, each.level, each.worker, each.reason) for each in involvement.steps.all()]
    assert told == [
        ("opened", "advice", universe.worker, "school asked"),
        ("up", "child protection", universe.worker, "new concern"),
        ("down", "child in need", universe.worker, "progress"),
        ("handed over", "child in need", colleague, "handed over"),
        ("closed", "child in need", colleague, "needs met"),
    ]
    assert Entry.objects.filter(subject=str(involvement.public_id), child=str(child.public_id)).count() == 5
    details = [entry.details for entry in Entry.objects.filter(subject=str(involvement.public_id)).order_by("sequence")]
    assert [told["fields"] for told in details] == [
        ["level", "opened", "worker"], ["level"], ["level"], ["worker"], ["closed", "closing_reason"],
    ]  # fmt: skip
    assert all(list(told) == ["fields"] for told in details)


def test_the_form_of_a_step_shows_the_level_and_is_in_the_audit(
    universe: Universe, child: ChildReference, signed_in: SignedIn
) -> None:
    involvement = opened(universe, child)
    signed_in(universe.worker).get(reverse("involvement-step", kwargs={"public_id": involvement.public_id}))
    read = Entry.objects.get(action=Action.READ)
    assert (read.child, read.details) == (str(child.public_id), {"fields": ["level"]})


def test_involvement_opens_again_as_another_one(universe: Universe, child: ChildReference) -> None:
    close_involvement(by=universe.worker, involvement=opened(universe, child), reason="needs met", on=BEFORE)
    again = opened(universe, child, on=TODAY)
    assert Involvement.objects.filter(child=child).count() == 2
    assert again.closed is None


def test_a_child_has_one_open_involvement(universe: Universe, child: ChildReference) -> None:
    opened(universe, child)
    with pytest.raises(ValidationError, match="open already"):
        opened(universe, child)
    with pytest.raises(IntegrityError), transaction.atomic():
        Involvement.objects.create(child=child, worker=universe.worker, level="advice", opened=TODAY)


@pytest.mark.parametrize(
    "told",
    [
        {"level": "interest"},
        {"reason": "whim"},
        {"on": TODAY + timedelta(days=1)},
    ],
)
def test_what_does_not_fit_is_refused(universe: Universe, child: ChildReference, told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        opened(universe, child, **told)


def test_the_worker_must_be_of_the_school(universe: Universe, child: ChildReference) -> None:
    with pytest.raises(ValidationError, match="worker of the child"):
        opened(universe, child, worker=universe.other_school[Role.SOCIAL_WORKER])
    involvement = opened(universe, child)
    for worker in (universe.worker, universe.lead):
        with pytest.raises(ValidationError):
            hand_over_involvement(by=universe.worker, involvement=involvement, worker=worker, on=TODAY)


def test_a_step_before_the_last_to_the_same_level_or_after_the_end_is_refused(
    universe: Universe, child: ChildReference
) -> None:
    involvement = opened(universe, child)
    step = {"by": universe.worker, "involvement": involvement, "reason": "progress"}
    with pytest.raises(ValidationError, match="before the last step"):
        step_involvement(**step, level="assessment", on=BEFORE - timedelta(days=1))
    with pytest.raises(ValidationError, match="another level"):
        step_involvement(**step, level="advice", on=TODAY)
    close_involvement(by=universe.worker, involvement=involvement, reason="needs met", on=TODAY)
    with pytest.raises(ValidationError, match="was closed"):
        step_involvement(**step, level="assessment", on=TODAY)


def test_involvement_with_a_child_whose_record_is_closed_is_refused(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder, restricted=True)
    with pytest.raises(PermissionDenied):
        opened(universe, child)


def test_the_caseload_counts_levels_cases_from_before_court_and_school_time(
    universe: Universe, colleague: User
) -> None:
    place(universe, universe.worker, 60)
    for number, told in enumerate(({"level": "child protection", "carried_over": True}, {"level": "advice"}), start=2):
        opened(universe, draw_child(universe.worker, universe.alder, reference=f"BKQR-{number}729"), **told)
    closed = opened(universe, draw_child(universe.worker, universe.alder, reference="BKQR-9729"))
    close_involvement(by=universe.worker, involvement=closed, reason="needs met", on=TODAY)
    state_other_work(
        by=universe.worker, worker=universe.worker, authority=universe.northbrook, starts=BEFORE, carried_over_cases=4,
        court_percent=30, other_percent=20,
    )  # fmt: skip
    load, other = caseloads_of([universe.worker, colleague], TODAY)
    assert {level: number for level, number in load.by_level.items() if number} == {"child protection": 1, "advice": 1}
    assert (load.carried_over, load.carried_over_elsewhere, load.open_cases, load.statutory_cases) == (1, 4, 6, 1)
    assert (load.school_percent, load.court_percent, load.overcommitted_percent) == (60, 30, 10)
    assert load.days_for_each_case == pytest.approx(0.5)  # three days a week for six cases
    assert (other.open_cases, other.school_percent, other.days_for_each_case) == (0, None, None)


def test_restricted_children_are_counted_in_the_caseload(universe: Universe, child: ChildReference) -> None:
    opened(universe, child)
    ChildReference.objects.filter(pk=child.pk).update(restricted=True)
    assert caseloads_of([universe.worker], TODAY)[0].open_cases == 1


def test_a_new_statement_of_other_work_ends_the_one_before(universe: Universe) -> None:
    told = {
        "by": universe.manager,
        "worker": universe.worker,
        "authority": universe.northbrook,
        "carried_over_cases": 2,
    }
    state_other_work(**told, starts=BEFORE, court_percent=40)
    state_other_work(**told, starts=TODAY, court_percent=10)
    assert list(OtherWork.objects.values_list("court_percent", "ends")) == [(40, TODAY - timedelta(days=1)), (10, None)]
    assert caseloads_of([universe.worker], BEFORE)[0].court_percent == 40
    with pytest.raises(ValidationError):
        state_other_work(**told, starts=BEFORE, court_percent=10)


@pytest.mark.parametrize(
    "told",
    [
        {"carried_over_cases": -1},
        {"court_percent": 101},
        {"court_percent": 60, "other_percent": 50},
        {"starts": TODAY + timedelta(days=1)},
    ],
)
def test_shares_that_cannot_be_are_refused(universe: Universe, told: dict[str, Any]) -> None:
    given = {"starts": BEFORE, "carried_over_cases": 0, "court_percent": 0} | told
    with pytest.raises(ValidationError):
        state_other_work(by=universe.manager, worker=universe.worker, authority=universe.northbrook, **given)


def test_a_worker_states_nobody_elses_other_work(universe: Universe, colleague: User) -> None:
    with pytest.raises(PermissionDenied):
        state_other_work(
            by=universe.worker, worker=colleague, authority=universe.northbrook, starts=BEFORE, carried_over_cases=0,
            court_percent=0,
        )  # fmt: skip


def test_a_worker_sees_the_own_caseload_and_a_manager_that_of_the_team(
    universe: Universe, colleague: User, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    assert "Colleague" not in signed_in(universe.worker).get(reverse("caseload")).content.decode()
    client = signed_in(universe.manager)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("caseload")).content.decode()
    assert "Colleague" in page
    assert universe.worker.name in page
    assert universe.elsewhere[Role.SOCIAL_WORKER].name not in page


def test_the_pages_open_step_hand_over_and_close(
    universe: Universe, child: ChildReference, colleague: User, signed_in: SignedIn
) -> None:
    client = signed_in(universe.worker)
    worker = str(universe.worker.public_id)
    today = {"on": TODAY.isoformat()}
    client.post(
        reverse("involvement-open", kwargs={"public_id": child.public_id}),
        {"worker": worker, "level": "advice", "reason": "school asked", **today},
    )
    involvement = Involvement.objects.get()
    here = {"public_id": involvement.public_id}
    client.post(reverse("involvement-step", kwargs=here), {"level": "assessment", "reason": "new concern", **today})
    client.post(reverse("involvement-hand-over", kwargs=here), {"worker": str(colleague.public_id), **today})
    page = client.get(reverse("child", kwargs={"public_id": child.public_id})).content.decode()
    assert "Stepped up" in page
    client.post(reverse("involvement-close", kwargs=here), {"reason": "needs met", **today})
    involvement.refresh_from_db()
    assert (involvement.closed, involvement.worker, involvement.level) == (TODAY, colleague, "assessment")
    form = {
        "worker": f"801 {worker}", "starts": TODAY.isoformat(), "carried_over_cases": 3, "court_percent": 10, "other_percent": 0,
    }  # fmt: skip
    assert client.post(reverse("other-work"), form).headers["Location"] == reverse("caseload")


class StepsAddUp(TestCase):
    """However involvement is stepped: its level is that of the last step, and each direction tells the order of the levels."""

    def setUp(self) -> None:
        self.universe = make_universe()
        self.child = draw_child(self.universe.worker, self.universe.alder)

    @settings(max_examples=20, deadline=None)
    @given(levels=st.lists(st.sampled_from(LEVELS), min_size=1, max_size=6))
    def test_the_history_leads_to_the_present(self, levels: list[str]) -> None:
        involvement = opened(self.universe, self.child, level=levels[0])
        for level in levels[1:]:
            if level != involvement.level:
                involvement = step_involvement(
                    by=self.universe.worker, involvement=involvement, level=level, reason="plan changed", on=TODAY
                )
        steps = list(involvement.steps.all())
        assert steps[-1].level == involvement.level == levels[-1]
        for before, after in itertools.pairwise(steps):
            assert (after.direction == "up") == (LEVELS.index(after.level) > LEVELS.index(before.level))
        close_involvement(by=self.universe.worker, involvement=involvement, reason="other", on=TODAY)
