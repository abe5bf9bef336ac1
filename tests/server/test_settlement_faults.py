"""Kills, cancellation and many callers at once, with credit notes and payments: never too much, nothing lost."""

from __future__ import annotations

import asyncio
import random
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from invoicing.credit.wanted import CreditLine
from operations.access import open_books
from operations.credit_notes import CreditRequest
from operations.invoices import get_invoice
from operations.payments import PaymentRequest, record_payment
from operations.rights import Right
from operations.verification import verify_books
from server.app import find_organization, local_office
from storage.books.pool import BOOKS_FILE, Books
from tests.support.faults import scaled
from tests.support.folders import folder_of
from tests.support.http import Credentials, Site, message_of, real_server
from tests.support.issuing import issue_credit_note
from tests.support.practice import practice
from tests.support.processes import let_race, start_python
from tests.support.raw import raw
from tests.support.stores import settings
from tests.support.wire import Wire, wired

pytestmark = pytest.mark.faults

BAKERY = "harbour-bakery-sandbox"
LINES = [{"description": "Bookkeeping", "quantity": 2, "unit_price": "12.50"}]
SETTLERS = """
import asyncio, sys
from decimal import Decimal
from pathlib import Path
from invoicing.credit.wanted import CreditLine
from invoicing.refusals import Refusal
from operations.access import open_books
from operations.rights import Right
from operations.credit_notes import CreditRequest, issue_credit_note
from operations.payments import PaymentRequest, record_payment
from server.app import find_organization, local_office
from tests.support.stores import settings

root, handle, number = Path(sys.argv[1]), *sys.argv[2:]

async def settle(books, writer):
    for index in range(8):
        if (writer + index) % 2:
            one = (CreditLine(1, Decimal(1)),)
            act = issue_credit_note(books, CreditRequest(invoice=number, reason="Returned", lines=one))
        else:
            act = record_payment(books, PaymentRequest(invoice=number, amount=Decimal(15)))
        try:
            made = await act
        except Refusal as refusal:
            print("refused", refusal.code, flush=True)
        else:
            print("credited" if (writer + index) % 2 else "paid", flush=True)

async def main():
    async with local_office(settings(root)) as office:
        books = open_books(office, await find_organization(office, handle), Right.ISSUE)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await asyncio.gather(*(settle(books, writer) for writer in range(4)))

asyncio.run(main())
"""


async def bakery(data: Path, quantity: str) -> str:
    """A data folder with a client and one invoice, whose number is answered; nobody has it open."""
    async with practice(data) as one:
        books = one.books(await one.client("Harbour Bakery"))
        issued = await one.issue(books, (await one.customer(books)).id, quantity=quantity)
        return issued.document.number


def rows(books: Books, query: str) -> list[tuple[Any, ...]]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        return connection.execute(query).fetchall()


async def sound(books: Books) -> set[str]:
    """The ids of all documents and payments, after everything about them was verified."""
    assert (await verify_books(books)).problem == ""
    for series in ("INVOICES", "CREDIT-NOTES"):
        found = rows(books, f"SELECT sequence FROM documents WHERE series = '{series}' ORDER BY position")  # noqa: S608  # Our own names.
        assert [row[0] for row in found] == list(range(1, len(found) + 1))
    positions = [row[0] for row in rows(books, "SELECT position FROM payments ORDER BY position")]
    assert positions == list(range(1, len(positions) + 1))
    return {row[0] for row in rows(books, "SELECT id FROM documents UNION SELECT id FROM payments")}


async def test_eight_callers_in_two_processes_never_credit_or_pay_too_much(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # Ten times 15.00: together the callers would credit 32 times and pay 32 times.
    number = await bakery(data, "10")
    processes = [start_python(SETTLERS, str(data), BAKERY, number) for _ in range(2)]
    told = await asyncio.to_thread(let_race, processes)
    async with local_office(settings(data)) as office:
        books = open_books(office, await find_organization(office, BAKERY), Right.READ)
        await sound(books)
        shown = await get_invoice(books, number)
    assert set(told) <= {"credited", "paid", "refused limit_exceeded", "refused conflict"}
    assert len(told) == 64
    assert (told.count("credited"), told.count("paid")) == (len(shown.credit_notes), len(shown.payments))
    assert len(shown.credit_notes) == 10, "what was paid can be credited, and each was tried often enough"
    assert shown.balance.credited_minor == 15_000
    # Nothing was paid beyond what was owed at its time: then the balance is what was paid before it was credited.
    assert shown.balance.due_minor == -1_500 * len(shown.payments)


async def settle_over_http(site: Site, key: str, number: str, client: int) -> list[str]:
    """Credits and payments by turns; what each came to."""
    told = []
    for index in range(8):
        if (client + index) % 2:
            line = {"position": 1, "quantity": "1"}
            arguments: dict[str, Any] = {"invoice": number, "reason": "Returned", "lines": [line]}
            tool = "issue_credit_note"
        else:
            arguments, tool = {"invoice": number, "amount": "15"}, "record_payment"
        answer = await site.modern("/mcp", key, "tools/call", name=tool, arguments=arguments)
        assert answer.status_code == 200, answer.text
        result = message_of(answer)["result"]
        told.append(result["_meta"]["counterfoil/error"]["code"] if result.get("isError") else tool)
    return told


async def test_eight_clients_over_http_never_credit_or_pay_too_much(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with practice(data) as one:
        client = await one.client("Harbour Bakery")
        customer = (await one.customer(one.books(client))).id
        number = (await one.issue(one.books(client), customer, quantity="10")).document.number
        keys = [await Credentials.of(one).key(client) for _ in range(8)]
    async with real_server(data) as server:
        acts = (settle_over_http(server.site, key, number, index) for index, key in enumerate(keys))
        told = [one for answers in await asyncio.gather(*acts) for one in answers]
        await server.stop()
        assert "Traceback" not in server.said.read_text("utf-8")
    assert set(told) <= {"issue_credit_note", "record_payment", "limit_exceeded", "conflict"}
    async with local_office(settings(data)) as office:
        books = open_books(office, await find_organization(office, BAKERY), Right.READ)
        await sound(books)
        shown = await get_invoice(books, number)
    kept = (len(shown.credit_notes), len(shown.payments))
    assert (told.count("issue_credit_note"), told.count("record_payment")) == kept
    assert (kept[0], shown.balance.due_minor) == (10, -1_500 * kept[1])


def act_of(index: int, number: str) -> tuple[str, dict[str, Any]]:
    """The tool and arguments of the call with this index: invoices, payments and credit notes by turns."""
    named = {"organization": BAKERY, "client_reference": f"ref-{index}"}
    match index % 3:
        case 0:
            return "issue_invoice", named | {"customer": "Hotel Bristol", "lines": LINES}
        case 1:
            return "record_payment", named | {"invoice": number, "amount": "0.25"}
        case _:
            lines = [{"position": 1, "quantity": "0.5"}]
            return "issue_credit_note", named | {"invoice": number, "reason": "Returned", "lines": lines}


def made_by(result: dict[str, Any]) -> str:
    """The id of what a call made."""
    assert not result["isError"], result
    told = result["structuredContent"]
    return str((told.get("payment") or told.get("credit_note") or told["invoice"])["id"])


async def act_until_killed(wire: Wire, number: str, made: dict[int, str], begun: list[int], delay: float) -> None:
    """Right with new references, three calls at a time, until the process is killed `delay` after the first answer."""
    waiting: dict[int, int] = {}

    async def send() -> None:
        index = len(begun)
        tool, arguments = act_of(index, number)
        begun.append(index)
        waiting[await wire.request("tools/call", name=tool, arguments=arguments)] = index

    for _ in range(3):
        await send()
    killing: asyncio.TimerHandle | None = None
    while (answer := await wire.hear()) is not None:
        if killing is None:
            killing = asyncio.get_running_loop().call_later(delay, wire.process.kill)
        if answer["result"]["isError"]:
            killing.cancel()
            wire.process.kill()
            said = (await wire.process.communicate())[1].decode()
            pytest.fail(f"{answer['result']}\n{said}")
        made[waiting.pop(answer["id"])] = made_by(answer["result"])
        try:
            await send()
        except ConnectionError:
            begun.pop()
    assert await wire.process.wait() == -signal.SIGKILL


async def test_killing_the_server_loses_no_credit_note_and_no_payment_that_was_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    number = await bakery(data, "100000")
    chance = random.Random(20260729)  # noqa: S311  # The moments of the kills, the same in every run.
    made: dict[int, str] = {}
    begun: list[int] = []
    for _ in range(scaled(50, 50)):
        async with wired(data) as wire:
            await wire.shake_hands()
            await act_until_killed(wire, number, made, begun, chance.uniform(0, 0.15))
        async with local_office(settings(data)) as office:
            books = open_books(office, await find_organization(office, BAKERY), Right.READ)
            assert set(made.values()) <= await sound(books)
    async with wired(data) as wire:
        await wire.shake_hands()
        again = {}
        for index in begun:
            tool, arguments = act_of(index, number)
            again[index] = made_by(await wire.call(tool, **arguments))
        await wire.end()
    assert {index: again[index] for index in made} == made
    async with local_office(settings(data)) as office:
        books = open_books(office, await find_organization(office, BAKERY), Right.READ)
        assert len(await sound(books)) == len(begun) + 1 == len(set(again.values())) + 1


async def test_an_act_cancelled_at_any_point_is_whole_or_did_not_happen(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        number = (await one.issue(books, (await one.customer(books)).id, quantity="1000")).document.number
        kept = 1
        for step in range(scaled(100)):
            lines = (CreditLine(1, Decimal("0.5")),)
            credit = CreditRequest(invoice=number, reason="Returned", lines=lines, client_reference=f"ref-{step}")
            payment = PaymentRequest(invoice=number, amount=Decimal(1), client_reference=f"ref-{step}")
            for act in (
                lambda one=credit: issue_credit_note(books, one),
                lambda one=payment: record_payment(books, one),
            ):
                async with anyio.create_task_group() as group:
                    group.start_soon(act)
                    for _ in range(step):
                        await anyio.lowlevel.checkpoint()
                    group.cancel_scope.cancel()
                found = len(await sound(books))
                assert found - kept in (0, 1)
                await act()
                kept += 1
                assert len(await sound(books)) == kept
