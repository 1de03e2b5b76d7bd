"""What a dashboard looks at: whose work, in which schools, over which half-terms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count

from service.accounts.models import User
from service.diary.presence import DayInSchool, days_of_placements
from service.permissions import Permission
from service.practice.caseload import Caseload, caseloads_of
from service.practice.codes import labels_of
from service.practice.core_codes import CORE, CodeList
from service.practice.models import Contact, ReferralOutcome
from service.practice.models.children import conflicts_of
from service.practice.people import workers_in
from service.programmes.models import Placement
from service.schools.models import Authority, School
from service.schools.open_days import HalfTerm, half_terms_of

MOST_HALVES = 6  # a school year
LISTS = (
    CodeList.RAISED_BY, CodeList.KIND_OF_WORK, CodeList.ROLE, CodeList.TOPIC, CodeList.TIME_BAND, CodeList.REFERRAL_OUTCOME,
)  # fmt: skip


@dataclass(frozen=True)
class Lens:
    """The rows of one dashboard, all of them the reader's to count.

    `half` is looked at, up to today; `halves` are it and up to five before it, for what is drawn over time. What is asked of
    the database is asked once, however many figures use it.
    """

    authority: Authority
    contacts: Any
    outcomes: Any
    placements: Any
    workers: tuple[User, ...]
    halves: tuple[HalfTerm, ...]
    today: date

    @property
    def half(self) -> HalfTerm:
        return self.halves[-1]

    @property
    def last(self) -> date:
        """The last day that is looked at."""
        return min(self.half.ends, self.today)

    @cached_property
    def now(self) -> Any:
        """The contacts of the half-term."""
        return self.contacts.filter(date__range=(self.half.starts, self.last)).order_by()

    @cached_property
    def in_holiday_before(self) -> int:
        """The contacts between the half-term before and this one, which no figure counts; 0 where there is none before."""
        if len(self.halves) < 2:
            return 0
        found = self.contacts.filter(date__gt=self.halves[-2].ends, date__lt=self.half.starts)
        return int(found.order_by().count())

    @cached_property
    def days(self) -> list[DayInSchool]:
        """The days of the half-term on which somebody was agreed for a school, or entered presence there."""
        days = days_of_placements(self.placements, first=self.half.starts, last=self.last)
        return [day for day in days if day.counts]

    @cached_property
    def worked(self) -> set[tuple[int, int | None, date]]:
        """For which school, by which worker and on which day there is a contact."""
        return set(self.now.values_list("school", "worker", "date").distinct())

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """What the authority calls each code."""
        return labels_of(self.authority, *LISTS)

    def named(self, list_name: str) -> dict[str, str]:
        """The core codes of a list in their order, with what the authority calls them."""
        return {code: self.labels.get((list_name, code), name) for code, name in CORE[list_name].items()}

    def counted(self, name: str) -> Counter[str]:
        """The contacts of the half-term by a code."""
        return Counter(dict(self.now.values_list(name).annotate(number=Count("pk"))))

    @cached_property
    def loads(self) -> list[Caseload]:
        """What each worker carries today, by name."""
        return sorted(caseloads_of(self.workers, self.today), key=lambda load: (load.worker.name, load.worker.pk))

    @cached_property
    def roles_over_time(self) -> list[Counter[str]]:
        """The contacts of each of the half-terms by role."""
        span = self.contacts.filter(date__range=(self.halves[0].starts, self.last)).order_by()
        found = [Counter[str]() for _ in self.halves]
        for day, code, number in span.values_list("date", "role").annotate(number=Count("pk")):
            for half, counter in zip(self.halves, found, strict=True):
                if day in half:
                    counter[code] += number
        return found


def halves_until(authority: Authority, *, wanted: str, today: date) -> tuple[HalfTerm, ...]:
    """The half-terms that have begun, up to the one that was asked for (such as "2026-27-2") or the last; at most six."""
    begun = [half for half in half_terms_of(authority) if half.starts <= today]
    until = [number for number, half in enumerate(begun, start=1) if key_of(half) == wanted]
    return tuple(begun[: until[0]] if until else begun)[-MOST_HALVES:]


def key_of(half: HalfTerm) -> str:
    """A half-term as it stands in an address."""
    return f"{half.school_year}-{half.number}"


def team_lens(user: User, authority: Authority, *, halves: tuple[HalfTerm, ...], today: date) -> Lens:
    """The work of an authority, for who manages it. Restricted records are counted like any other.

    Not counted: contacts about a child over whom the reader has a conflict of interest. Beside the list of contacts, which
    leaves them out, the numbers would tell what they were about.
    """
    permission = Permission.VIEW_TEAM_DASHBOARD
    contacts, outcomes = _without_conflicts(user, permission)
    return Lens(
        authority=authority,
        contacts=contacts.filter(authority=authority),
        outcomes=outcomes.filter(contact__authority=authority),
        placements=Placement.objects.visible_to(user, permission).filter(school__authority=authority),
        workers=tuple(workers_in(authority)),
        halves=halves,
        today=today,
    )


def own_lens(user: User, authority: Authority, *, halves: tuple[HalfTerm, ...], today: date) -> Lens:
    """A worker's own work in an authority."""
    permission = Permission.VIEW_OWN_DASHBOARD
    contacts, outcomes = _without_conflicts(user, permission)
    return Lens(
        authority=authority,
        contacts=contacts.filter(authority=authority, worker=user),
        outcomes=outcomes.filter(contact__authority=authority, contact__worker=user),
        placements=Placement.objects.visible_to(user, permission).filter(school__authority=authority, worker=user),
        workers=(user,),
        halves=halves,
        today=today,
    )


def _without_conflicts(user: User, permission: Permission) -> tuple[Any, Any]:
    """The contacts and the outcomes of referrals that this person counts."""
    conflicts = conflicts_of(user)
    contacts = Contact.objects.visible_to(user, permission).exclude(child__in=conflicts)
    return contacts, ReferralOutcome.objects.visible_to(user, permission).exclude(contact__child__in=conflicts)


def own_authorities(user: User) -> list[Authority]:
    """The authorities of a worker's schools, by name."""
    schools = School.objects.visible_to(user, Permission.VIEW_OWN_DASHBOARD)
    return list(Authority.objects.filter(pk__in=schools.order_by().values("authority")).order_by("name"))
