"""One run of a client's script, in a process of its own that is ended with all that it started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from tests.clients.environments import Client, command_of

SECONDS_MAX = 120
_ERRORS_SHOWN = 2_000
# What the libraries would tell their makers, or write beside the day.
_QUIET = {"MCP_USE_ANONYMIZED_TELEMETRY": "false", "OPENAI_AGENTS_DISABLE_TRACING": "1", "CREWAI_TELEMETRY": "false"}


@dataclass(frozen=True)
class Run:
    """What a script said of its day, and on standard error."""

    name: str
    succeeded: bool
    day: dict[str, Any]
    errors: str
    seconds: float


def run(client: Client, cache_folder: Path, given: dict[str, Any]) -> Run:
    """Run the client's script once."""
    started = monotonic()
    process = subprocess.Popen(
        [*command_of(client, cache_folder), json.dumps(given | {"mode": client.mode})],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | _QUIET,
    )
    late = False
    try:
        said, errors = process.communicate(timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        late = True
        _end(process)
        said, errors = process.communicate()
    _end(process)
    day: dict[str, Any] = next(
        (json.loads(line) for line in reversed(said.splitlines()) if line.startswith('{"era"')), {}
    )
    whole = day.get("listed", 0) > 0 and (given.get("start_only") or day.get("downloaded", 0) > 0)
    return Run(
        name=f"{client.name} ({given['transport']})",
        succeeded=bool(whole) and process.returncode == 0,
        day=day,
        errors=f"not finished after {SECONDS_MAX} s\n" * late + errors[-_ERRORS_SHOWN:],
        seconds=monotonic() - started,
    )


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Processes that do nothing but take time, at ordinary priority."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _end(process: subprocess.Popen[str]) -> None:
    """End the process, and the server that it may have left behind."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
