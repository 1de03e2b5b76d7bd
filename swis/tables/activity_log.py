"""`activity_log.csv`: what the social workers did for their schools, entry by entry."""

from __future__ import annotations

from swis.tables.column import Column, Kind
from swis.tables.table import Table

ACTIVITY_LOG = Table(
    name="activity_log",
    file="activity_log.csv",
    description="One row for each piece of work that a social worker recorded. The three pilots kept three different logs; "
    "each fits here with the columns that it has, and leaves the others empty.",
    counted="Everything recorded: advice in a corridor as well as a meeting. Lambeth's log has the kind of work and an "
    "account; Southampton's the year group, who raised it and an account; Stockport's who enquired, the topic, the response "
    "and the time band.",
    not_counted="What was not recorded. Informal contact is under-recorded everywhere; an empty day is not a day without "
    "work. Names, dates of birth and UPNs do not belong here.",
    columns=(
        Column("entry", Kind.LABEL, "The number or label of the entry in the log."),
        Column("date", Kind.DATE, "The day of the work."),
        Column("school", Kind.LABEL, "The school that the work was for."),
        Column("worker", Kind.LABEL, "The social worker, by a label that is not a name.", required=False),
        Column(
            "kind_of_work",
            Kind.CODE,
            "What kind of work it was.",
            codes=(
                ("advice", "discussion with or advice to staff of the school"),
                ("direct work", "work with one child"),
                ("family work", "work with parents or carers"),
                ("group work", "work with several children, or a drop-in"),
                ("assessment", "a statutory assessment or enquiry"),
                ("meeting", "a meeting of professionals, such as Team Around the School or a conference"),
                ("training", "training for staff of the school"),
                ("challenge", "challenge to the practice of the school"),
                ("review", "the half-termly review with the school"),
                ("other", "anything else"),
            ),
        ),
        Column(
            "role",
            Kind.CODE,
            "Whether the work is within the role.",
            required=False,
            codes=(
                ("statutory", "the work of a statutory social worker"),
                ("preventative", "preventative work, which the role allows"),
                ("outside", "early intervention, or the work of an education welfare officer"),
            ),
            caveat="None of the pilots recorded it; coded afterwards or by the service.",
        ),
        Column(
            "raised_by",
            Kind.CODE,
            "Who raised the matter.",
            required=False,
            codes=(
                ("safeguarding lead", "the designated safeguarding lead or a deputy"),
                ("head", "the head teacher or a member of the leadership"),
                ("head of year", "a head of year or of house"),
                ("pastoral staff", "pastoral or attendance staff"),
                ("teacher", "a teacher, tutor or teaching assistant"),
                ("child", "a child"),
                ("parent", "a parent or carer"),
                ("social care", "the social worker or another social work team"),
                ("other professional", "health, police or another service"),
                ("other", "anybody else"),
            ),
        ),
        Column("year_group", Kind.LABEL, "The year group of the child, from R to 14; empty if none.", required=False),
        Column("topic", Kind.LABEL, "What it was about, by the authority's own list.", required=False),
        Column(
            "outcome",
            Kind.CODE,
            "What followed.",
            required=False,
            codes=(
                ("advice given", "nothing further was needed"),
                ("signposted", "to another service"),
                ("early help", "an early help assessment or plan was begun"),
                ("referral", "a referral to children's social care was made"),
                ("threshold not met", "a referral was made or considered and did not meet the threshold"),
                ("continuing", "the work goes on"),
            ),
        ),
        Column(
            "time_band",
            Kind.CODE,
            "How long it took.",
            required=False,
            codes=(
                ("under 5 minutes", "a brief word"),
                ("5 to 30 minutes", "a discussion"),
                ("30 to 60 minutes", "a meeting"),
                ("over 60 minutes", "longer than an hour"),
            ),
            caveat="Stockport recorded bands only. Empty where minutes are known.",
        ),
        Column("minutes", Kind.WHOLE_NUMBER, "How many minutes it took.", required=False, minimum=0),
        Column(
            "account",
            Kind.TEXT,
            "A brief account of the query, the advice or the action.",
            required=False,
            caveat="Free text can identify a child: it never leaves the authority and enters no table of results.",
        ),
    ),
    key=("entry",),
)
