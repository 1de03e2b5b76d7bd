"""What an enquiry is about, in the words of the school's authority."""

from __future__ import annotations

from collections.abc import Iterable

from service.enquiries.models import Enquiry
from service.practice.codes import Choice, choices_of, labels_of
from service.practice.core_codes import CORE, CodeList
from service.schools.models import School

TOPICS = CORE[CodeList.TOPIC]


def topics_offered(schools: Iterable[School]) -> list[Choice]:
    """The topics that a person of these schools chooses from: in the words and order of their authority, without what it hides.

    Only core topics. Where the schools lie in several authorities, or none is offered, they stand as everywhere.
    """
    authorities = {school.authority_id: school.authority for school in schools}
    if len(authorities) != 1:
        return list(TOPICS.items())
    offered = choices_of(next(iter(authorities.values())), CodeList.TOPIC)[CodeList.TOPIC]
    return [(code, name) for code, name in offered if code in TOPICS] or list(TOPICS.items())


def topics_of(enquiries: Iterable[Enquiry]) -> dict[int, str]:
    """What each enquiry is about, by primary key. One question to the database for each authority."""
    rows = list(enquiries)
    authorities = {row.school.authority_id: row.school.authority for row in rows}
    labels = {key: labels_of(authority, CodeList.TOPIC) for key, authority in authorities.items()}
    return {
        row.pk: labels[row.school.authority_id].get((CodeList.TOPIC.value, row.topic), row.get_topic_display())
        for row in rows
    }
