"""Work that asks for what it reads computes in a thread or a process, while the event loop reads for it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from sqlalchemy import text
from sqlmodel import Session

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.refusals import Unavailable
from operations.access import Office, open_books
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from operations.rights import Right
from operations.verification import verify_books
from storage.books.beside import beside_each
from storage.books.counts import counts
from storage.books.pool import BOOKS_FILE, Books
from storage.work.asking import Ask
from storage.work.limits import Limits
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.pools import MANY
from tests.support.practice import Practice, practice
from tests.support.raw import past_triggers
from tests.support.stores import open_store

ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
THREAD, PROCESS = 0, 1
elsewhere = pytest.mark.parametrize("processes", [THREAD, PROCESS], ids=["in a thread", "in a process"])

begun = threading.Event()


@asynccontextmanager
async def opened(root: Path, processes: int) -> AsyncIterator[tuple[Practice, Books]]:
    """A practice with an invoice, opened by a program that computes in so many processes."""
    async with practice(root) as first:
        customer = await first.customer(first.books(first.organization))
        await first.issue(first.books(first.organization), customer.id)
    limits = Limits(processes=processes, exports=1)
    async with open_store(root, limits) as store:
        office = Office(store=store, principal=first.office.principal, clock=SettableClock())
        one = Practice(office, first.clock, first.organization)
        yield one, open_books(office, first.organization, Right.ISSUE)


def where_read(session: Session) -> tuple[int, int]:
    return os.getpid(), threading.get_ident()


def where(ask: Ask) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where it computes, and where it is read for it."""
    return (os.getpid(), threading.get_ident()), ask(where_read)


@elsewhere
async def test_it_computes_outside_of_the_event_loop_which_reads_for_it(tmp_path: Path, processes: int) -> None:
    async with opened(tmp_path, processes) as (_, books):
        computed, read = await books.go_through(where)
        assert read == (os.getpid(), threading.get_ident())
        assert computed[0] != os.getpid() if processes else computed[1] != threading.get_ident()


def documents(session: Session) -> int:
    return counts(session).documents


def first_documents(session: Session) -> int:
    begun.set()
    return documents(session)


def twice(ask: Ask, end: str) -> tuple[int, int]:
    first = ask(first_documents)
    while not Path(end).exists():
        ask(documents)
    return first, ask(documents)


@elsewhere
async def test_all_that_it_asks_for_is_of_one_moment(tmp_path: Path, processes: int) -> None:
    begun.clear()
    end = tmp_path / "end"
    async with opened(tmp_path / "data", processes) as (one, books), asyncio.timeout(60):
        going = asyncio.create_task(books.go_through(twice, str(end)))
        assert await anyio.to_thread.run_sync(begun.wait, 60)
        customer = await one.customer(books, "Bar Sol")
        await one.issue(books, customer.id)
        end.touch()
        assert await going == (1, 1)
        assert await books.read(documents) == 2


def go_far(session: Session) -> int:
    begun.set()
    return int(session.connection().execute(ENDLESS).scalar_one())


def ask_far(ask: Ask) -> int:
    return ask(go_far)


@elsewhere
@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_who_leaves_stops_it_and_leaves_its_place_to_the_next(
    tmp_path: Path, processes: int, native: bool
) -> None:
    begun.clear()
    scope = anyio.CancelScope()
    async with opened(tmp_path, processes) as (_, books), asyncio.timeout(60):

        async def go() -> None:
            with scope:
                await books.go_through(ask_far)

        going = asyncio.create_task(go())
        assert await anyio.to_thread.run_sync(begun.wait, 60)
        going.cancel() if native else scope.cancel()
        await asyncio.wait([going])
        assert going.cancelled() is native
        tasks = asyncio.all_tasks()
        assert (await books.go_through(where))[1][0] == os.getpid()
        assert (await verify_books(books)).problem == ""
        assert asyncio.all_tasks() <= tasks


def refuse(session: Session) -> int:
    raise Unavailable("not now")


def asks_and_goes_on(ask: Ask) -> int:
    try:
        return ask(refuse)
    finally:
        # It may ask once more before it ends, and is answered no more.
        ask(where_read)


@elsewhere
async def test_what_reading_raises_ends_it_and_is_raised(tmp_path: Path, processes: int) -> None:
    async with opened(tmp_path, processes) as (_, books), asyncio.timeout(60):
        with pytest.raises(Unavailable, match="not now"):
            await books.go_through(asks_and_goes_on)
        assert (await verify_books(books)).documents == 1


def die(ask: Ask) -> None:
    ask(where_read)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal")
async def test_a_process_that_dies_while_it_asks_is_replaced(tmp_path: Path) -> None:
    async with opened(tmp_path, PROCESS) as (_, books), asyncio.timeout(60):
        with pytest.raises(Unavailable, match="try again"):
            await books.go_through(die)
        assert (await verify_books(books)).problem == ""


@elsewhere
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET issue_date = 'never'",
        "UPDATE audit_entries SET detail = 'nothing' WHERE act = 'issue_invoice'",
    ],
    ids=["a row", "a text"],
)
async def test_what_cannot_be_read_is_named_wherever_it_is_found_out(
    tmp_path: Path, processes: int, change: str
) -> None:
    async with opened(tmp_path, processes) as (_, books):
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute(change)
        verified = await verify_books(books)
        assert (verified.documents, verified.files) == (1, 0)
        assert "changed from outside" in verified.problem


async def test_what_is_beside_documents_is_asked_for_a_few_lines_at_a_time(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(one.organization)
        customer = (await one.customer(books)).id
        ids = []
        for lines in (300, 300, 1, 1, 1):
            line = RequestedLine(quantity=Decimal(1), description="Bookkeeping", unit_price=Decimal("12.50"))
            wanted = DraftRequest(document=RequestedDocument(customer=customer, lines=(line,) * lines))
            ids.append((await issue_invoice(books, IssueRequest(request=wanted))).document.id)

        def look(db: Session) -> tuple[list[int], int]:
            asked = []

            def ask(question: Callable[[Session], Any]) -> Any:
                asked.append(question)
                return question(db)

            return [len(beside.lines) for beside in beside_each(ask, ids)], len(asked)

        assert await books.read(look, size=MANY) == ([300, 300, 1, 1, 1], 2)
