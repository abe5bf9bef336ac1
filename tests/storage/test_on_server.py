"""Books on a PostgreSQL server: whose they are is decided by the database itself, as in files by which file it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import anyio
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from invoicing.refusals import Conflict, InvalidInput
from invoicing.remedies import Act, BringBack
from operations.access import Office, open_books
from operations.practices import FirstOrganization, start_installation
from operations.removing import remove_organization
from operations.rights import Right
from operations.verification import verify_organization
from storage.books.pool import BOOKS_FILE
from storage.database import Mode
from storage.faults.errors import DamagedStore, StorageFault
from storage.faults.kinds import Fault
from storage.folder.migrating import migrate_all
from storage.folder.store import databases_of, exists, open_store
from storage.ids import new_organization_id
from storage.migrations import head_stamp
from storage.postgres import engines
from storage.postgres.addresses import Address, address_of
from storage.postgres.databases import ServerDatabases
from storage.postgres.diagnosis import diagnose_schemas
from storage.postgres.engines import run_apart, transact_once
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import Scope, books_scope, directory_scope
from storage.postgres.seen import CLOSED, known_organizations
from tests.support import stores
from tests.support.backups import silent
from tests.support.begun import new_client
from tests.support.bouncer import PROGRAM, bouncer
from tests.support.clock import SettableClock
from tests.support.practice import Practice, new_customer, practice
from tests.support.raw import past_triggers
from tests.support.servers import LOGIN, needs_server, server

pytestmark = needs_server


@pytest.fixture(autouse=True)
def _on_server() -> Iterator[None]:
    with stores.chosen(stores.POSTGRES):
        yield


def rows_of(query: str, session: Session) -> list[tuple[object, ...]]:
    return [tuple(row) for row in session.connection().execute(text(query))]


async def _answer(one: Practice, scope: Scope, query: str) -> list[tuple[object, ...]]:
    address = stores.address(one.store.root)
    assert address is not None
    return await transact_once(address.url, scope, Mode.WRITE, partial(rows_of, query))


async def test_sql_that_forgets_its_organization_or_names_another_reads_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, studio = await one.client("Harbour Bakery"), await one.client("Studio Nord")
        mine, theirs = books_scope(bakery.id), books_scope(studio.id)
        ((whose,),) = await _answer(one, mine, "SELECT organization_id FROM identity")
        assert whose == bakery.id
        for schema, table in ((theirs.schema, "identity"), (directory_scope().schema, "credentials")):
            with pytest.raises(DBAPIError, match="permission denied"):
                await _answer(one, mine, f'TABLE "{schema}".{table}')
        for forbidden in (
            "CREATE TABLE mine (id int)",
            "CREATE TEMPORARY TABLE identity (organization_id text)",
            "TRUNCATE documents",
            "ALTER TABLE documents DISABLE TRIGGER ALL",
            "UPDATE alembic_version SET version_num = '9999'",
            f'DROP SCHEMA "{mine.schema}" CASCADE',
        ):
            with pytest.raises(DBAPIError):
                await _answer(one, mine, forbidden)
        # Outside of any transaction of ours, the login itself may read nothing.
        nobodys = Scope(mine.kind, mine.schema, LOGIN, mine.lock)
        with pytest.raises(DBAPIError, match="does not exist"):
            await _answer(one, nobodys, "SELECT organization_id FROM identity")


async def test_what_is_issued_is_as_unchangeable_as_in_a_file(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = await one.customer(books)
        issued = await one.issue(books, customer.id)
        scope = books_scope(books.organization.id)
        for change in (
            "UPDATE documents SET number = 'X'",
            "DELETE FROM audit_entries",
            "INSERT INTO documents SELECT * FROM documents ON CONFLICT (id) DO UPDATE SET number = 'X'",
            "UPDATE document_lines SET description = 'Other'",
        ):
            with pytest.raises(DBAPIError, match=r"never change|follow each other|no further"):
                await _answer(one, scope, change)
        assert await _answer(one, scope, "SELECT number FROM documents") == [(issued.document.number,)]


async def test_a_login_that_could_read_everything_at_once_is_refused(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        address = stores.address(one.store.root)
        assert address is not None
        superuser = address_of(server().url(address.database).replace(LOGIN, "postgres", 1))
        with pytest.raises(InvalidInput, match="NOINHERIT"):
            run_apart(Schemas(superuser).check_login)


async def test_a_folder_names_the_server_and_is_opened_with_no_other(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        root, address = one.store.root, stores.address(one.store.root)
    assert exists(root, address)
    for other in (None, address_of(server().url("elsewhere"))):
        with pytest.raises(Conflict, match="on postgresql://"):
            databases_of(root, other)
    own = tmp_path / "own"
    own.mkdir()
    (own / "directory.db").touch()
    with pytest.raises(Conflict, match="books of its own"):
        databases_of(own, address)


async def test_a_new_folder_beside_the_one_with_the_files_is_refused_until_somebody_says_that_they_are_lost(
    tmp_path: Path,
) -> None:
    """As where nothing is mounted yet, or the bucket was not named: documents would be missing."""
    async with practice(tmp_path / "data") as one:
        address = stores.address(one.store.root)
    empty = tmp_path / "not mounted"
    for _ in range(2):
        with pytest.raises(Conflict, match="name the folder or the bucket that has them"):
            async with open_store(empty, address=address):
                pytest.fail("it started")
        assert not empty.exists()
    (empty / "organizations").mkdir(parents=True)
    async with open_store(empty, address=address) as store:
        assert store.name


async def test_books_that_are_others_or_gone_are_out_of_service_and_the_rest_is_not(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        names = ("Harbour Bakery", "Studio Nord", "Quay Cafe")
        bakery, studio, cafe = [await one.client(name) for name in names]
        address = stores.address(one.store.root)
        assert address is not None
        with past_triggers(one.root / "organizations" / bakery.id / BOOKS_FILE) as connection:
            connection.execute("UPDATE identity SET organization_id = ?", (studio.id,))
        server().sql(f"DROP SCHEMA {books_scope(cafe.id).schema} CASCADE", database=address.database)
        for gone, fault in ((bakery, Fault.ANOTHERS), (cafe, Fault.MISSING)):
            with pytest.raises(DamagedStore) as refused:
                await one.books(gone).read(lambda db: db.connection())
            assert refused.value.fault is fault
        assert (await one.customer(one.books(studio))).name == "Hotel Bristol"


async def test_a_server_that_ends_is_told_and_found_again_when_it_is_back(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Harbour Bakery"))
        server().restart("immediate")
        refusals: list[Fault] = []
        for _ in range(20):
            try:
                await one.customer(books)
                break
            except StorageFault as fault:
                refusals.append(fault.fault)
        assert set(refusals) <= {Fault.UNREACHABLE}
        assert await _answer(one, books_scope(books.organization.id), "SELECT count(*) FROM customers") == [(1,)]


async def test_doctor_says_what_is_wrong_with_schemas_and_with_the_login(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery = await one.client("Harbour Bakery")
        address = stores.address(one.store.root)
        assert address is not None
        assert diagnose_schemas(address, one.root) == []
        schema, books = books_scope(bakery.id).schema, one.root / "organizations" / bakery.id / BOOKS_FILE
        with past_triggers(books) as connection:
            connection.execute("DELETE FROM audit_entries")
        (lost,) = diagnose_schemas(address, one.root)
        assert (lost.subject, lost.remedy) == (bakery.handle, BringBack(bakery.handle))
        with past_triggers(books) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0026'")
        (older,) = diagnose_schemas(address, one.root)
        assert (older.subject, older.remedy) == (bakery.handle, Act.MIGRATE)
        server().sql(f"DROP SCHEMA {schema} CASCADE", database=address.database)
        assert [found.message for found in diagnose_schemas(address, one.root)] == [Fault.MISSING.reason.text]
        superuser = address_of(server().url(address.database).replace(LOGIN, "postgres", 1))
        assert [found.subject for found in diagnose_schemas(superuser, one.root)] == ["login"]
    nowhere = address_of("postgresql://counterfoil@127.0.0.1:1/nowhere")
    assert [found.message for found in diagnose_schemas(nowhere, tmp_path)] == [Fault.UNREACHABLE.reason.text]


@pytest.mark.skipif(not PROGRAM, reason="PgBouncer is not installed")
async def test_connections_that_are_lent_for_a_transaction_are_enough_where_the_url_says_so(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery = await one.client("Harbour Bakery")
        customer = await one.customer(one.books(bakery))
        direct = stores.address(one.store.root)
        assert direct is not None
        async with bouncer(server()) as folder:
            url = f"postgresql://{LOGIN}@/{direct.database}?host={folder}&pooling=transaction"
            databases = ServerDatabases(one.store.root, address_of(url, server().url(direct.database)))
            engine = databases.books(bakery.id)
            count = partial(rows_of, "SELECT count(*), sum(length(name)) FROM customers")
            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(engine.run, Mode.WRITE, count)
            assert await engine.run(Mode.READ, count) == [(1, len(customer.name))]
            assert await engine.run_in_thread(Mode.READ, count) == [(1, len(customer.name))]
            await databases.close()
    with pytest.raises(InvalidInput, match="pooling"):
        address_of("postgresql://counterfoil@/books?pooling=session")


async def test_who_serves_need_not_be_able_to_make_schemas(tmp_path: Path) -> None:
    """Two logins: one that makes and migrates schemas, and one that only takes the roles it was given."""
    server().create("apart")
    server().sql("CREATE ROLE serves LOGIN NOINHERIT")
    serving = server().url("apart").replace(LOGIN, "serves", 1)
    alone, both = address_of(serving), address_of(serving, server().url("apart"))
    try:
        with pytest.raises(StorageFault) as refused:
            databases_of(tmp_path, alone).ensure_directory()
        assert refused.value.fault is Fault.MAY_NOT_MAKE
        async with open_store(tmp_path, address=both) as store:
            first = FirstOrganization(name="Ledger & Co", country="GB", email="owner@example.com")
            owner, _ = await start_installation(store, SettableClock(), first)
            office = Office(store=store, principal=owner, clock=SettableClock())
            client = await new_client(office, "Harbour Bakery")
        # Who serves, lists, verifies and looks for what is wrong needs the other login for none of it.
        assert exists(tmp_path, alone)
        assert migrate_all(tmp_path, silent, by_hand=True, address=alone).current == 3
        async with open_store(tmp_path, address=alone) as store:
            office = Office(store=store, principal=owner, clock=SettableClock())
            books = open_books(office, client, Right.ISSUE)
            assert (await books.read(lambda db: rows_of("SELECT current_user, session_user", db))) == [
                (books_scope(client.id).role, "serves")
            ]
            await new_customer(books, "Hotel Bristol")
            assert not (await verify_organization(office, client)).problem
            with pytest.raises(StorageFault, match="may not make") as refused:
                await new_client(office, "Studio Nord")
            assert "COUNTERFOIL_DATABASE_OWNER_URL" in refused.value.message
            assert "data folder" not in refused.value.message
            with pytest.raises(StorageFault, match="may not make"):
                await remove_organization(office, client, tmp_path.with_suffix(".zip"), silent, handle=client.handle)
            await new_customer(books, "Hotel Avon")
        # What somebody with the other login was killed over keeps nobody from serving, and is removed by the next.
        half = new_organization_id()
        await Schemas(both).begin(half)
        (marker := tmp_path / "organizations" / f".new-{half}.lock").touch()
        for address in (alone, both):
            async with open_store(tmp_path, address=address):
                assert marker.exists() == (address is alone)
        assert books_scope(half).schema not in await Schemas(both).names()
        for address in (alone, both):
            assert diagnose_schemas(address, tmp_path) == []
        with pytest.raises(StorageFault, match="may not make"):
            run_apart(partial(Schemas(alone).discard, client.id))
        schema, older = books_scope(client.id).schema, "UPDATE alembic_version SET version_num = '0001'"
        server().sql(f"SET search_path = {schema}; {older}", database="apart")
        with pytest.raises(StorageFault, match="may not make"):
            migrate_all(tmp_path, silent, by_hand=True, address=alone)
        # A server that starts serves the others, and says why these are out of service.
        assert migrate_all(tmp_path, silent, address=alone).failed == ((schema, Fault.MAY_NOT_MAKE.reason),)
        server().sql(f"REVOKE {schema} FROM serves")
        (found,) = diagnose_schemas(alone, tmp_path)
        assert (found.subject, found.message) == (client.handle, Fault.NOT_LET_IN.reason.text)
        nobody = address_of(server().url("apart").replace(LOGIN, "nobody", 1))
        assert [found.message for found in diagnose_schemas(nobody, tmp_path)] == [Fault.NOT_LET_IN.reason.text]
    finally:
        server().drop("apart")
        server().sql("DROP ROLE serves")


async def test_another_login_than_before_is_let_in_by_migrating(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Harbour Bakery")
        ids = [books_scope(known.id).schema for known in (client, one.organization)]
    before = stores.address(tmp_path)
    assert before is not None
    server().sql("CREATE ROLE later LOGIN NOINHERIT")
    url = server().url(before.database)
    later = address_of(url.replace(LOGIN, "later", 1), url)
    try:
        # A server that starts says so, and so does a login that may not let itself in.
        with pytest.raises(StorageFault) as refused:
            migrate_all(tmp_path, silent, address=later)
        assert refused.value.fault is Fault.NOT_LET_IN
        with pytest.raises(StorageFault) as refused:
            databases_of(tmp_path, later).ensure_directory()
        assert refused.value.fault is Fault.NOT_LET_IN
        with pytest.raises(StorageFault, match="may not make"):
            migrate_all(tmp_path, silent, by_hand=True, address=address_of(url.replace(LOGIN, "later", 1)))
        assert migrate_all(tmp_path, silent, by_hand=True, address=later).migrated == (directory_scope().schema, *ids)
        assert diagnose_schemas(later, tmp_path) == []
        server().sql(f"REVOKE {ids[0]} FROM later")
        assert migrate_all(tmp_path, silent, address=later).failed == ((ids[0], Fault.NOT_LET_IN.reason),)
        superuser = address_of(later.url.render_as_string(), url.replace(LOGIN, "postgres", 1))
        assert migrate_all(tmp_path, silent, by_hand=True, address=superuser).migrated == (ids[0],)
        async with open_store(tmp_path, address=later) as store:
            office = replace(one.office, store=store)
            await new_customer(open_books(office, client, Right.SAVE_CUSTOMER), "Hotel Bristol")
    finally:
        server().sql("DROP ROLE later")


@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_first_migration_that_was_killed_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_hand: bool
) -> None:
    """Until its last revision nobody who serves may look into it."""
    address = stores.empty_address(tmp_path)
    schemas, directory = Schemas(address), directory_scope()
    await schemas._run(schemas._begin_installation)
    with monkeypatch.context() as patch:
        patch.setattr(schemas, "_allow", lambda connection, scope: pytest.fail("it comes to its last revision"))
        with pytest.raises(pytest.fail.Exception):
            await schemas.migrate(directory)
    assert (await schemas.versions([directory]))[directory] == CLOSED
    assert migrate_all(tmp_path, silent, by_hand=by_hand, address=address).migrated == (directory.schema,)
    assert await known_organizations(address) == []


async def test_whoever_is_killed_after_the_last_revision_has_let_its_role_use_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the schema says that it is of this version, is not looked at again, and is of no use."""
    address = stores.empty_address(tmp_path)
    schemas, directory = Schemas(address), directory_scope()
    await schemas._run(schemas._begin_installation)
    with monkeypatch.context() as patch:
        patch.setattr(schemas, "_run", lambda _: pytest.fail("it is over after the last revision"))
        with pytest.raises(pytest.fail.Exception):
            await schemas.migrate(directory)
    assert await schemas.versions([directory]) == {directory: head_stamp(directory.kind).schema_version}
    assert await known_organizations(address) == []


async def test_a_connection_is_made_anew_after_so_many_schemas_and_its_limits_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "CONNECTIONS", 1)
    monkeypatch.setattr(engines, "SCHEMAS_EACH", 3)
    asked = "SELECT pg_backend_pid(), current_setting('statement_timeout')"
    async with practice(tmp_path, client="Harbour Bakery", more_clients=("Studio Nord",)) as one:
        scopes = [directory_scope(), *(books_scope(client.id) for client in one.clients)]
        databases = ServerDatabases(one.root, cast(Address, stores.address(one.root)))
        try:
            engine = databases._connections.engine

            async def pid_in(scope: Scope) -> object:
                [(pid, limit)] = await engines.transact(engine, scope, Mode.READ, partial(rows_of, asked))
                assert limit == f"{engines.STATEMENT_SECONDS}s"
                return pid

            # In a few schemas however often; the third one was the last that it may know.
            first = [await pid_in(scope) for scope in (*scopes[:2], *scopes[:2], scopes[2])]
            second = [await pid_in(scope) for scope in scopes]
            third = await pid_in(scopes[0])
        finally:
            await databases.close()
        assert [len(set(first)), len(set(second)), len({*first, *second, third})] == [1, 1, 3]


async def test_every_text_is_compared_byte_by_byte_so_that_each_index_of_it_is_used(tmp_path: Path) -> None:
    otherwise = (
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_collation o ON o.oid = a.attcollation AND o.collname <> 'C'"
        " WHERE c.relkind = 'r' AND c.relnamespace = CAST('{}' AS regnamespace) AND c.relname <> 'alembic_version'"
    )
    async with practice(tmp_path) as one:
        for scope in (directory_scope(), books_scope(one.organization.id)):
            assert await _answer(one, scope, otherwise.format(scope.schema)) == []
