"""Half-termly reviews, Team Around the School meetings, and the actions that come back."""

from service.reviews.models.actions import ActionState, ActionStep, ReviewAction
from service.reviews.models.kept import KeptForm
from service.reviews.models.reviews import (
    Attendee,
    AttendeeRole,
    ItemKind,
    Kind,
    Review,
    ReviewItem,
    ReviewRecord,
    SharedQuerySet,
    State,
)

__all__ = [
    "ActionState",
    "ActionStep",
    "Attendee",
    "AttendeeRole",
    "ItemKind",
    "KeptForm",
    "Kind",
    "Review",
    "ReviewAction",
    "ReviewItem",
    "ReviewRecord",
    "SharedQuerySet",
    "State",
]
