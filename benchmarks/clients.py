"""A practice with more and more clients: what creating one costs, and what acts across all of them cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from benchmarks.load import WORKERS, Job, compare
from benchmarks.office import Office

CREATE_MAX = 40
TOKENS_MAX = 2_000
CREATED_AT_ONCE = 8
EACH_WITH_INVOICE = 5
"""Every so many-th client has an invoice that has long been overdue."""
_ACROSS = ("list_clients", "get_practice_overview")
_LINES = [{"description": "Bookkeeping", "quantity": 1, "unit_price": "100"}]
_LONG_AGO = {"issue_date": "2026-01-05", "due_date": "2026-01-20"}


@dataclass(slots=True)
class Clients:
    """The clients of an office, of which `made` were made so far."""

    office: Office
    made: int = 0

    async def grow(self, size: int) -> None:
        """Create clients until there are so many."""
        numbers = iter(range(self.made, size))

        async def work() -> None:
            for number in numbers:
                await self._add(number)

        await asyncio.gather(*(work() for _ in range(WORKERS)))
        self.made = max(self.made, size)

    def creating(self) -> Job:
        """A job that creates another client with each call."""
        first = self.made
        return self.office.job("create_client_organization", lambda number: _named(first + number))

    async def _add(self, number: int) -> None:
        call = self.office.caller.call
        made = await call("create_client_organization", _named(number))
        if number % EACH_WITH_INVOICE == 0:
            named = {"organization": made["created"]["handle"]}
            customer = await call("save_customer", {"name": "Hotel Bristol", **named})
            sale = {"customer": customer["customer"]["id"], "lines": _LINES, **_LONG_AGO, **named}
            await call("issue_invoice", sale)


async def compare_clients(office: Office, anchor: Job, *, sizes: Sequence[int], calls: int, rounds: int) -> None:
    """Listing clients, the overview and creating a client, in a practice that has so many, and then so many more."""
    clients = Clients(office)
    print(f"Acts of a practice by its clients; creating one is to cost less than {CREATE_MAX} calls of a bare server")
    print(f"{'tool':28} {'clients':>8} {'to noop':>8} {'in bare':>8} {'cpu':>8} {'median':>10} {'tokens':>7}")
    for size in sizes:
        await clients.grow(size)
        begun = perf_counter()
        await office.caller.call("get_practice_overview", {})
        print(f"{'the first overview':28} {size:8} {(perf_counter() - begun) * 1000:36.0f} ms", flush=True)
        for tool in _ACROSS:
            tokens = -(-len(await office.caller.text(tool, {})) // 4)
            await _measure(office, anchor, office.job(tool, {}), size, calls=calls, rounds=rounds, tokens=tokens)
        await _measure(office, anchor, clients.creating(), size, calls=CREATED_AT_ONCE, rounds=rounds)
        clients.made += WORKERS + CREATED_AT_ONCE * rounds
    print()


async def _measure(
    office: Office, anchor: Job, job: Job, size: int, *, calls: int, rounds: int, tokens: int = 0
) -> None:
    figures = await compare(office.job("noop", {}), job, calls=calls, rounds=rounds, anchor=anchor)
    over = " over!" if tokens > TOKENS_MAX else ""
    print(
        f"{job.tool:28} {size:8} {1 / figures.throughput:8.1f} {1 / figures.to_anchor:8.1f} {figures.cpu:8.1f}"
        f" {figures.median_ms:7.1f} ms {tokens or '':>7}{over}",
        flush=True,
    )


def _named(number: int) -> dict[str, Any]:
    return {"name": f"Client {number}", "country": "GB"}
