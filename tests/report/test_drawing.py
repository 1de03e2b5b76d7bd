import re
import struct
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from swis.errors import OutputError
from swis.report.drawing import GRID, INK, PAPER, QUIET, RULE, SHADE, draw
from tests.report.drawn import small_drawing


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", [PAPER, SHADE])
def test_text_and_lines_stand_out_from_their_ground(ground: str) -> None:
    assert contrast(INK, ground) >= 4.5
    assert contrast(QUIET, ground) >= 4.5
    assert contrast(RULE, PAPER) >= 3
    assert contrast(GRID, PAPER) < 2, "the grid stays behind what it carries"


def test_the_same_chart_gives_the_same_bytes_here_and_in_another_process() -> None:
    drawing = small_drawing()
    assert small_drawing().svg == drawing.svg
    assert small_drawing().png == drawing.png
    program = "import sys; from tests.report.drawn import small_drawing; sys.stdout.write(small_drawing().svg)"
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert other.stdout == drawing.svg


def test_a_drawing_knows_its_size_and_its_png_is_two_and_a_half_times_that() -> None:
    drawing = small_drawing()
    assert f'width="{drawing.width:.0f}" height="{drawing.height:.0f}"' in drawing.svg
    width, height = struct.unpack(">II", drawing.png[16:24])
    assert (width, height) == (pytest.approx(drawing.width * 2.5, abs=1), pytest.approx(drawing.height * 2.5, abs=1))


def test_words_stay_words_in_lato_and_no_roles_are_left_to_be_read_twice() -> None:
    svg = small_drawing('role="x" words').svg
    assert 'font-family="Lato, Carlito, Calibri, sans-serif"' in svg
    assert 'role="x" words' in svg
    assert not any(re.search(r"\s(role|aria-[a-z]+)=", tag) for tag in re.findall(r"<[^>]*>", svg))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=8))
@example("\x00\x1b\x0b")
@example("\ud800")
@example("\ufffe")
def test_no_label_can_stop_the_renderer(words: str) -> None:
    assert small_drawing(words).svg.startswith("<svg")


class NoChart:
    """A description that Vega-Lite cannot read."""

    def to_dict(self) -> dict[str, int]:
        return {"mark": 7}


def test_a_chart_that_cannot_be_drawn_is_refused_with_a_message() -> None:
    with pytest.raises(OutputError, match="could not be drawn"):
        draw(NoChart())  # type: ignore[arg-type]
