"""Reading several files at once, in processes of their own.

The processes start anew rather than as copies of this one: Polars has threads, which a copied process would wait for in vain.
What they send is framed and pickled, from this program to itself.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeAlias

from swis.errors import ReturnError
from swis.ingest.finding import Quality, combine_qualities
from swis.ingest.reading import Batch, Progress, Reading, no_progress

Read: TypeAlias = Callable[..., Reading]
_AHEAD = 16
_MORE, _LAST = b"+", b"."


def read_side_by_side(
    read: Read, paths: Sequence[Path], *, processes: int | None = None, progress: Progress = no_progress
) -> SideBySide:
    """The batches of several files, in the order of `paths` and within each in its own, whatever the number of processes.

    `read` is a reader of one file that can be imported by name, such as `read_cin_census`, or a `functools.partial` of one; it
    is called as `read(path, progress=...)`. Each file is checked by itself: a child who comes in two of them is no duplicate.
    `processes` is the number of files that are read at once, by default that of the processors; 1 reads in this process.
    The later files wait once 16 of their batches are ready. `progress` is told the bytes of all files that were read.

    A script that calls this from its top level needs `if __name__ == "__main__":`, because the processes import it. Raises
    ReturnError when a file is refused; the others are then not read on, and nothing of what came before may be counted.
    """
    return SideBySide(read, tuple(paths), min(processes or os.cpu_count() or 1, len(paths)), progress)


class SideBySide:
    """Iterate over it for pairs of a path and a batch of that file. Then ask for `quality`, or for `qualities`, one a file."""

    def __init__(self, read: Read, paths: tuple[Path, ...], processes: int, progress: Progress) -> None:
        self._read = read
        self._paths = paths
        self._processes = processes
        self._progress = progress
        self._bytes = [0] * len(paths)
        self._qualities: list[Quality] = []

    def __iter__(self) -> Iterator[tuple[Path, Batch]]:
        self._qualities = []
        yield from self._read_here() if self._processes <= 1 else self._read_there()

    @property
    def qualities(self) -> tuple[Quality, ...]:
        """What was found in each file. Only once all batches are read: raises RuntimeError before."""
        if len(self._qualities) < len(self._paths):
            raise RuntimeError("Read all batches before you ask for the quality of returns.")
        return tuple(self._qualities)

    @property
    def quality(self) -> Quality:
        """What was found in all files together. Only once all batches are read: raises RuntimeError before."""
        return combine_qualities(self.qualities)

    def _read_here(self) -> Iterator[tuple[Path, Batch]]:
        for number, path in enumerate(self._paths):
            reading = self._read(path, progress=lambda count, number=number: self._tell(number, count))
            for batch in reading:
                yield path, batch
            self._qualities.append(reading.quality)

    def _read_there(self) -> Iterator[tuple[Path, Batch]]:
        crew = _Crew(self._read, self._paths, self._processes)
        try:
            for number, path in enumerate(self._paths):
                while len(self._qualities) == number:
                    batch = self._open(number, crew.next_message(number))
                    if batch is not None:
                        yield path, batch
        finally:
            crew.dismiss()

    def _open(self, number: int, message: bytes) -> Batch | None:
        count, content = pickle.loads(message)
        self._tell(number, count)
        if isinstance(content, BaseException):
            raise content
        if isinstance(content, Quality):
            self._qualities.append(content)
            return None
        batch: Batch = content
        return batch

    def _tell(self, number: int, count: int) -> None:
        self._bytes[number] = count
        self._progress(sum(self._bytes))


@dataclass
class _Worker:
    """A process that reads one file after another, and the number of the one that it is at."""

    process: BaseProcess
    connection: Connection
    number: int = -1


class _Crew:
    """Processes that read files, and what they sent that was not asked for yet."""

    def __init__(self, read: Read, paths: Sequence[Path], processes: int) -> None:
        self._paths = paths
        self._numbers = iter(range(len(paths)))
        self._messages: list[deque[bytes]] = [deque() for _ in paths]
        self._workers = [_start(read) for _ in range(processes)]
        for worker in self._workers:
            self._give_next(worker)

    def next_message(self, number: int) -> bytes:
        """The next message about the file with that number; waits for it."""
        messages = self._messages[number]
        while not messages:
            ahead = sum(map(len, self._messages))
            heard = [worker for worker in self._workers if worker.number == number or ahead < _AHEAD]
            ready = wait([worker.connection for worker in heard])
            for worker in heard:
                if worker.connection in ready:
                    self._hear(worker)
        return messages.popleft()

    def dismiss(self) -> None:
        """Ends all processes."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.connection.close()

    def _hear(self, worker: _Worker) -> None:
        try:
            last, message = worker.connection.recv_bytes(1), worker.connection.recv_bytes()
        except (EOFError, OSError):
            raise _say_ended(self._paths[worker.number]) from None
        self._messages[worker.number].append(message)
        if last == _LAST:
            self._give_next(worker)

    def _give_next(self, worker: _Worker) -> None:
        number = next(self._numbers, None)
        if number is None:
            worker.process.kill()
            self._workers.remove(worker)
            return
        worker.number = number
        try:
            worker.connection.send(self._paths[number])
        except OSError:
            raise _say_ended(self._paths[number]) from None


def _start(read: Read) -> _Worker:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(read, there), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _say_ended(path: Path) -> ReturnError:
    return ReturnError(
        f"{path.name}: the process that read it ended before it was done: for want of memory, or because a script reads files "
        'side by side outside `if __name__ == "__main__":`. Read fewer files at once, or one with processes=1.'
    )


def _work(read: Read, connection: Connection) -> None:
    """What a process does: for each path that comes, sends every batch with the bytes read so far, then quality or refusal."""
    with suppress(EOFError):
        while True:
            _read_and_send(read, connection.recv(), connection)


def _read_and_send(read: Read, path: Path, connection: Connection) -> None:
    read_so_far = 0

    def count(bytes_read: int) -> None:
        nonlocal read_so_far
        read_so_far = bytes_read

    def send(content: object, *, last: bool = False) -> None:
        message = pickle.dumps((read_so_far, content), protocol=pickle.HIGHEST_PROTOCOL)
        connection.send_bytes(_LAST if last else _MORE)
        connection.send_bytes(message)

    try:
        reading = read(path, progress=count)
        for batch in reading:
            send(batch)
        send(reading.quality, last=True)
    except Exception as error:  # whatever it is, it belongs to the process that asked
        send(error, last=True)
