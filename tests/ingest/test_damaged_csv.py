from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from swis.errors import ReturnError
from swis.ingest.reading import Reading
from swis.ingest.school_roll import read_school_roll
from swis.ingest.schools_register import read_school_absence
from swis.ingest.ssda903 import read_ssda903
from tests.ingest.drawn_returns import draw_upn

LAST_DAY = date(2024, 12, 31)
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC\n" + "".join(
    f"{number // 2},0{number}/04/2021,S,C2,N1,U6,PR1,1{number}/04/2021,X1\n" for number in range(1, 9)
)
ROLL = "urn,upn,dob,sex,entrydate,ncyearactual,enrolstatus\n" + "".join(
    f"100000,{draw_upn(number)},2010-Jan-0{number} 00:00:00,F,2021-09-01,7,C\n" for number in range(1, 9)
)
ABSENCE = "LA,ESTAB,URN,PERCTOT,PPERSABS10\n" + "".join(f"201,{n},10000{n},2.6,SUPP\n" for n in range(1, 9))
FILES: dict[str, tuple[str, Callable[[Path], Reading]]] = {
    "episodes.csv": (EPISODES, lambda path: read_ssda903(path, returned_on=LAST_DAY)),
    "roll.csv": (ROLL, lambda path: read_school_roll(path, returned_on=LAST_DAY)),
    "absence.csv": (ABSENCE, read_school_absence),
}
DAMAGE = (
    *(
        b'"',
        b'""',
        b'","',
        b'"\r',
        b"\n",
        b"\r",
        b"\r\n",
        b",",
        b",,,",
        b"\x00",
        b"\xff",
        b"\xa0",
        b"\xef\xbb\xbf",
        b"\x85",
    ),
    *(b"99999999999999999999", b"-1", b"1e309", b"nan", b"31/02/2020", b"0000-00-00", b"9999-12-31", b"10000-01-01"),
    *(b"\xd9\xa1\xd9\xa2", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"=1+1", b"a" * 5000, b"", b" "),
)


@pytest.mark.parametrize("name", FILES)
def test_a_csv_file_with_random_damage_is_read_or_refused_and_nothing_else(tmp_path: Path, name: str) -> None:
    text, read = FILES[name]
    path = tmp_path / name
    for seed in range(150):
        path.write_bytes(damage(text.encode("utf-8"), random.Random(seed)))
        try:
            collected = read(path).collect()
        except ReturnError as refusal:
            assert str(refusal).startswith(f"{name}: ")
        else:
            assert str(collected.quality).startswith(name)


def damage(data: bytes, draw: random.Random) -> bytes:
    """Some bytes replaced, or a part of the file cut off or doubled."""
    for _ in range(draw.randrange(1, 5)):
        place = draw.randrange(len(data) + 1)
        behind = data[place + draw.randrange(0, 12) :]
        data = data[:place] + draw.choice(DAMAGE) + behind
    start = draw.randrange(len(data))
    return draw.choice([data, data, data[:start], data[:start] + data[start // 2 :]]) or b"\n"
