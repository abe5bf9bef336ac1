"""What a second worker process adds, beside what it adds to a bare server of the SDK, with load from wrk."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.office import Client, bare_server, init, served
from benchmarks.wrk import Calls, is_installed
from tests.support.servers import Server

# Of what a second worker adds to the bare server: where calls read, and where they issue in several sets of books.
READS, ISSUES, IN_ONE = 0.9, 0.8, 0.0
SETS_OF_BOOKS = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """The same calls of a server with one process, and of one with two."""

    name: str
    wanted: float
    one: Calls
    two: Calls


async def compare_workers(server: Server | None, *, seconds: int, rounds: int) -> None:
    """Each round has the bare server and ours with one process and with two, one after the other; reads, issuing over
    several sets of books, and in one.
    """
    if not is_installed():
        print("wrk is not installed: what a second worker adds is left out.\n")
        return
    print("What a second worker adds: calls a second of two processes to those of one, load from wrk on the same cores")
    print(f"{'calls':34} {'one':>8} {'two':>8} {'gain':>6} {'bare gain':>10} {'ratio':>6} {'wanted':>7}")
    async with AsyncExitStack() as stack:
        bare = [(await stack.enter_async_context(bare_server(workers))).caller.url for workers in (1, 2)]
        noop = Pair("bare", 0, *(Calls(url, "nobody", "noop", [{}]) for url in bare))
        pairs = await stack.enter_async_context(_pairs(None))
        if server is not None:
            pairs += await stack.enter_async_context(_pairs(server))
        for pair in pairs:
            await _measure(noop, pair, seconds=seconds, rounds=rounds)
    print()


async def _measure(bare: Pair, pair: Pair, *, seconds: int, rounds: int) -> None:
    gains, bare_gains, ones, twos = [], [], [], []
    # Both have loaded what they need, and every set of books is open.
    await pair.one.per_second(1)
    await pair.two.per_second(1)
    for _ in range(rounds):
        bare_gains.append(await bare.two.per_second(seconds) / await bare.one.per_second(seconds))
        ones.append(await pair.one.per_second(seconds))
        twos.append(await pair.two.per_second(seconds))
        gains.append(twos[-1] / ones[-1])
    ratio = statistics.median(ours / theirs for ours, theirs in zip(gains, bare_gains, strict=True))
    print(
        f"{pair.name:34} {statistics.median(ones):6.0f}/s {statistics.median(twos):6.0f}/s"
        f" {statistics.median(gains):6.2f} {statistics.median(bare_gains):10.2f} {ratio:6.2f} {pair.wanted or '':>7}",
        flush=True,
    )


@asynccontextmanager
async def _pairs(server: Server | None) -> AsyncIterator[list[Pair]]:
    """Two installations with the same clients, in files or on a database server, one served by one process, the other
    by two.
    """
    kind = "in files" if server is None else "on a server"
    made: list[list[Calls]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            for workers in (1, 2):
                data, url = Path(folder) / str(workers), ""
                if server is not None:
                    server.create(f"workers{workers}")
                    url = server.url(f"workers{workers}")
                token = init(data, url)
                office = await stack.enter_async_context(served(data, token, workers=workers, database_url=url))
                made.append(_calls(office.caller.url, token, await office.add_clients(SETS_OF_BOOKS)))
            names = (
                ("reading", READS),
                (f"issuing in {SETS_OF_BOOKS} sets of books", ISSUES),
                ("issuing in one", IN_ONE),
            )
            yield [
                Pair(f"{name}, {kind}", wanted, one, two) for (name, wanted), one, two in zip(names, *made, strict=True)
            ]


def _calls(url: str, token: str, clients: list[Client]) -> list[Calls]:
    every = [{"organization": one.handle} for one in clients]
    documents = [one.document() for one in clients]
    return [
        Calls(url, token, "find_customers", every),
        Calls(url, token, "issue_invoice", documents),
        Calls(url, token, "issue_invoice", documents[:1]),
    ]
