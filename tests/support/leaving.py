"""Two practices, one of which lets a client go to the other: what the tests of leaving and coming do with them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from invoicing.organizations import OrganizationRef, Role
from operations.access import Office
from operations.files import render_document
from operations.handing_over import HandedOver, hand_over
from operations.membership import invite_user
from operations.practices import local_owner
from operations.taking_over import TakenOver, take_over
from server.app import no_such_organization
from storage.books.pool import BOOKS_FILE
from storage.directory import access_queries, organizations
from tests.support.backups import silent
from tests.support.begun import Begun
from tests.support.clock import SettableClock
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from tests.support.stores import open_store

BAKERY = "harbour-bakery-sandbox"


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[Practice]:
    """A practice that was there before, with everything read anew."""
    async with open_store(root) as store:
        owner = await local_owner(store)
        assert owner is not None
        office = Office(store=store, principal=owner, clock=SettableClock())
        (found,) = await store.directory.read(lambda db: organizations.partners_of(db, owner.reach))
        yield Practice(office, SettableClock(), found)


async def two_practices(folder: Path) -> None:
    """Two practices in folders of their own; the first has a client with an invoice, its PDF and a person."""
    async with practice(folder / "old", client="Harbour Bakery", more_clients=("Finch Studio",), fill=_fill):
        pass
    async with practice(folder / "new"):
        pass


async def _fill(office: Office, begun: Begun) -> None:
    one = Practice(office, SettableClock(), begun.organization, begun.clients)
    await issue(one, one.first_client)
    await render_document(one.books(one.first_client), "TEST-INV-2026-00001", file_format="pdf")
    await invite_user(office, one.first_client, "baker@example.com", role=Role.CLIENT)


async def found(one: Practice, handle: str = BAKERY) -> OrganizationRef:
    reach = one.principal.reach
    known = await one.office.store.directory.read(lambda db: access_queries.reachable_by_handle(db, reach, handle))
    if known is None:
        raise no_such_organization()
    return known


async def issue(one: Practice, organization: OrganizationRef) -> str:
    books = one.books(organization)
    customer = await one.customer(books, name="Hotel Bristol")
    return (await one.issue(books, customer.id)).document.number


async def handed(one: Practice, file: Path) -> HandedOver:
    return await hand_over(one.office, await found(one), file, silent)


async def taken(root: Path, file: Path, signed_by: str, **more: str) -> TakenOver:
    async with opened(root) as one:
        return await take_over(one.office, file, silent, signed_by=signed_by, **more)


def content_of(root: Path) -> dict[str, str]:
    """The sums of what the bakery's folder holds beside its books, and what its documents say."""
    (folder,) = [path.parent.parent for path in root.glob("organizations/*/documents/*.pdf")]
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*/*")}
    with raw(folder / BOOKS_FILE) as connection:
        rows = connection.execute("SELECT number, hash, content FROM documents ORDER BY position").fetchall()
    return sums | {number: f"{hashed} {content}" for number, hashed, content in rows}


class Killed(BaseException):
    """The process ends."""
