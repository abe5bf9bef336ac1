"""Pools of empty books, with no practice around them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlmodel import Session

from invoicing.organizations import Environment, NewOrganization, OrganizationKind
from storage.books.pool import BooksPool
from storage.database import Mode
from storage.directory.anchors import Ends, add_anchor
from storage.directory.database import DIRECTORY_FILE, Directory
from storage.directory.organizations import add_organization
from storage.folder.databases import FolderDatabases
from storage.folder.provisioning import provision_books
from storage.migrations import head_stamp
from storage.sqlite.engines import FileKind, guarded_engine, run_transaction
from storage.work.budget import IN_A_THREAD
from storage.work.limits import Limits
from tests.support.begun import begin_folder
from tests.support.clock import NOON

MANY = IN_A_THREAD
"""More than is tried in the event loop."""


def make_books(root: Path, *organization_ids: str, fill: Callable[[Session], None] = lambda _: None) -> Path:
    """Make books of these organizations, empty but for what `fill` writes, and make them known to the directory."""
    begin_folder(root)
    engine = guarded_engine(root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY), connections=1)
    for organization_id in organization_ids:
        ends = provision_books(root, organization_id, now=NOON, fill=fill)
        new = NewOrganization(
            organization_id,
            f"of-{organization_id[-4:]}",
            "Empty",
            OrganizationKind.STANDARD,
            Environment.LIVE,
            "DE",
            "EUR",
        )
        run_transaction(engine, Mode.WRITE, partial(_make_known, new, ends))
    engine.dispose()
    return root


def _make_known(new: NewOrganization, ends: Ends, session: Session) -> None:
    add_organization(session, new, now=NOON, by="test")
    add_anchor(session, new.id, ends)


class LonePool(BooksPool):
    """A pool with a directory of its own, which is closed with it."""

    def __init__(self, root: Path, *, capacity: int = 0, limits: Limits | None = None) -> None:
        databases = FolderDatabases(root)
        self._own = Directory(databases.directory())
        super().__init__(root, databases, self._own, capacity=capacity, limits=limits)

    async def close(self) -> None:
        await super().close()
        await self._own.close()
