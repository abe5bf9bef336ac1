"""Drafting for clients: a call that is refused has drafted nothing."""

from __future__ import annotations

from pathlib import Path

from mcp import Client

from server.app import local_server
from storage.books.drafts import every_draft
from tests.support.assistant import Assistant
from tests.support.months import MARCH, Months
from tests.support.practice import practice


async def test_a_cursor_that_is_none_is_refused_before_anything_is_drafted(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        books = one.books(bakery)
        customer = (await one.customer(books)).id
        for day in ("2026-01-05", "2026-02-05"):
            await Months(one).invoice(books, customer, day)
        async with Client(await local_server(one.office, "")) as client:
            arguments = {"month": MARCH, "clients": [bakery.handle], "dry_run": False}
            refused = await Assistant(client).call("draft_for_clients", **arguments, cursor="bogus")
        assert refused.is_error
        assert await books.read(every_draft) == {}
