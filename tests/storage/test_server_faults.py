"""A database server that is cut off, restarted, crowded or held by somebody else, in the middle of issuing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlmodel import Session

from operations.access import open_books
from operations.rights import Right
from storage.books.pool import Books
from storage.directory.anchors import Ends
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.folder import store
from storage.folder.home import name_home
from storage.postgres import engines
from storage.postgres.addresses import address_of
from storage.postgres.faults import fault_of
from storage.postgres.scopes import Scope, books_scope
from tests.support import stores
from tests.support.auditor import audited, numbers
from tests.support.faults import is_whole, scaled
from tests.support.issuing import issue_invoice
from tests.support.practice import Practice, issue_request, practice
from tests.support.servers import LOGIN, needs_server, server
from tests.support.wiretap import Line, line_to

pytestmark = [needs_server, pytest.mark.faults]
whole = pytest.mark.skipif(not is_whole(), reason="takes as long as the other way (make test-faults)")
BAKERY = "harbour-bakery-sandbox"
STUDIO = "studio-nord-sandbox"


@pytest.fixture(autouse=True)
def _on_server() -> Iterator[None]:
    with stores.chosen(stores.POSTGRES):
        yield


def database_of(one: Practice) -> str:
    address = stores.address(one.store.root)
    assert address is not None
    return address.database


def cut(one: Practice, share: float) -> int:
    """End this share of our connections; answers how many that were."""
    said = server().sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"  # noqa: S608  # A name of ours.
        f" WHERE datname = '{database_of(one)}' AND usename = '{LOGIN}' AND random() < {share}"
    )
    # One of them may have ended by itself meanwhile, which is said before.
    return int(said.split()[-1])


async def held(one: Practice, scope: Scope) -> asyncpg.Connection:
    """A connection that holds the lock of whoever writes there, as another process of ours would."""
    connection = await asyncpg.connect(host=str(server().folder), user=LOGIN, database=database_of(one))
    await connection.execute("BEGIN")
    await connection.execute(f"SELECT pg_advisory_xact_lock({scope.lock})")
    return connection


async def until_it_waits() -> None:
    """Until one of our connections waits for a lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
    while await asyncio.to_thread(server().sql, waiting) == "0":
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.02)


async def issue_all(one: Practice, books: Books, customer: str, references: Iterator[str]) -> dict[str, str]:
    """The number of the invoice of each of these references, each asked for until it is answered, as clients do."""
    issued = {}
    for reference in references:
        while reference not in issued:
            try:
                issued[reference] = (await one.issue(books, customer, reference=reference)).document.number
            except StorageFault as fault:
                # Nobody is told that the books are damaged, nor that they did something wrong.
                if fault.fault is not Fault.UNREACHABLE:
                    raise
    return issued


async def issue_while(one: Practice, count: int, trouble: Callable[[], object], *, times: int, seed: int) -> None:
    """Four clients issue so many invoices while there is trouble now and then; every number is there once."""
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311  # When there is trouble.
    books = one.books(one.first_client)
    customer = (await one.customer(books)).id
    references = (f"ref-{index}" for index in range(count))
    clients = [asyncio.create_task(issue_all(one, books, customer, references)) for _ in range(4)]
    for _ in range(times):
        await asyncio.wait(clients, timeout=chance.uniform(0.05, 0.5))
        await asyncio.to_thread(trouble)
    issued: dict[str, str] = {}
    for client in clients:
        issued |= await client
    found = (await audited(one.office))[BAKERY]
    assert sorted(issued.values()) == found == numbers(count, 2026)


@whole
async def test_connections_that_are_cut_while_clients_issue_leave_no_gap_and_no_double(tmp_path: Path) -> None:
    shares = iter([0.3, 1.0] * 500)
    async with practice(tmp_path, client="Harbour Bakery") as one:
        cuts: list[int] = []
        await issue_while(
            one, scaled(500, 25), lambda: cuts.append(cut(one, next(shares))), times=scaled(100, 20), seed=20260728
        )
        assert any(cuts)
        # What was cut while nobody used it, nobody notices.
        assert cut(one, 1.0)
        assert (await one.issue(one.books(one.first_client), "Hotel Bristol")).document.number


@pytest.mark.parametrize("how", ["immediate", pytest.param("fast", marks=whole)])
async def test_a_server_that_is_restarted_under_load_loses_nothing(tmp_path: Path, how: str) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        await issue_while(one, scaled(200, 20), lambda: server().restart(how), times=scaled(10), seed=18)


@pytest.mark.parametrize("before", [True, False])
async def test_an_invoice_whose_answer_is_lost_at_its_commit_is_there_once(tmp_path: Path, before: bool) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one, line_to(server().folder, tmp_path) as line:
        customer = (await one.customer(one.books(one.first_client))).id
        address = address_of(server().url(database_of(one)).replace(str(server().folder), str(line.folder)))
        name_home(one.root, str(address))
        async with store.open_store(one.root, address=address) as far:
            books = open_books(replace(one.office, store=far), one.first_client, Right.ISSUE)
            assert (await issued_over(line, books, customer, "first", cut_before=before)) is not before
            assert (await issued_over(line, books, customer, "second", cut_before=before)) is not before
            if not before:
                await issued_unanswered(line, books, customer, "third")
                await until_anchored(one, 3)
        assert (await audited(one.office))[BAKERY] == numbers(2 if before else 3, 2026)


async def until_anchored(one: Practice, documents: int) -> None:
    """Until the directory knows of so many documents, although nobody asks for anything any more."""
    never = asyncio.get_running_loop().create_future()
    async with asyncio.timeout(30):
        while True:
            ends = await one.store.pool.anchor(one.first_client.id)
            if isinstance(ends, Ends) and ends.documents.position >= documents:
                return
            await asyncio.wait([never], timeout=0.05)


async def issued_over(line: Line, books: Books, customer: str, reference: str, *, cut_before: bool) -> bool:
    """Whether an invoice was there already when it was asked for again; the line is cut at its commit, before or after
    the server was told.
    """
    await issued_unanswered(line, books, customer, reference, cut_before=cut_before)
    return (await issue_invoice(books, issue_request(customer, reference=reference))).replayed


async def issued_unanswered(
    line: Line, books: Books, customer: str, reference: str, *, cut_before: bool = False
) -> None:
    """Lose the answer to an issuing."""
    wanted = issue_request(customer, reference=reference)
    # As whoever writes begins: the role, and how long it waits for the lock.
    role = books_scope(books.organization.id).role
    wait = f"{engines.LOCK_SECONDS}s".encode()
    line.cut_at_commit(role.encode() + len(wait).to_bytes(4) + wait, before=cut_before)
    with pytest.raises(StorageFault) as lost:
        await issue_invoice(books, wanted)
    assert lost.value.fault is Fault.UNREACHABLE
    assert "Look at what is there" in lost.value.message


async def test_more_callers_than_connections_wait_and_are_refused_clearly_after_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "CONNECTIONS", 2)
    monkeypatch.setattr(engines, "WAIT_SECONDS", 1)
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        calls = (one.issue(books, customer, reference=f"ref-{index % 4}") for index in range(8))
        assert len({made.document.number for made in await asyncio.gather(*calls)}) == 4
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await stack.enter_async_context(one.store.databases.books(one.first_client.id).snapshot())
            with pytest.raises(StorageFault, match="all connections"):
                await one.issue(books, customer)
            waits = asyncio.create_task(one.issue(books, customer))
            await asyncio.wait([waits], timeout=0.1)
        assert (await waits).document.number == numbers(5, 2026)[-1]
        assert (await audited(one.office))[BAKERY] == numbers(5, 2026)


async def test_whose_lock_somebody_holds_is_refused_after_a_while_and_the_others_keep_their_pace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = engines._TAKE_ROLE_AND_LOCK
    monkeypatch.setattr(engines, "_TAKE_ROLE_AND_LOCK", patient.bindparams(wait="1s"))
    async with practice(tmp_path, client="Harbour Bakery", more_clients=("Studio Nord",)) as one:
        locked, free = (one.books(client) for client in one.clients)
        mine, theirs = [(await one.customer(books)).id for books in (locked, free)]
        somebody = await held(one, books_scope(locked.organization.id))
        waits = asyncio.create_task(one.issue(locked, mine))
        for _ in range(5):
            await one.issue(free, theirs)
        assert (
            await locked.read(lambda db: db.connection().execute(text("SELECT count(*) FROM documents")).scalar()) == 0
        )
        with pytest.raises(StorageFault, match="busy with another write"):
            await waits
        await somebody.close()
        assert (await one.issue(locked, mine)).document.number == numbers(1, 2026)[0]
        found = await audited(one.office)
        assert (found[BAKERY], found[STUDIO]) == (numbers(1, 2026), numbers(5, 2026))


async def test_a_server_that_takes_no_writes_is_read_and_told_of(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        takes = f'ALTER DATABASE "{database_of(one)}" SET default_transaction_read_only = '
        server().sql(f"{takes}on")
        # As after a change of places: all connections are new.
        cut(one, 2)
        with pytest.raises(StorageFault) as told:
            await one.issue(books, customer)
        assert told.value.fault is Fault.TAKES_NO_WRITES
        assert told.value.message.startswith("The database server is only to be read. Nothing was changed.")
        assert (await audited(one.office))[BAKERY] == []
        server().sql(f"{takes}off")
        cut(one, 2)
        assert (await one.issue(books, customer)).document.number == numbers(1, 2026)[0]


async def test_who_is_chosen_to_end_a_deadlock_is_told_to_try_again(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        # A superuser may say that it is the other one who is chosen.
        somebody = await asyncpg.connect(host=str(server().folder), user="postgres", database=database_of(one))
        await somebody.execute("BEGIN; SET LOCAL deadlock_timeout = '1min'; SELECT pg_advisory_xact_lock(1)")
        own = books_scope(books.organization.id).lock

        def cross(db: Session) -> None:
            db.connection().execute(text("SELECT pg_advisory_xact_lock(1)"))

        waits = asyncio.create_task(books.write(cross))
        await until_it_waits()
        crossing = asyncio.create_task(somebody.execute(f"SELECT pg_advisory_xact_lock({own})"))
        with pytest.raises(StorageFault, match="busy with another write"):
            await waits
        await crossing
        await somebody.close()
        assert await books.read(lambda db: db.connection().execute(text("SELECT 1")).scalar()) == 1


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ("40001", Fault.BUSY),
        ("53300", Fault.CROWDED),
        ("53100", Fault.FULL),
        ("25006", Fault.TAKES_NO_WRITES),
        ("25P03", Fault.UNREACHABLE),
        ("57014", Fault.SLOW),
        ("57P01", Fault.UNREACHABLE),
        ("XX001", Fault.DAMAGED),
        ("58030", Fault.DISK_ERROR),
    ],
)
def test_what_a_server_refuses_is_told_by_its_state(state: str, fault: Fault) -> None:
    found = fault_of(asyncpg.PostgresError.new({"C": state, "M": "something of the server's"}), "the books")
    assert found is not None
    assert found.fault is fault
    assert "server's" not in found.message
