"""A lean client: one JSON-RPC request per call over a kept connection, revision 2026-07-28."""

from __future__ import annotations

import asyncio
import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

TRIES_MAX = 20
"""How often a call is made before the benchmark gives up."""

Arguments = Callable[[int], dict[str, Any]]
"""Answers the arguments of the n-th call."""

WORKERS = 8
IDLE_SECONDS = 60.0
"""How long a connection that nobody uses is kept; the server under test keeps it longer."""
ANSWER_SECONDS = 600.0
_FIRST_WAIT_SECONDS = 0.05
_LOST = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError, httpx2.CloseError)
_BUSY = (429, 503)
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def headers_of(token: str) -> dict[str, str]:
    """The headers of a call with this credential; the tool's name is one more (`Mcp-Name`)."""
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
    }


def body_of(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The request that calls the tool."""
    params = {"name": tool, "arguments": arguments, "_meta": META}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


class Caller:
    """Calls tools with one credential."""

    def __init__(self, url: str, token: str) -> None:
        # While one office is measured the other's connections are idle, for minutes on a busy machine.
        limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=IDLE_SECONDS)
        self._client = httpx2.AsyncClient(timeout=ANSWER_SECONDS, limits=limits)
        self.url = url
        self._headers = headers_of(token)

    async def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The structured content of a call's result, as `result`."""
        return (await self.result(tool, arguments)).get("structuredContent") or {}

    async def text(self, tool: str, arguments: dict[str, Any]) -> str:
        """The text that a model reads of a call's result."""
        return "\n".join(block.get("text", "") for block in (await self.result(tool, arguments))["content"])

    async def result(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The result of a call, made anew where the server had closed the connection or says that it is busy.

        Raises:
            RuntimeError: it is refused, or the server is busy for good.
        """
        body = body_of(tool, arguments)
        wait, said = _FIRST_WAIT_SECONDS, ""
        for _ in range(TRIES_MAX):
            try:
                response = await self._client.post(self.url, json=body, headers=self._headers | {"Mcp-Name": tool})
            except _LOST as lost:
                # The server closed a connection in the moment in which it was used again: the next is a new one.
                said = repr(lost)
                continue
            said = response.text[:300]
            result = None if response.status_code in _BUSY else _result(response)
            if result is not None and not result.get("isError"):
                return result
            if response.status_code not in _BUSY and not _is_busy(result):
                break
            # The server asks for a pause, and there is nothing else to wait for.
            await asyncio.sleep(_seconds(response.headers.get("retry-after", "")) or wait)
            wait *= 2 if wait < 1 else 1
        raise RuntimeError(f"{tool}: {said}")

    async def close(self) -> None:
        await self._client.aclose()


def _result(response: httpx2.Response) -> dict[str, Any] | None:
    """The result that a response carries, as JSON or as an event; None where it carries none."""
    text = response.text
    if "text/event-stream" in response.headers.get("content-type", ""):
        text = next((line[6:] for line in reversed(text.splitlines()) if line.startswith("data: ")), "")
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    result = answer.get("result") if isinstance(answer, dict) else None
    return result if isinstance(result, dict) else None


def _is_busy(result: dict[str, Any] | None) -> bool:
    """Whether a refusal says that the same call may succeed later."""
    error = (result or {}).get("_meta", {}).get("counterfoil/error", {})
    return bool(error.get("code") == "unavailable")


def _seconds(text: str) -> float:
    return min(float(text), 10.0) if text.isdecimal() else 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """What is measured: calls of one tool by one caller, and the processor time of the server that answers."""

    caller: Caller
    tool: str
    arguments: Arguments
    cpu_seconds: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Batch:
    """Calls a second over all workers, processor milliseconds of the server per call, and each call's own time."""

    per_second: float
    cpu_ms: float
    took_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A job beside a base job and an anchor: medians over the rounds, each of which ran all, one after the other."""

    throughput: float
    cpu: float
    to_anchor: float
    per_second: float
    cpu_ms: float
    median_ms: float
    p95_ms: float


async def compare(base: Job, job: Job, *, calls: int, rounds: int, anchor: Job | None = None) -> Compared:
    """Run both by turns, and the anchor where there is one, so that whatever else the machine does meanwhile falls on
    all alike.
    """
    pairs, anchored = [], []
    await batch(job, calls=WORKERS, first=0)
    for number in range(rounds):
        fixed = await batch(anchor, calls=calls, first=number * calls) if anchor is not None else None
        before = await batch(base, calls=calls, first=number * calls)
        pairs.append((before, await batch(job, calls=calls, first=WORKERS + number * calls)))
        anchored.append(pairs[-1][1].per_second / fixed.per_second if fixed is not None else math.nan)
    took = sorted(one for _, run in pairs for one in run.took_ms)
    return Compared(
        throughput=statistics.median(run.per_second / base.per_second for base, run in pairs),
        # The clock of processor time is coarse: a batch can have taken none of it.
        to_anchor=statistics.median(anchored),
        cpu=statistics.median([run.cpu_ms / base.cpu_ms for base, run in pairs if base.cpu_ms] or [math.nan]),
        per_second=statistics.median(run.per_second for _, run in pairs),
        cpu_ms=statistics.median(run.cpu_ms for _, run in pairs),
        median_ms=statistics.median(took),
        p95_ms=took[int(len(took) * 0.95)],
    )


def calls_made(*, calls: int, rounds: int) -> int:
    """How many calls of a job `compare` makes in all; they are numbered from 0."""
    return WORKERS + rounds * calls


async def batch(job: Job, *, calls: int, first: int) -> Batch:
    """Make so many calls over all workers, numbered from `first`."""
    took: list[float] = []
    numbers = iter(range(first, first + calls))

    async def work() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await job.caller.call(job.tool, job.arguments(number))
            took.append((time.perf_counter() - begun) * 1000)

    cpu, begun = job.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(WORKERS)))
    whole, used = time.perf_counter() - begun, job.cpu_seconds() - cpu
    return Batch(calls / whole, used * 1000 / calls, tuple(took))
