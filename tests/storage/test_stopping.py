"""What nobody waits for any more is stopped, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import io
import threading
from pathlib import Path

import anyio
import pytest
from openpyxl import Workbook
from sqlalchemy import text
from sqlmodel import Session

from invoicing.importing.columns import match_columns
from invoicing.importing.values import read_rows
from invoicing.importing.vocabulary import Kind
from operations.customers import find_customers
from operations.files import ExportRequest, export_documents
from operations.import_files import FileToImport, read_file_to_import
from operations.imported import Import
from operations.importing import import_table
from storage.books.pool import Books
from storage.work.stopping import Stopped, stop_if_wished
from tests.support.folders import folder_of
from tests.support.pools import MANY
from tests.support.practice import practice
from tests.support.tables import table

ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")


@pytest.mark.parametrize("native", [False, True], ids=["a cancel scope", "asyncio's own cancel"])
async def test_a_statement_without_an_end_is_stopped_when_its_caller_goes(tmp_path: Path, native: bool) -> None:
    async with practice(tmp_path) as one:
        books, begun, scope = one.books(one.organization), asyncio.Event(), anyio.CancelScope()
        loop = asyncio.get_running_loop()

        def work(db: Session) -> None:
            loop.call_soon_threadsafe(begun.set)
            db.connection().execute(ENDLESS).all()

        async def read() -> None:
            with scope:
                await books.read(work)

        task = asyncio.create_task(read())
        await begun.wait()
        if native:
            task.cancel()
        else:
            scope.cancel()
        async with asyncio.timeout(30):
            await asyncio.wait([task])
        assert task.cancelled() is native
        # The connection is as good as before.
        assert await books.read(lambda db: db.connection().execute(text("SELECT 1")).scalar()) == 1


async def test_work_between_statements_is_stopped_where_it_looks(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, begun, ended = one.books(one.organization), asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def work(db: Session) -> None:
            loop.call_soon_threadsafe(begun.set)
            try:
                while True:
                    stop_if_wished(db)
            except Stopped:
                ended.set()
                raise

        task = asyncio.create_task(books.read(work, size=MANY))
        await begun.wait()
        task.cancel()
        async with asyncio.timeout(30):
            await asyncio.wait([task])
        assert ended.is_set()


async def test_an_export_and_an_import_that_are_cancelled_end_and_leave_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        for _ in range(60):
            await one.issue(books, customer)
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def progress(done: int, of: int) -> None:
            begun.set()
            await go_on.wait()

        task = asyncio.create_task(export_documents(books, ExportRequest(format="json"), progress=progress))
        await begun.wait()
        task.cancel()
        loop = asyncio.get_running_loop()
        loop.call_later(0, go_on.set)
        async with asyncio.timeout(30):
            await asyncio.wait([task])
        assert task.cancelled()
        assert not list((folder_of(books) / "exports").iterdir())

        begun.clear()
        read = table("Name\n" + "".join(f"Customer {index}\n" for index in range(20_000)))
        columns = match_columns(Kind.CUSTOMERS, read, ignore_unknown=False)
        wanted = Import(Kind.CUSTOMERS, columns, read_rows(read, columns, None), "list.csv", "0" * 64)

        def tell(done: int, of: int) -> None:
            loop.call_soon_threadsafe(begun.set)

        importing = asyncio.create_task(import_table(books, wanted, progress=tell))
        await begun.wait()
        importing.cancel()
        async with asyncio.timeout(30):
            await asyncio.wait([importing])
        assert importing.cancelled()
        assert await _is_stopped_while_reading(books, begun)
        found = await find_customers(books, query="", cursor="", limit=10)
        assert [one.name for one in found.items] == ["Hotel Bristol"]


async def _is_stopped_while_reading(books: Books, begun: asyncio.Event) -> bool:
    loop = asyncio.get_running_loop()
    book = Workbook()
    assert book.active is not None
    for index in range(30_000):
        book.active.append([f"Customer {index}" if index else "Name"])
    saved = io.BytesIO()
    book.save(saved)
    begun.clear()
    told: list[int] = []

    def progress(done: int, of: int) -> None:
        told.append(done)
        loop.call_soon_threadsafe(begun.set)

    asked = FileToImport(Kind.CUSTOMERS, saved.getvalue, "list.xlsx")
    reading = asyncio.create_task(read_file_to_import(books, asked, update=False, dry_run=False, progress=progress))
    await begun.wait()
    reading.cancel()
    async with asyncio.timeout(30):
        await asyncio.wait([reading])
    return reading.cancelled() and told[-1] < 29_000
