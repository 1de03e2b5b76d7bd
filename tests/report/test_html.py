import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

from swis.report.html import write_html
from tests.report.drawn import full_document, small_document, small_figure


class Reader(HTMLParser):
    """Every tag with its attributes, and the text outside style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


PAGE = write_html(full_document())
READ = Reader(PAGE)


def test_the_same_document_gives_the_same_page() -> None:
    assert write_html(full_document()) == PAGE


def test_hostile_text_stays_text() -> None:
    assert not READ.named("script")
    assert not READ.named("c")
    assert '#panic("x") *a* $b$ <c> @d \\ ] & <script>alert(1)</script>' in READ.text


def test_the_page_needs_nothing_from_elsewhere() -> None:
    assert not READ.named("link")
    assert not READ.named("img")
    assert all("src" not in attributes for _, attributes in READ.tags)
    assert not re.findall(r"url\((?!\"data:|#)", PAGE)
    assert "@import" not in PAGE


def test_every_identifier_is_used_once_and_every_jump_lands() -> None:
    used = [str(attributes["id"]) for _, attributes in READ.tags if "id" in attributes]
    assert len(used) == len(set(used))
    jumps = [str(link["href"])[1:] for link in READ.named("a") if str(link["href"]).startswith("#")]
    named = [str(attributes["aria-labelledby"]) for _, attributes in READ.tags if "aria-labelledby" in attributes]
    assert set(jumps) | set(named) <= set(used)


def test_two_drawings_with_the_same_parts_do_not_share_a_name() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><clipPath id="part0"/><g clip-path="url(#part0)"/></svg>'
    figures = [small_figure(name) for name in ("one", "two")]
    for figure in figures:
        object.__setattr__(figure.drawing, "svg", svg)
    page = write_html(small_document(*figures))
    for name in ("one", "two"):
        assert f'id="{name}--part0"' in page
        assert f"url(#{name}--part0)" in page


def test_the_language_landmarks_and_skip_link_are_there() -> None:
    assert READ.named("html")[0]["lang"] == "en-GB"
    assert next(link["href"] for link in READ.named("a")) == "#main"
    assert len(READ.named("main")) == len(READ.named("header")) == len(READ.named("nav")) == len(READ.named("h1")) == 1


def test_every_table_has_a_caption_header_scopes_and_a_region_that_scrolls() -> None:
    tables = READ.named("table")
    assert len(tables) == len(READ.named("caption")) == PAGE.count("<thead>") > 5
    assert all(cell.get("scope") in ("col", "row") for cell in READ.named("th"))
    regions = [attributes for _, attributes in READ.tags if attributes.get("role") == "region"]
    assert len(regions) == len(tables) + len(READ.named("figure"))
    assert all(region["tabindex"] == "0" and region["aria-labelledby"] for region in regions)


def test_every_figure_is_one_image_with_words_and_its_data_folded_below() -> None:
    drawings = READ.named("svg")
    assert len(drawings) == len(READ.named("figure")) == len(READ.named("details")) == 4
    assert all(drawing["role"] == "img" and drawing["aria-label"] for drawing in drawings)
    for drawing in re.findall(r"<svg.*?</svg>", PAGE, re.DOTALL):
        ElementTree.fromstring(drawing)


def test_tone_is_said_in_words() -> None:
    assert "Verdict: The data cannot tell" in READ.text
    assert "Caution: Mind the launch" in READ.text
