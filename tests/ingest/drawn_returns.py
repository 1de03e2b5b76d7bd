"""Returns drawn for tests, of any size, written as a stream."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

HEADER = """\
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2022</Year><ReferenceDate>2022-03-31</ReferenceDate>\
</CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>201</LEA><SoftwareCode>drawn</SoftwareCode><Release>1</Release>\
<SerialNo>001</SerialNo><DateTime>2022-05-23T11:14:05</DateTime></Source></Header><Children>
"""
FOOTER = "</Children></Message>\n"

_CHILD = """\
    <Child>
      <ChildIdentifiers>
        <LAchildID>C{number}</LAchildID>
        <UPN>{upn}</UPN>
        <PersonBirthDate>{born}</PersonBirthDate>
        <GenderCurrent>{sex}</GenderCurrent>
      </ChildIdentifiers>
      <ChildCharacteristics>
        <Ethnicity>WBRI</Ethnicity>
        <Disabilities>
          <Disability>NONE</Disability>
        </Disabilities>
      </ChildCharacteristics>
      <CINdetails>
        <CINreferralDate>{referred}</CINreferralDate>
        <ReferralSource>2A</ReferralSource>
        <PrimaryNeedCode>N1</PrimaryNeedCode>
        <Assessments>
          <AssessmentActualStartDate>{assessed}</AssessmentActualStartDate>
          <AssessmentAuthorisationDate>{authorised}</AssessmentAuthorisationDate>
          <FactorsIdentifiedAtAssessment>
            <AssessmentFactors>3B</AssessmentFactors>
            <AssessmentFactors>4B</AssessmentFactors>
          </FactorsIdentifiedAtAssessment>
        </Assessments>
        <Section47>
          <S47ActualStartDate>{enquired}</S47ActualStartDate>
          <DateOfInitialCPC>{conferred}</DateOfInitialCPC>
          <ICPCnotRequired>false</ICPCnotRequired>
        </Section47>
        <ReferralNFA>0</ReferralNFA>
      </CINdetails>
    </Child>
"""


def draw_child(number: int) -> str:
    """A child with one referral, one assessment and one section 47 enquiry, all in order."""
    referred = date(2021, 4, 1) + timedelta(days=number % 300)
    days = {
        "referred": referred,
        "assessed": referred + timedelta(days=3),
        "authorised": referred + timedelta(days=40),
        "enquired": referred + timedelta(days=5),
        "conferred": referred + timedelta(days=19),
        "born": date(2005, 1, 1) + timedelta(days=number % 5000),
    }
    return _CHILD.format(number=number, upn=draw_upn(number), sex=1 + number % 2, **days)


def draw_upn(number: int) -> str:
    """A unique pupil number with the right check letter, worked out here by the plain rule."""
    digits = f"201{number % 1_000_000_000:09d}"
    total = sum(place * int(digit) for place, digit in enumerate(digits, start=2))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] + digits


def write_cin_census(path: Path, children: int) -> Path:
    """A children in need census of that many children, without a fault."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        file.writelines(draw_child(number) for number in range(1, children + 1))
        file.write(FOOTER)
    return path
