"""A replica takes the place of its server: what a synchronous one was told is all there; of one that was behind, the
anchors that lie elsewhere say what is lost.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.access import open_books
from operations.outside_anchors import compare_with_anchors, state_anchors
from operations.recovery import bring_back_books
from operations.rights import Right
from storage.books.pool import Books
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from tests.support import stores
from tests.support.auditor import audited, numbers
from tests.support.faults import is_whole
from tests.support.issuing import issue_invoice
from tests.support.practice import Practice, issue_request, practice
from tests.support.replicas import (
    NAME,
    Replica,
    goes_on_behind,
    kill_when,
    office_on,
    running,
    settings_of_server,
    until_said,
)
from tests.support.servers import needs_server, server

whole = pytest.mark.skipif(not is_whole(), reason="copies a server (make test-faults)")
pytestmark = [needs_server, pytest.mark.faults, whole]
BAKERY = "harbour-bakery-sandbox"
CLIENTS = 4


@pytest.fixture(autouse=True)
def _on_server() -> Iterator[None]:
    with stores.chosen(stores.POSTGRES):
        yield


async def issue_until_it_dies(books: Books, customer: str, client: int, issued: dict[str, str]) -> str:
    """Issue one after the other; answers the reference of the one that was not answered."""
    while True:
        reference = f"{client}-{sum(one.startswith(f'{client}-') for one in issued)}"
        try:
            document = await issue_invoice(books, issue_request(customer, reference=reference))
        except StorageFault as fault:
            if fault.fault is not Fault.UNREACHABLE:
                raise
            return reference
        issued[reference] = document.document.number


@pytest.mark.parametrize("seed", [18, 15])
async def test_nothing_that_was_answered_is_lost_with_a_synchronous_replica(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311  # When the server dies.
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        with settings_of_server(synchronous_standby_names=NAME), running(Replica(server())) as replica:
            await until_said(server(), "SELECT sync_state FROM pg_stat_replication", "sync")
            assert isinstance(replica, Replica)
            issued: dict[str, str] = {}
            clients = [issue_until_it_dies(books, customer, client, issued) for client in range(CLIENTS)]
            enough = chance.randint(3, 20)
            *unanswered, _ = await asyncio.gather(*clients, kill_when(lambda: len(issued) >= enough))
            replica.promote()
            async with office_on(one, replica) as office:
                there = open_books(office, one.first_client, Right.ISSUE)
                for reference, number in issued.items():
                    again = await issue_invoice(there, issue_request(customer, reference=reference))
                    assert (again.replayed, again.document.number) == (True, number)
                for lost in unanswered:
                    await issue_invoice(there, issue_request(customer, reference=str(lost)))
                assert (await audited(office))[BAKERY] == numbers(len(issued) + CLIENTS, 2026)


@pytest.mark.parametrize("seed", [18])
async def test_what_an_asynchronous_replica_had_not_been_told_is_said_and_given_out_no_more(
    tmp_path: Path, seed: int
) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311  # How much it is behind.
    told, lost = chance.randint(1, 4), chance.randint(1, 4)
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        with settings_of_server(), running(Replica(server())) as replica:
            assert isinstance(replica, Replica)
            await issue(one, books, customer, told)
            position = server().sql("SELECT pg_current_wal_lsn()")
            await until_said(replica, f"SELECT pg_last_wal_replay_lsn() >= '{position}'", "t")
            replica.follow_no_more()
            await until_said(replica, "SELECT count(*) FROM pg_stat_wal_receiver", "0")
            await issue(one, books, customer, lost)
            stated, left_out = await state_anchors(one.office)
            assert not left_out
            server().kill()
            replica.promote()
            async with office_on(one, replica) as office:
                assert (await audited(office))[BAKERY] == numbers(told, 2026), "in itself everything is in order"
                said = await compare_with_anchors(office, one.first_client, [stated])
                assert said.problem.endswith(f"the last document is the {told}. where there had been {told + lost}")
                await bring_back_books(office, one.first_client, reason="The replica was behind.", stated=[stated])
                await goes_on_behind(office, one, customer, told + lost)
                assert (await compare_with_anchors(office, one.first_client, [stated])).problem == ""


async def issue(one: Practice, books: Books, customer: str, count: int) -> None:
    for _ in range(count):
        await one.issue(books, customer)
