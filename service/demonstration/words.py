"""What is said and how often, in the shape that the pilots' evaluations describe. Every sentence is invented; nobody is named."""

from __future__ import annotations

AUTHORITIES = (("997", "Ashmere"), ("998", "Eastvale"))
SCHOOLS = {
    "997": (
        "Alderbrook School",
        "Birchfield Academy",
        "Crosswater High School",
        "Dunmore School",
        "Elm Park Academy",
        "Fenwick High School",
        "Grangeside School",
        "Hollow Bridge School",
    ),
    "998": (
        "Ivydale Academy",
        "Juniper Hill School",
        "Kingsmoor High School",
        "Larkfield School",
        "Marsh Lane Academy",
        "Northgate School",
        "Oakhanger High School",
        "Priory Road School",
    ),
}
FEEDERS = {"997": "Mill Lane Primary School", "998": "Station Road Primary School"}
FIRST_NAMES = (
    "Amara",
    "Beatrix",
    "Callum",
    "Delphine",
    "Edwin",
    "Farida",
    "Gareth",
    "Hana",
    "Idris",
    "Jessamy",
    "Kofi",
    "Leonie",
    "Marcus",
    "Nadia",
    "Owen",
    "Priya",
    "Quentin",
    "Rosalind",
    "Samir",
    "Tamsin",
    "Ulla",
    "Viktor",
    "Winifred",
    "Yusuf",
)
LAST_NAMES = (
    "Abernathy",
    "Bexley",
    "Calloway",
    "Dunstan",
    "Eastwood",
    "Fairlie",
    "Greatorex",
    "Haldane",
    "Ibbotson",
    "Jessop",
    "Kettleby",
    "Lockyer",
    "Merriman",
    "Nethercott",
    "Oakeshott",
    "Pemberley",
    "Quillan",
    "Ravenhill",
    "Satterley",
    "Thorne",
)

# Shares by code. Heads of year and heads raise most; about half is advice; a quarter is about a possible referral.
KIND_OF_WORK = {
    "advice": 46,
    "direct work": 24,
    "family work": 8,
    "group work": 2,
    "assessment": 6,
    "meeting": 8,
    "training": 1,
    "challenge": 2,
    "other": 3,
}
RAISED_BY = {
    "safeguarding lead": 24,
    "head of year": 31,
    "head": 14,
    "pastoral staff": 12,
    "teacher": 8,
    "parent": 4,
    "social care": 4,
    "other professional": 2,
    "child": 1,
}
TOPIC = {
    "possible referral": 23,
    "open case": 10,
    "attendance": 12,
    "behaviour": 10,
    "mental health": 10,
    "self-harm": 4,
    "neglect": 5,
    "domestic abuse": 5,
    "exploitation": 4,
    "harm between children": 4,
    "family relationships": 6,
    "housing and money": 3,
    "young carer": 2,
    "online safety": 2,
}
TIME_BAND = {"under 5 minutes": 22, "5 to 30 minutes": 50, "30 to 60 minutes": 20, "over 60 minutes": 8}
OUTCOME = {
    "advice given": 44,
    "signposted": 14,
    "early help": 6,
    "referral": 9,
    "threshold not met": 4,
    "continuing": 23,
}
MODE = {"in person": 70, "phone": 14, "message": 10, "video": 4, "home visit": 2}
ACTION = {"advised": 52, "spoke with child": 18, "spoke with family": 9, "checked records": 8, "liaised": 8, "none": 5}
YEAR_GROUP = {"7": 26, "8": 12, "9": 14, "10": 14, "11": 24, "": 10}
REFERRAL_OUTCOME = {"accepted": 45, "no further action": 30, "threshold not met": 15, "no reply": 10}
ACTUAL = {"all day": 84, "part of the day": 9, "by phone or video": 4, "not in": 3}
LEVEL = {
    "advice": 30,
    "preventative": 30,
    "early help": 12,
    "assessment": 10,
    "child in need": 12,
    "child protection": 6,
}

ACCOUNTS = (
    "Talked through a worry about a pupil who is often late and tired. Agreed what to ask at home and when to come back to it.",
    "Advised on how to word a referral, and what the threshold document says about it.",
    "Joined the start of a meeting with parents, explained what social care can and cannot do.",
    "Met the young person in the base, with agreement. Spoke about home, friends and who is a safe adult in school.",
    "Checked what is known already, and told the school whom to speak to.",
    "Looked at a plan for return from exclusion. Suggested a quieter start to the day.",
    "Discussed whether attendance is a welfare worry here or a matter for the education welfare service.",
    "A colleague asked how to respond to something a pupil had said in class. Went through the steps of the school's policy.",
    "Short talk in the corridor about a pattern of bruising from sport. Nothing further, agreed to note and watch.",
    "Agreed with the safeguarding lead who speaks to the family first, and what is written down.",
    "",
    "",
)
QUESTIONS = (
    (
        "possible referral",
        "We are unsure whether what we have seen this week should be referred. Could we talk it through?",
    ),
    ("attendance", "Attendance of one pupil has fallen below half. Is this for you or for education welfare?"),
    (
        "mental health",
        "A pupil will not come into lessons since the holidays. What could we offer before we go further?",
    ),
    ("family relationships", "Two parents tell us different things about who collects. What may we say to whom?"),
    ("young carer", "We think that a pupil looks after a parent. Who assesses that?"),
    ("exploitation", "New, expensive things and missed lessons. Which questions should we ask, and which not?"),
    ("housing and money", "A family may lose its home in two weeks. Who can help them quickly?"),
    ("harm between children", "There was something between two pupils online over the weekend. How do we record it?"),
)
ANSWERS = (
    "Yes, let us talk. On my next day I come to your office first. Until then keep a note of what you see and hear.",
    "This is for the education welfare service first. If there is something about home in it, come back to me.",
    "Speak to the family before anything else, and say openly what worries you. I can join the second talk if that helps.",
    "I looked at the threshold document: as you describe it, it does not reach it yet. What would change that is in section two.",
    "The carers' service takes this from schools directly. I have put the number in the staff folder.",
)
RISKS = (
    (
        "issue",
        "No confidential room in two schools",
        5,
        3,
        "Heads asked; library office as a stopgap",
        "Programme lead",
    ),
    (
        "risk",
        "A worker leaves and nobody follows at once",
        3,
        4,
        "Cover agreed between schools; rolling advertisement",
        "Team manager",
    ),
    (
        "risk",
        "Work drifts into early help",
        3,
        3,
        "Menu of what can be asked for; looked at in each review",
        "Team manager",
    ),
    ("risk", "Comparison schools lose interest", 2, 4, "Termly call; their returns are acknowledged", "Programme lead"),
)
ACTIONS = (
    "Ask heads for a confidential room",
    "Send the menu of what can be asked for to all staff",
    "Agree who covers which school",
    "Call each comparison school",
    "Bring the figures of the half-term to the next meeting",
)
REVIEW_TOPICS = (
    "More pupils of year 7 are late on Mondays than before",
    "What staff may do before they come to the social worker",
    "Pupils who move between lessons and the quiet room",
    "How families hear that there is a social worker in the school",
)
REVIEW_ACTIONS = (
    "Show new staff where and when the social worker is to be found",
    "Agree with the head of year who speaks to families first",
    "Look at attendance of the pupils on the agenda",
    "Find a quieter room for talks with parents",
    "Ask early help which of the families they know",
)
AGREED = (
    "Each child on the agenda was talked through. The days in school stay as they are. Staff are reminded of the menu.",
    "Open children: plans go on. Drop-ins for parents move to the end of the school day. Actions are below.",
    "The school is content with the answers it had. Both sides want more time for training next half-term.",
)
INTERVENTION_TEXT = (
    "The authority places a social worker in the school for the days agreed. The school gives her a desk, a room for "
    "confidential talks, access to its network and a named person. Statutory work comes first; prevention is welcome; "
    "early help assessments and enforcement of attendance are not part of the role. Both sides meet once each half-term."
)
COMPARISON_TEXT = (
    "The school has no social worker placed in it during the comparison. It goes on working with social care as before, "
    "answers one short survey each term, and is offered the programme first if it is continued. Its figures matter as "
    "much as those of the others."
)
