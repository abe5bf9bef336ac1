"""`make attack`: how another organization's calls fare while a stranger and a client with a key do their worst.

The same attack is made on a server that does nothing, and the two are compared: absolute times mean nothing on a shared
machine. `python -m benchmarks.attack SECONDS` attacks for so long, 600 seconds unless said otherwise, and the other
server for a quarter of that. It stops by itself; the exit code is 1 where a limit is exceeded.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil

from benchmarks.load import Caller

SECONDS = 600
FILES = 700
TIMES_MAX, MEMORY_MIB_MAX, LOG_MB_MAX = 3, 600, 5
CALLS_PER_SECOND = 4
_OURS, _IDLE = 8_896, 8_897
_LINE = {"description": "Rolls " * 100, "quantity": 1, "unit_price": "1.25"}


@dataclass(slots=True)
class Figures:
    """Milliseconds of the guest's calls by tool, how many failed, and the most memory, files and log."""

    took_ms: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0
    memory_mib: int = 0
    files: int = 0

    @property
    def all_ms(self) -> list[float]:
        return sorted(one for took in self.took_ms.values() for one in took)


@dataclass(frozen=True, slots=True)
class Target:
    """A server that is attacked, the guest's caller, and what the guest asks by turns."""

    process: psutil.Process
    port: int
    guest: Caller
    hog_key: str
    calls: tuple[tuple[str, dict[str, Any]], ...]


async def measure(target: Target, seconds: int) -> Figures:
    """Let the guest call at a fixed rate for so long. A call that fails counts as long as it was waited for."""
    figures, began = Figures(), time.monotonic()
    for number in range(seconds * CALLS_PER_SECOND):
        due = began + number / CALLS_PER_SECOND
        if time.monotonic() > began + seconds:
            break
        await asyncio.sleep(max(0, due - time.monotonic()))
        tool, arguments = target.calls[number % len(target.calls)]
        called = time.monotonic()
        try:
            await target.guest.call(tool, arguments)
        except (RuntimeError, httpx2.HTTPError):
            figures.failed += 1
        figures.took_ms.setdefault(tool, []).append((time.monotonic() - called) * 1_000)
        _look_at(target.process, figures)
    return figures


def _look_at(process: psutil.Process, figures: Figures) -> None:
    with suppress(psutil.Error):
        members = [process, *process.children(recursive=True)]
        memory = sum(one.memory_info().rss for one in members) // 1_048_576
        figures.memory_mib = max(figures.memory_mib, memory)
        figures.files = max(figures.files, process.num_fds())


@contextmanager
def attacked(target: Target, seconds: int) -> Iterator[None]:
    who = (["stranger"], ["client", target.hog_key])
    command = [sys.executable, "-m", "benchmarks.attackers"]
    at = [str(target.port), str(seconds)]
    attackers = [subprocess.Popen([*command, name, *at, *more]) for name, *more in who]
    try:
        yield
    finally:
        for one in attackers:
            one.terminate()
            one.wait()


@asynccontextmanager
async def our_server(folder: Path, log: Path) -> AsyncIterator[Target]:
    """Counterfoil with its defaults, few open files, and two organizations."""
    data = folder / "data"
    names = ["--name", "Bench", "--country", "GB", "--email", "bench@example.com"]
    token = json.loads(_counterfoil(data, "init", *names, "--sandbox", "--json"))["token"]
    command = f'ulimit -n {FILES} && exec "$0" -m server serve --data "$1" --port {_OURS}'
    with _started(["bash", "-c", command, sys.executable, str(data)], log) as process:
        owner = Caller(f"http://127.0.0.1:{_OURS}/mcp", token)
        await _until_it_answers(owner, "list_organizations")
        keys = []
        for name in ("Harbour Bakery", "Finch Studio"):
            made = await owner.call("create_client_organization", {"name": name, "country": "GB"})
            handle = made["created"]["handle"]
            await owner.call("save_customer", {"name": "Hotel Bristol", "organization": handle})
            keys.append(
                json.loads(_counterfoil(data, "key", "create", "--organization", handle, "--name", "till", "--json"))
            )
        hog, guest = (Caller(f"http://127.0.0.1:{_OURS}/mcp", one["key"]) for one in keys)
        for _ in range(10):
            await hog.call("issue_invoice", {"customer": "Hotel Bristol", "lines": [_LINE] * 200})
        sale = {"customer": "Hotel Bristol", "lines": [_LINE]}
        first = await guest.call("issue_invoice", sale)
        find, render = {"query": "Hotel"}, {"document": first["invoice"]["id"]}
        calls = (
            ("find_customers", find),
            ("issue_invoice", sale),
            ("find_customers", find),
            ("render_document", render),
        )
        yield Target(process, _OURS, guest, keys[0]["key"], calls)
        for one in (owner, hog, guest):
            await one.close()


@asynccontextmanager
async def idle_server(log: Path) -> AsyncIterator[Target]:
    """A server that does nothing, with as many open files as there are."""
    with _started([sys.executable, "-m", "benchmarks.idle_server", str(_IDLE)], log) as process:
        guest = Caller(f"http://127.0.0.1:{_IDLE}/mcp", "nobody")
        await _until_it_answers(guest, "find_customers")
        names = ("find_customers", "issue_invoice", "find_customers", "render_document")
        yield Target(process, _IDLE, guest, "nobody", tuple((name, dict[str, Any]()) for name in names))
        await guest.close()


async def attack_ours(folder: Path, seconds: int) -> tuple[Figures, Figures, float]:
    """The guest's figures before and under attack, and the megabytes of the log."""
    log = folder / "ours.txt"
    async with our_server(folder, log) as ours:
        quiet = await measure(ours, max(5, seconds // 20))
        with attacked(ours, seconds):
            under_attack = await measure(ours, seconds)
    return quiet, under_attack, log.stat().st_size / 1_000_000


async def attack_idle(folder: Path, seconds: int) -> tuple[Figures, Figures]:
    """The same on the server that does nothing."""
    async with idle_server(folder / "idle.txt") as idle:
        quiet = await measure(idle, max(5, seconds // 20))
        with attacked(idle, seconds):
            return quiet, await measure(idle, seconds)


async def main(seconds: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        quiet, under_attack, log_mb = await attack_ours(Path(folder), seconds)
        idle_quiet, idle_under_attack = await attack_idle(Path(folder), max(10, seconds // 4))
    print(f"Another organization's calls in milliseconds, median and 95 %; attacked for {seconds} s")
    for name, figures in (
        ("Counterfoil, quiet", quiet),
        ("Counterfoil, attacked", under_attack),
        ("nothing, quiet", idle_quiet),
        ("nothing, attacked", idle_under_attack),
    ):
        _show(name, figures)
    return _judge(under_attack, idle_under_attack, log_mb)


def _show(name: str, figures: Figures) -> None:
    tools = "; ".join(f"{tool} {_median(took):.0f}, {_p95(took):.0f}" for tool, took in figures.took_ms.items())
    print(f"{name:22} {_median(figures.all_ms):7.0f} {_p95(figures.all_ms):7.0f}   {tools}; {figures.failed} failed")


def _judge(ours: Figures, idle: Figures, log_mb: float) -> int:
    times = _median(ours.all_ms) / _median(idle.all_ms)
    late = _p95(ours.all_ms) / _p95(idle.all_ms)
    wanted = (
        (f"calls take {times:.2f} times as long as on a server that does nothing", times <= TIMES_MAX),
        (f"the slowest 5 % of calls {late:.2f} times", late <= TIMES_MAX),
        (f"{ours.failed} calls failed", not ours.failed),
        (f"memory at most {ours.memory_mib} MiB", ours.memory_mib < MEMORY_MIB_MAX),
        (f"open files at most {ours.files} of {FILES}", ours.files < FILES),
        (f"log {log_mb:.2f} MB", log_mb < LOG_MB_MAX),
    )
    for said, holds in wanted:
        print(f"{'ok  ' if holds else 'NOT '} {said}")
    return 0 if all(holds for _, holds in wanted) else 1


def _median(took: list[float]) -> float:
    return statistics.median(took) if took else math.nan


def _p95(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.95)] if took else math.nan


def _counterfoil(data: Path, *arguments: str) -> bytes:
    return subprocess.check_output([sys.executable, "-m", "server", *arguments, "--data", str(data)])


@contextmanager
def _started(command: list[str], log: Path) -> Iterator[psutil.Process]:
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()


async def _until_it_answers(caller: Caller, tool: str) -> None:
    for _ in range(600):
        with suppress(httpx2.ConnectError):
            await caller.call(tool, {})
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else SECONDS)))
