"""The databases of an installation on a server, and the folder of its files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import Session

from invoicing.refusals import Conflict
from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.database import Database, Mode
from storage.directory.anchors import Ends, anchored_entries
from storage.faults.of_system import check_storage
from storage.files.in_folder import folder_among
from storage.folder.home import home_of, make_home, name_home
from storage.folder.provisioning import make_organization_folder
from storage.folder.standstill import StandingDatabase, check_in_use
from storage.postgres.addresses import Address
from storage.postgres.database import SchemaDatabase, as_checked
from storage.postgres.engines import Connections, run_apart, transact_once
from storage.postgres.faults import server_faults_told
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import books_scope, directory_scope
from storage.postgres.seen import SchemasSeen, known_organizations
from storage.sqlite.faults import faults_told

if TYPE_CHECKING:
    from storage.folder.places import Place

T = TypeVar("T")

OPEN_BOOKS = 4_096
"""A set of books in use costs a little memory, and no file."""


def check_files_here(root: Path, address: Address) -> None:
    """Make sure that a folder which is used for the first time is not another than that with the installation's files,
    such as one where nothing is mounted yet.

    Raises:
        Conflict: there are organizations on the server, and the folder has never had any.
    """
    if home_of(root) or os.path.lexists(root / ORGANIZATIONS_FOLDER):
        return
    with server_faults_told(str(address)):
        begun = run_apart(SchemasSeen(address).version_of_directory) > 0
        known = run_apart(partial(known_organizations, address)) if begun else ()
    if known:
        raise Conflict(
            f"There is an installation on {address}, and nothing of its files in {root}: name the folder or the bucket"
            " that has them. Where they are lost, make an empty folder organizations in it before.",
            field="files_url",
        )


class ServerDatabases:
    """Schemas of the server at `address`; files of the organizations in the folder `root`."""

    def __init__(self, root: Path, address: Address) -> None:
        self._root = root
        self._address = address
        self._schemas = Schemas(address)
        self._connections = Connections(address.url)
        self._engine = self._connections.engine

    def directory(self) -> Database:
        schema = SchemaDatabase(self._engine, self._address.url, directory_scope(), f"the directory in {self._address}")
        return StandingDatabase(schema, self._root)

    def books(self, organization_id: str) -> Database:
        schema = SchemaDatabase(
            self._engine, self._address.url, books_scope(organization_id), self.where(organization_id)
        )
        return StandingDatabase(schema, self._root)

    def read_now(self, organization_id: str, work: Callable[[Session], T], *, is_open: bool) -> T:
        scope, where = books_scope(organization_id), self.where(organization_id)
        with server_faults_told(where):
            return run_apart(
                partial(transact_once, self._address.url, scope, Mode.READ, as_checked(scope, where, work))
            )

    def where(self, organization_id: str) -> str:
        return f"schema {books_scope(organization_id).schema} in {self._address}"

    async def looks(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        ids = list(organization_ids)
        ends = await self.directory().run(Mode.READ, lambda db: anchored_entries(db, ids))
        return {one: f"{ends[one].position}-{ends[one].hash}" if one in ends else "" for one in ids}

    def look_now(self, organization_id: str) -> str:
        """Closing books changes nothing on a server."""
        return ""

    def ensure_directory(self) -> None:
        make_home(self._root)
        with server_faults_told(str(self._address)):
            run_apart(self._schemas.check_login)
            run_apart(self._schemas.ensure_directory)
        name_home(self._root, str(self._address))

    def exists(self) -> bool:
        with server_faults_told(str(self._address)):
            return run_apart(self._schemas.has_directory)

    def provision(
        self, organization_id: str, *, now: datetime, fill: Callable[[Session], object], bring: Mapping[str, bytes]
    ) -> Ends:
        check_in_use(self._root)
        with faults_told(self._root):
            folder = make_organization_folder(self._root, organization_id, bring)
        try:
            with server_faults_told(self.where(organization_id)):
                return run_apart(partial(self._schemas.provision, organization_id, now=now, fill=fill))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def discard(self, organization_id: str) -> None:
        with server_faults_told(self.where(organization_id)):
            run_apart(partial(self._schemas.discard, organization_id))
        shutil.rmtree(folder_among(self._root / ORGANIZATIONS_FOLDER, organization_id), ignore_errors=True)

    def check_may_discard(self) -> None:
        check_storage(self._root)
        with server_faults_told(str(self._address)):
            run_apart(self._schemas.check_maker)

    @property
    def capacity(self) -> int:
        return OPEN_BOOKS

    @property
    def place(self) -> Place:
        # What serves never needs it.
        from storage.postgres.place import ServerPlace

        return ServerPlace(self._root, self._address)

    async def close(self) -> None:
        await self._connections.close()
