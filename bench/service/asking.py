"""People who ask for pages at once, and how long each waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, sleep

from tests.service.operations.web import Visitor

Deed = Callable[[Visitor], float]  # gives back the seconds that the person waited


@dataclass(frozen=True)
class Waits:
    """What people waited, in seconds, and how long all of it took."""

    seconds: tuple[float, ...]
    lasted: float

    def at(self, share: float) -> float:
        """The wait that this share of requests does not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def a_second(self) -> float:
        return len(self.seconds) / self.lasted


def get(path: str) -> Deed:
    """Ask for a page, and for the one that it leads to. Anything but a page stops the bench."""

    def ask(visitor: Visitor) -> float:
        began = perf_counter()
        answer = visitor.get(path)
        if answer.status == 302:  # to the one school of a person
            answer = visitor.get(answer.headers["location"])
        waited = perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return waited

    return ask


def together(people: Sequence[Visitor], deed: Deed, *, times: int, pause: float = 0.0) -> Waits:
    """Let every person do something so many times, one after another, with a pause between; all people at once."""
    waits: list[float] = []
    problems: list[BaseException] = []

    def go(number: int, visitor: Visitor) -> None:
        try:
            sleep(pause * number / len(people))
            for _ in range(times):
                waits.append(deed(visitor))
                sleep(pause)
        except BaseException as problem:
            problems.append(problem)

    began = perf_counter()
    threads = [threading.Thread(target=go, args=(number, each)) for number, each in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return Waits(tuple(waits), perf_counter() - began)
