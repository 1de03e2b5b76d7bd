"""The report of the three pilots: what it shows is what was evaluated, in every format, and the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from docx.oxml.ns import qn
from playwright.sync_api import Browser

from swis.errors import OutputError
from swis.estimate.appraisal import appraise
from swis.estimate.calibration import VERDICT
from swis.estimate.published import published_method
from swis.report.compose import compose_report
from swis.report.document import Document, Heading
from swis.report.html import write_html
from swis.report.words import interval, p_value, percent, ratio
from swis.report.write import FORMATS, write_report
from swis.study.read import read_study
from swis.study.study import Study
from swis.study.together import Evaluation, evaluate
from tests.report.reading import cells_of, chapter, tables_of, words_of
from tests.report.test_page_in_a_browser import RULES

ROOT = Path(__file__).parents[2]
PILOTS = ("southampton", "stockport", "lambeth")
SECTIONS = ["In one page", "Claims and verdicts", "Southampton", "Stockport", "Lambeth", "How the numbers were made"]


def pilot_studies() -> list[Study]:
    return [read_study(ROOT / "studies" / name) for name in PILOTS]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(pilot_studies())


@pytest.fixture(scope="module")
def document(evaluation: Evaluation) -> Document:
    return compose_report(evaluation)


@pytest.fixture(scope="module")
def written(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_report(evaluation, tmp_path_factory.mktemp("report"))


def test_the_chapters_are_there_in_their_order(document: Document) -> None:
    titles = [block.text for block in document.body if isinstance(block, Heading) and block.level == 1]
    assert titles[: len(SECTIONS)] == SECTIONS


@pytest.mark.parametrize("pilot", PILOTS)
def test_each_authority_has_what_the_published_report_has_and_the_layer_above(pilot: str, document: Document) -> None:
    tables, figures = tables_of(document), {figure.identifier for figure in document.figures}
    key = f"study-{pilot}"
    assert {
        f"{key}-{part}" for part in ("configuration", "collected", "claims", "unit-costs", "findings-table")
    } <= set(tables)
    assert f"{key}-cost-figure" in figures
    study = read_study(ROOT / "studies" / pilot)
    for outcome in study.outcomes:
        own = f"{key}-outcome-{outcome.code.replace('_', '-')}"
        assert {f"{own}-{part}" for part in ("terms", "printed", "methods", "event-study")} <= set(tables)
        assert {f"{own}-trend", f"{own}-effect"} <= figures


def test_every_figure_has_words_and_its_data(document: Document) -> None:
    assert len(document.figures) >= 8 * 2 + 3 + 2
    for figure in document.figures:
        assert len(figure.alt) > 40
        assert figure.data.rows
        assert figure.alt != figure.caption


def test_the_verdict_table_holds_what_a_new_appraisal_gives(document: Document) -> None:
    rows = iter(cells_of(tables_of(document)["verdict-table"]))
    for study in pilot_studies():
        for outcome in study.outcomes:
            row = next(rows)
            comparison = study.comparison(outcome.code)
            again = appraise(comparison, design=study.protocol.comparison, seed=study.options.seed)
            published = published_method(comparison).interaction
            assert row["Analysis"] == f"{study.authority}, {outcome.name}"
            assert row["Schools with a social worker"] == (
                f"{comparison.intervention.sum()} of {len(comparison.schools)}"
            )
            assert row["Published p"] == p_value(published.p)
            assert row["Randomisation p"] == p_value(again.permutation.p)
            assert row["Choices"] == f"{again.permutation.assignments:,}"
            assert row["Smallest p possible"] == p_value(again.permutation.smallest_p)
            assert row["Interval"] == interval(again.verdict.low, again.verdict.high)
            assert row["Verdict"] == again.verdict.kind
    assert next(rows, None) is None


def test_no_effect_is_called_detectable_where_the_verdict_could_not_have_found_one(document: Document) -> None:
    verdicts = {row["Analysis"]: row["Verdict"] for row in cells_of(tables_of(document)["verdict-table"])}
    for row in cells_of(tables_of(document)["needed-table"]):
        unreachable = {row[way].startswith("unreachable") for way in ("Reduction to", "Increase to")}
        assert unreachable == {verdicts[row["Analysis"]] == "cannot tell"}


def test_the_first_page_says_how_rarely_a_halved_rate_would_have_been_found(document: Document) -> None:
    rows = cells_of(tables_of(document)["power-table"])
    assert {row["Rate halved"] for row in rows} >= {"1.4%", "9.8%"}
    assert "would have been found in 1.4% to 9.8% of simulated tables" in words_of(chapter(document, "summary"))


def test_the_share_of_choices_in_the_picture_counts_the_choice_that_was_made(
    document: Document, evaluation: Evaluation
) -> None:
    (figure,) = [each for each in document.figures if each.identifier == "claims"]
    (row,) = [row for row in cells_of(figure.data) if row["Analysis"] == "Lambeth, Section 47 enquiries"]
    (one,) = [each for each in evaluation.outcomes if (each.authority, each.outcome.code) == ("Lambeth", "s47")]
    assert one.appraisal is not None
    assert round(one.appraisal.permutation.p * 56) == 11  # of 56 choices with the one made; 10 of the 55 others
    assert row["Reason"] == "20% of the choices of schools differ as much"


def test_the_counts_of_an_outcome_are_those_of_its_table_with_the_printed_value_beside_a_correction(
    document: Document,
) -> None:
    comparison = read_study(ROOT / "studies" / "stockport").comparison("s17")
    rows = cells_of(tables_of(document)["study-stockport-outcome-s17-terms"])
    for i, row in enumerate(rows):
        for j, term in enumerate(comparison.terms):
            count, pupils = comparison.count[i, j], comparison.pupils[i, j]
            mark = " [printed 0]" if (i, j) == (0, 0) else ""
            assert row[term] == f"{count:.0f}{mark} / {pupils:.0f} ({100 * count / pupils:.2f})"


def test_the_methods_table_holds_what_each_estimator_gives(document: Document, evaluation: Evaluation) -> None:
    rows = {row["Method"]: row for row in cells_of(tables_of(document)["study-stockport-outcome-s47-methods"])}
    one = read_study(ROOT / "studies" / "stockport").comparison("s47")
    again = appraise(one, seed=20200501)
    assert rows["Quasi-Poisson"]["95% interval"] == interval(again.quasi.low, again.quasi.high)
    assert rows["Quasi-Poisson"]["Rate ratio"] == ratio(again.quasi.ratio)
    assert again.exact is not None
    assert again.firth is not None
    assert again.bootstrap is not None
    assert rows["Exact, conditional"]["p"] == p_value(again.exact.p)
    assert rows["Firth"]["Rate ratio"] == ratio(again.firth.ratio)
    assert rows["Score wild bootstrap"]["p"] == p_value(again.bootstrap.p)
    assert rows["Randomisation test"]["95% interval"] == interval(*again.permutation_interval)


def test_printed_numbers_stand_beside_ours_with_the_reason_where_they_differ(
    document: Document, evaluation: Evaluation
) -> None:
    for each in evaluation.studies:
        for one in each.outcomes:
            key = f"study-{each.study.name}-outcome-{one.outcome.code.replace('_', '-')}"
            rows = cells_of(tables_of(document)[f"{key}-printed"])
            by_coefficient = {number.coefficient: number for number in one.reproduction if number.part == "estimate"}
            assert [row["Coefficient"] for row in rows] == list(by_coefficient)
            for row in rows:
                parts = [number for number in one.reproduction if number.coefficient == row["Coefficient"]]
                assert re.findall(r"[^\s()]*\d[^\s()]*", row["Printed"]) == [number.printed.text for number in parts]
                ours = [number.ours for number in parts if number.ours is not None]
                shown = [float(digits) for digits in re.findall(r"[\d.]+(?:e[-+]\d+)?", row["Ours"])]
                assert shown == pytest.approx(ours, rel=0.006)
                assert (row["Agrees to the last digit"] == "yes") == all(number.agrees for number in parts)
                assert all(number.reason in row["Agrees to the last digit"] for number in parts)


def test_the_first_page_counts_what_was_claimed_and_what_stands(document: Document) -> None:
    words = words_of(chapter(document, "summary"))
    assert "None of the eight comparisons supports an effect" in words
    assert "None of these claims can be upheld" in words
    assert "large help and for large harm" in words


def test_provenance_names_the_version_the_hashes_and_the_seed(document: Document, evaluation: Evaluation) -> None:
    items = dict(document.provenance)
    assert items["SWIS version"] == evaluation.swis_version
    for pilot in PILOTS:
        data = (ROOT / "studies" / pilot / "school_terms.csv").read_bytes()
        assert items[f"{pilot}/school_terms.csv (SHA-256)"] == hashlib.sha256(data).hexdigest()
        assert items[f"{pilot}: seed"] == "20200501"


def test_a_report_names_no_child_and_nothing_of_the_machine(document: Document) -> None:
    page = write_html(document)
    assert str(ROOT) not in page
    assert str(Path.home()) + "/" not in page


# The files themselves.


@pytest.mark.slow
def test_the_pdf_declares_pdf_ua_is_tagged_and_gives_every_figure_words(
    written: dict[str, Path], document: Document
) -> None:
    with pikepdf.open(written["pdf"]) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-GB"
        found = structure(pdf)
        figures = [element for element in found if element.S == "/Figure"]
        assert len(figures) == len(document.figures)
        assert all(str(figure.Alt).strip() for figure in figures)
        tables = [element for element in found if element.S == "/Table"]
        assert len(tables) >= len(tables_of(document)) + len(figures)
        assert len(tables) == sum(element.S == "/THead" for element in found)
        levels = [int(str(each.S)[2:]) for each in found if str(each.S) in ("/H1", "/H2", "/H3", "/H4")]
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def structure(pdf: pikepdf.Pdf) -> list[Any]:
    """Every structure element, parents before children."""
    found, waiting = [], [pdf.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node)))  # type: ignore[call-overload]
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
            if "/K" in node:
                waiting.append(node.K)
    return found


def test_the_word_file_has_headings_header_rows_captions_and_alternatives(
    written: dict[str, Path], document: Document
) -> None:
    word = docx.Document(io.BytesIO(written["docx"].read_bytes()))
    styles = [paragraph.style.name for paragraph in word.paragraphs if paragraph.style is not None]
    headings = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[: len(SECTIONS)] == SECTIONS
    assert len(word.tables) == len(tables_of(document)) + len(document.figures)
    for table in word.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    assert styles.count("Caption") >= len(word.tables)
    pictures = word.element.body.iter(qn("wp:docPr"))
    described = [picture.get("descr") for picture in pictures]
    assert len(described) == len(document.figures)
    assert all(described)


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_passes_axe_and_does_not_scroll_sideways(
    width: int, written: dict[str, Path], browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(written["html"].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    assert [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 25


SCRIPT = """
import hashlib, json, sys
from pathlib import Path
from swis.report.write import write_report
from swis.study.read import read_study
from swis.study.together import evaluate
studies = [read_study(Path(sys.argv[1]) / name) for name in ("southampton", "stockport", "lambeth")]
written = write_report(evaluate(studies), Path(sys.argv[2]))
print(json.dumps({name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in written.items()}))
"""


@pytest.mark.slow
def test_another_process_writes_the_same_bytes_in_every_format(written: dict[str, Path], tmp_path: Path) -> None:
    """Another hash seed, another time zone and studies in another folder than here."""
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    seed = "4242" if os.environ.get("PYTHONHASHSEED") != "4242" else "1"
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "studies"), str(tmp_path / "out")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert set(written) == set(FORMATS)
    assert json.loads(done.stdout) == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in written.items()
    }


# Writing.


def test_a_format_that_is_not_known_is_refused_before_anything_is_written(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match=r"no format 'odt'\. Choose from: html, pdf, docx"):
        write_report(evaluation, tmp_path / "out", formats=("html", "odt"))
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_named(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot be made a folder.*--out"):
        write_report(evaluation, tmp_path / "out", formats=("html",))


def test_a_folder_in_place_of_the_file_is_named_and_nothing_half_written_is_left(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html cannot be written"):
        write_report(evaluation, tmp_path, formats=("html",))
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_progress_is_told_for_every_format(evaluation: Evaluation, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_report(evaluation, tmp_path, formats=("html",), progress=lambda what, done, of: told.append((what, done, of)))
    assert told == [("Figures and text", 0, 2), ("HTML", 1, 2)]


def test_the_size_that_is_promised_of_the_verdict_is_the_largest_that_is_stored(document: Document) -> None:
    stored = [
        float(row["claimed"])
        for study in PILOTS
        for row in csv.DictReader(
            (ROOT / "studies" / study / "calibration.csv").read_text(encoding="utf-8").splitlines()
        )
        if (row["method"], row["true_ratio"], row["times_as_many_schools"]) == (VERDICT, "1", "1")
    ]
    assert len(stored) == 16
    assert f"“supported” in at most {percent(max(stored))} of the tables" in words_of(chapter(document, "verdicts"))
