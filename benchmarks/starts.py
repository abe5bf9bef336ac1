"""How soon a client is answered: `counterfoil stdio` beside a bare server of the same SDK, started by turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.office import init

RATIO_MAX = 1.5
PATIENCE_SECONDS = 5.0
"""After which the OpenAI Agents SDK for JavaScript gives up waiting for the answer to `initialize`."""
LOOPS = 2
IN_TIME = 0.9

_HELLO: dict[str, object] = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process to its first answer, to its list of tools, and to the answer of a call."""

    first: float
    listed: float
    called: float


def compare_starts(*, starts: int) -> None:
    """Print how long a client waits, to how long it waits for the bare server."""
    with tempfile.TemporaryDirectory() as folder:
        init(Path(folder) / "data")
        ours = ["-m", "server", "stdio", "--data", str(Path(folder) / "data")]
        print(
            f"Starts of counterfoil stdio to those of a bare server, medians of {starts} (wanted: at most {RATIO_MAX})"
        )
        print(f"{'byte code':22} {'answer':>6} {'tools':>6} {'answer':>9} {'tools':>10} {'call':>10}")
        for name, environment, count in (("kept", {}, starts), ("none", _without_byte_code(folder), starts // 3 + 1)):
            _compare(name, ours, environment, starts=count)
        with _busy_loops():
            pairs = _pairs(ours, {}, starts=starts)
    print(f"With {LOOPS} busy loops beside: first answers within {PATIENCE_SECONDS:.0f} s (wanted: {IN_TIME:.0%})")
    for name, waits in (("counterfoil stdio", [our for _, our in pairs]), ("a bare server", [one for one, _ in pairs])):
        in_time = sum(one.first <= PATIENCE_SECONDS for one in waits)
        print(f"{name:22} {in_time} of {starts}, median {statistics.median(one.first for one in waits):.2f} s")
    print(flush=True)


def _compare(name: str, ours: list[str], environment: dict[str, str], *, starts: int) -> None:
    pairs = _pairs(ours, environment, starts=starts)
    first, listed = (
        statistics.median(getattr(our, what) / getattr(bare, what) for bare, our in pairs)
        for what in ("first", "listed")
    )
    times = [statistics.median(getattr(our, what) for _, our in pairs) for what in ("first", "listed", "called")]
    print(f"{name:22} {first:6.2f} {listed:6.2f} {times[0]:7.2f} s {times[1]:8.2f} s {times[2]:8.2f} s", flush=True)


def _pairs(ours: list[str], environment: dict[str, str], *, starts: int) -> list[tuple[Start, Start]]:
    """Starts of the bare server and of ours, by turns."""
    return [
        (_start(["-m", "benchmarks.bare"], "noop", environment), _start(ours, "list_organizations", environment))
        for _ in range(starts)
    ]


def _start(arguments: list[str], tool: str, environment: dict[str, str]) -> Start:
    """Start a server, shake hands, list its tools, call one, and end it."""
    begun = time.perf_counter()
    pipe = subprocess.PIPE
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=os.environ | environment) as process:
        try:
            _ask(process, "initialize", _HELLO)
            first = time.perf_counter()
            _say(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
            _ask(process, "tools/list", {})
            listed = time.perf_counter()
            _ask(process, "tools/call", {"name": tool, "arguments": {}})
            called = time.perf_counter()
        finally:
            process.kill()
    return Start(first - begun, listed - begun, called - begun)


def _ask(process: subprocess.Popen[str], method: str, params: dict[str, object]) -> None:
    _say(process, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    assert process.stdout is not None
    answer = process.stdout.readline()
    if "result" not in json.loads(answer or "{}"):
        raise RuntimeError(f"{method}: {answer[:300]}")


def _say(process: subprocess.Popen[str], message: dict[str, object]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def _without_byte_code(folder: str) -> dict[str, str]:
    """Python looks for byte code where there is none, and leaves none behind: everything is compiled anew."""
    return {"PYTHONPYCACHEPREFIX": str(Path(folder) / "nothing"), "PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def _busy_loops() -> Iterator[None]:
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(LOOPS)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
