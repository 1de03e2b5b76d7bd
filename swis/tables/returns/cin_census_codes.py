"""The code lists of the children in need census."""

from __future__ import annotations

DISABILITY = (
    ("NONE", "no disability"),
    ("MOB", "mobility"),
    ("HAND", "hand function"),
    ("PC", "personal care"),
    ("INC", "incontinence"),
    ("COMM", "communication"),
    ("LD", "learning"),
    ("HEAR", "hearing"),
    ("VIS", "vision"),
    ("BEH", "behaviour"),
    ("CON", "consciousness"),
    ("AUT", "autism"),
    ("DDA", "other"),
)

REFERRAL_SOURCE = (
    ("1A", "individual: family member, relative or carer"),
    ("1B", "individual: acquaintance, such as a neighbour or child minder"),
    ("1C", "individual: the child"),
    ("1D", "individual: other, strangers included"),
    ("2A", "schools"),
    ("2B", "education services"),
    ("3A", "health: general practitioner"),
    ("3B", "health: health visitor"),
    ("3C", "health: school nurse"),
    ("3D", "health: other primary health services"),
    ("3E", "health: accident and emergency"),
    ("3F", "health: other, such as a hospice"),
    ("4", "housing"),
    ("5A", "the authority: social care, such as adults' services"),
    ("5B", "the authority: another department, housing excepted"),
    ("5C", "another authority"),
    ("5D", "the authority: early help"),
    ("6", "police"),
    ("7", "other legal agency, such as courts, probation, immigration, Cafcass or a prison"),
    ("8", "other, such as children's centres and voluntary organisations"),
    ("9", "anonymous"),
    ("10", "unknown"),
)

REASON_FOR_CLOSURE = (
    ("RC1", "adopted"),
    ("RC2", "died"),
    ("RC3", "child arrangements order"),
    ("RC4", "special guardianship order"),
    ("RC5", "transferred to another authority"),
    ("RC6", "transferred to adult social care"),
    ("RC7", "services ceased for any other reason, no longer in need included"),
    ("RC8", "closed after assessment, no further action"),
    ("RC9", "closed after assessment, referred to early help"),
)

CATEGORY_OF_ABUSE = (
    ("NEG", "neglect"),
    ("PHY", "physical abuse"),
    ("SAB", "sexual abuse"),
    ("EMO", "emotional abuse"),
    ("MUL", "multiple; not recommended"),
)

WHY_NO_UNIQUE_PUPIL_NUMBER = tuple((f"UN{number}", "a reason of the Department's list") for number in range(1, 8))

_PERSONS = (("A", "of the child"), ("B", "of a parent or carer"), ("C", "of another person in the household"))
_CONCERNS = (
    ("1", "alcohol misuse"),
    ("2", "drug misuse"),
    ("3", "domestic violence as the subject"),
    ("4", "mental health"),
    ("5", "learning disability"),
    ("6", "physical disability or illness"),
)

ASSESSMENT_FACTOR = (
    *((number + letter, f"{concern}, {person}") for number, concern in _CONCERNS for letter, person in _PERSONS),
    ("7A", "young carer"),
    ("8B", "privately fostered: from overseas, intending to return"),
    ("8C", "privately fostered: from overseas, intending to stay"),
    ("8D", "privately fostered: in an educational placement"),
    ("8E", "privately fostered: alternative family arrangements"),
    ("8F", "privately fostered: other"),
    ("9A", "unaccompanied asylum-seeking child"),
    ("10A", "going or being missing"),
    ("11A", "child sexual exploitation"),
    ("12A", "trafficking"),
    ("13A", "gangs"),
    ("14A", "socially unacceptable behaviour"),
    ("15A", "self-harm"),
    ("16A", "neglect"),
    ("17A", "emotional abuse"),
    ("18A", "physical abuse; later split into 18B and 18C"),
    ("18B", "physical abuse by another child"),
    ("18C", "physical abuse by an adult"),
    ("19A", "sexual abuse; later split into 19B and 19C"),
    ("19B", "sexual abuse by another child"),
    ("19C", "sexual abuse by an adult"),
    ("20", "other"),
    ("21", "no factors identified, and no further action"),
    ("22A", "female genital mutilation"),
    ("23A", "abuse linked to faith or belief"),
    ("24A", "child criminal exploitation"),
)
