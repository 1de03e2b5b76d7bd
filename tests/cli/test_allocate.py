"""`swis allocate` and `swis verify`, as a person types them."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import RunCommand
from tests.design.allocation.drawn import nominations_text, write_nominations

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "allocate-schools.md"
EALING = ROOT / "docs" / "examples" / "ealing"
FILES = {"allocation.toml", "allocation.csv", "allocation.html"}


def test_commit_draw_and_verify(run_swis: RunCommand, tmp_path: Path) -> None:
    done = run_swis("allocate", "--commit", "--method", "pairs", "--public-source", "a lottery", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    seed = re.search(r'seed = "(\w{64})"', (tmp_path / "allocation_seed.toml").read_text(encoding="utf-8"))
    assert seed is not None
    assert seed[1] not in done.stdout
    nominations = write_nominations(tmp_path, nominations_text([6, 5], reserves=1))
    typed = ("allocate", nominations, "--seed-file", tmp_path / "allocation_seed.toml")
    refused = run_swis(*typed)
    assert (refused.returncode, "Give --public-value: what came of a lottery." in refused.stderr) == (3, True)
    done = run_swis(*typed, "--public-value", "3 11")
    assert done.returncode == 0, done.stderr
    assert "11 schools in 2 strata: " in done.stdout
    assert {path.name for path in tmp_path.iterdir()} > FILES
    assert (tmp_path / "allocation.csv").read_text(encoding="utf-8").count("\n") == 1 + 11 + 2
    again = run_swis(*typed, "--public-value", "3 11")
    assert again.returncode == 6
    assert "A second draw beside the first would be a choice." in again.stderr
    checked = run_swis("verify", tmp_path / "allocation.toml", COLUMNS="160")
    assert checked.returncode == 0
    assert "The certificate holds: 13 steps. 1 could not be checked: see above." in checked.stdout
    assert 'compare "3 11" with what was published of: a lottery' in checked.stdout


def test_an_edited_certificate_and_edited_nominations_end_with_code_8(run_swis: RunCommand, tmp_path: Path) -> None:
    nominations = write_nominations(tmp_path, nominations_text([6]))
    assert run_swis("allocate", nominations, "--seed", "rehearsal").returncode == 0
    certificate = tmp_path / "allocation.toml"
    whole = certificate.read_text(encoding="utf-8")
    certificate.write_text(whole.replace("rehearsal", "rehearsed"), encoding="utf-8")
    done = run_swis("verify", certificate)
    assert done.returncode == 8
    assert "FAILS        certificate" in done.stdout
    certificate.write_text(whole, encoding="utf-8")
    nominations.write_text(
        nominations.read_text(encoding="utf-8").replace("School 00-05", "School 00-0A"), encoding="utf-8"
    )
    done = run_swis("verify", certificate)
    assert done.returncode == 8
    assert re.search(r"The certificate does not hold: \d of \d+ steps fail", done.stdout)


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--seed", "x", "--method", "pair"), 3, "There is no method 'pair'"),
        (("--seed", "x", "--ratio", "2-1"), 3, "not two whole numbers with a colon"),
        (("--seed", "x", "--ratio", "9:1"), 3, "at 9:1 an arm could be empty there"),
        (("--seed", "x", "--covariates", "height"), 3, "no covariate 'height'"),
        (("--seed", " "), 3, "The seed must be one line"),
        (("--seed", "x", "--formats", "odt"), 6, "There is no format 'odt'"),
        (("--seed", "x", "--public-source", "y"), 2, "belongs to --commit"),
        (("--seed", "x", "--commitment", "y"), 2, "goes with --seed-file"),
        ((), 2, "Give the --seed-file of a commitment"),
        (("--seed-file", "nowhere.toml"), 3, "allocation_commitment.toml: is not there"),
        (("--commit",), 2, "NOMINATIONS does not go with --commit"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    run_swis: RunCommand, tmp_path: Path, options: tuple[str, ...], code: int, says: str
) -> None:
    done = run_swis("allocate", write_nominations(tmp_path, nominations_text([6])), *options, COLUMNS="200")
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["nominations.csv"]


def test_a_seed_of_another_commitment_and_options_typed_again_are_refused(run_swis: RunCommand, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run_swis("allocate", "--commit", "--out", tmp_path / name).returncode == 0
    nominations = write_nominations(tmp_path, nominations_text([6]))
    seed_file = ("--seed-file", tmp_path / "one" / "allocation_seed.toml")
    done = run_swis(
        "allocate", nominations, *seed_file, "--commitment", tmp_path / "two" / "allocation_commitment.toml"
    )
    assert done.returncode == 3
    assert "does not open the commitment" in done.stderr
    done = run_swis("allocate", nominations, *seed_file, "--method", "simple", COLUMNS="200")
    assert done.returncode == 2
    assert "--method cannot be chosen any more" in done.stderr
    assert run_swis("allocate", nominations, *seed_file, "--quiet").stdout == ""


def test_what_is_no_certificate_is_said_in_words(run_swis: RunCommand, tmp_path: Path) -> None:
    done = run_swis("verify", write_nominations(tmp_path, nominations_text([6])))
    assert done.returncode == 3
    assert "is not a TOML file" in done.stderr
    assert "allocation.toml: is not there" in run_swis("verify", tmp_path / "allocation.toml").stderr


def test_the_same_draw_gives_the_same_bytes_whatever_the_hash_seed(run_swis: RunCommand, tmp_path: Path) -> None:
    nominations = write_nominations(tmp_path, nominations_text([9, 8]))
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        typed = ("allocate", nominations, "--seed", "x", "--method", "constrained", "--candidates", 500, "--out", out)
        assert run_swis(*typed, PYTHONHASHSEED=seed).returncode == 0
        written.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert written[0] == written[1]
    assert set(written[0]) == FILES
    page = written[0]["allocation.html"].decode()
    assert "The allocations that were drawn from" in page
    assert "No commitment was made" in page


def test_the_example_of_ealing_holds_and_is_not_the_published_draw(run_swis: RunCommand, tmp_path: Path) -> None:
    shutil.copytree(EALING, tmp_path / "ealing")
    done = run_swis("verify", tmp_path / "ealing" / "allocation.toml")
    assert done.returncode == 0, done.stdout
    published = dict(
        line.rsplit(",", 1) for line in (EALING / "published_arms.csv").read_text("utf-8").splitlines()[1:]
    )
    assert sorted(published.values()) == ["comparison"] * 8 + ["intervention"] * 8
    drawn = [line.split(",") for line in (EALING / "allocation.csv").read_text("utf-8").splitlines()[1:]]
    assert {row[0] for row in drawn} == set(published)
    assert {row[0]: row[2] for row in drawn} != published


def test_the_how_to_runs_and_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = HOW_TO.read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", page, flags=re.DOTALL))
    write_nominations(tmp_path, blocks["csv"])
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(blocks["python"], str(HOW_TO), "exec"), {})
    assert printed.getvalue() == blocks["text"]
