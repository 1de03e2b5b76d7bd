"""A review of each school in each half-term, with an agenda of both sides and actions that come back."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from service.demonstration.words import AGREED, REVIEW_ACTIONS, REVIEW_TOPICS
from service.practice.models import ChildReference
from service.reviews.actions.agenda import Item, put_on_agenda
from service.reviews.actions.closing import Minutes, close_review, contact_of
from service.reviews.actions.follow_up import Agreed, agree_action, settle_action
from service.reviews.actions.planning import ask_attendee, plan_review
from service.reviews.models import Review, ReviewAction
from service.schools.open_days import half_terms_of, open_days

if TYPE_CHECKING:
    from service.demonstration.working import Post
    from service.demonstration.world import World

DAY = timedelta(days=1)


def hold_reviews(world: World, post: Post) -> None:
    """Each half-term ends with a review. The quiet school has none in the present one, so that it is missed."""
    for half in half_terms_of(post.company.authority):
        present = half.starts <= world.span.today <= half.ends
        if half.starts < world.span.first_day or half.starts > world.span.today or (present and post.quiet_from):
            continue
        held = open_days(post.school, first=half.ends - 9 * DAY, last=half.ends)[world.chance.randrange(4)]
        planned = max(half.starts + DAY, held - timedelta(days=24))
        world.chronicle.at(planned, 10, partial(_plan, world, post, held))


def _plan(world: World, post: Post, held: date) -> None:
    manager, lead = post.company.manager, post.lead
    review = plan_review(by=manager, school=post.school, day=held, place="Meeting room")
    ask_attendee(by=manager, review=review, role="safeguarding lead", name=lead.name)
    ask_attendee(by=manager, review=review, role="manager", name=manager.name)
    raised = Item(kind="topic", topic="attendance", text=world.chance.choice(REVIEW_TOPICS))
    world.chronicle.at(
        max(held - 4 * DAY, world.chronicle.now), 13, partial(put_on_agenda, by=lead, review=review, item=raised)
    )
    world.chronicle.at(max(held - 2 * DAY, world.chronicle.now), 14, partial(_prepare, world, post, review))
    world.chronicle.at(held, 17, partial(_close, world, post, review))


def _prepare(world: World, post: Post, review: Review) -> None:
    """The worker puts the children with open involvement on the agenda."""
    worker = world.workers.get(post.school.pk)
    if worker is None:
        return
    ask_attendee(by=worker, review=review, role="social worker", name=worker.name)
    for child in ChildReference.objects.filter(pk__in=sorted(post.caseload.open)[:6]):
        put_on_agenda(
            by=worker, review=review, item=Item(kind="open child", child=child, text="How it goes, and what is next")
        )


def _close(world: World, post: Post, review: Review) -> None:
    manager, chance = post.company.manager, world.chance
    worker = world.workers.get(post.school.pk)
    for what in chance.sample(REVIEW_ACTIONS, 2):
        due = review.day + timedelta(days=chance.randint(10, 35))
        owner = chance.choice([manager, worker or manager, post.lead])
        action = agree_action(by=manager, review=review, action=Agreed(text=what, due=due, owner=owner, shared=True))
        if chance.random() < 0.7:
            world.chronicle.at(due - DAY, 15, partial(_settle, post, action))
    came = list(review.attendees.all())
    contact = contact_of(review) if worker is not None else None
    close_review(by=manager, review=review, minutes=Minutes(agreed=chance.choice(AGREED)), came=came, contact=contact)


def _settle(post: Post, action: ReviewAction) -> None:
    settle_action(by=post.company.manager, action=action, state="done", note="Done, and told to those who asked")
