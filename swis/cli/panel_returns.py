"""What `swis panel` does: stage the returns, build the panel, write it with its quality page, and leave no child behind."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from rich.text import Text

from swis.cli.console import output, progress
from swis.disclosure.policy import POLICIES, Policy
from swis.disclosure.release import ReleaseLedger
from swis.errors import DisclosureError, SettingError
from swis.panel.build import build_panel
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.engine import Engine
from swis.panel.finding import PanelFinding
from swis.panel.folder import QUALITY_PAGE, check_panel_folder, write_panel
from swis.panel.panel import Panel
from swis.panel.publish import PublishedPanel, publish_panel
from swis.panel.settings import AUTHORITIES_APART, PanelSettings
from swis.panel.staging import stage_returns
from swis.panel.tell import gather_files
from swis.panel.write_published import LEDGER_FILE, NOTES_FILE, read_releases, write_published
from swis.report.html import write_html
from swis.report.panel import compose_quality_page
from swis.report.words import plural
from swis.tables.nearest import did_you_mean

ENGINES = ("duckdb", "spark")
_STOPPED_BY_SIGNAL = 128
"""What shells add to the number of the signal that ended a command."""
LOCAL_SPARK = "local[*]"
PUBLISHED = "published"
STEPS = 7
"""Steps of a build, for the progress bar."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Choice:
    """Which engine, and with what."""

    engine: str
    memory: str
    spark_master: str
    staging: Path | None


def build_from_returns(
    returns: Sequence[Path], settings: PanelSettings, *, into: Path, choice: Choice, publish: str | None, quiet: bool
) -> None:
    """Build and write a panel. Raises SwisError for whatever keeps it from being read, built, shown or written."""
    policy = _policy(publish)
    _check_choice(choice)
    if AUTHORITIES_APART in settings.authority:
        raise SettingError(
            "--authority names several. Build a panel for each, with its own returns, and put them together with "
            "swis combine."
        )
    # Reading takes long: what cannot be written is said before.
    check_panel_folder(into, (settings.authority.strip(),))
    with progress(quiet=quiet) as tell:
        say = tell or _say_nothing
        panel = _build(returns, settings, choice, say)
        page = write_html(compose_quality_page(panel)).encode("utf-8")
        write_panel(panel, into, quality_page=page, progress=tell)
        published = None if policy is None else _publish(panel, policy, into / PUBLISHED, tell)
    if not quiet:
        _print(panel, published, into)


def _check_choice(choice: Choice) -> None:
    """An option of the other engine would do nothing."""
    if choice.engine not in ENGINES:
        raise SettingError(
            f"There is no engine {choice.engine!r}. Choose from: {', '.join(ENGINES)}.{did_you_mean(choice.engine, ENGINES)}"
        )
    of_the_other = {
        "duckdb": {
            "--staging": choice.staging is not None,
            "--spark-master": choice.spark_master != LOCAL_SPARK,
        },
        "spark": {"--memory": bool(choice.memory)},
    }[choice.engine]
    given = [option for option, typed in of_the_other.items() if typed]
    if given:
        other = next(each for each in ENGINES if each != choice.engine)
        raise SettingError(
            f"{' and '.join(given)}: not an option of the engine {choice.engine}. Leave it out, or add --engine {other}."
        )


def _say_nothing(what: str, done: int, steps: int) -> None:
    """For a person who sees no progress."""


def _policy(name: str | None) -> Policy | None:
    if name is not None and name not in POLICIES:
        raise DisclosureError(
            f"There is no policy {name!r}. Choose from: {', '.join(POLICIES)}.{did_you_mean(name, tuple(POLICIES))}"
        )
    return None if name is None else POLICIES[name]


def _build(returns: Sequence[Path], settings: PanelSettings, choice: Choice, tell: Tell) -> Panel:
    steps = iter(range(STEPS))
    with _open_engine(choice) as engine:
        staged = stage_returns(
            returns, engine, settings, progress=lambda done, of: tell("Reading the returns", done, of)
        )
        return build_panel(staged, settings, step=lambda what: tell(what, next(steps, STEPS), STEPS))


@contextmanager
def _open_engine(choice: Choice) -> Iterator[Engine]:
    """The engine; whatever happens, nothing of it is left. Spark is loaded when it is asked for."""
    if choice.engine == "duckdb":
        engine: Engine = DuckdbEngine(memory_limit=choice.memory)
        try:
            yield engine
        finally:
            engine.close()
        return
    from swis.panel.spark_engine import SparkEngine, start_spark

    with _stop_cleanly():
        session = start_spark(choice.spark_master)
        try:
            engine = SparkEngine(session, staging=choice.staging)
            try:
                yield engine
            finally:
                engine.close()
        finally:
            session.stop()


@contextmanager
def _stop_cleanly() -> Iterator[None]:
    """A request to stop leaves by the way of an error, which takes what was staged in clear with it."""
    asked: list[int] = []

    def leave(number: int, _frame: FrameType | None) -> None:
        # A second request while things are put away would leave them half done.
        signal.signal(number, signal.SIG_IGN)
        asked.append(number)
        raise SystemExit(_STOPPED_BY_SIGNAL + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except Exception:
        if not asked:
            raise
        # Spark fails while it is put away in the middle of a query: the end is the request, not that.
        raise SystemExit(_STOPPED_BY_SIGNAL + asked[0]) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _publish(panel: Panel, policy: Policy, folder: Path, tell: Tell | None) -> PublishedPanel:
    """What may leave, held against what left before, if the folder has the record of it."""
    record = folder / LEDGER_FILE
    ledger = read_releases(record) if record.exists() else ReleaseLedger()
    published = publish_panel(panel, policy, ledger=ledger, progress=tell)
    write_published(published, folder)
    return published


def _line(found: PanelFinding) -> str:
    file = f"{found.file}: " if found.file else ""
    # The words of what has no school tell their numbers themselves.
    number = f" ({found.count:,} times)" if found.count > 1 and found.code != "not_placed" else ""
    return f"- {file}{found.what}{number}."


def _print(panel: Panel, published: PublishedPanel | None, into: Path) -> None:
    console = output()
    terms = panel.term_names
    console.print(Text(", ".join(panel.authorities), style="bold"))
    console.print(
        f"{plural(panel.schools.height, 'school')}, {plural(len(terms), 'term')} ({terms[0]} to {terms[-1]}), "
        f"{plural(len(panel.outcomes), 'outcome')} covered."
    )
    warnings = [found for found in panel.findings if found.severity == "warning"]
    for found in gather_files(warnings):
        console.print(Text(_line(found)), soft_wrap=True)
    notes = len(panel.findings) - len(warnings)
    console.print(f"{plural(len(warnings), 'warning')}, {plural(notes, 'note')}. What was found, and what to do:")
    console.print(f"  {into / QUALITY_PAGE}", soft_wrap=True)
    if published is None:
        console.print(Text("Small numbers are in the panel. Keep it within the team, or add --publish.", style="bold"))
    else:
        console.print(f"What may leave, by the policy {published.policy.name}: {into / PUBLISHED}", soft_wrap=True)
        console.print(f"What is withheld, and why: {into / PUBLISHED / NOTES_FILE}", soft_wrap=True)
    console.print(f"Written: {into}", soft_wrap=True)
