"""The shape of the children in need census in XML."""

from __future__ import annotations

from swis.tables.returns.cin_census import (
    ASSESSMENT_FACTORS,
    ASSESSMENTS,
    CHILD_IN_NEED_PLANS,
    CHILD_PROTECTION_PLANS,
    CHILD_PROTECTION_REVIEWS,
    CHILDREN,
    DISABILITIES,
    HEADER,
    PRE_PROCEEDINGS,
    REFERRALS,
    SECTION_47_ENQUIRIES,
)
from swis.tables.returns.shape import Element, names_of
from swis.tables.table import Table


def _row(table: Table, *elements: Element) -> Element:
    return Element(table.file, table, names_of(table, without=("child",)), elements)


def _list(name: str, table: Table) -> Element:
    return Element(name, elements=(Element(table.file, table, repeated=True),))


_CHILD = Element(
    CHILDREN.file,
    CHILDREN,
    elements=(
        Element("ChildIdentifiers", fills=names_of(CHILDREN, without=("ethnicity",))),
        Element(
            "ChildCharacteristics",
            fills=CHILDREN.column("ethnicity").statutory,
            elements=(_list("Disabilities", DISABILITIES),),
        ),
        _row(
            REFERRALS,
            _row(ASSESSMENTS, _list("FactorsIdentifiedAtAssessment", ASSESSMENT_FACTORS)),
            _row(CHILD_IN_NEED_PLANS),
            _row(SECTION_47_ENQUIRIES),
            _row(CHILD_PROTECTION_PLANS, _list("Reviews", CHILD_PROTECTION_REVIEWS)),
            _row(PRE_PROCEEDINGS),
        ),
    ),
)

CIN_CENSUS_SHAPE = Element(
    "Message",
    elements=(
        Element(
            HEADER.file,
            HEADER,
            elements=(
                Element("CollectionDetails", fills=("Collection", "Year", "ReferenceDate")),
                Element("Source", fills=("SourceLevel", "LEA", "SoftwareCode", "Release", "SerialNo", "DateTime")),
            ),
        ),
        Element("Children", elements=(_CHILD,)),
    ),
)
