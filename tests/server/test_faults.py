"""Load, kills and cancellation: numbers without gaps, nothing lost that was acknowledged, no half of an invoice."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from mcp import Client

from operations.access import open_books
from operations.rights import Right
from server.app import find_organization, local_office, local_server
from tests.support.assistant import ERAS, Era
from tests.support.auditor import kept, numbers
from tests.support.faults import scaled
from tests.support.issuing import issue_invoice
from tests.support.practice import issue_request, practice
from tests.support.processes import let_race, start_python
from tests.support.stores import settings
from tests.support.wire import Wire, wired

pytestmark = pytest.mark.faults

BAKERY = "harbour-bakery-sandbox"
LINES = [{"description": "Bookkeeping", "quantity": 2, "unit_price": "12.50"}]
WRITERS = """
import asyncio, sys
from pathlib import Path
from operations.access import open_books
from operations.rights import Right
from tests.support.issuing import issue_invoice
from server.app import find_organization, local_office
from tests.support.stores import settings
from tests.support.practice import issue_request

root, handle, customer, name = Path(sys.argv[1]), *sys.argv[2:]

async def write(books, writer):
    for index in range(25):
        # Half of them do what the other process does too.
        reference = f"{name if writer % 2 else 'both'}-{writer}-{index}"
        issued = await issue_invoice(books, issue_request(customer, reference=reference))
        print(issued.document.number, flush=True)

async def main():
    async with local_office(settings(root)) as office:
        books = open_books(office, await find_organization(office, handle), Right.ISSUE)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await asyncio.gather(*(write(books, writer) for writer in range(4)))

asyncio.run(main())
"""


async def bakery(data: Path) -> str:
    """A data folder with a client and its customer, whose id is answered; nobody has it open."""
    async with practice(data) as one:
        books = one.books(await one.client("Harbour Bakery"))
        return (await one.customer(books)).id


async def test_eight_writers_in_two_processes_leave_no_gap_and_no_double(tmp_path: Path) -> None:
    data = tmp_path / "data"
    customer = await bakery(data)
    processes = [start_python(WRITERS, str(data), BAKERY, customer, name) for name in ("left", "right")]
    acknowledged = await asyncio.to_thread(let_race, processes)
    async with local_office(settings(data)) as office:
        books = open_books(office, await find_organization(office, BAKERY), Right.READ)
        found = await kept(books)
    year = int(found[0][9:13])
    # Of the same reference both processes were told the same invoice.
    assert found == sorted(set(acknowledged)) == numbers(150, year)
    assert len(acknowledged) == 200


async def issue_until_killed(wire: Wire, issued: dict[str, str], references: list[str], delay: float) -> None:
    """Issue with new references, three calls at a time, until the process is killed `delay` after the first answer."""
    waiting: dict[int, str] = {}

    async def send() -> None:
        reference = f"ref-{len(references)}"
        references.append(reference)
        arguments = {"organization": BAKERY, "customer": "Hotel Bristol", "lines": LINES, "client_reference": reference}
        waiting[await wire.request("tools/call", name="issue_invoice", arguments=arguments)] = reference

    for _ in range(3):
        await send()
    killing: asyncio.TimerHandle | None = None
    while (answer := await wire.hear()) is not None:
        if killing is None:
            killing = asyncio.get_running_loop().call_later(delay, wire.process.kill)
        issued[waiting.pop(answer["id"])] = number_of(answer["result"])
        try:
            await send()
        except ConnectionError:
            references.pop()
    assert await wire.process.wait() == -signal.SIGKILL


def number_of(result: dict[str, Any]) -> str:
    assert not result["isError"], result
    return str(result["structuredContent"]["invoice"]["number"])


async def retry(wire: Wire, reference: str) -> str:
    named = {"organization": BAKERY, "client_reference": reference}
    return number_of(await wire.call("issue_invoice", customer="Hotel Bristol", lines=LINES, **named))


async def test_killing_the_server_while_it_issues_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await bakery(data)
    chance = random.Random(20260728)  # noqa: S311  # The moments of the kills, the same in every run.
    issued: dict[str, str] = {}
    references: list[str] = []
    for _ in range(scaled(50, 25)):
        async with wired(data) as wire:
            await wire.shake_hands()
            for reference in references[-4:]:
                issued[reference] = await retry(wire, reference) if reference not in issued else issued[reference]
            await issue_until_killed(wire, issued, references, chance.uniform(0, 0.15))
        async with local_office(settings(data)) as office:
            books = open_books(office, await find_organization(office, BAKERY), Right.READ)
            found = await kept(books)
            assert set(issued.values()) <= set(found)
            assert found == numbers(len(found), int(found[0][9:13]))
    async with wired(data) as wire:
        await wire.shake_hands()
        again = {reference: await retry(wire, reference) for reference in references}
        await wire.end()
    assert {reference: again[reference] for reference in issued} == issued
    assert sorted(again.values()) == numbers(len(references), int(next(iter(again.values()))[9:13]))


async def test_an_act_cancelled_at_any_point_is_whole_or_did_not_happen(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        for step in range(scaled(200)):
            wanted = issue_request(customer, reference=f"ref-{step}")
            async with anyio.create_task_group() as group:
                group.start_soon(issue_invoice, books, wanted)
                for _ in range(step):
                    await anyio.lowlevel.checkpoint()
                group.cancel_scope.cancel()
            found = await kept(books)
            assert found == numbers(len(found), 2026)
            assert (await issue_invoice(books, wanted)).replayed is (len(found) == step + 1)
        assert await kept(books) == numbers(scaled(200), 2026)


@pytest.mark.parametrize("era", ERAS)
async def test_a_call_that_its_client_abandons_is_whole_or_did_not_happen(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        books = one.books(client)
        await one.customer(books)
        server = await local_server(one.office, client.handle)
        arguments: dict[str, Any] = {"customer": "Hotel Bristol", "lines": LINES}
        for step in range(scaled(100)):
            call = arguments | {"client_reference": f"ref-{step}"}
            async with Client(server, mode=era) as conversation:
                async with anyio.create_task_group() as group:
                    group.start_soon(conversation.call_tool, "issue_invoice", call)
                    for _ in range(3 * step):
                        await anyio.lowlevel.checkpoint()
                    group.cancel_scope.cancel()
                # What was under way has ended, one way or the other, when the same reference answers.
                again = await conversation.call_tool("issue_invoice", call)
                assert not again.is_error
            found = await kept(books)
            assert found == numbers(step + 1, 2026)
        # What the directory is told later ends by itself.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            _, left = await asyncio.wait(left, timeout=30)
        assert not left, "cancelled look-ups in the directory used to leave tasks behind that never ended"


async def test_a_process_whose_caller_cancels_or_leaves_keeps_whole_invoices_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await bakery(data)
    arguments = {"organization": BAKERY, "customer": "Hotel Bristol", "lines": LINES}
    async with wired(data) as wire:
        await wire.shake_hands()
        for index in range(scaled(100)):
            named = arguments | {"client_reference": f"ref-{index}"}
            abandoned = await wire.request("tools/call", name="issue_invoice", arguments=named)
            cancelled = {"requestId": abandoned, "reason": "the user left"}
            await wire.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled})
            assert (await retry(wire, f"ref-{index}"))[-5:] == f"{index + 1:05}"
        for _ in range(3):
            await wire.request("tools/call", name="issue_invoice", arguments=arguments)
        await wire.end()
    async with local_office(settings(data)) as office:
        found = await kept(open_books(office, await find_organization(office, BAKERY), Right.READ))
    assert scaled(100) <= len(found) <= scaled(100) + 3
    assert found == numbers(len(found), int(found[0][9:13]))
