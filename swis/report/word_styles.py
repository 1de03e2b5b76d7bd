"""The styles of the Word file: one typeface, real styles for every part, British English."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

_TYPEFACE = "Calibri"
_INK = RGBColor(0x14, 0x21, 0x2B)
_QUIET = RGBColor(0x4D, 0x5A, 0x64)
_LINK = RGBColor(0x0B, 0x4A, 0x7A)
_HEADINGS = {1: 18, 2: 14, 3: 12, 4: 11}
_MARGIN = Mm(20)


def prepare(word: WordDocument, *, language: str) -> None:
    """Set page, language and styles of a new Word document."""
    _drop_thumbnail(word)
    _set_page(word)
    _set_language(word, language)
    _style(word, "Normal", size=11, after=6)
    _style(word, "Title", size=24, bold=True, after=4)
    _style(word, "Subtitle", size=13, after=2)
    _style(word, "Source Line", size=10, colour=_QUIET, after=14)
    for level, size in _HEADINGS.items():
        _style(
            word, f"Heading {level}", size=size, bold=True, before=16, after=6
        ).paragraph_format.keep_with_next = True
    _style(word, "Contents Heading", size=14, bold=True, before=6, after=4)
    for level in (1, 2):
        _style(word, f"toc {level}", size=11, after=2).paragraph_format.left_indent = Mm(6 * (level - 1))
    _style(word, "Caption", size=10, bold=True, before=8, after=4)
    _style(word, "Table Note", size=9, colour=_QUIET, before=3, after=8)
    _style(word, "Table Text", size=9.5, after=0)
    for name, bold in (("Callout Title", True), ("Callout", False)):
        box = _style(word, name, size=11, bold=bold, after=0)
        box.paragraph_format.keep_with_next = bold
        _set_apart(box)
    _style(word, "List Bullet", size=11, after=3)
    _style(word, "Callout Bullet", size=11, after=0, base="List Bullet")
    _set_apart(_paragraph_style(word, "Callout Bullet"))
    link = word.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.color.rgb, link.font.underline = _LINK, True


def _drop_thumbnail(word: WordDocument) -> None:
    # The template carries a picture of its own first page, which file managers would show for every report.
    relations = word.part.package.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[name]


def _set_page(word: WordDocument) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN


def _set_language(word: WordDocument, language: str) -> None:
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), language)
    defaults.append(mark)


def _paragraph_style(word: WordDocument, name: str) -> ParagraphStyle:
    if name in word.styles:
        found = word.styles[name]
    else:
        found = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("toc "))
        found.base_style = word.styles["Normal"]
    if not isinstance(found, ParagraphStyle):
        raise TypeError(f"{name} is not a style for paragraphs")
    return found


def _style(
    word: WordDocument,
    name: str,
    *,
    size: float,
    bold: bool = False,
    colour: RGBColor = _INK,
    before: float = 0,
    after: float = 0,
    base: str = "",
) -> ParagraphStyle:
    style = _paragraph_style(word, name)
    if base:
        style.base_style = word.styles[base]
    font = style.font
    font.name, font.size, font.bold, font.italic, font.color.rgb = _TYPEFACE, Pt(size), bold, False, colour
    fonts = style.element.rPr.find(qn("w:rFonts"))
    # The template names the theme's typeface, which would win over ours.
    for attribute in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[attribute]
    spacing = style.paragraph_format
    spacing.space_before, spacing.space_after = Pt(before), Pt(after)
    for border in list(style.element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)
    return style


def _set_apart(style: ParagraphStyle) -> None:
    properties = style.element.get_or_add_pPr()
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="36" w:space="8" w:color="14212B"/></w:pBdr>'
    )
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="F3F5F7"/>')
    # The schema fixes the order of a paragraph's properties: border and shade come before spacing.
    spacing = properties.find(qn("w:spacing"))
    for mark in (border, shade):
        if spacing is None:
            properties.append(mark)
        else:
            spacing.addprevious(mark)
