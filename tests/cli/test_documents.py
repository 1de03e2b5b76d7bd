"""What the documents show is what one gets: every quoted command and example is run, every link followed."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path

import pytest
import typer

import swis
from swis import errors
from swis.cli.app import app
from swis.cli.exit_code import ExitCode
from swis.study.read import read_study
from swis.study.together import evaluate
from tests.cli.conftest import RunCommand

ROOT = Path(__file__).parents[2]
PILOTS = ("studies/southampton", "studies/stockport", "studies/lambeth")
DOCUMENTS = sorted(path for pattern in ("*.md", "docs/**/*.md", "studies/*/*.md") for path in ROOT.glob(pattern))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(path: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / path).read_text(encoding="utf-8"))


def without_trailing_space(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip()


def shown(path: str, command: str) -> str:
    """What a document shows as the answer to a command, without the line that says where the report lies."""
    (text,) = (text for kind, text in blocks(path) if kind == "console" and text.startswith(f"$ {command}\n"))
    return without_trailing_space(text.partition("\n")[2].partition("\nThe full report: ")[0])


@pytest.mark.slow
def test_the_session_in_the_readme_is_what_make_run_prints(run_swis: RunCommand) -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert "swis evaluate $(STUDIES) --out out/pilots" in makefile
    assert f"STUDIES := {' '.join(PILOTS)}\n" in makefile
    done = run_swis("evaluate", *(ROOT / study for study in PILOTS), "--formats", "none")
    assert shown("README.md", "make run") == without_trailing_space(done.stdout)


@pytest.mark.parametrize("path", ["README.md", "docs/reference/python.md"])
def test_python_in_the_documents_prints_what_they_show(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    space: dict[str, object] = {}
    printed = ""
    for kind, text in blocks(path):
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(text, space)
            printed = output.getvalue()
        elif kind == "text":
            assert printed == text


def test_the_tutorial_makes_the_study_that_it_shows(
    run_swis: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "docs/tutorial/your-own-study.md"
    quoted = dict(blocks(page))
    folder = tmp_path / "elmshire"
    folder.mkdir()
    (folder / "study.toml").write_text(quoted["toml"])
    (folder / "school_terms.csv").write_text(quoted["csv"])
    monkeypatch.chdir(tmp_path)
    assert shown(page, "swis check elmshire") == without_trailing_space(run_swis("check", "elmshire").stdout)
    done = run_swis("evaluate", "elmshire", "--formats", "none")
    assert shown(page, "swis evaluate elmshire") == without_trailing_space(done.stdout)
    (folder / "school_terms.csv").write_text(quoted["csv"].replace("Autumn 2023,14,822", "Autumn 2023,14,0"))
    assert quoted["text"] == run_swis("check", "elmshire").stderr


def test_the_number_of_choices_in_the_explanation_is_that_of_the_studies() -> None:
    page = (ROOT / "docs/explanation/why-so-few-schools-mislead.md").read_text(encoding="utf-8")
    for one in evaluate([read_study(ROOT / study) for study in PILOTS]).outcomes:
        assert one.appraisal is not None
        test, arms = one.appraisal.permutation, one.comparison.intervention
        row = f"{one.authority} | {one.outcome.name} | {arms.sum()} | {len(arms)} | {test.assignments:,} | {test.smallest_p:.2g}"
        assert f"| {row} |" in page


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), f"{document.relative_to(ROOT)} links to {target}"
        if anchor:
            assert anchor in anchors(path), f"{document.relative_to(ROOT)} links to {target}"


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_reference_holds_every_command_and_option_in_its_own_words() -> None:
    page = " ".join((ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8").split())
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert f"## `swis {name} " in page
        assert command.help.partition("\n")[0] in page
        for option in command.params:
            if option.param_type_name == "option" and option.name != "help":
                assert f"`{option.opts[0]}`" in page
                assert option.help in page


def test_the_reference_and_the_help_have_the_commands_in_the_order_of_work() -> None:
    page = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    listed = list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert re.findall(r"^## `swis (\w+)", page, re.MULTILINE) == listed
    assert listed.index("panel") < listed.index("study") < listed.index("match") < listed.index("evaluate")


@pytest.mark.parametrize("path", ["docs/reference/command-line.md", "docs/how-to/mend-an-error.md"])
def test_every_exit_code_is_documented(path: str) -> None:
    page = (ROOT / path).read_text(encoding="utf-8")
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.SwisError)]
    for code in {*map(int, ExitCode), *(kind.exit_code for kind in kinds)}:
        assert f"\n| {code} | " in page


def test_the_python_reference_names_everything_public() -> None:
    page = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    for name in swis.__all__:
        assert f"\n| `{name}" in page
        assert getattr(swis, name) is not None
    assert set(swis.__all__) <= set(dir(swis))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'evalute'"):
        swis.evalute  # noqa: B018
