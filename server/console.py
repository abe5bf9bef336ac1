"""What the command line prints: answers on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from invoicing.progress import Progress
from invoicing.text.typed import one_line

QUIET_MILLISECONDS = 2_000
"""Elsewhere than on a terminal, work that is done within this time tells nothing of its progress."""


def say(text: str = "") -> None:
    """A line of the answer, after an empty one where it begins with a line break; texts of others begin none."""
    words = text.lstrip("\n")
    sys.stdout.write(f"{text[: len(text) - len(words)]}{one_line(words)}\n")


def say_now(text: str) -> None:
    """A line of the answer that is seen at once, also where it is not written to a terminal."""
    say(text)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """The answer as data."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def complain(text: str) -> None:
    """One clear line on what was refused or went wrong."""
    sys.stderr.write(f"counterfoil: {one_line(text)}\n")


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A progress bar on a terminal; elsewhere plain lines, of what takes long alone. Both on standard error."""
    if not sys.stderr.isatty():
        yield plain_lines(what, lambda: time.monotonic_ns() // 1_000_000)
        return
    # Most commands end without a progress bar, and this is a tenth of the time they take to start.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def plain_lines(what: str, milliseconds: Callable[[], int]) -> Progress:
    """A line at each tenth, so that a log stays short, and none where the work is done before one would read it."""
    told = 0
    begun = milliseconds()

    def tell(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 10
        if tenth > told and milliseconds() - begun >= QUIET_MILLISECONDS:
            told = tenth
            sys.stderr.write(f"{what}: {done:,} of {total:,}\n")

    return tell
