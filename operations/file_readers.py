"""Who reads a file of an organization. An archive over several clients is there for a person who reaches each of them
at this moment, over a connection that reaches them too; for everybody else there never was one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from operations.access import Principal
from operations.naming import Caller, PracticeConnection
from storage.books.exports import KeptExport
from storage.directory import access_queries
from storage.folder.store import Store


@dataclass(frozen=True, slots=True)
class FileReader:
    """The principal, and whether the connection reaches other organizations than that of the file."""

    store: Store
    principal: Principal
    across: bool = True

    async def those_to_read(self, found: Iterable[KeptExport]) -> tuple[str, ...]:
        """The ids of those exports that the reader may read, in their order."""
        kept = tuple(found)
        clients = {client for one in kept for client in one.clients}
        reached = await self._reached(clients) if clients and self.across and self.principal.is_person else frozenset()
        return tuple(
            one.file_id for one in kept if not one.over_clients or (one.clients and reached.issuperset(one.clients))
        )

    async def _reached(self, clients: set[str]) -> frozenset[str]:
        reach = self.principal.reach

        def work(db: Session) -> frozenset[str]:
            return frozenset(one for one in clients if access_queries.reachable_by_id(db, reach, one))

        return await self.store.directory.read(work)


def reader_of(caller: Caller) -> FileReader:
    """Who makes this call, as a reader."""
    across = isinstance(caller.connection, PracticeConnection)
    return FileReader(caller.office.store, caller.office.principal, across=across)
