"""A hog and a guest on a real server: what one organization asks for keeps no other waiting, nor fills the memory.

Sixteen logos of eight million pixels at once took three gigabytes; forty-four long PDFs of one client, asked for with
three keys, kept another client's first one waiting for 143 seconds.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from invoicing.document.drafting import RequestedDocument, RequestedLine
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from storage.books.pool import Books
from tests.support.faults import only_whole, scaled
from tests.support.http import Credentials, RealServer, Site, message_of, real_server
from tests.support.issuing import issue_invoice
from tests.support.practice import Practice, practice

LONG_LINES = 400
MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Fair:
    """A served practice: the hog's three keys and long documents, the guest's key and short documents."""

    server: RealServer
    hog_keys: list[str]
    long: list[str]
    guest_key: str
    short: list[str]

    @property
    def site(self) -> Site:
        return self.server.site

    def memory_mib(self) -> int:
        """Of the server and of the processes that work for it."""
        server = psutil.Process(self.server.process.pid)
        return sum(one.memory_info().rss for one in (server, *server.children(recursive=True))) // MIB


@asynccontextmanager
async def served(root: Path, *, long_documents: int) -> AsyncIterator[Fair]:
    async with practice(root) as one:
        hog, guest = one.books(await one.client("Harbour Bakery")), one.books(await one.client("Finch Studio"))
        long = [await _issued(one, hog, LONG_LINES) for _ in range(long_documents)]
        short = [await _issued(one, guest, 3) for _ in range(3)]
        credentials = Credentials.of(one)
        hog_keys = [await credentials.key(hog.organization) for _ in range(3)]
        guest_key = await credentials.key(guest.organization)
    async with real_server(root) as server:
        yield Fair(server, hog_keys, long, guest_key, short)


async def _issued(one: Practice, books: Books, lines: int) -> str:
    customer = (await one.customer(books)).id
    line = RequestedLine(quantity=Decimal(1), description="Bookkeeping", unit_price=Decimal("12.50"))
    document = RequestedDocument(customer=customer, lines=(line,) * lines)
    return (await issue_invoice(books, IssueRequest(request=DraftRequest(document=document)))).document.id


async def call(site: Site, key: str, tool: str, **arguments: Any) -> dict[str, Any]:
    answer = await site.modern("/mcp", key, "tools/call", name=tool, arguments=arguments)
    result: dict[str, Any] = message_of(answer)["result"]
    return result


@only_whole
@pytest.mark.faults
async def test_neither_long_documents_nor_large_pictures_of_one_keep_another_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERFOIL_WORKERS", "3")
    async with served(tmp_path / "data", long_documents=scaled(44)) as fair:
        await _a_guests_first_pdf_overtakes_a_row_of_long_ones(fair)
        await _large_logos_at_once_are_looked_through_one_at_a_time(fair)


async def _a_guests_first_pdf_overtakes_a_row_of_long_ones(fair: Fair) -> None:
    # Whoever comes first finds no process yet.
    assert not (await call(fair.site, fair.guest_key, "render_document", document=fair.short[0])).get("isError")
    hogs = [
        asyncio.create_task(call(fair.site, fair.hog_keys[index % 3], "render_document", document=document))
        for index, document in enumerate(fair.long)
    ]
    await asyncio.wait(hogs, return_when=asyncio.FIRST_COMPLETED)
    done = sum(hog.done() for hog in hogs)
    for document in fair.short[1:]:
        assert not (await call(fair.site, fair.guest_key, "render_document", document=document)).get("isError")
        assert not (await call(fair.site, fair.guest_key, "find_customers")).get("isError")
    # Two PDFs and two lists take less than two of the long ones, however busy the machine is.
    assert sum(hog.done() for hog in hogs) - done <= 2
    assert not any(answer.get("isError") for answer in await asyncio.gather(*hogs))


async def _large_logos_at_once_are_looked_through_one_at_a_time(fair: Fair) -> None:
    output = io.BytesIO()
    Image.linear_gradient("L").resize((4_000, 2_000)).convert("RGB").save(output, "PNG")
    logo = base64.b64encode(output.getvalue()).decode()
    before, peak = fair.memory_mib(), 0
    keys = (*fair.hog_keys, fair.guest_key) * 4
    setting = [
        asyncio.create_task(call(fair.site, key, "update_organization", logo=logo)) for key in keys[: scaled(80)]
    ]
    while pending := [one for one in setting if not one.done()]:
        peak = max(peak, fair.memory_mib())
        await asyncio.wait(pending, timeout=0.02, return_when=asyncio.FIRST_COMPLETED)
    assert not any(one.result().get("isError") for one in setting)
    # One picture at a time, and some more of a library: eight at once would take a gigabyte.
    assert peak - before < 250, (before, peak)


async def test_a_process_that_dies_is_replaced_and_all_of_them_end_with_the_server(tmp_path: Path) -> None:
    async with served(tmp_path / "data", long_documents=0) as fair:
        assert not (await call(fair.site, fair.guest_key, "render_document", document=fair.short[0])).get("isError")
        server = psutil.Process(fair.server.process.pid)
        for worker in server.children(recursive=True):
            worker.kill()
        # The first one may be told to try again.
        await call(fair.site, fair.guest_key, "render_document", document=fair.short[1])
        assert not (await call(fair.site, fair.guest_key, "render_document", document=fair.short[2])).get("isError")
        workers = server.children(recursive=True)
        assert workers
        fair.server.process.kill()
        await fair.server.process.wait()
        _, alive = await asyncio.to_thread(psutil.wait_procs, workers, timeout=30)
        assert not alive
