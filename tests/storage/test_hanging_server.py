"""A database server that has stopped in the middle of everything, without a word: who asks is told within bounds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from storage.books.pool import Books
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.postgres import engines
from tests.support import stores
from tests.support.auditor import audited, numbers
from tests.support.faults import only_whole
from tests.support.practice import Practice, practice
from tests.support.servers import needs_server, server

pytestmark = [needs_server, pytest.mark.faults]
BAKERY = "harbour-bakery-sandbox"
SECONDS_MAX = 20
"""A call here, with a second for each answer: it ends a transaction, begins a connection, and the machine is busy."""


@pytest.fixture(autouse=True)
def _on_impatient_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for patience in ("ANSWER_SECONDS", "CONNECT_SECONDS", "CLOSE_SECONDS", "WAIT_SECONDS"):
        monkeypatch.setattr(engines, patience, 1)
    with stores.chosen(stores.POSTGRES):
        yield


@contextmanager
def hanging(*, whole: bool = True) -> Iterator[None]:
    """All processes of the server have stopped, or only those that serve a connection."""
    started = psutil.Process(int((server().folder / "data" / "postmaster.pid").read_text("utf-8").splitlines()[0]))
    serving = [one for one in started.children() if one.cmdline() and "postgres: counterfoil" in one.cmdline()[0]]
    stopped = [started, *started.children()] if whole else serving
    for one in stopped:
        one.suspend()
    try:
        yield
    finally:
        for one in stopped:
            one.resume()


async def is_unanswered(one: Practice, books: Books, customer: str, reference: str) -> bool:
    """Whether this was not answered, which has to be told within bounds."""
    async with asyncio.timeout(SECONDS_MAX):
        try:
            await one.issue(books, customer, reference=reference)
        except StorageFault as fault:
            if fault.fault not in {Fault.UNREACHABLE, Fault.CROWDED}:
                raise
            return True
    return False


@only_whole
async def test_a_server_that_hangs_is_told_of_in_time_and_everything_goes_on_when_it_does(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery", more_clients=("Studio Nord",)) as one:
        bakery, studio = (one.books(client) for client in one.clients)
        customers = [(await one.customer(books)).id for books in (bakery, studio)]
        with hanging():
            answers = [
                asyncio.create_task(is_unanswered(one, books, customer, f"ref-{index}"))
                for index in range(3)
                for books, customer in zip((bakery, studio), customers, strict=True)
            ]
            turns = 0
            while not all(answer.done() for answer in answers):
                await asyncio.wait(answers, timeout=0.02)
                turns += 1
            # Nobody has waited in the event loop.
            assert turns > 10
            assert all([await answer for answer in answers])
        # Of what was asked for, nothing was begun, or all of it is there: asked for again it is there once.
        for index in range(3):
            while await is_unanswered(one, bakery, customers[0], f"ref-{index}"):
                pass
        assert (await audited(one.office))[BAKERY] == numbers(3, 2026)

        with hanging(whole=False):
            # Only those connections that were there hang: who asks once more is given another.
            told = [await is_unanswered(one, bakery, customers[0], "later") for _ in range(3)]
            assert told[0]
            assert not told[-1]
        assert (await audited(one.office))[BAKERY] == numbers(4, 2026)


@only_whole
async def test_an_installation_is_closed_in_time_while_its_server_hangs(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        began = time.monotonic()
        async with stores.open_store(one.root) as another:
            await another.directory.read(lambda db: None)
            another.moments.no_earlier(one.clock())
            with hanging():
                leaves = asyncio.create_task(is_unanswered(one, books, customer, "ref-1"))
                await asyncio.wait([leaves], timeout=0.2)
                async with asyncio.timeout(SECONDS_MAX):
                    await another.pool.close()
                    await another.moments.close()
                    await another.databases.close()
                    await leaves
        assert time.monotonic() - began < 2 * SECONDS_MAX
