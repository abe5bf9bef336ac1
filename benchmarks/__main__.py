"""`make bench`: how soon a client is answered, each tool beside one that does nothing, how costs grow,
and what others notice of long work.

Every figure is a ratio of two jobs that ran by turns in the same minutes: absolute times mean nothing on a shared
machine. `python -m benchmarks quick` makes a run of a few seconds, with figures to match; `clients` is only what a
practice of many clients costs, `pages` only people's pages, `databases` only PostgreSQL beside SQLite, and `workers`
only what a second worker adds (all also with `quick`).
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass

from benchmarks.beside_long_work import compare_beside_long_work
from benchmarks.clients import Clients, compare_clients
from benchmarks.credentials import compare_credentials
from benchmarks.databases import compare_databases, database_server
from benchmarks.growth import compare_lines, compare_organizations, compare_rates, compare_reports, compare_volume
from benchmarks.office import bare_server, open_office
from benchmarks.pages import compare_pages_of_client, compare_pages_of_practice
from benchmarks.starts import compare_starts
from benchmarks.versus_noop import compare_tools
from benchmarks.workers import compare_workers


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made and measured. Each figure is the median of `rounds`, each of `calls` calls, or of `starts`."""

    calls: int
    rounds: int
    organizations: int
    invoices: int
    starts: int
    clients: tuple[int, ...]
    seconds: int


WHOLE = Size(calls=160, rounds=7, organizations=1_000, invoices=20_000, starts=10, clients=(10, 100, 1_000), seconds=5)
QUICK = Size(calls=24, rounds=3, organizations=20, invoices=100, starts=3, clients=(5, 20), seconds=1)


async def run_clients(size: Size) -> None:
    """What a practice of more and more clients costs, on a server of its own."""
    async with bare_server() as anchor, open_office() as office:
        await compare_clients(office, anchor, sizes=size.clients, calls=size.calls // 4, rounds=size.rounds)
        await compare_pages_of_practice(office, size.clients[-1], calls=size.calls // 8, rounds=size.rounds)


async def run_pages(size: Size) -> None:
    """Pages alone: of a client with very many documents, and of a practice with very many clients."""
    async with open_office() as office:
        busy = await office.add_client("Corner Shop")
        await office.add_invoices(busy, size.invoices)
        await compare_pages_of_client(office, busy, size.invoices, calls=size.calls // 8, rounds=size.rounds)
    async with open_office() as office:
        await Clients(office).grow(size.clients[-1])
        # The books of all are read now, and not by the first of the pages.
        await office.caller.call("get_practice_overview", {})
        await compare_pages_of_practice(office, size.clients[-1], calls=size.calls // 8, rounds=size.rounds)


async def run_databases(size: Size) -> None:
    """The tools with books on a PostgreSQL server, where there is one, beside books in files."""
    with database_server() as server:
        if server is not None:
            await compare_databases(server, calls=size.calls, rounds=size.rounds)


async def run_workers(size: Size) -> None:
    """What a second worker adds, with either database."""
    with database_server() as server:
        await compare_workers(server, seconds=size.seconds, rounds=size.rounds)


async def run(size: Size) -> None:
    compare_starts(starts=size.starts)
    async with bare_server() as anchor, open_office() as small, open_office() as large:
        await compare_tools(small, anchor, calls=size.calls, rounds=size.rounds)
        await compare_credentials(small, calls=size.calls, rounds=size.rounds)
        await compare_lines(small, calls=size.calls // 4, rounds=size.rounds)
        await compare_rates(small, calls=size.calls // 4, rounds=size.rounds)
        busy = await compare_volume(small, large, invoices=size.invoices, calls=size.calls, rounds=size.rounds)
        await compare_reports(large, busy, invoices=size.invoices, calls=size.calls // 4, rounds=size.rounds)
        await compare_pages_of_client(large, busy, size.invoices, calls=size.calls // 8, rounds=size.rounds)
        await compare_beside_long_work(large, busy, calls=size.calls * 4, rounds=size.rounds)
    async with open_office() as small, open_office() as large:
        await compare_organizations(
            small, large, organizations=size.organizations, calls=size.calls, rounds=size.rounds
        )
    await run_clients(size)
    await run_databases(size)
    await run_workers(size)


if __name__ == "__main__":
    parts = {"clients": run_clients, "pages": run_pages, "databases": run_databases, "workers": run_workers}
    asked = next((parts[one] for one in sys.argv[1:] if one in parts), run)
    asyncio.run(asked(QUICK if "quick" in sys.argv[1:] else WHOLE))
