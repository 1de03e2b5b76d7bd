"""Forms of sessions: planning, moving, cancelling, recording."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from service.accounts.models import User
from service.diary.actions.sessions import SessionPlan
from service.diary.forms.contact_codes import CONTACT_CODES, contact_from, offer_codes, set_choices
from service.diary.models import Audience, Done, Session, SessionKind
from service.pages.typed import TypedField
from service.pages.widgets import NativeDate, NativeTime
from service.permissions import Permission
from service.practice.actions.contact_details import ContactDetails
from service.programmes.models import Placement
from service.schools.models import School

AHEAD = timedelta(weeks=52)
NOBODY = "Do not name anybody."
SHOWN = (
    ("", "All"),
    ("to come", "To come"),
    ("to record", "Held, without a record"),
    ("recorded", "Held and recorded"),
    ("cancelled", "Cancelled"),
)  # fmt: skip


class TimesForm(forms.Form):
    """A day, and two times of its clock."""

    date = forms.DateField(label="Date", widget=NativeDate)
    starts = forms.TimeField(label="Starts at", widget=NativeTime)
    ends = forms.TimeField(label="Ends at", widget=NativeTime)

    def moments(self) -> tuple[datetime, datetime]:
        """Both times as moments, Europe/London."""
        day = self.cleaned_data["date"]
        return _moment(day, self.cleaned_data["starts"]), _moment(day, self.cleaned_data["ends"])


class SessionForm(TimesForm):
    """A new session, at a school where somebody is placed."""

    field_order = ("kind", "audience", "school", "worker", "place", "date", "starts", "ends", "weekly")

    kind = forms.ChoiceField(label="What is it?", choices=SessionKind.choices, widget=forms.RadioSelect)
    audience = forms.ChoiceField(label="For whom?", choices=Audience.choices, widget=forms.RadioSelect)
    school = forms.ChoiceField(label="School")
    worker = forms.ChoiceField(label="Who leads it?")
    place = TypedField(label="Room", help_text=f"For example the library. {NOBODY}", max_length=60)
    weekly = forms.BooleanField(
        label="Repeat every week to the end of the half-term",
        help_text="Days on which the school is closed are left out.",
        required=False,
    )

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        today = timezone.localdate()
        placements = Placement.objects.visible_to(user, Permission.PLAN_DIARY).within_days(today, today + AHEAD)
        rows = list(placements.select_related("school__authority", "worker").order_by("school__name", "worker__name"))
        self.schools = {str(row.school.public_id): row.school for row in rows}
        self.workers = {str(row.worker.public_id): row.worker for row in rows}
        schools = [(key, str(school)) for key, school in self.schools.items()]
        set_choices(self, "school", schools if len(schools) == 1 else [("", "Choose a school"), *schools])
        own, workers = str(user.public_id), [(key, str(worker)) for key, worker in self.workers.items()]
        set_choices(self, "worker", workers if own in self.workers else [("", "Choose a worker"), *workers])
        self.initial.setdefault("worker", own)

    @property
    def chosen_school(self) -> School:
        return self.schools[self.cleaned_data["school"]]

    @property
    def chosen_worker(self) -> User:
        return self.workers[self.cleaned_data["worker"]]

    def plan(self) -> SessionPlan:
        starts, ends = self.moments()
        return SessionPlan(
            SessionKind(self.cleaned_data["kind"]),
            Audience(self.cleaned_data["audience"]),
            self.cleaned_data["place"],
            starts,
            ends,
        )


class MoveForm(TimesForm):
    reason = TypedField(label="Why is it moved?", help_text=f"The school reads this. {NOBODY}", max_length=200)


class CancelForm(forms.Form):
    reason = TypedField(label="Why is it cancelled?", help_text=f"The school reads this. {NOBODY}", max_length=200)


class SessionRecordForm(forms.Form):
    """What came of a session, and the codes with which it enters the contact log."""

    mark_optional = False

    attended = forms.IntegerField(
        label="How many attended?", help_text="A number, no names.", min_value=0, max_value=2000
    )
    done = forms.MultipleChoiceField(
        label="What was done?", choices=Done.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = TypedField(label="Why is the record corrected?", help_text=NOBODY, max_length=200)
    record = forms.BooleanField(label="Also record it in the contact log", required=False, initial=True)
    role = forms.ChoiceField(label="Within the role", required=False)
    raised_by = forms.ChoiceField(label="Who raised it", required=False)
    topic = forms.ChoiceField(label="Topic", required=False)
    time_band = forms.ChoiceField(label="Time", required=False)

    def __init__(self, data: Any = None, *, session: Session, details: ContactDetails, corrects: Any = None) -> None:
        super().__init__(data, initial={**details})
        self.details = details
        if corrects is None:
            del self.fields["reason"]
        else:
            self.initial.update(attended=corrects.attended, done=corrects.done)
        if corrects is not None and corrects.contact_id:
            self.without_contact()
        else:
            offer_codes(self, session.school)

    def without_contact(self) -> None:
        """Leave out the contact: it exists, and is corrected in the log."""
        for name in ("record", *CONTACT_CODES):
            del self.fields[name]

    def contact(self) -> ContactDetails | None:
        return contact_from(self, self.details)


class SessionFilter(forms.Form):
    mark_optional = False

    shown = forms.ChoiceField(label="Show", choices=SHOWN, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("", "All"), *SessionKind.choices], required=False)


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
