"""A button that was pressed twice plans one review, each press in a connection of its own, on either engine."""

from __future__ import annotations

import pytest

from service.reviews.actions import planning
from service.reviews.models import Kind, Review
from tests.service.accounts.test_at_the_same_moment import together, wait_before
from tests.service.universe import TODAY, Universe, make_universe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", Kind.values)
def test_two_presses_plan_one_review(transactional_db: None, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    universe: Universe = make_universe()
    made: list[Review] = []

    def press() -> None:
        made.append(
            planning.plan_review(
                by=universe.worker, school=universe.alder, day=TODAY, kind=kind, chair=universe.manager
            )
        )

    wait_before(planning, "_place", monkeypatch)
    together(press, press)
    assert set(made) == {Review.objects.get()}  # an SQLite in memory may refuse the second press
