"""A hint when a text seems to hold a name. It never stands in the way: a name is a matter for the writer's judgement."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

WORD = re.compile(r"[^\W\d_][\w’'-]*")
TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? $")
SENTENCE_ENDS = '.!?:;\n“"(•-–'
_WORDS = """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays
    sundays january february march april may june july august september
    october november december i i'm i'll i've i’d i’m i’ll i’ve year section team around school early help child children
    protection need care social worker care services head headteacher teacher deputy designated safeguarding lead mash
    police health court family cafcass camhs ofsted sen send senco ehcp christmas easter english maths science teams zoom
    whatsapp instagram snapchat tiktok facebook google mum dad nan gran grandma grandad mother father uncle aunt tas dsl
    mr mrs ms miss mx dr academy primary secondary high college conference plan strategy meeting strand tier level stage
"""
INNOCENT = frozenset(_WORDS.split())


def likely_names(text: str, *, known: Iterable[str] = ()) -> list[str]:
    """The words of a text that look like names of people, each once, in order.

    Counted: capitalised words inside a sentence, and what follows Mr, Mrs, Ms, Miss, Mx or Dr. Not counted: days, months,
    services and roles, and the words of `known` names such as that of the school. A first name at the start of a sentence, or
    without a capital, is not seen.
    """
    innocent = INNOCENT | {word.lower() for name in known for word in WORD.findall(name)}
    names: list[str] = []
    end = -1
    for match in WORD.finditer(text):
        start, word = match.span()[0], match.group()
        title = TITLE.search(text, max(start - 6, 0), start)
        if title is not None and word[0].isupper():
            names.append(title.group() + word)
        elif not _is_like_a_name(word, innocent) or _begins_a_sentence(text, start):
            continue
        elif start == end + 1 and text[end] == " ":
            names[-1] += f" {word}"
        else:
            names.append(word)
        end = match.end()
    return list(dict.fromkeys(names))


def _is_like_a_name(word: str, innocent: Collection[str]) -> bool:
    plain = re.sub(r"[’']s$", "", word).lower()
    return word[0].isupper() and any(letter.islower() for letter in word) and plain not in innocent


def _begins_a_sentence(text: str, start: int) -> bool:
    before = text[max(start - 20, 0) : start].rstrip(" \t")
    return not before or before[-1] in SENTENCE_ENDS
