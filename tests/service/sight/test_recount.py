"""Every number of the team's dashboard, counted a second time from the bare rows of a log drawn by chance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from service.accounts.models import User
from service.diary.models import Actual, PresenceDay
from service.permissions import Role
from service.practice.core_codes import CORE
from service.practice.models import Code, Contact, ReferralOutcome
from service.programmes.actions.placements import change_placement, cover, serve_feeder
from service.programmes.models import Placement
from service.schools.models import ClosureDay, School
from service.sight.exhibits import BUILDERS
from service.sight.lens import halves_until, key_of, team_lens
from tests.service.diary.drawing import place
from tests.service.sight.drawing import draw_imported_log, draw_log
from tests.service.universe import TODAY, Universe, draw_person

FIRST = date(2026, 9, 3)
HALVES = ((FIRST, date(2026, 10, 25)), (date(2026, 10, 31), TODAY))  # as the term dates of the universe have them
IN_SCHOOL = {"all day", "part of the day"}


def draw_work(universe: Universe, chance: Random) -> None:
    """Three workers in three schools, cover, other terms half way, a feeder primary, and a log without any pattern."""
    other, third = universe.other_school[Role.SOCIAL_WORKER], draw_person(Role.SOCIAL_WORKER, universe.ash, "third")
    first = place(universe, starts=date(2026, 9, 7))
    place(universe, worker=other, school=universe.beech, weekdays=[1, 3, 4], starts=date(2026, 9, 21))
    serve_feeder(
        by=universe.manager, placement=first, school=universe.ash, base="Library", weekdays=[4], share_of_time=10
    )
    cover(by=universe.manager, placement=first, worker=third, starts=date(2026, 11, 9), ends=date(2026, 11, 13))
    change_placement(
        by=universe.manager, placement=first, starts=date(2026, 11, 16), reason="Other days", weekdays=[1, 2]
    )
    ClosureDay.objects.create(
        authority=universe.northbrook, school=universe.alder, day=date(2026, 11, 4), reason="Polls"
    )
    for worker, school in ((universe.worker, universe.alder), (other, universe.beech), (third, universe.alder)):
        for _ in range(40):
            draw_one(worker, school, FIRST + timedelta(days=chance.randrange((TODAY - FIRST).days + 1)), chance)
        draw_entries(worker, school, chance)
    draw_imported_log(other, universe.beech, 3, day=date(2026, 11, 3))


def draw_one(worker: User, school: School, day: date, chance: Random) -> None:
    codes = {name: chance.choice(list(CORE[name])) for name in ("kind_of_work", "raised_by", "role", "time_band")}
    outcome = chance.choice(["", "advice given", "referral", "threshold not met"])
    (contact,) = draw_log(worker, school, 1, day=day, outcome=outcome, **codes)
    contact.topics.set(chance.sample(list(Code.objects.filter(authority=None, list_name="topic")), chance.randrange(3)))
    for heard in chance.sample(list(CORE["referral_outcome"]), chance.randrange(3)) if outcome == "referral" else ():
        ReferralOutcome.objects.create(contact=contact, outcome=heard, heard_on=TODAY, recorded_by=worker)


def draw_entries(worker: User, school: School, chance: Random) -> None:
    """What a worker entered, on agreed days and on others, in and out of the placement."""
    days = chance.sample(range((TODAY - FIRST).days + 1), 25)
    PresenceDay.objects.bulk_create(
        PresenceDay(
            worker=worker, school=school, day=FIRST + timedelta(days=day), planned="in school", recorded_by=worker,
            actual=chance.choice(Actual.values),
        )
        for day in days
    )  # fmt: skip


def days_within(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def is_open(school: School, day: date) -> bool:
    in_term = any(first <= day <= last for first, last in HALVES)
    return day.weekday() < 5 and in_term and not (school.urn == "900001" and day == date(2026, 11, 4))


def recount_presence(school: School, first: date, last: date) -> tuple[tuple[int, ...], tuple[int, int]]:
    """Agreed, in school, by phone, not in, without entry, extra; and days in school with and without a contact."""
    told, silent = [0] * 6, [0, 0]
    entered = False
    for day in days_within(first, last):
        held = [each for each in Placement.objects.filter(school=school) if each.starts <= day <= (each.ends or day)]
        agreed = is_open(school, day) and any(day.weekday() in each.weekdays for each in held)
        workers = {each.worker_id for each in held}
        entries = list(PresenceDay.objects.filter(school=school, day=day, worker__in=workers))
        entered = entered or bool(entries)
        for entry in (each for each in entries if each.actual in IN_SCHOOL):
            silent[not Contact.objects.filter(school=school, worker=entry.worker_id, date=day).exists()] += 1
        said = {each.actual for each in entries}
        place_of = 1 if said & IN_SCHOOL else 2 if "by phone or video" in said else 3 if said else 4
        told[0] += agreed
        told[place_of if agreed else 5] += agreed or place_of == 1
    return (tuple(told) if any(told) or entered else ()), (silent[0], silent[1])


def recount_referrals(contacts: list[Contact]) -> dict[str, tuple[int, ...]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for contact in contacts:
        if contact.outcome == "referral":
            heard = contact.referral_outcomes.order_by("heard_on", "pk").last()
            found[contact.school.name][heard.outcome if heard else "no reply"] += 1
        elif contact.outcome == "threshold not met":
            found[contact.school.name]["refused"] += 1
    return {name: tuple(each[code] for code in [*CORE["referral_outcome"], "refused"]) for name, each in found.items()}


def recount(half: int) -> dict[str, Any]:
    first, last = HALVES[half]
    contacts = [each for each in Contact.objects.filter(authority__code="801") if first <= each.date <= last]
    presence = {
        school.name: recount_presence(school, first, last) for school in School.objects.filter(authority__code="801")
    }

    def of_code(name: str) -> list[tuple[int]]:
        return [(sum(getattr(each, name) == code for each in contacts),) for code in CORE[name]]

    return {
        "kind-of-work": of_code("kind_of_work"),
        "raised-by": of_code("raised_by"),
        "time-band": of_code("time_band"),
        "topics": [(sum(code in {t.code for t in each.topics.all()} for each in contacts),) for code in CORE["topic"]],
        "role": [sum(each.role == code for each in contacts) for code in CORE["role"]],
        "referrals": recount_referrals(contacts),
        "days-in-school": {name: told for name, (told, _) in presence.items() if told},
        "silent-days": {name: told for name, (_, told) in presence.items() if any(told)},
        "empty topics": sum(not each.topics.exists() for each in contacts),
    }


@pytest.mark.parametrize(("seed", "half"), [(3, 0), (11, 1)])
def test_the_dashboard_says_what_the_rows_say(universe: Universe, seed: int, half: int) -> None:
    draw_work(universe, Random(seed))
    every = halves_until(universe.northbrook, wanted="", today=TODAY)
    halves = halves_until(universe.northbrook, wanted=key_of(every[half]), today=TODAY)
    lens = team_lens(universe.manager, universe.northbrook, halves=halves, today=TODAY)
    rows = {key: {row[0]: tuple(row[1:]) for row in build(lens).table.rows} for key, build in BUILDERS.items()}
    counted = recount(half)
    for key in ("kind-of-work", "raised-by", "time-band", "topics"):
        assert list(rows[key].values()) == counted[key], key
    for key in ("referrals", "days-in-school", "silent-days"):
        assert rows[key] == counted[key], key
    assert list(rows["role"][str(lens.half)]) == counted["role"]
    shares = [100 * number / sum(counted["role"]) for number in counted["role"]]
    assert list(rows["role-shares"][str(lens.half)]) == pytest.approx(shares)
    assert rows["empty-fields"]["Topic"][0] == counted["empty topics"]
