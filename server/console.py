"""What the command line prints: answers on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


class Tell(Protocol):
    """Told how much is done, and of how much."""

    def __call__(self, done: int, total: int) -> None: ...


def say(text: str = "") -> None:
    """A line of the answer."""
    sys.stdout.write(f"{text}\n")


def say_json(value: object) -> None:
    """The answer as data."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def complain(text: str) -> None:
    """One clear line on what was refused or went wrong."""
    sys.stderr.write(f"counterfoil: {text}\n")


@contextmanager
def progress(what: str) -> Iterator[Tell]:
    """A progress bar on a terminal, plain lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(what)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def _plain(what: str) -> Tell:
    """A line at each tenth, so that a log stays short."""
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 10
        if tenth > told:
            told = tenth
            sys.stderr.write(f"{what}: {done} of {total}\n")

    return tell
