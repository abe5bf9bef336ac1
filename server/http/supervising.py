"""Several processes that serve one address on one data folder, and the process that watches over them.

They accept from one socket, which the watching process opens and keeps: it serves nobody, holds no books open, and
begins another process where one has ended. What they share is the data folder, so any of them answers any request.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, MutableSequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from server.http.connections import Shares

Serve = Callable[[socket.socket, Shares, Callable[[], None]], None]
"""Serves on a socket until a signal asks to stop, and says when it does; a function that can be sent to a process."""
Explain = Callable[[Exception], str]
"""What was refused or went wrong, in one line, empty where it is a defect; a function that can be sent to a process."""

_PAUSE_SECONDS_MAX = 32
_LAST_SECONDS = 5
"""How much longer than it may take to stop a process is waited for before it is killed."""
# A copy of a process with threads can stand still for ever, and Windows makes none.
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    line: Connection
    place: int
    is_serving: bool = False
    has_complained: bool = False


@dataclass(slots=True)
class Supervisor:
    """Keeps `count` processes serving on a socket. Each may take `stop_seconds` to finish what is under way; `tell` is
    told in one line what becomes of them.
    """

    serve: Serve
    listener: socket.socket
    explain: Explain
    tell: Callable[[str], None]
    count: int
    stop_seconds: int
    _workers: list[_Worker] = field(default_factory=list)
    _counts: MutableSequence[int] = field(init=False)
    _stopping: bool = False
    _failures: int = 0
    _not_before: float = 0

    def __post_init__(self) -> None:
        self._counts = _CONTEXT.RawArray("q", self.count)

    def run(self, announce: Callable[[], None]) -> bool:
        """Serve until a signal asks to stop; what is under way is finished first. `announce` is told of the start.

        False where the first process could not begin: what it said was told.
        """
        with self._signals() as woken:
            try:
                # What keeps one from serving keeps all from it, and is said once.
                self._begin()
                while self._workers and not self._workers[0].is_serving and not self._stopping:
                    self._hear(woken)
                if not self._workers:
                    return False
                if not self._stopping:
                    announce()
                while not self._stopping:
                    self._fill()
                    self._hear(woken)
                return True
            finally:
                self._end_all()

    @contextmanager
    def _signals(self) -> Iterator[Connection]:
        """What becomes readable when a signal asks to stop."""
        woken, wake = _CONTEXT.Pipe(duplex=False)

        def stop(*_: object) -> None:
            self._stopping = True
            wake.send_bytes(b".")

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield woken
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            woken.close()
            wake.close()

    def _begin(self) -> None:
        ours, theirs = _CONTEXT.Pipe(duplex=False)
        place = min(set(range(self.count)) - {one.place for one in self._workers})
        # Whoever had the place before had connections when it ended.
        self._counts[place] = 0
        given = (self.serve, self.listener, Shares(self._counts, place), theirs, self.explain)
        process = _CONTEXT.Process(target=_work, args=given)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours, place))

    def _fill(self) -> None:
        """Begin what is missing, after a pause where the last one could not begin: one to try."""
        missing = self.count - len(self._workers)
        if missing and time.monotonic() >= self._not_before:
            for _ in range(1 if self._failures else missing):
                self._begin()

    def _hear(self, woken: Connection) -> None:
        """Wait until a process serves or has ended, a signal asks to stop, or a pause is over."""
        lines = [one.line for one in self._workers if not one.is_serving]
        missing = len(self._workers) < self.count and self._not_before
        seconds = max(0, self._not_before - time.monotonic()) if missing else None
        ready = wait([woken, *lines, *(one.process.sentinel for one in self._workers)], seconds)
        for one in list(self._workers):
            if one.line in ready:
                self._hear_from(one)
            if one.process.sentinel in ready:
                self._bury(one)

    def _hear_from(self, one: _Worker) -> None:
        """It serves, or says why it does not; one that has died says nothing."""
        try:
            complaint: str = one.line.recv()
        except EOFError:
            return
        if complaint:
            self.tell(complaint)
            one.has_complained = True
        else:
            one.is_serving, self._failures, self._not_before = True, 0, 0

    def _bury(self, one: _Worker) -> None:
        one.process.join()
        self._workers.remove(one)
        one.line.close()
        if self._stopping:
            return
        if one.is_serving:
            self.tell(f"a server process has ended (exit code {one.process.exitcode}): another one begins")
            return
        pause = min(2**self._failures, _PAUSE_SECONDS_MAX)
        self._failures += 1
        self._not_before = time.monotonic() + pause
        if not one.has_complained:
            self.tell(f"a server process could not begin (exit code {one.process.exitcode})")

    def _end_all(self) -> None:
        """Ask all to stop, and wait until they have; whoever takes too long is ended."""
        for one in self._workers:
            one.process.terminate()
        until = time.monotonic() + self.stop_seconds + _LAST_SECONDS
        for one in self._workers:
            one.process.join(max(0, until - time.monotonic()))
            if one.process.exitcode is None:
                self.tell("a server process did not stop in time, and was ended")
                one.process.kill()
                one.process.join()
            one.line.close()
        self._workers.clear()


def _work(serve: Serve, listener: socket.socket, shares: Shares, line: Connection, explain: Explain) -> None:
    """What a process does."""
    # Whoever interrupts the server at a terminal interrupts all of it; the watching process says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_stop_with, args=(parent,), daemon=True).start()
    try:
        serve(listener, shares, lambda: line.send(""))
    except Exception as error:
        complaint = explain(error)
        if not complaint:
            raise
        line.send(complaint)
        raise SystemExit(1) from None


def _stop_with(parent: BaseProcess) -> None:
    """A watching process that was killed could not tell anybody: nobody would stop these."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
