"""The whole demonstration: the months before, two terms of work up to today, and what stands out on the last day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from random import Random

from django.conf import settings
from django.utils import timezone

from service.demonstration.cast import Names
from service.demonstration.chronicle import Chronicle
from service.demonstration.clock import clock_in_use, moment
from service.demonstration.evaluating import evaluate_programme
from service.demonstration.preparing import prepare
from service.demonstration.school_years import span_until
from service.demonstration.standing_out import release_figures_so_far, stand_out
from service.demonstration.working import work
from service.demonstration.world import World

NO_LETTERS = "django.core.mail.backends.dummy.EmailBackend"


@dataclass(frozen=True)
class Drawn:
    """What was made."""

    first_day: date
    done: int


def draw_programme(
    *,
    seed: int,
    say: Callable[[date, int], None] = lambda day, done: None,
    now: datetime | None = None,
    until: date | None = None,
    with_evidence: bool = True,
) -> Drawn:
    """Make the demonstration in an empty database, up to now. The same seed gives the same programme on the same day.

    With `until` it stops after that day; without evidence there are no returns, panels and reports. References of children and
    addresses of records are drawn anew each time: they must not be guessed, here neither.
    """
    now = now or timezone.now()
    chance = Random(seed)
    span = span_until(timezone.localdate(now))
    world = World(span=span, seed=seed, chance=chance, names=Names(chance), chronicle=Chronicle())
    prepare(world)
    if with_evidence:
        evaluate_programme(world)
    world.chronicle.at(span.first_day, 6, partial(work, world))
    world.chronicle.at(span.second_term, 18, partial(release_figures_so_far, world))
    world.chronicle.at(timezone.localdate(now), 0, partial(stand_out, world), minute=1)
    with clock_in_use() as clock, without_letters():
        done = world.chronicle.live_through(clock, until=moment(until, 23) if until else now, say=say)
    return Drawn(first_day=span.first_day, done=done)


@contextmanager
def without_letters() -> Iterator[None]:
    """Invitations and notices go nowhere: the addresses are invented."""
    before = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = NO_LETTERS
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = before
