"""A button that was pressed twice does its work once, each press in a connection of its own, on either engine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.audit.models import Action, Entry
from service.practice.actions.children import move_child
from service.practice.actions.restrictions import declare_conflict, restrict_child
from service.practice.models import ChildPlace, ChildReference, ConflictOfInterest, Restriction
from tests.service.accounts.test_at_the_same_moment import together, wait_before
from tests.service.practice.drawing import draw_child
from tests.service.universe import TODAY, Universe, make_universe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def universe(transactional_db: None) -> Universe:
    """The universe, kept: other connections see it."""
    return make_universe()


@pytest.fixture
def child(universe: Universe) -> ChildReference:
    child = draw_child(universe.worker, universe.alder)
    ChildPlace.objects.create(
        child=child,
        school=universe.alder,
        year_group="9",
        starts=TODAY - timedelta(days=9),
        recorded_by=universe.worker,
    )
    return child


def test_two_presses_restrict_once(universe: Universe, child: ChildReference, monkeypatch: pytest.MonkeyPatch) -> None:
    def press() -> None:
        restrict_child(
            by=universe.manager, child=ChildReference.objects.get(pk=child.pk), category="own or relative",
            reason="A relative", review_by=TODAY + timedelta(days=60),
        )  # fmt: skip

    wait_before(Restriction.objects, "create", monkeypatch)
    together(press, press)
    assert Restriction.objects.count() == 1


def test_two_presses_move_once(universe: Universe, child: ChildReference, monkeypatch: pytest.MonkeyPatch) -> None:
    def press() -> None:
        found = ChildReference.objects.get(pk=child.pk)
        move_child(by=universe.manager, child=found, school=universe.beech, year_group="10", starts=TODAY)

    wait_before(ChildPlace.objects, "create", monkeypatch)
    together(press, press)
    press()
    assert child.places.count() == 2
    assert Entry.objects.filter(action=Action.CHANGE).count() == 1


def test_two_presses_declare_one_conflict(
    universe: Universe, child: ChildReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press() -> None:
        declare_conflict(by=universe.worker, child=child)

    wait_before(ConflictOfInterest.objects, "create", monkeypatch)
    together(press, press)
    assert ConflictOfInterest.objects.count() == 1
