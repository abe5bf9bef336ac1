"""What whoever serves finds out about the schemas of a server, without being their owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, text

from invoicing.refusals import Conflict, InvalidInput
from storage.database import Mode
from storage.directory import organizations
from storage.postgres.addresses import Address
from storage.postgres.engines import ANSWER_SECONDS, MAKING_SECONDS, passing_engine, plain, take_role, transact_once
from storage.postgres.scopes import DIRECTORY, Scope, directory_scope
from storage.postgres.templates import VERSION_TABLE

T = TypeVar("T")

CLOSED = -1
"""In the place of a version: the schema is there, and the login that serves may not look into it."""
MOVED = "moved to "
"""How the comment of the directory's schema begins once the installation has moved."""
_LOGIN = text("SELECT rolsuper OR rolbypassrls OR rolinherit FROM pg_roles WHERE rolname = current_user")
# A schema of ours and the role that may use it have one name.
VERSIONED = text(
    "SELECT n.nspname, pg_has_role(r.oid, 'MEMBER') AND has_schema_privilege(r.oid, n.oid, 'USAGE')"
    " AND has_table_privilege(r.oid, c.oid, 'SELECT')"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_roles r ON r.rolname = n.nspname"
    " WHERE c.relname = :name AND n.nspname = ANY(CAST(:schemas AS text[]))"
)
VERSION = text("SELECT version_num FROM alembic_version")
_TAKES = text("SELECT 1 FROM pg_roles WHERE rolname = :role AND pg_has_role(oid, 'MEMBER')")
_SAID = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :schema")


async def known_organizations(address: Address) -> Sequence[tuple[str, str]]:
    """Id and handle of each organization that the directory knows."""
    return await transact_once(address.url, directory_scope(), Mode.READ, organizations.all_ids)


class SchemasSeen:
    """The schemas of one installation. Each look is a transaction on a connection of its own."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._directory = directory_scope()

    async def check_login(self) -> None:
        """Make sure that the login that serves can do nothing before it has taken a role.

        Raises:
            InvalidInput: it has the rights of its roles without taking them, or those of everybody.
        """
        url = self._address.url
        async with passing_engine(url, answers_within=ANSWER_SECONDS) as engine, engine.connect() as connection:
            too_much = await connection.run_sync(lambda c: plain(c).execute(_LOGIN).scalar_one())
        if too_much:
            raise InvalidInput(
                f"The login {self._address.login} could read all books at once: make it no superuser, and NOINHERIT.",
                field="database_url",
            )

    async def versions(self, scopes: Iterable[Scope]) -> dict[Scope, int]:
        """The versions of schemas, as the login that serves reads them; 0 where there is no schema, or nothing in it,
        and `CLOSED` where it may not look into it.
        """

        wanted = list(scopes)

        def read(connection: Connection) -> dict[Scope, int]:
            named = {"name": VERSION_TABLE, "schemas": [scope.schema for scope in wanted]}
            there = {name: bool(is_open) for name, is_open in connection.execute(VERSIONED, named)}
            found = {}
            for scope in wanted:
                found[scope] = CLOSED if scope.schema in there else 0
                if there.get(scope.schema):
                    take_role(connection, scope)
                    found[scope] = int(connection.execute(VERSION).scalar() or 0)
            return found

        return await self._look(read)

    async def takes(self, scope: Scope) -> bool:
        """Whether the login that serves may take the role of a schema."""
        return await self._look(lambda c: c.execute(_TAKES, {"role": scope.role}).first() is not None)

    async def has_directory(self) -> bool:
        """Whether there is an installation in this database.

        Raises:
            Conflict: it has moved.
        """
        await self.check_not_left()
        return await self.version_of_directory() != 0

    async def version_of_directory(self) -> int:
        """The directory's version, as `versions` has it."""
        return (await self.versions((self._directory,)))[self._directory]

    async def check_not_left(self) -> None:
        """Refuse what an installation has left.

        Raises:
            Conflict: it has moved.
        """
        said = await self._look(lambda connection: connection.execute(_SAID, {"schema": DIRECTORY}).scalar())
        if said and said.startswith(MOVED):
            raise Conflict(
                f"The books that lie on {self._address} have moved: they are in {said.removeprefix(MOVED)} since then."
                " What is left here is out of date, and is used no more.",
                field="database_url",
            )

    async def _look(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction of the login that serves, which has taken no role yet."""
        url = self._address.url
        async with passing_engine(url, answers_within=MAKING_SECONDS) as engine, engine.connect() as connection:
            return await connection.run_sync(in_transaction, work)


def in_transaction(connection: Connection, work: Callable[[Connection], T]) -> T:
    """Run `work` in one transaction that has taken no role yet."""
    connection = plain(connection)
    with connection.begin():
        return work(connection)
