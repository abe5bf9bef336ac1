"""How far one PostgreSQL carries: the catalog of very many organizations, on a server that is made for it and removed.

`python -m benchmarks.catalog --organizations 5000` makes their schemas as provisioning does, from the template, many in
a transaction, and says every so many what an organization costs: in the catalog, in files, in time, and in the memory
of a backend that has visited many. Nothing is in their books; documents come on top.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from storage.database import Mode
from storage.file_kinds import FileKind
from storage.folder.provisioning import stamped
from storage.migrations import head_stamp
from storage.postgres.addresses import address_of
from storage.postgres.engines import Connections, passing_engine, plain, run_apart, run_script, take_role, transact
from storage.postgres.schemas import Schemas, _owned
from storage.postgres.scopes import Scope, books_scope
from storage.postgres.stamps import check_stamp
from storage.postgres.templates import script_of
from tests.support.servers import Server, program_of

DATABASE = "catalog"
AT_ONCE = 20
"""Organizations in one transaction: each takes some four hundred locks."""
VISITED = 100
SETTINGS = {
    "shared_buffers": "512MB",
    "autovacuum": "on",
    "max_locks_per_transaction": "256",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
CATALOGS = ("pg_class", "pg_attribute", "pg_depend", "pg_index", "pg_constraint", "pg_trigger", "pg_type", "pg_proc")
_BYTES = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
_ALL = text(
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
    " WHERE relnamespace = CAST('pg_catalog' AS regnamespace) AND relkind = 'r'"
)
_STATE = text("INSERT INTO alembic_version VALUES (:version)")
_MEMORY = text("SELECT sum(total_bytes) FROM pg_catalog.pg_get_backend_memory_contexts()")


class Catalog:
    """A server with more and more organizations."""

    def __init__(self) -> None:
        self.server = Server(SETTINGS)
        self.server.create(DATABASE)
        self.address = address_of(self.server.url(DATABASE))
        self.schemas = Schemas(self.address)
        self.made = 0
        # What each backend says of itself, and nothing of anybody's.
        grant = "GRANT EXECUTE ON FUNCTION pg_catalog.pg_get_backend_memory_contexts() TO PUBLIC"
        self.server.sql(grant, database=DATABASE)
        self.began = datetime.now(UTC)
        run_apart(self.schemas.ensure_directory)
        self.template = run_apart(self.schemas.ensure_template)
        tables = self.server.sql(
            f"SELECT tablename FROM pg_tables WHERE schemaname = '{self.template.schema}'",  # noqa: S608  # Ours.
            database=DATABASE,
        )
        self.tables = tables.split()

    def grow(self, to: int) -> float:
        """Make organizations until there are so many; answers how many seconds one took."""
        began, before = time.perf_counter(), self.made
        run_apart(partial(self._grow, to))
        return (time.perf_counter() - began) / max(1, self.made - before)

    async def _grow(self, to: int) -> None:
        async with passing_engine(self.address.owner, answers_within=None) as engine, engine.connect() as connection:
            statements = await connection.run_sync(self._script)
            while self.made < to:
                await connection.run_sync(self._make, min(AT_ONCE, to - self.made), statements)

    def _script(self, connection: Connection) -> tuple[str, ...]:
        connection = plain(connection)
        with connection.begin():
            take_role(connection, _owned(self.template))
            return script_of(connection, self.template.schema)

    def _make(self, connection: Connection, count: int, statements: Sequence[str]) -> None:
        connection = plain(connection)
        with connection.begin():
            for _ in range(count):
                scope = self.scope(self.made)
                take_role(connection, _nobody(scope))
                self.schemas._begin_schema(connection, scope)
                take_role(connection, _owned(scope))
                run_script(connection, statements)
                connection.execute(_STATE, {"version": f"{head_stamp(FileKind.BOOKS).schema_version:04d}"})
                self.schemas._allow(connection, scope)
                take_role(connection, scope)
                with Session(bind=connection) as session:
                    stamped(scope.organization_id, self.began, lambda _: None, session)
                    session.flush()
                self.made += 1

    def scope(self, index: int) -> Scope:
        return books_scope(str(UUID(int=(index * 0x9E3779B97F4A7C15) % (1 << 64) << 64 | index)))

    def ask(self, query: object, **given: object) -> int:
        return run_apart(partial(self._ask, query, given))

    async def _ask(self, query: object, given: dict[str, object]) -> int:
        async with passing_engine(self.address.owner, answers_within=None) as engine, engine.connect() as connection:
            return await connection.run_sync(lambda c: int(plain(c).execute(query, given).scalar_one()))  # type: ignore[call-overload]

    def files(self) -> int:
        return sum(1 for _ in (self.server.folder / "data" / "base").rglob("*"))


def _nobody(scope: Scope) -> Scope:
    """Back to the login, which makes roles."""
    return Scope(scope.kind, scope.schema, "none", scope.lock, scope.organization_id)


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


async def visit(catalog: Catalog, scopes: Sequence[Scope], tables: Sequence[str]) -> tuple[list[float], int, int]:
    """How long each of these books took to read, these tables of each, on one connection; its backend's memory after
    the first and after the last.
    """
    connections = Connections(catalog.address.url)

    def read(scope: Scope, session: Session) -> int:
        check_stamp(session, scope, scope.schema)
        for table in tables:
            session.connection().exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first()  # noqa: S608  # Ours.
        return int(session.connection().execute(_MEMORY).scalar_one())

    try:
        times, memory = [], []
        for scope in scopes:
            began = time.perf_counter()
            memory.append(await transact(connections.engine, scope, Mode.READ, partial(read, scope)))
            times.append(time.perf_counter() - began)
        return times, memory[0], memory[-1]
    finally:
        await connections.close()


def report(catalog: Catalog, bulk: float) -> None:
    """What the organizations cost that there are now."""
    count = catalog.made
    print(f"\n{count:,} organizations; {bulk * 1000:.0f} ms each, {AT_ONCE} in a transaction")
    per = {name: catalog.ask(_BYTES, name=name) / count / 1024 for name in CATALOGS}
    total = catalog.ask(_ALL)
    print(f"  catalog: {total / 2**20:,.0f} MiB, {total / count / 1024:.0f} KiB each: "
          + ", ".join(f"{name} {size:.0f}" for name, size in per.items()))  # fmt: skip
    size = int(catalog.server.sql(f"SELECT pg_database_size('{DATABASE}')"))
    files = catalog.files()
    print(
        f"  database: {size / 2**30:.1f} GiB, {size / count / 2**20:.2f} MiB each;"
        f" {files:,} files, {files / count:.0f} each"
    )
    one = catalog.scope(count + 1_000_000)
    fill: Callable[[Session], None] = lambda session: None  # noqa: E731
    made = timed(
        lambda: run_apart(partial(catalog.schemas.provision, one.organization_id, now=catalog.began, fill=fill))
    )
    print(f"  provisioning one: {made * 1000:.0f} ms")
    alone = [asyncio.run(visit(catalog, [catalog.scope(i * count // 3)], [])) for i in range(3)]
    print(f"  first call of a cold connection: {median(times[0] for times, _, _ in alone) * 1000:.0f} ms")
    scopes = [catalog.scope(i * count // VISITED) for i in range(min(VISITED, count))]
    times, before, after = asyncio.run(visit(catalog, scopes, catalog.tables))
    each = (after - before) / max(1, len(scopes) - 1) / 1024
    print(
        f"  a backend that read all tables of {len(scopes)}: {median(times[1:]) * 1000:.0f} ms and {each:.0f} KiB each,"
        f" {after / 2**20:.0f} MiB in all"
    )
    asked = timed(lambda: run_apart(partial(catalog.schemas.versions, (one,))))
    migrated = timed(lambda: run_apart(partial(catalog.schemas.migrate, one)))
    print(f"  version of one: {asked * 1000:.0f} ms; migrate of one: {migrated * 1000:.0f} ms")
    where = ["-h", str(catalog.server.folder), "-U", "postgres", "-n", one.schema]
    dump = [program_of("pg_dump"), *where, "-f", "/dev/null", DATABASE]
    dumped = timed(lambda: subprocess.run(dump, check=True))
    print(f"  pg_dump of one schema: {dumped:.1f} s")
    run_apart(partial(catalog.schemas.discard, one.organization_id))
    print(f"  start after a kill: {timed(lambda: catalog.server.restart('immediate')):.1f} s", flush=True)


def compare_memberships(most: int) -> None:
    """How long the first role of a new connection takes where its login may take so many, and a tenth of them."""
    server = Server()
    try:
        made = 0
        for count in (most // 10, most):
            each = "EXECUTE format('CREATE ROLE r%s', i); EXECUTE format('GRANT r%s TO counterfoil', i);"
            server.sql(f"DO $$ BEGIN FOR i IN {made + 1}..{count} LOOP {each} END LOOP; END $$")
            made = count
            taken = partial(server.sql, f"SET SESSION AUTHORIZATION counterfoil; SET ROLE r{count}")
            print(f"{count:,} roles: {timed(taken):.2f} s, beside {timed(partial(server.sql, 'SELECT 1')):.2f} without")
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000)
    parser.add_argument("--every", type=int, default=1_000, help="Report after so many more.")
    parser.add_argument("--memberships", type=int, help="Measure roles alone, with so many.")
    given = parser.parse_args()
    if given.memberships:
        compare_memberships(given.memberships)
        return
    if given.organizations < 1 or given.every < 1:
        sys.exit("There is at least one organization, and a report after at least one more.")
    catalog = Catalog()
    try:
        for to in range(given.every, given.organizations + 1, given.every):
            report(catalog, catalog.grow(to))
    finally:
        catalog.server.stop()


if __name__ == "__main__":
    main()
