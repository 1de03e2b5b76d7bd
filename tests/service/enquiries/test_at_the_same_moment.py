"""A button that was pressed twice asks once, each press in a connection of its own, on either engine."""

from __future__ import annotations

from uuid import uuid4

import pytest

from service.enquiries.models import Enquiry
from tests.service.accounts.test_at_the_same_moment import together, wait_before
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.universe import Universe, make_universe

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_presses_ask_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    universe: Universe = make_universe()
    form, made = uuid4(), list[Enquiry]()

    def press() -> None:
        made.append(draw_enquiry(universe, submission=form))

    wait_before(Enquiry.objects, "create", monkeypatch)
    together(press, press)
    assert set(made) == {Enquiry.objects.get()}  # an SQLite in memory may refuse the second press
