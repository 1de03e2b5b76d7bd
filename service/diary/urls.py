"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from service.diary.views import calendar, feeds, presence, sessions

urlpatterns: list[URLPattern] = [
    path("", calendar.diary, name="diary"),
    path("week", presence.presence_week, name="presence-week"),
    path("week/as-planned", presence.presence_as_planned, name="presence-as-planned"),
    path("workers/<uuid:worker>/week", presence.worker_week, name="worker-week"),
    path("workers/<uuid:worker>/absences/add", presence.worker_absence_add, name="worker-absence-add"),
    path("presence", calendar.presence_schools, name="presence-schools"),
    path("presence/<uuid:entry>/correct", presence.presence_correct, name="presence-correct"),
    path("schools/<uuid:school>/presence", presence.presence_month, name="presence-month"),
    path("schools/<uuid:school>/presence.<slug:kind>", presence.presence_file, name="presence-file"),
    path("absences/add", presence.absence_add, name="absence-add"),
    path("absences/<uuid:absence>/withdraw", presence.absence_withdraw, name="absence-withdraw"),
    path("sessions", sessions.session_list, name="session-list"),
    path("sessions/add", sessions.session_add, name="session-add"),
    path("sessions/<uuid:session>", sessions.session, name="session"),
    path("sessions/<uuid:session>/move", sessions.session_move, name="session-move"),
    path("sessions/<uuid:session>/cancel", sessions.session_cancel, name="session-cancel"),
    path("sessions/<uuid:session>/record", sessions.session_record, name="session-record"),
    path("sessions/<uuid:session>/calendar.ics", sessions.session_calendar, name="session-calendar"),
    path("calendar", feeds.calendar_feed, name="calendar-feed"),
    path("calendar/make", feeds.calendar_feed_make, name="calendar-feed-make"),
    path("calendar/revoke", feeds.calendar_feed_revoke, name="calendar-feed-revoke"),
    path("calendars/<str:token>.ics", feeds.calendar, name="calendar"),
]
