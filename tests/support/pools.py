"""Pools of empty books, with no practice around them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from sqlmodel import Session

from invoicing.organizations import Environment, NewOrganization, OrganizationKind
from storage.books.pool import BooksPool
from storage.directory.anchors import Ends, add_anchor
from storage.directory.database import Directory
from storage.directory.organizations import add_organization
from storage.postgres.engines import run_apart
from storage.work.budget import IN_A_THREAD
from storage.work.limits import Limits
from tests.support import stores
from tests.support.begun import begin_folder
from tests.support.clock import NOON

MANY = IN_A_THREAD
"""More than is tried in the event loop."""


def make_books(root: Path, *organization_ids: str, fill: Callable[[Session], None] = lambda _: None) -> Path:
    """Make books of these organizations, empty but for what `fill` writes, and make them known to the directory."""
    run_apart(partial(_make_known, root, organization_ids, fill))
    return root


async def _make_known(root: Path, organization_ids: tuple[str, ...], fill: Callable[[Session], None]) -> None:
    async with lone_directory(root) as directory:
        for organization_id in organization_ids:
            ends = stores.databases(root).provision(organization_id, now=NOON, fill=fill, bring={})
            await directory.write(partial(_note, organization_id, ends))


def _note(organization_id: str, ends: Ends, session: Session) -> None:
    handle = f"of-{organization_id[-4:]}"
    new = NewOrganization(organization_id, handle, "Empty", OrganizationKind.STANDARD, Environment.LIVE, "DE", "EUR")
    add_organization(session, new, now=NOON, by="test")
    add_anchor(session, organization_id, ends)


@asynccontextmanager
async def lone_directory(root: Path) -> AsyncIterator[Directory]:
    """The directory of a folder that nobody has open."""
    databases = stores.databases(begin_folder(root))
    directory = Directory(databases.directory())
    try:
        yield directory
    finally:
        await directory.close()
        await databases.close()


class LonePool(BooksPool):
    """A pool with a directory of its own, which is closed with it."""

    def __init__(self, root: Path, *, capacity: int = 0, limits: Limits | None = None) -> None:
        databases = stores.databases(root)
        self._own = Directory(databases.directory())
        super().__init__(root, databases, self._own, capacity=capacity, limits=limits)

    async def close(self) -> None:
        await super().close()
        await self._own.close()
        await self._databases.close()
