"""Real processes to race and to kill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def start_python(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process on `script`, which can import what the tests can; its pipes carry text lines."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
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
