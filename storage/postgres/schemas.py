"""Making, migrating and removing schemas, as their owner: what no login that serves need be able to do.

A schema belongs to a role that nobody logs in as; whoever makes schemas takes it for one transaction. The role of an
organization may use the tables of its schema and nothing else, and the login that serves may take that role.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from alembic import command
from sqlalchemy import Connection, TextClause, func, select, sql, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Session

from storage.database import Mode
from storage.directory.anchors import Ends
from storage.faults.errors import told
from storage.faults.kinds import Fault
from storage.file_kinds import FileKind
from storage.folder.provisioning import stamped
from storage.migrations import head_stamp, migrations_of, one_at_a_time
from storage.postgres.addresses import Address
from storage.postgres.engines import (
    MAKING_SECONDS,
    passing_engine,
    prepare,
    run_script,
    take_role,
)
from storage.postgres.faults import fault_of
from storage.postgres.scopes import (
    OWNER,
    Scope,
    books_scope,
    is_aside_of,
    is_of_books,
    is_template,
    template_scope,
)
from storage.postgres.seen import CLOSED, MOVED, VERSION, VERSIONED, SchemasSeen, in_transaction
from storage.postgres.templates import SET_ASIDE, VERSION_TABLE, script_of

T = TypeVar("T")

_SCHEMA = text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
_ROLE = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
# What is in a schema is found by what hangs on it: to look for its name is to go through the catalog of all schemas.
_IN_SCHEMA = (
    "SELECT objid FROM pg_depend WHERE refclassid = CAST('pg_namespace' AS regclass)"
    " AND refobjid = CAST(CAST(:schema AS text) AS regnamespace) AND classid = CAST('pg_class' AS regclass)"
)
_FILLED = text(f"{_IN_SCHEMA} LIMIT 1")
_RELATIONS = text(
    f"WITH ours AS MATERIALIZED ({_IN_SCHEMA})"  # noqa: S608 - Our own.
    " SELECT CAST(c.relkind AS text), quote_ident(c.relname) FROM ours JOIN pg_class c ON c.oid = ours.objid"
)
_STATE_VERSION = text("INSERT INTO alembic_version VALUES (:version)")
_OWNS_DATABASE = text(
    "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()"
)
_USED_ROLE = text(
    "SELECT 1 FROM pg_shdepend WHERE refclassid = CAST('pg_authid' AS regclass)"
    " AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = :role)"
)
_OURS = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'counterfoil\\_%' ORDER BY nspname")
_NUMBERED = text(
    f"WITH ours AS MATERIALIZED ({_IN_SCHEMA}), defaults AS MATERIALIZED"  # noqa: S608 - Our own.
    " (SELECT d.adrelid, d.adnum, d.adbin FROM ours JOIN pg_attrdef d ON d.adrelid = ours.objid)"
    " SELECT c.relname, a.attname, substring(pg_get_expr(d.adbin, d.adrelid) from $$nextval\\('([^']+)'$$)"
    " FROM defaults d JOIN pg_class c ON c.oid = d.adrelid"
    " JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
    " WHERE pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'"
)
_GO_ON = text("SELECT setval(CAST(CAST(:sequence AS text) AS regclass), :highest)")
_FIRST = text("SELECT pg_advisory_xact_lock(:key)")
_FIRST_KEY = 0x43464D4B
"""Whoever makes roles and schemas does it alone (the letters CFMK)."""


class Schemas(SchemasSeen):
    """The schemas of one installation, for whoever makes them. Each act is a transaction or more on a connection of its
    own: they are rare.
    """

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        # Of this program's version it is always the same, and to ask for it is to go through the catalog of all.
        self._script: tuple[str, ...] = ()

    async def ensure_directory(self) -> None:
        """Make the directory's schema, migrated, unless it is there.

        Raises:
            Conflict: the installation in this database has moved.
            StorageFault: the login that serves is another than before, and was not let in.
        """
        await self.check_not_left()
        version = await self.version_of_directory()
        if version == CLOSED and not await self.takes(self._directory):
            raise told(str(self._address), Fault.NOT_LET_IN)
        if version <= 0:
            await self._run(self._begin_installation)
            await self.migrate(self._directory)

    async def ensure_template(self) -> Scope:
        """The schema that new books are copied from, made where there is none of this version."""
        wanted = head_stamp(FileKind.BOOKS).schema_version
        scope = template_scope(wanted)
        if await self._run(lambda c: _version_of_template(c, scope)) != wanted:
            await self._run(lambda c: self._begin_schema(c, scope))
            await self._migrate(scope)
        return scope

    async def migrate(self, scope: Scope) -> None:
        """Bring a schema to the newest revision, each in a transaction of its own, and let its role use what is new."""
        await self._migrate(scope)
        await self._run(lambda c: self._allow(c, scope))

    async def let_in(self, scope: Scope) -> None:
        """Let the login that serves, where it is another than before, use a schema as the one before did."""

        def let_in(connection: Connection) -> None:
            connection.execute(_FIRST, {"key": _FIRST_KEY})
            self._ensure_role(connection, scope.role, to=self._address.login)

        await self._run(let_in)

    async def provision(self, organization_id: str, *, now: datetime, fill: Callable[[Session], object]) -> Ends:
        """Make the books of an organization in one transaction, filled by `fill`; answers where the chains end."""
        return await self.lay_out(organization_id, partial(stamped, organization_id, now, fill))

    async def lay_out(self, organization_id: str, fill: Callable[[Session], T]) -> T:
        """Make the empty tables of an organization and let `fill` fill them, whose they are with the rest, in one
        transaction.
        """
        template, scope = await self.ensure_template(), books_scope(organization_id)

        def make(connection: Connection) -> T:
            self._begin_schema(connection, scope)
            return self._laid_out(connection, template, scope, fill)

        return await self._run(make)

    async def begin(self, organization_id: str) -> None:
        """Make the empty schema of an organization, unless it is there: whoever makes one lets all others wait."""
        await self._run(lambda connection: self._begin_schema(connection, books_scope(organization_id)))

    async def fill(self, organization_id: str, fill: Callable[[Session], T]) -> T:
        """As `lay_out`, in a schema that was begun: nobody waits, however long it takes."""
        template, scope = await self.ensure_template(), books_scope(organization_id)
        return await self._run(lambda connection: self._laid_out(connection, template, scope, fill))

    async def fill_anew(self, organization_id: str, aside: str, fill: Callable[[Session], T]) -> T:
        """As `fill`; what was in the schema is kept in another, called `aside`, which no role may use."""
        template, scope = await self.ensure_template(), books_scope(organization_id)

        def make(connection: Connection) -> T:
            if not _is_there(connection, _FILLED, schema=scope.schema):
                return self._laid_out(connection, template, scope, fill)
            connection.exec_driver_sql(f'CREATE SCHEMA "{aside}" AUTHORIZATION "{OWNER}"')
            # Whoever writes has ended, and whoever wants to waits.
            take_role(connection, _owned(scope), lock=True)
            for query in SET_ASIDE:
                for statement in connection.execute(query, {"schema": scope.schema, "aside": aside}).scalars().all():
                    connection.exec_driver_sql(statement)
            return self._laid_out(connection, template, scope, fill)

        return await self._run(make)

    async def read_aside(self, schema: str, work: Callable[[Session], T]) -> T:
        """What `work` answers, which reads books that were set aside."""

        def read(connection: Connection) -> T:
            take_role(connection, _owned(replace(self._directory, schema=schema)))
            return work(Session(bind=connection))

        return await self._run(read)

    async def fill_directory(self, fill: Callable[[Session], T]) -> T:
        """Let `fill` fill the directory, which is empty, in one transaction."""
        return await self._run(lambda connection: _filled(connection, self._directory, fill))

    async def check_maker(self) -> None:
        """Make sure that the login may make and remove schemas.

        Raises:
            StorageFault: it may not.
        """
        await self._run(lambda connection: take_role(connection, _owned(self._directory)))

    async def discard(self, organization_id: str) -> None:
        """Remove books that nobody knows of, what was set aside of them, and the role that could use them."""
        for name in await self.names():
            if is_aside_of(name, organization_id):
                await self._drop(name)
        await self._discard(books_scope(organization_id))

    async def names(self) -> list[str]:
        """The schemas of ours in this database."""
        return await self._run(lambda connection: list(connection.execute(_OURS).scalars()))

    async def is_in_use(self) -> bool:
        """Whether there is anything of an installation in this database, but for templates.

        Raises:
            Conflict: the installation in this database has moved.
        """
        await self.check_not_left()
        return any(not is_template(name) for name in await self.names())

    async def discard_directory(self) -> None:
        """Remove the directory, and the role that could use it."""
        await self._discard(self._directory)

    async def discard_templates(self) -> None:
        """Remove the schemas that new books are copied from."""
        for name in await self.names():
            if is_template(name):
                await self._drop(name)

    async def leave(self, to: str) -> None:
        """State that the installation has moved `to` somewhere else, and let nobody reach what lies here any more; in
        one transaction.
        """

        def leave(connection: Connection) -> None:
            names = connection.execute(_OURS).scalars().all()
            take_role(connection, _owned(self._directory))
            said = f"{MOVED}{to}".replace("'", "''")
            connection.exec_driver_sql(f"COMMENT ON SCHEMA \"{self._directory.schema}\" IS '{said}'")
            for name in names:
                if name == self._directory.role or is_of_books(name):
                    # A schema and the role that may use it have one name.
                    connection.exec_driver_sql(f'REVOKE USAGE ON SCHEMA "{name}" FROM "{name}"')

        await self._run(leave)

    async def _discard(self, scope: Scope) -> None:
        await self._drop(scope.schema)
        # The schema is gone, and with it all that the role was allowed.
        await self._run(lambda connection: _drop_role(connection, scope.role))

    async def _drop(self, schema: str) -> None:
        def drop(connection: Connection) -> None:
            if _is_there(connection, _SCHEMA, schema=schema):
                take_role(connection, _owned(self._directory))
                connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')

        await self._run(drop)

    async def _migrate(self, scope: Scope) -> None:
        async with self._of_maker(None) as connection:
            await prepare(connection, _owned(scope), Mode.WRITE)
            # Whoever is killed after the last revision has let the role use what is new.
            at_head = None if scope.role == OWNER else partial(self._allow, scope=scope)
            with one_at_a_time():
                await connection.run_sync(lambda c: command.upgrade(migrations_of(scope.kind, c, at_head), "head"))

    async def _run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction of the login that makes schemas, which has taken no role yet."""
        async with self._of_maker(MAKING_SECONDS) as connection:
            return await connection.run_sync(in_transaction, work)

    @asynccontextmanager
    async def _of_maker(self, answers_within: int | None) -> AsyncIterator[AsyncConnection]:
        """A connection of the login that makes schemas.

        Raises:
            StorageFault: it may not.
        """
        owner = self._address.owner
        async with passing_engine(owner, answers_within=answers_within) as engine, engine.connect() as connection:
            try:
                yield connection
            except DBAPIError as error:
                fault = fault_of(error, str(self._address))
                if fault is None or fault.fault is not Fault.NOT_LET_IN:
                    raise
                raise told(str(self._address), Fault.MAY_NOT_MAKE) from error

    def _begin_installation(self, connection: Connection) -> None:
        if connection.execute(_OWNS_DATABASE).scalar_one():
            # A table of one's own could stand before another of the same name.
            connection.exec_driver_sql(f'REVOKE TEMPORARY ON DATABASE "{self._address.database}" FROM PUBLIC')
        self._begin_schema(connection, self._directory)

    def _begin_schema(self, connection: Connection, scope: Scope) -> None:
        """Make the empty schema, unless it is there, and the role that may use it."""
        connection.execute(_FIRST, {"key": _FIRST_KEY})
        makes = self._address.owner.username
        self._ensure_role(connection, OWNER, to=makes)
        if scope.role != OWNER:
            self._ensure_role(connection, scope.role, to=self._address.login)
            if makes != self._address.login:
                # It fills new books in the name of their organization.
                connection.exec_driver_sql(f'GRANT "{scope.role}" TO "{makes}"')
        if not _is_there(connection, _SCHEMA, schema=scope.schema):
            connection.exec_driver_sql(f'CREATE SCHEMA "{scope.schema}" AUTHORIZATION "{OWNER}"')

    def _ensure_role(self, connection: Connection, role: str, *, to: str | None) -> None:
        if not _is_there(connection, _ROLE, role=role):
            connection.exec_driver_sql(f'CREATE ROLE "{role}" NOLOGIN')
        connection.exec_driver_sql(f'GRANT "{role}" TO "{to}"')

    def _laid_out(self, connection: Connection, template: Scope, scope: Scope, fill: Callable[[Session], T]) -> T:
        if not self._script:
            take_role(connection, _owned(template))
            self._script = script_of(connection, template.schema)
        take_role(connection, _owned(scope))
        run_script(connection, self._script)
        connection.execute(_STATE_VERSION, {"version": f"{head_stamp(FileKind.BOOKS).schema_version:04d}"})
        self._allow(connection, scope)
        return _filled(connection, scope, fill)

    def _allow(self, connection: Connection, scope: Scope) -> None:
        """Let the schema's role use all that is in it, and change none of it but rows."""
        take_role(connection, _owned(scope))
        there = defaultdict[str, list[str]](list)
        for kind, name in connection.execute(_RELATIONS, {"schema": scope.schema}):
            there[kind].append(name)
        for statement in _allowing(scope, tables=(*there["r"], *there["v"]), sequences=there["S"]):
            connection.exec_driver_sql(statement)


def _version_of_template(connection: Connection, scope: Scope) -> int:
    """The version of a template, which its owner alone uses; 0 where there is none, or nothing in it."""
    if connection.execute(VERSIONED, {"name": VERSION_TABLE, "schemas": [scope.schema]}).first() is None:
        return 0
    take_role(connection, _owned(scope))
    return int(connection.execute(VERSION).scalar() or 0)


def _owned(scope: Scope) -> Scope:
    """The same schema, for its owner."""
    return replace(scope, role=OWNER)


def _allowing(scope: Scope, *, tables: Sequence[str], sequences: Sequence[str]) -> Iterable[str]:
    yield f'GRANT USAGE ON SCHEMA "{scope.schema}" TO "{scope.role}"'
    for rights, names in (("SELECT, INSERT, UPDATE, DELETE ON", tables), ("USAGE, SELECT ON SEQUENCE", sequences)):
        if names:
            yield f'GRANT {rights} {", ".join(names)} TO "{scope.role}"'
    # What version it is of, no act changes.
    yield f'REVOKE INSERT, UPDATE, DELETE ON {VERSION_TABLE} FROM "{scope.role}"'


def _filled(connection: Connection, scope: Scope, fill: Callable[[Session], T]) -> T:
    """What `fill` answers, which fills new tables as whoever may use them; numbers go on behind its rows."""
    take_role(connection, scope)
    with Session(bind=connection, expire_on_commit=False) as session:
        result = fill(session)
        session.flush()
    take_role(connection, _owned(scope))
    for table, column, sequence in connection.execute(_NUMBERED, {"schema": scope.schema}).all():
        highest = connection.scalar(select(func.max(sql.column(column))).select_from(sql.table(table)))
        if highest is not None:
            connection.execute(_GO_ON, {"sequence": sequence, "highest": highest})
    return result


def _drop_role(connection: Connection, role: str) -> None:
    """Remove a role, unless another database of the server has the same installation, as a copy of it has."""
    if _is_there(connection, _ROLE, role=role) and not _is_there(connection, _USED_ROLE, role=role):
        connection.exec_driver_sql(f'DROP ROLE "{role}"')


def _is_there(connection: Connection, query: TextClause, **named: str) -> bool:
    return connection.execute(query, named).first() is not None
