"""`python -m bench.service`: fill a service, ask it for pages, and write what people waited to bench/results/service.md."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.machine import describe_machine
from bench.service.asking import Deed, Waits, get, together
from tests.service.operations.deployment import Deployment, deployed
from tests.service.operations.web import Visitor, Web, fields_of, serving

RESULTS = Path(__file__).parents[1] / "results"
PEOPLE = 50
PAUSE = 3.0
OF_A_SCHOOL = ("worker", "lead")
PAGES = (
    ("worker", "home", "/"),
    ("worker", "contacts of a school", "/practice/contacts/"),
    ("worker", "the form of a contact", "/practice/contacts/record"),
    ("worker", "children", "/practice/children/"),
    ("worker", "diary, a week", "/diary/"),
    ("worker", "enquiries", "/enquiries/"),
    ("worker", "own mix of work", "/own/"),
    ("team manager", "home", "/"),
    ("team manager", "contacts of an authority", "/practice/contacts/"),
    ("team manager", "team dashboard", "/team/"),
    ("team manager", "caseload", "/practice/caseload/"),
    ("lead", "home", "/"),
    ("lead", "summary for the school", "/summary/"),
    ("information governance officer", "audit", "/audit/"),
)
TITLE = """# How long people wait

Times with one million contacts (21 authorities, 300 schools, 60,000 children, three years), as `make bench-service`
measures them: gunicorn with three processes of four threads, as `deploy/` starts it; the database and the people who ask are on
the same machine. One person asks 40 times for each page, one after another. Fifty people ask at once, each four times without a
pause, so that the service is never idle: read their waits as those of the worst minute, and "a second" as how many requests it
bears. With a pause between form and form fifty people are a large programme at its busiest. Saving counts from the press of the
button to the answer; what was acknowledged is on the disk. The rows were written in bulk, so the audit begins short.
"""
HEAD = "| Engine | Who | What | People | p50 | p95 | p99 | A second |\n|---|---|---|---|---|---|---|---|\n"


def save_contact(visitor: Visitor) -> float:
    """Open the form, fill it in, and save; only the saving is waited for."""
    fields = fields_of(visitor.get("/practice/contacts/record").text) | {
        "raised_by": "head of year", "kind_of_work": "advice", "role": "preventative", "topic": "attendance",
        "time_band": "5 to 30 minutes", "account": "Talked about a timetable.",
    }  # fmt: skip
    fields.pop("save_draft", None)
    began = perf_counter()
    answer = visitor.post("/practice/contacts/record", fields)
    waited = perf_counter() - began
    if answer.status != 302:
        raise RuntimeError(f"a contact was not saved: {answer.status}")
    return waited


def sign_in(web: Web, who: str, number: int) -> list[Visitor]:
    """So many people of a kind, each of a school or an authority of their own while there are enough."""
    people = []
    for each in range(number):
        visitor = replace(web.visitor(), timeout=120)
        visitor.sign_in_as(f"{who} {700_000 + each if who in OF_A_SCHOOL else 700 + each % 20}".capitalize())
        people.append(visitor)
    return people


def measure(web: Web, *, people: int, times: int) -> Iterator[tuple[str, str, int, Waits]]:
    groups = {who: sign_in(web, who, people) for who, _, _ in PAGES}
    for who, what, path in PAGES:
        ask: Deed = get(path)
        together(groups[who][:2], ask, times=1)  # the first request of a process reads what later ones have
        yield who, what, people, together(groups[who], ask, times=times)
    yield "worker", "saving a contact", people, together(groups["worker"], save_contact, times=times)
    if people > 1:
        waits = together(groups["worker"], save_contact, times=2 * times, pause=PAUSE)
        yield "worker", f"saving a contact, {PAUSE:g} s between form and form", people, waits


def run(deployment: Deployment, engine: str, *, people: tuple[int, ...], times: int) -> Iterator[str]:
    with serving(deployment, workers=3) as web:
        for number in people:
            for who, what, at_once, waits in measure(web, people=number, times=times or (40 if number == 1 else 4)):
                row = [
                    engine,
                    who,
                    what,
                    str(at_once),
                    *(f"{waits.at(share) * 1000:,.0f} ms" for share in (0.5, 0.95, 0.99)),
                ]
                line = f"| {' | '.join(row)} | {waits.a_second:,.0f} |"
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
                yield line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--schools", type=int, default=300)
    parser.add_argument(
        "--times", type=int, default=0, help="how often each person asks; 40 times alone, 4 times together"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--folder", type=Path, help="a SQLite service that is filled already")
    parser.add_argument("--people", type=int, nargs="+", default=[1, PEOPLE])
    chosen = parser.parse_args()
    engine = "PostgreSQL" if os.environ.get("SWIS_TEST_DATABASE_URL") else "SQLite"
    machine = describe_machine()[:3]
    with TemporaryDirectory() as folder, deployed(chosen.folder or Path(folder)) as deployment:
        if chosen.folder is None:
            deployment.run("prepare", "--verbosity", "0")
            wanted = ("--authorities", str(min(21, chosen.schools)), "--schools", str(chosen.schools))
            said = deployment.run("fill", *wanted, "--contacts", str(chosen.contacts), seconds=3600)
            sys.stdout.write(said)
        lines = list(run(deployment, engine, people=tuple(chosen.people), times=chosen.times))
    write_section(chosen.out / "service.md", engine, lines, machine=machine)


def write_section(path: Path, engine: str, lines: list[str], *, machine: list[str]) -> None:
    """Put the times of one engine in the place of its former ones; those of the other stay."""
    former = path.read_text(encoding="utf-8") if path.exists() else TITLE
    sections = {part.partition("\n")[0]: part for part in former.split("\n## ")[1:]}
    said = "\n".join(f"{each}.  " for each in machine)
    sections[engine] = f"{engine}\n\n{said}\n\n{HEAD}" + "\n".join(lines) + "\n"
    path.write_text(
        "\n## ".join([TITLE.rstrip() + "\n", *(sections[name] for name in sorted(sections))]), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
