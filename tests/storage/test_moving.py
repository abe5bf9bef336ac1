"""Moving an installation from files to a server and back: all of it arrives, or all of it stays where it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import anyio
import pytest
from sqlalchemy import inspect
from sqlmodel import Session

from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Conflict
from operations.access import Office
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.files import render_document
from operations.payments import PaymentRequest, record_payment
from operations.practices import local_owner
from operations.verification import Verified, verify_organization
from storage.books.pool import BOOKS_FILE
from storage.copying import Content, contents, tables_in_order
from storage.directory import access_queries, organizations
from storage.directory.database import DIRECTORY_FILE
from storage.faults.errors import StorageFault
from storage.folder.home import home_of
from storage.folder.migrating import migrate_all
from storage.folder.moving import AtTable, Moved, move, take_back
from storage.folder.places import ARRIVING_FILE, FilesPlace, Place
from storage.folder.standstill import MARK_FILE, StandsStill, move_of
from storage.folder.store import databases_of, open_store
from storage.postgres.addresses import Address, address_of
from storage.postgres.engines import run_apart
from storage.postgres.place import ServerPlace
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import books_scope
from storage.sqlite.engines import FileKind
from tests.support import stores
from tests.support.backups import silent
from tests.support.clock import NOON, SettableClock
from tests.support.faults import is_whole, only_whole, scaled
from tests.support.former import import_former
from tests.support.issuing import issue_credit_note
from tests.support.practice import Practice, practice
from tests.support.rich import enrich, instruct
from tests.support.servers import needs_server, server

pytestmark = needs_server

T = TypeVar("T")
BAKERY = "harbour-bakery-sandbox"
All = dict[str, dict[str, Content]]


@dataclass(frozen=True)
class House:
    """A data folder in files, an empty database, and where the organizations' books are."""

    root: Path
    address: Address

    @property
    def files(self) -> FilesPlace:
        return FilesPlace(self.root)

    @property
    def arriving(self) -> FilesPlace:
        return FilesPlace(self.root, arriving=True)

    @property
    def server(self) -> ServerPlace:
        return ServerPlace(self.root, self.address)

    def to_server(self, at: AtTable = lambda organization_id, table: None) -> Moved:
        return move(self.root, self.files, self.server, now=NOON, progress=silent, at=at)

    def to_files(self, at: AtTable = lambda organization_id, table: None) -> Moved:
        return move(self.root, self.server, self.arriving, now=NOON, progress=silent, at=at)


@pytest.fixture(scope="module", autouse=True)
def _in_files() -> Iterator[None]:
    with stores.chosen(stores.SQLITE):
        yield


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    """A database with the template of books and nothing else, which each would otherwise make for seconds."""
    name = f"empty{uuid4().hex[:12]}"
    server().create(name)
    run_apart(Schemas(address_of(server().url(name))).ensure_template)
    yield name
    server().drop(name)


@pytest.fixture
def house(tmp_path: Path, empty: str) -> Iterator[House]:
    """Three organizations with something in very many tables."""

    async def make() -> None:
        async with practice(tmp_path / "data", client="Harbour Bakery", country="US", fill=_fill):
            pass

    anyio.run(make)
    name = f"moved{uuid4().hex[:12]}"
    server().create(name, template=empty)
    yield House(tmp_path / "data", address_of(server().url(name)))
    server().drop(name)


async def _fill(office: Office, begun: Any) -> None:
    one = Practice(office, SettableClock(), begun.organization, begun.clients)
    bakery = one.books(one.first_client)
    await import_former(bakery)
    customer = await one.customer(bakery, name="Café Ταβέρνα شركة")
    numbers = [(await one.issue(bakery, customer.id, reference=f"r{each}")).document.number for each in range(3)]
    await record_payment(bakery, PaymentRequest(invoice=numbers[0], amount=Decimal("10.00")))
    await issue_credit_note(bakery, CreditRequest(invoice=numbers[1], reason="Returned"))
    await render_document(bakery, numbers[0], file_format="pdf")
    line = RequestedLine(quantity=Decimal("0.125"), description="Drafted", unit_price=Decimal("3.10"))
    await draft_invoice(bakery, DraftRequest(document=RequestedDocument(customer=customer.id, lines=(line,))))
    studio = one.books(await one.client("Studio Nord", "US"))
    await enrich(studio)
    await instruct(studio)


def _known(place: Place) -> list[tuple[str, str]]:
    return [("", "the directory"), *place.read("", organizations.all_ids)]


def _all_of(place: Place) -> All:
    def within(kind: FileKind) -> Callable[[Session], dict[str, Content]]:
        return lambda db: contents(kind, db, lambda table: None)

    return {one: place.read(one, within(FileKind.BOOKS if one else FileKind.DIRECTORY)) for one, _ in _known(place)}


async def _verified(root: Path, address: Address | None) -> list[Verified]:
    async with open_store(root, address=address) as store:
        owner = await local_owner(store)
        assert owner is not None
        office = Office(store=store, principal=owner, clock=SettableClock())
        every = await store.directory.read(organizations.every_one)
        return [await verify_organization(office, one) for one in every]


async def _reached(office: Office) -> OrganizationRef:
    reach = office.principal.reach
    found = await office.store.directory.read(lambda db: access_queries.reachable_by_handle(db, reach, BAKERY))
    assert found is not None
    return found


def _schemas_of(house: House) -> list[str]:
    return run_apart(Schemas(house.address).names)


def test_all_tables_are_copied_and_what_they_refer_to_before_them(house: House) -> None:
    for kind, organization_id in ((FileKind.DIRECTORY, ""), (FileKind.BOOKS, _known(house.files)[1][0])):
        there = house.files.read(organization_id, lambda db: set(inspect(db.connection()).get_table_names()))
        ordered = tables_in_order(kind)
        assert {table.name for table in ordered} == there - {"alembic_version"}
        for position, table in enumerate(ordered):
            assert {key.column.table for key in table.foreign_keys} <= set(ordered[: position + 1])


def test_all_books_move_to_a_server_and_back_and_are_the_same_at_each_place(house: House) -> None:
    verified = anyio.run(_verified, house.root, None)
    before = _all_of(house.files)
    assert [one.documents for one in verified] == [4, 0, 0]
    filled = {name for one in before.values() for name, content in one.items() if content.rows}
    assert len(filled) > 50
    seen: list[tuple[str, str]] = []
    moved = house.to_server(lambda organization_id, table: seen.append((organization_id, table)))
    assert (moved.organizations, moved.documents) == (3, 4)
    assert moved.rows == sum(content.rows for one in before.values() for content in one.values())
    assert {each for each, _ in seen} == set(before)
    assert seen[-1][0] == ""
    assert _all_of(house.server) == before
    assert home_of(house.root) == str(house.address)
    assert not (house.root / MARK_FILE).exists()
    assert not (house.root / DIRECTORY_FILE).exists()
    assert not list(house.root.glob(f"organizations/*/{BOOKS_FILE}*"))
    assert len(list(house.root.glob(f"set-aside/moved-to-a-server-*/organizations/*/{BOOKS_FILE}"))) == 3
    with pytest.raises(Conflict, match="are on postgresql://"):
        databases_of(house.root, None)
    assert anyio.run(_verified, house.root, house.address) == verified

    async def go_on() -> None:
        async with open_store(house.root, address=house.address) as store:
            owner = await local_owner(store)
            assert owner is not None
            office = Office(store=store, principal=owner, clock=SettableClock())
            bakery = await _reached(office)
            one = Practice(office, SettableClock(), bakery)
            customer = await one.customer(one.books(bakery), name="Of the server")
            assert (await one.issue(one.books(bakery), customer.id)).document.number.endswith("00004")

    anyio.run(go_on)
    there = _all_of(house.server)
    assert house.to_files().documents == 5
    back = _all_of(house.files)
    assert back == there != before
    assert home_of(house.root) == ""
    assert not (house.root / ARRIVING_FILE).exists()
    assert anyio.run(_verified, house.root, None)[0].documents == 5
    for act in (lambda: migrate_all(house.root, silent, address=house.address), house.to_server):
        with pytest.raises(Conflict, match=r"books of its own|moved"):
            act()
    with pytest.raises(Conflict, match="have moved: they are in files"):
        run_apart(Schemas(house.address).ensure_directory)
    with pytest.raises(StorageFault):
        house.server.read("", organizations.all_ids)


KILLS = (290, 480, 600, 640)
"""At which table of all that are visited, anew after each kill as well."""


class _Killed(Exception):
    pass


@only_whole
@pytest.mark.faults
def test_a_move_that_is_killed_at_any_table_goes_on_and_nothing_is_lost(house: House) -> None:
    before = _all_of(house.files)
    for away, here, there in (
        (house.to_server, house.files, house.server),
        (house.to_files, house.server, house.files),
    ):
        visits: list[tuple[str, str]] = []
        kills = iter(KILLS[: scaled(len(KILLS), 2)])
        kill_at = [next(kills)]

        def at(organization_id: str, table: str, visits: list[Any] = visits, kill_at: list[int] = kill_at) -> None:
            visits.append((organization_id, table))
            if len(visits) == kill_at[0]:
                raise _Killed

        killed = 0
        while True:
            try:
                away(at)
                break
            except _Killed:
                killed += 1
                assert move_of(house.root) is not None
                assert here.read("", organizations.all_ids)
                kill_at[0] = next(kills, 0)
        assert killed == scaled(len(KILLS), 2)
        assert _all_of(there) == before


@pytest.mark.faults
def test_a_move_that_is_taken_back_leaves_nothing(house: House) -> None:
    before = _all_of(house.files)
    beside = {path for path in house.root.rglob("*") if not path.name.endswith(("-wal", "-shm"))}

    def killed_in_directory(organization_id: str, table: str) -> None:
        if not organization_id:
            raise _Killed

    with pytest.raises(_Killed):
        house.to_server(killed_in_directory)
    assert len(_schemas_of(house)) > 3
    with pytest.raises(Conflict, match="being moved to postgresql"):
        move(
            house.root,
            house.files,
            ServerPlace(house.root, address_of(server().url("other"))),
            now=NOON,
            progress=silent,
        )
    take_back(house.root, house.files, house.server, progress=silent)
    assert not _schemas_of(house)
    with pytest.raises(Conflict, match="nothing to take back"):
        take_back(house.root, house.files, house.server, progress=silent)
    after = {path for path in house.root.rglob("*") if not path.name.endswith(("-wal", "-shm"))}
    assert after == beside
    assert _all_of(house.files) == before
    if not is_whole():
        return
    house.to_server()
    with pytest.raises(_Killed):
        house.to_files(killed_in_directory)
    take_back(house.root, house.server, house.arriving, progress=silent)
    assert _all_of(house.server) == before
    assert not list(house.root.glob(f"organizations/*/{BOOKS_FILE}*"))


def test_while_it_moves_it_can_be_read_and_nothing_is_written(house: House) -> None:
    async def work(store_of: Address | None) -> None:
        async with open_store(house.root, address=store_of) as store:
            owner = await local_owner(store)
            assert owner is not None
            office = Office(store=store, principal=owner, clock=SettableClock())
            bakery = await _reached(office)
            one = Practice(office, SettableClock(), bakery)
            books = one.books(bakery)
            customer = await one.customer(books)
            refused = []

            def at(organization_id: str, table: str) -> None:
                if organization_id == bakery.id and table == "documents":
                    anyio.from_thread.run(meanwhile)

            async def meanwhile() -> None:
                assert not (await verify_organization(office, bakery)).problem
                for act in (
                    one.customer(books, name="Too late"),
                    one.client("Too late"),
                    one.issue(books, customer.id),
                ):
                    with pytest.raises(StandsStill, match="nothing can be changed") as refusal:
                        await act
                    refused.append(refusal.value.code)
                # What starts meanwhile reads, too.
                assert await _verified(house.root, store_of)

            away = house.to_server if store_of is None else house.to_files
            await anyio.to_thread.run_sync(away, at)
            assert refused == ["unavailable"] * 6
            for act in (one.customer(books, name="At the old place"), one.customer(books, name="Again")):
                with pytest.raises(StorageFault):
                    await act

    anyio.run(work, None)
    anyio.run(work, house.address)
    names = [name for (name,) in house.files.read(_bakery(house), lambda db: _customers(db))]
    assert not {"Too late", "At the old place", "Again"} & set(names)
    assert "Hotel Bristol" in names


def _bakery(house: House) -> str:
    return next(one for one, handle in _known(house.files) if handle == BAKERY)


def _customers(db: Any) -> list[Any]:
    return list(db.connection().exec_driver_sql("SELECT name FROM customers"))


class _Spoiled(ServerPlace):
    """A server on which somebody changes a line as soon as it is there."""

    def __init__(self, root: Path, address: Address, organization_id: str) -> None:
        super().__init__(root, address)
        self._spoil = f"SET session_replication_role = replica; UPDATE {books_scope(organization_id).schema}"
        self._of, self._database = organization_id, address.database

    def make(self, organization_id: str, fill: Callable[[Session], T]) -> T:
        result = super().make(organization_id, fill)
        if organization_id == self._of:
            server().sql(f"{self._spoil}.document_lines SET description = 'X'", database=self._database)
        return result


def test_what_is_not_the_same_at_both_places_is_told_and_does_not_count_as_moved(house: House) -> None:
    bakery = _bakery(house)
    with pytest.raises(Conflict, match=r"harbour-bakery.*document_lines"):
        move(house.root, house.files, _Spoiled(house.root, house.address, bakery), now=NOON, progress=silent)
    begun = move_of(house.root)
    assert begun is not None
    assert not begun.sealed
    assert bakery not in begun.arrived


@pytest.mark.faults
@only_whole
def test_the_command_moves_there_and_back(house: House) -> None:
    environment = {**os.environ, "COUNTERFOIL_DATA": str(house.root)}
    url = server().url(house.address.database)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "server", "move", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=120)

    assert run().returncode == 2
    gone = run("--to-database", url, "--json")
    assert (gone.returncode, json.loads(gone.stdout)["documents"]) == (0, 4), gone.stderr
    again = run("--to-database", url)
    assert again.returncode == 1
    assert "are on postgresql://" in again.stderr
    back = run("--to-files", "--database-url", url)
    assert back.returncode == 0, back.stderr
    assert "the same at both places" in back.stdout
