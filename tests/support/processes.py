"""Real processes to race and to kill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.stores import environment_of

ROOT = Path(__file__).parents[2]


def run_program(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`counterfoil` with these arguments, in a process of its own, to its end."""
    command = [sys.executable, "-m", "server", *arguments]
    environment = os.environ | environment_of(arguments)
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=120)


def start_python(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process on `script`, which can import what the tests can; its pipes carry text lines.

    What it opens is what the test would, where one of the arguments is a folder that has been begun.
    """
    environment = os.environ | environment_of(arguments) | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def race(script: str, *arguments: str, count: int) -> None:
    """Run several processes at once: each says `ready` and then waits for a line; all must succeed."""
    let_race([start_python(script, *arguments) for _ in range(count)])


def let_race(racers: Sequence[subprocess.Popen[str]]) -> list[str]:
    """Let processes that were started go on together, and answer the lines they said; all must succeed."""
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = [racer.communicate(timeout=120)[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * len(racers)
    return [line for output in said for line in output.splitlines()]
