"""A lean client: one JSON-RPC request per call over a kept connection, revision 2026-07-28."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Calls a second over all workers, and the median and 95th percentile of one call in milliseconds."""

    per_second: float
    median_ms: float
    p95_ms: float


class Caller:
    """Calls tools with one credential."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx2.AsyncClient(
            timeout=120, limits=httpx2.Limits(max_connections=64, max_keepalive_connections=64)
        )
        self._url = url
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call",
        }

    async def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The result of a call; one that is refused raises."""
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": arguments, "_meta": _META},
        }
        response = await self._client.post(self._url, json=body, headers=self._headers | {"Mcp-Name": tool})
        text = response.text
        if "text/event-stream" in response.headers.get("content-type", ""):
            text = next(line[6:] for line in reversed(text.splitlines()) if line.startswith("data: "))
        answer = json.loads(text)
        if "result" not in answer or answer["result"].get("isError"):
            raise RuntimeError(f"{tool}: {text[:300]}")
        result: dict[str, Any] = answer["result"]
        return result.get("structuredContent") or {}

    async def close(self) -> None:
        await self._client.aclose()


async def measure(
    caller: Caller, tool: str, arguments: Callable[[int], dict[str, Any]], *, calls: int, workers: int
) -> Figures:
    """Make `calls` calls over `workers` at once; `arguments` answers those of the n-th."""
    await caller.call(tool, arguments(0))
    took: list[float] = []
    numbers = iter(range(1, calls + 1))

    async def work() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await caller.call(tool, arguments(number))
            took.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(workers)))
    whole = time.perf_counter() - begun
    took.sort()
    return Figures(calls / whole, statistics.median(took) * 1000, took[int(len(took) * 0.95) - 1] * 1000)
