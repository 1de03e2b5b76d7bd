"""A hold, or a request for access, that comes while a disposal is being confirmed, on either engine."""

from __future__ import annotations

import pytest

from service.practice.models import ChildReference
from service.records.actions import disposals, retention
from service.records.models import Category, LegalHold
from tests.service.accounts.test_at_the_same_moment import meet_before, together
from tests.service.practice.drawing import draw_child
from tests.service.records.drawing import age_child, draw_rule, draw_second
from tests.service.universe import TODAY, Universe, make_universe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def universe(transactional_db: None) -> Universe:
    """The universe, kept: other connections see it."""
    return make_universe()


def test_a_hold_is_placed_before_the_disposal_or_not_at_all(
    universe: Universe, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = age_child(draw_child(universe.worker, universe.alder))
    draw_rule(universe, Category.CHILDREN)
    second, by, authority = draw_second(universe), universe.governance, universe.northbrook
    disposal = disposals.propose_disposal(by=by, authority=authority, category=Category.CHILDREN)
    placed: list[LegalHold] = []
    meet_before(monkeypatch, (disposals, "delete_under"), (retention, "_check_review_day"))
    until = TODAY.replace(year=2027)
    together(
        lambda: disposals.confirm_disposal(by=second, disposal=disposal),
        lambda: placed.append(
            retention.place_hold(by=by, authority=authority, reason="A claim", review_by=until, child=child)
        ),
    )
    assert ChildReference.objects.filter(pk=child.pk).exists() == bool(placed)
