"""A hint when a text seems to hold a name. It never stands in the way: a name is a matter for the writer's judgement."""

from __future__ import annotations

import re
from collections.abc import Iterable

TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? [A-Z][\w’'-]+")
WORD = re.compile(r"[A-Z][a-z’'-]+(?: [A-Z][a-z’'-]+)*")
SENTENCE_ENDS = '.!?:;\n“"(•-–'
_WORDS = """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december i i'm i'll i've i’d i’m i’ll i’ve year section team around school early help child children
    protection need care social worker care services head headteacher teacher deputy designated safeguarding lead mash
    police health court family cafcass camhs ofsted sen send senco ehcp christmas easter english maths science teams zoom
    whatsapp instagram snapchat tiktok facebook google mum dad nan gran grandma grandad mother father uncle aunt tas dsl
    academy primary secondary high college conference plan strategy meeting strand tier level stage
"""
INNOCENT = frozenset(_WORDS.split())


def likely_names(text: str, *, known: Iterable[str] = ()) -> list[str]:
    """The words of a text that look like names of people, each once, in order.

    Counted: capitalised words inside a sentence, and what follows Mr, Mrs, Ms, Miss, Mx or Dr. Not counted: days, months,
    services and roles, and the words of `known` names such as that of the school. A first name at the start of a sentence, or
    without a capital, is not seen.
    """
    innocent = INNOCENT | {word.lower() for name in known for word in re.findall(r"[\w’'-]+", name)}
    found = {match.start(): match.group() for match in TITLED.finditer(text)}
    for match in WORD.finditer(text):
        words = match.group().split()
        before = text[: match.start()].rstrip(" \t")
        if not before or before[-1] in SENTENCE_ENDS:
            words = words[1:]
        kept = [word for word in words if re.sub(r"[’']s$", "", word).lower() not in innocent and len(word) > 1]
        inside = any(start <= match.start() < start + len(titled) for start, titled in found.items())
        if kept and not inside:
            found[match.start()] = " ".join(kept)
    return list(dict.fromkeys(found[start] for start in sorted(found)))
