"""From the children of a return to pupils on the rolls: by the unique pupil number, by nothing else."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from swis.panel.days import academic_year
from swis.panel.engine import Engine
from swis.panel.year_groups import AGE_OF_ENTRY

NOT_LISTED = "the child is not listed in the return"
NO_NUMBER = "no unique pupil number"
SHARED_NUMBER = "one unique pupil number for several children"
ON_NO_ROLL = "not on any roll"
NOT_ON_ROLL_THEN = "not on a roll on that day"
OUTSIDE_TERMS = "outside the terms"
NOT_COVERED = "the returns do not cover the whole term"

WHY_NO_NUMBER = {
    "UN1": "no unique pupil number: under school age (UN1)",
    "UN2": "no unique pupil number: beyond school age (UN2)",
    "UN3": "no unique pupil number: newly in need or in care (UN3)",
    "UN4": "no unique pupil number: education outside England or not in a school (UN4)",
    "UN5": "no unique pupil number: not known (UN5)",
    "UN6": "no unique pupil number: unaccompanied asylum seeker (UN6)",
    "UN7": "no unique pupil number: referral with no further action (UN7)",
}
TOO_YOUNG = "below reception by age, and on no roll"
TOO_OLD = "beyond year 11 by age, and on no roll"
NOT_OF_SCHOOL_AGE = (WHY_NO_NUMBER["UN1"], WHY_NO_NUMBER["UN2"], TOO_YOUNG, TOO_OLD)
_IDENTIFIER = "identifier/"
LAST_YEAR_GROUP = 11
"""The last year group in which a child must be in school."""


def name_pupils(engine: Engine, children: ir.Table) -> ir.Table:
    """A row for each identifier of a child in a return: child, person, pupil, why_none, cohort.

    `person` is the pupil's number of now, else the identifier: a child whose identifier was changed is one person still. `cohort`
    is the academic year of reception by age; null if unknown. Where there is a pupil there is no reason, and vice versa.

    The latest return that has a number decides; a former number serves where there is no other. A child whose number stands, in
    the return that decides, with another child who was born on another day has no pupil: neither can be placed with certainty.
    """
    aliases = engine.table("pupil_aliases")
    of_child = children.group_by("child").aggregate(
        number=children.unique_pupil_number.argmax(children.source, where=children.unique_pupil_number.notnull()),
        former=children.former_unique_pupil_number.argmax(
            children.source, where=children.former_unique_pupil_number.notnull()
        ),
        code=children.no_unique_pupil_number_because.argmax(
            children.source, where=children.no_unique_pupil_number_because.notnull()
        ),
        shared=children.shared_number.cast("int64").argmax(
            children.source, where=children.unique_pupil_number.notnull()
        ),
        born_on=children.born_on.max(),
    )
    number = ibis.coalesce(of_child.number, of_child.former)
    named = of_child.mutate(number_used=number).left_join(
        aliases.rename(alias="unique_pupil_number", number_now="pupil"), [("number_used", "alias")]
    )
    pupil = ibis.ifelse(named.shared == 1, ibis.null("string"), ibis.coalesce(named.number_now, named.number_used))
    no_number = named.code.cases(*WHY_NO_NUMBER.items(), else_=NO_NUMBER)
    why_none = ibis.ifelse(named.shared == 1, SHARED_NUMBER, no_number)
    placed = named.select("child", pupil=pupil, why_none=why_none, cohort=academic_year(named.born_on) + AGE_OF_ENTRY)
    return placed.mutate(
        person=ibis.coalesce(placed.pupil, _IDENTIFIER + placed.child),
        why_none=ibis.ifelse(placed.pupil.notnull(), ibis.null("string"), placed.why_none),
    )


def name_persons(rows: ir.Table, pupils: ir.Table) -> ir.Table:
    """The rows with the person in the place of the child's identifier; an identifier that is not listed stays."""
    known = pupils.select("person", listed="child")
    named = rows.left_join(known, rows.child == known.listed)
    return named.mutate(child=ibis.coalesce(named.person, named.child)).drop("person", "listed")


def list_persons(pupils: ir.Table) -> ir.Table:
    """A row for each person: child (the person), pupil, why_none, cohort."""
    return pupils.group_by(child=pupils.person).aggregate(
        pupil=pupils.pupil.max(), why_none=pupils.why_none.max(), cohort=pupils.cohort.max()
    )
