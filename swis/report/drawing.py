"""From a described chart to a drawing that looks the same in HTML, in the PDF and in Word."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import altair
import font_lato
import vl_convert

from swis.errors import OutputError
from swis.report.printable import printable

INK = "#14212b"
"""Text and marks: 16:1 on white."""
QUIET = "#4d5a64"
"""Second text, axis text: 7:1 on white."""
RULE = "#6b7780"
"""Thin lines that carry meaning: 4.5:1 on white."""
GRID = "#d5dbe0"
SHADE = "#c9d1d8"
PAPER = "#ffffff"

PAGE_WIDTH = 640
"""Pixels of a full-width figure: 169 mm at 96 to the inch, the text width of an A4 page with 20 mm margins."""
TEXT_SIZE = 13.5
"""Pixels; 10.1 points when a drawing is printed at its own size."""
HEADING_SIZE = 15

# Where Lato is missing (an older Word), Calibri and Carlito are narrower at the same size: labels cannot collide.
FONT = "Lato, Carlito, Calibri, sans-serif"
PNG_SCALE = 2.5

FONT_DIRECTORY = Path(font_lato.font_directory)
"""Lato as TrueType files, for those who embed it."""

_AXIS = {
    "labelFont": FONT,
    "titleFont": FONT,
    "labelFontSize": TEXT_SIZE,
    "titleFontSize": TEXT_SIZE,
    "titleFontWeight": "normal",
    "labelColor": INK,
    "titleColor": INK,
    "domainColor": RULE,
    "tickColor": RULE,
    "gridColor": GRID,
    "labelLimit": 0,
    "titleLimit": 0,
}
CONFIG: dict[str, Any] = {
    # The text alternative is the figure's own; labels inside the drawing would only be read twice.
    "aria": False,
    "font": FONT,
    "background": PAPER,
    "padding": 2,
    "view": {"stroke": None},
    "axis": _AXIS,
    "title": {"font": FONT, "fontSize": HEADING_SIZE, "color": INK, "anchor": "start", "limit": 0},
    "legend": {"labelFont": FONT, "labelFontSize": TEXT_SIZE, "labelColor": INK, "labelLimit": 0, "symbolSize": 90},
    "text": {"font": FONT, "fontSize": TEXT_SIZE, "color": INK, "limit": 0},
}


@dataclass(frozen=True)
class Drawing:
    """A picture as SVG with its size in pixels (96 to the inch). Words stay words: they can be found and copied."""

    svg: str
    width: float
    height: float

    @cached_property
    def png(self) -> bytes:
        """The same picture as PNG at 240 dots to the inch, for readers that cannot show SVG."""
        _register_lato()
        return _pack(bytes(vl_convert.svg_to_png(self.svg, scale=PNG_SCALE)))


def draw(chart: altair.TopLevelMixin) -> Drawing:
    """The chart as a drawing, in the report's typeface, sizes and contrast. The same chart gives the same bytes."""
    _register_lato()
    try:
        svg = vl_convert.vegalite_to_svg(_clean(chart.to_dict()), config=CONFIG)
    except ValueError as error:
        raise OutputError(f"A figure could not be drawn: {error}") from error
    width, height = (float(_attribute(svg, name)) for name in ("width", "height"))
    return Drawing(svg=_number_parts(_drop_roles(svg)), width=width, height=height)


def _clean(part: Any) -> Any:
    # A control character in a label would not raise an error in the renderer: it would end the whole process.
    match part:
        case str():
            return "\n".join(map(printable, part.split("\n")))
        case dict():
            return {key: _clean(value) for key, value in part.items()}
        case list() | tuple():
            return [_clean(value) for value in part]
        case _:
            return part


@cache
def _register_lato() -> None:
    vl_convert.register_font_directory(str(FONT_DIRECTORY))


def _attribute(svg: str, name: str) -> str:
    found = re.search(rf'<svg[^>]*\s{name}="([\d.]+)"', svg)
    if found is None:
        raise OutputError(f"A figure was drawn without a {name}.")
    return found[1]


def _drop_roles(svg: str) -> str:
    # A figure is read out by its own text alternative. Roles inside the drawing would only be read as well.
    return re.sub(r"<[^>]*>", lambda tag: re.sub(r'\s(role|aria-[a-z]+)="[^"]*"', "", tag[0]), svg)


def _number_parts(svg: str) -> str:
    # Vega counts clip paths over the life of the process, so the same chart could differ in its second drawing.
    names = dict.fromkeys(re.findall(r'<[^>]*\sid="([^"]+)"', svg))
    for number, name in enumerate(names):
        svg = re.sub(rf'(id="|url\(#|href="#){re.escape(name)}(?=["\)])', rf"\g<1>part{number}", svg)
    return svg


def _pack(png: bytes) -> bytes:
    # The renderer packs for speed; a report of thirty figures is a third of the size when packed for space.
    chunks = list(_chunks(png))
    # Level 6: a third of the time of level 9, for files a few per cent larger.
    pixels = zlib.compress(zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT")), 6)
    others = [chunk for chunk in chunks if chunk[0] not in (b"IDAT", b"IEND")]
    packed = [*others, (b"IDAT", pixels), (b"IEND", b"")]
    return png[:8] + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in packed
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += 12 + length
