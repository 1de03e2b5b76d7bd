"""Certificates and commitments that were mangled: an answer, or one clear message; never a traceback."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.cli.exit_code import ExitCode
from swis.cli.verify_certificate import verify_certificate
from swis.design.allocation.certificate import CERTIFICATE_FILE, read_certificate
from swis.design.allocation.commitment import COMMITMENT_FILE, SEED_FILE, read_commitment, read_seed
from swis.design.allocation.plan import METHODS, Method
from swis.design.allocation.toml import write_sealed
from swis.design.allocation.verify import verify_allocation
from swis.errors import AllocationError, SwisError
from tests.design.allocation.test_verify import write_trial

Place = tuple[Any, ...]
"""The way to a value: names of tables and numbers in lists."""
INNER = ("options", "covariates")
"""Fields that hold JSON as text."""

OTHERS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**3), 10**6),
    st.sampled_from([10**30, -1, 0]),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.datetimes(),
    st.lists(st.one_of(st.integers(), st.text(max_size=3), st.floats()), max_size=3),
    st.dictionaries(st.text(alphabet="abcdef_", min_size=1, max_size=8), st.integers(), max_size=2),
)
"""What may stand in the place of a value. None stands for none at all."""


@dataclass(frozen=True)
class Drawn:
    """A certificate as it was written, in its folder, and its values."""

    path: Path
    data: bytes

    @property
    def values(self) -> dict[str, Any]:
        values = tomllib.loads(self.data.decode())
        return values | {name: json.loads(values[name]) for name in INNER}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[Method, Drawn]:
    paths = {method: write_trial(tmp_path_factory.mktemp(method), method, public="a lottery") for method in METHODS}
    return {method: Drawn(path, path.read_bytes()) for method, path in paths.items()}


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """The way to every value, however deep."""
    if at:
        yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield from places(each, (*at, name))


def replaced(value: Any, at: Place, new: Any) -> Any:
    """The same values with another at one place; without that place where the new one is None."""
    if not at:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    inner = replaced(copied[at[0]], at[1:], new)
    if inner is None and len(at) == 1:
        del copied[at[0]]
    else:
        copied[at[0]] = inner
    return copied


def write_toml(values: dict[str, Any]) -> str:
    """Any values as TOML, all of it inline; what is text in a certificate as text of JSON."""
    texts = {name: json.dumps(values[name], default=str) for name in INNER if name in values}
    return "".join(f"{json.dumps(name)} = {inline(each)}\n" for name, each in (values | texts).items())


def inline(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case float():
            return repr(value)
        case datetime() | date():
            return value.isoformat()
        case list():
            return f"[{', '.join(inline(each) for each in value)}]"
        case dict():
            return f"{{{', '.join(f'{json.dumps(name)} = {inline(each)}' for name, each in value.items())}}}"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def ends(certificate: Path, check: Callable[[Path], int]) -> int:
    """The exit code, as the command line has it."""
    try:
        return check(certificate)
    except SwisError as error:
        assert str(error)
        return error.exit_code


def as_typed(path: Path) -> int:
    return verify_certificate(path, nominations=None, commitment=None)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_mangled_certificate_is_refused_or_does_not_hold(
    drawn: dict[Method, Drawn], method: Method, data: st.DataObject
) -> None:
    path, mangled = drawn[method].path, drawn[method].values
    for _ in range(data.draw(st.integers(1, 3))):
        mangled = replaced(mangled, data.draw(st.sampled_from(list(places(mangled)))), data.draw(OTHERS))
    path.write_text(write_toml(mangled), encoding="utf-8", newline="")
    # Without the lines and the seal that the program writes it is never as it was written.
    assert ends(path, as_typed) in (AllocationError.exit_code, ExitCode.NOT_VERIFIED)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(place=st.floats(0, 1, exclude_max=True), length=st.integers(0, 30), put=st.binary(max_size=12))
def test_bytes_put_anywhere_into_a_certificate_end_in_words(
    drawn: dict[Method, Drawn], place: float, length: int, put: bytes
) -> None:
    path, whole = drawn["simple"].path, drawn["simple"].data
    at = int(place * len(whole))
    path.write_bytes(whole[:at] + put + whole[at + length :])
    same = path.read_bytes() == whole
    assert ends(path, as_typed) in ((ExitCode.DONE,) if same else (AllocationError.exit_code, ExitCode.NOT_VERIFIED))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (CERTIFICATE_FILE, 'arm = "intervention"', "arm = 1"),
        (CERTIFICATE_FILE, "drawn_on = 2026-09-01", "drawn_on = 2026-09-01T00:00:00"),
        (CERTIFICATE_FILE, "committed_on = 2026-06-01", 'committed_on = "June"'),
        (CERTIFICATE_FILE, r"\"candidates\":100", r"\"candidates\":1e2"),
        (CERTIFICATE_FILE, r"\"ratio\":[1,1]", r"\"ratio\":[true,1]"),
        (CERTIFICATE_FILE, r"\"strata\":[\"authority\"]", r"\"strata\":\"authority\""),
        (CERTIFICATE_FILE, 'covariates = "[]"', r'covariates = "[\"\\ud800\"]"'),
        (CERTIFICATE_FILE, 'covariates = "[]"', f'covariates = "{"[" * 100_000}"'),
        (CERTIFICATE_FILE, "format = 1", f"format = {'1' * 5_000}"),
        (CERTIFICATE_FILE, "[[strata]]", "[strata]"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(tmp_path: Path, name: str, old: str, new: str) -> None:
    path = write_trial(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    with pytest.raises(AllocationError, match=r"allocation\.toml is not a.*Restore it from where it was published"):
        read_certificate(path.read_bytes())


@settings(max_examples=80, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_mangled_commitment_or_seed_that_is_sealed_again_is_refused(
    drawn: dict[Method, Drawn], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder, elsewhere = drawn["simple"].path.parent, tmp_path_factory.mktemp("mangled")
    for name, read in ((COMMITMENT_FILE, read_commitment), (SEED_FILE, read_seed)):
        text = (folder / name).read_text(encoding="utf-8")
        comment = "\n".join(line[2:] for line in text.splitlines() if line.startswith("# "))
        values = tomllib.loads(text)
        values.pop("seal")
        other = elsewhere / name
        new = data.draw(st.one_of(st.booleans(), st.integers(), st.datetimes(), st.lists(st.integers(), min_size=1)))
        mangled = replaced(values, (data.draw(st.sampled_from(list(values))),), new)
        plain = all(not isinstance(value, list) for value in mangled.values())
        sealed = write_sealed(comment, mangled) if plain else write_toml(mangled)
        other.write_text(sealed, encoding="utf-8", newline="")
        with pytest.raises(AllocationError, match="Restore it"):
            read(other)


def test_a_mangled_commitment_beside_a_good_certificate_is_told(tmp_path: Path) -> None:
    path = write_trial(tmp_path)
    commitment = tmp_path / COMMITMENT_FILE
    text = commitment.read_text(encoding="utf-8").replace("2026-06-01", '"June"')
    commitment.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(AllocationError, match="allocation_commitment"):
        verify_allocation(path)
