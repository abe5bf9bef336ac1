"""A data folder as a whole: the directory, the books, and the template that new books are copied from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from sqlmodel import Session

from storage.books.pool import ORGANIZATIONS_FOLDER, BooksPool
from storage.database import Databases
from storage.directory import departures, installation, organizations
from storage.directory.activity import Bounds
from storage.directory.activity_log import ActivityLog
from storage.directory.anchors import Ends
from storage.directory.database import DIRECTORY_FILE, Directory
from storage.directory.moments import Moments
from storage.files.in_folder import FilesInFolders
from storage.files.kept import AllFiles
from storage.folder.bucket import settle_bucket
from storage.folder.databases import FolderDatabases
from storage.folder.home import check_files_home, check_home
from storage.folder.keys import Keys
from storage.folder.making import half_made, remove_half_made
from storage.folder.removal import remove_files
from storage.folder.signing import SigningKeys
from storage.sqlite.faults import fault_of
from storage.work.completion import to_its_end
from storage.work.limits import Limits

if TYPE_CHECKING:
    from storage.files.buckets import Bucket
    from storage.postgres.addresses import Address


class Store:
    """An open installation: its databases, the data folder, where its files are, its name and its keys."""

    def __init__(
        self, root: Path, databases: Databases, limits: Limits | None = None, *, files: AllFiles | None = None
    ) -> None:
        self.root = root
        self.files = files or FilesInFolders(root / ORGANIZATIONS_FOLDER)
        self.name = ""
        self.keys = Keys(None, "")
        self.signing = SigningKeys(None, "")
        self.databases = databases
        self.directory = Directory(databases.directory())
        self.pool = BooksPool(root, databases, self.directory, files=self.files, limits=limits)
        self.moments = Moments(self.directory)
        kept = limits or Limits()
        self.activity = ActivityLog(self.directory, Bounds(kept.activity_rows, kept.activity_days))

    def provision(
        self, organization_id: str, *, now: datetime, fill: Callable[[Session], object], bring: Mapping[str, bytes]
    ) -> Ends:
        """As `Databases.provision`: files to begin with that lie elsewhere come first, and go again with the books."""
        if self.files.beside_books or not bring:
            return self.databases.provision(organization_id, now=now, fill=fill, bring=bring)
        files = self.files.of(organization_id)
        try:
            for path, content in bring.items():
                files.put_named(path, content)
            return self.databases.provision(organization_id, now=now, fill=fill, bring={})
        except BaseException:
            files.remove_all()
            raise

    def discard(self, organization_id: str) -> None:
        """Remove the books and files of an organization that the directory does not know."""
        self.databases.discard(organization_id)
        self.files.of(organization_id).remove_all()

    async def close(self) -> None:
        await self.pool.close()
        await self.activity.close()
        await self.moments.close()
        await self.directory.close()
        await self.databases.close()


def exists(root: Path, address: Address | None = None) -> bool:
    """Whether a Counterfoil data folder is there, be it that what lies in the directory's place is no file; or, where
    there is an `address`, the directory on that server.

    Raises:
        StorageFault: it may not be looked into, or the server does not answer.
        Conflict: the books of this folder are on a server, and not where they are looked for.
    """
    if address is not None:
        return databases_of(root, address).exists()
    check_home(root, "")
    try:
        (root / DIRECTORY_FILE).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise fault_of(error, root) or error from error
    return True


@asynccontextmanager
async def open_store(
    root: Path,
    limits: Limits | None = None,
    *,
    keys: Path | None = None,
    address: Address | None = None,
    bucket: Bucket | None = None,
) -> AsyncIterator[Store]:
    """Open the data folder at `root`; a new, empty directory is made where there is none. `keys` is the folder where
    the keys of installations lie; without it nothing can be sealed or signed. Where there is an `address`, the
    databases are on that server, and only files in the folder; where there is a `bucket`, these are there.

    Raises:
        Conflict: the databases or the files are somewhere else.
        StorageFault: they cannot be used.
    """
    files, databases = files_of(root, bucket), databases_of(root, address)
    if address is not None and bucket is None:
        from storage.postgres.databases import check_files_here

        await anyio.to_thread.run_sync(check_files_here, root, address)
    await anyio.to_thread.run_sync(databases.ensure_directory)
    store = Store(root, databases, limits, files=files)
    try:
        await store.moments.load()
        store.name = await _name(store.directory)
        if bucket is not None:
            begun = bool(await store.directory.read(organizations.count_all))
            await anyio.to_thread.run_sync(settle_bucket, root, bucket, store.name, begun)
        store.keys = Keys(keys, store.name)
        store.signing = SigningKeys(keys, store.name)
        store.activity.attach()
        await _remove_half_made(store)
        yield store
    finally:
        # Cut short, a connection would keep its thread, and the thread the process.
        await to_its_end(store.close())


def databases_of(root: Path, address: Address | None) -> Databases:
    """The databases of the installation whose files are in the folder.

    Raises:
        Conflict: they are somewhere else.
    """
    check_home(root, str(address or ""))
    if address is None:
        return FolderDatabases(root)
    # An installation without a server never loads what speaks to one.
    from storage.postgres.databases import ServerDatabases

    return ServerDatabases(root, address)


def files_of(root: Path, bucket: Bucket | None) -> AllFiles:
    """The files of the installation that has this data folder.

    Raises:
        Conflict: they are somewhere else.
        InvalidInput: what speaks to object stores is not installed.
    """
    check_files_home(root, str(bucket or ""))
    if bucket is None:
        return FilesInFolders(root / ORGANIZATIONS_FOLDER)
    # An installation without a bucket never loads what speaks to one.
    from storage.files.in_bucket import FilesInBucket
    from storage.files.objects import Objects

    return FilesInBucket(Objects(bucket), root)


async def _name(directory: Directory) -> str:
    """The installation's name, which it gets when it is first opened."""
    return await directory.read(installation.installation_name) or await directory.write(installation.give_name)


async def _remove_half_made(store: Store) -> None:
    """Nothing is left of an organization that a maker was killed over, and nobody knows of; nor of one that was being
    removed.
    """
    if ids := await anyio.to_thread.run_sync(half_made, store.root):
        known = {organization_id for organization_id, _ in await store.directory.read(organizations.all_ids)}
        departed = await store.directory.read(departures.handles_of_departed)

        def discard(organization_id: str) -> None:
            store.discard(organization_id)
            if organization_id in departed:
                remove_files(store.root, organization_id)

        left = [one for one in ids if one not in known]
        await anyio.to_thread.run_sync(remove_half_made, store.root, ids, left, discard)
