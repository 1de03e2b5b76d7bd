from __future__ import annotations

import gzip
import os
import random
import zipfile
from pathlib import Path

import pytest

from swis.errors import ReturnError
from swis.ingest.cin_census import read_cin_census
from swis.ingest.limits import Limits
from tests.ingest.drawn_returns import FOOTER, HEADER, draw_child, write_cin_census
from tests.ingest.measure import measure_peak_megabytes

READ = "from pathlib import Path\nfrom swis.errors import ReturnError\nfrom swis.ingest.cin_census import read_cin_census\n"
TRY = READ + "try:\n    read_cin_census(Path({path!r})).collect()\nexcept ReturnError as error:\n    print(error)\n"
GENEROUS_MEGABYTES = 400


def put(folder: Path, content: str | bytes, name: str = "cin.xml") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def refuse(path: Path, words: str, limits: Limits | None = None) -> str:
    with pytest.raises(ReturnError, match=words) as refusal:
        read_cin_census(path, limits=limits or Limits()).collect()
    message = str(refusal.value)
    assert message.startswith(f"{path.name}: ")
    return message


def test_a_billion_laughs_is_refused_at_its_document_type(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    refuse(put(tmp_path, f'<!DOCTYPE Message [<!ENTITY l0 "ha">{levels}]><Message>&l9;</Message>'), "document type")


def test_a_quadratic_blow_up_is_refused_at_its_document_type(tmp_path: Path) -> None:
    long = "a" * 50_000
    refuse(put(tmp_path, f'<!DOCTYPE M [<!ENTITY a "{long}">]><Message>{"&a;" * 5000}</Message>'), "document type")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE Message SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE Message PUBLIC "x" "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Message [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
    ],
)
def test_nothing_outside_the_file_is_ever_read(tmp_path: Path, declaration: str) -> None:
    message = refuse(put(tmp_path, f"{declaration}<Message>&x;</Message>"), "document type")
    assert "root:" not in message


def test_an_entity_that_nobody_declared_is_refused(tmp_path: Path) -> None:
    refuse(put(tmp_path, f"{HEADER}{draw_child(1).replace('>C1<', '>&nbsp;<')}{FOOTER}"), "undefined entity")


@pytest.mark.parametrize("name", ["Shoe", "CINdetails", "LAchildID"])
def test_deep_nesting_is_refused(tmp_path: Path, name: str) -> None:
    deep = f"<{name}>" * 100_000
    refuse(put(tmp_path, f"{HEADER}<Child><ChildIdentifiers>{deep}"), "more than 32 deep")


def test_a_file_that_is_cut_off_says_how_far_it_was_good(tmp_path: Path) -> None:
    text = HEADER + "".join(draw_child(number) for number in range(1, 41))
    message = refuse(put(tmp_path, text[:-30]), "is cut off at line")
    assert "It was good for 40 children" in message
    assert "none of them is counted" in message


def test_a_file_that_ends_after_its_last_child_but_before_its_end_is_cut_off(tmp_path: Path) -> None:
    refuse(put(tmp_path, HEADER + draw_child(1)), "is cut off")


def test_bytes_after_the_end_are_refused(tmp_path: Path) -> None:
    refuse(put(tmp_path, HEADER + draw_child(1) + FOOTER + "<Message/>"), "junk after document element")


@pytest.mark.parametrize(
    "root",
    [
        '<Message xmlns="http://www.w3.org/1999/xhtml">',
        '<Message><Header xmlns="urn:x"/></Message>',
        '<Message><A xmlns="urn:x"/>',
    ],
)
def test_elements_in_a_namespace_are_refused(tmp_path: Path, root: str) -> None:
    refuse(put(tmp_path, root), "namespace")


def test_a_namespace_for_the_schema_instance_does_no_harm(tmp_path: Path) -> None:
    text = HEADER.replace(
        "<Message>", '<Message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x">'
    )
    assert read_cin_census(put(tmp_path, text + draw_child(1) + FOOTER)).collect().tables["children"].height == 1


@pytest.mark.parametrize("root", ["EXPSSDA903", "html", "cin:Message", "message"])
def test_a_wrong_root_is_refused_by_name(tmp_path: Path, root: str) -> None:
    refuse(put(tmp_path, f"<{root}></{root}>"), f"begins with the element '{root}' where Message must stand")


def test_a_packed_file_is_refused_whatever_its_name(tmp_path: Path) -> None:
    refuse(put(tmp_path, gzip.compress(b"<Message/>")), "packed with gzip")
    with zipfile.ZipFile(tmp_path / "zip.xml", "w") as archive:
        archive.writestr("cin.xml", "<Message/>")
    refuse(tmp_path / "zip.xml", "zip archive")


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"not xml at all", b"<Message>\x00</Message>", b"\x89PNG\r\n", b"<Message>\xff\xfe"]
)
def test_what_is_no_xml_is_refused(tmp_path: Path, content: bytes) -> None:
    refuse(put(tmp_path, content), "is empty|cut off|not well-formed")


def test_windows_1252_that_says_it_is_utf_8_is_refused_with_advice(tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="UTF-8"?>{HEADER}{draw_child(1).replace(">C1<", ">Zoë<")}{FOOTER}'
    refuse(put(tmp_path, text.encode("cp1252")), "If it is in Windows-1252, its first line must say so")


@pytest.mark.parametrize("encoding", ["utf-7", "rot13", "no-such-code"])
def test_an_encoding_that_is_not_text_is_refused(tmp_path: Path, encoding: str) -> None:
    refuse(put(tmp_path, f'<?xml version="1.0" encoding="{encoding}"?><Message/>'), "encoding|well-formed|another kind")


def test_a_folder_a_pipe_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.xml"
    os.mkfifo(pipe)
    refuse(pipe, "not an ordinary file")
    refuse(tmp_path / "nowhere.xml", "is not there")
    (tmp_path / "folder.xml").mkdir()
    refuse(tmp_path / "folder.xml", "is a folder")


def test_a_file_beyond_the_limit_of_bytes_is_refused(tmp_path: Path) -> None:
    refuse(write_cin_census(tmp_path / "cin.xml", 300), "larger than 100,000 bytes", Limits(bytes_in_file=100_000))


def test_more_kinds_of_unknown_element_than_the_limit_are_refused(tmp_path: Path) -> None:
    junk = "".join(f"<E{number}/>" for number in range(50))
    refuse(put(tmp_path, f"{HEADER}{junk}{FOOTER}"), "more than 20 kinds of element", Limits(columns=20))


@pytest.mark.parametrize(
    ("opening", "filling", "words"),
    [
        ("<Child><ChildIdentifiers><LAchildID>", "x", "text longer than 100,000 characters"),
        ("<Child>", "x", "text longer than 100,000 characters"),
        ("<Child><!-- ", "x", "tag or comment longer than 1,000,000 bytes"),
        ("<Child a='", "x", "tag or comment longer than 1,000,000 bytes"),
        ("<Child><", "x", "tag or comment longer than 1,000,000 bytes"),
        ("<Child><LAchildID><![CDATA[", "x", "text longer than 100,000 characters"),
        ("<Child><A>", "&#65;", "text longer than 100,000 characters"),
    ],
)
def test_200_megabytes_of_one_text_or_token_are_refused_in_bounded_memory(
    tmp_path: Path, opening: str, filling: str, words: str
) -> None:
    path = tmp_path / "cin.xml"
    piece = (filling * 1_000_000)[:1_000_000]
    with path.open("w", encoding="ascii") as file:
        file.write(HEADER + opening)
        for _ in range(200):
            file.write(piece)
    said, megabytes = measure_peak_megabytes(TRY.format(path=str(path)), tmp_path)
    path.unlink()
    assert words in said
    assert megabytes < GENEROUS_MEGABYTES


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    program = READ + "for batch in read_cin_census(Path({path!r}), children_per_batch=2000): pass\n"
    peaks = []
    for children in (4_000, 24_000):
        path = write_cin_census(tmp_path / "cin.xml", children)
        peaks.append(measure_peak_megabytes(program.format(path=str(path)), tmp_path)[1])
    assert peaks[1] < GENEROUS_MEGABYTES
    assert peaks[1] - peaks[0] < 40


@pytest.mark.parametrize("seed", range(100))
def test_a_census_with_random_damage_is_read_or_refused_and_nothing_else(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    data = bytearray((HEADER + draw_child(1) + draw_child(2) + FOOTER).encode())
    inserts = (
        b"<x>",
        b"</Child>",
        b"&lt;",
        b"<![CDATA[",
        b"<!--",
        b"\x00",
        b"<Child>",
        b"99999999999999999999",
        b"-",
        b"\xe9",
    )
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(data))
        data[place : place + draw.randrange(0, 12)] = draw.choice(inserts) if draw.random() < 0.6 else b""
    try:
        read_cin_census(put(tmp_path, bytes(data))).collect()
    except ReturnError as refusal:
        assert str(refusal).startswith("cin.xml: ")
