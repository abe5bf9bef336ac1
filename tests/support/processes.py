"""Real processes to race and to kill."""

from __future__ import annotations

import os
import subprocess
import sys
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
    racers = [start_python(script, *arguments) for _ in range(count)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        with racer:
            assert racer.wait(60) == 0
