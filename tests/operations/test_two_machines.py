"""Two machines that serve one installation: its books on a server, its files in a bucket, a data folder each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from operations.access import Principal
from operations.file_readers import FileReader
from operations.files import ExportRequest, export_documents, read_file, render_document
from operations.handing_over import back_up_organization
from operations.removing import remove_organization
from operations.verification import verify_books
from storage.books.pool import Books
from storage.files.objects import Objects
from storage.folder.bucket import SEAL
from storage.folder.moving_files import move_into_bucket
from storage.folder.store import Store, open_store
from tests.support import stores
from tests.support.backups import silent
from tests.support.buckets import needs_object_store, objects
from tests.support.faults import is_whole
from tests.support.practice import Practice, practice
from tests.support.servers import needs_server

__all__ = ["objects"]
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not is_whole(), reason="begins a database server and an object store (make test-faults)"),
    needs_object_store,
    needs_server,
]


@pytest.fixture
def on_server() -> Iterator[None]:
    with stores.chosen(stores.POSTGRES):
        yield


def at(begun: Practice, store: Store) -> Practice:
    """The same practice, at another machine."""
    return replace(begun, office=replace(begun.office, store=store))


async def nobody(done: int, of: int) -> None:
    """Nobody waits for it."""


async def content(books: Books, store: Store, principal: Principal, file_id: str) -> bytes:
    return (await read_file(books, file_id, reader=FileReader(store, principal)))[1]


async def test_what_one_machine_makes_the_other_has_and_a_client_is_removed_from_either(
    on_server: None, objects: Objects, tmp_path: Path
) -> None:
    root, bucket = tmp_path / "here", objects.bucket
    async with practice(root, client="Harbour Bakery") as begun:
        move_into_bucket(root, bucket, begun.store.name, now=begun.clock(), progress=silent)
    address, keys = stores.address(root), tmp_path / "keys"
    async with (
        open_store(root, keys=keys, address=address, bucket=bucket) as first,
        open_store(tmp_path / "there", keys=keys, address=address, bucket=bucket) as second,
    ):
        here, there = at(begun, first), at(begun, second)
        # Made there, it has no folder here.
        client = await there.client("Cliff Hotel")
        for mine, theirs in ((here, there), (there, here)):
            books, others = mine.books(client), theirs.books(client)
            issued = await mine.issue(books, (await mine.customer(books)).id)
            made = await render_document(books, issued.document.number, file_format="pdf")
            assert await render_document(others, issued.document.number, file_format="pdf") == made
            exported = await export_documents(books, ExportRequest(format="json"), progress=nobody)
            again = await export_documents(others, ExportRequest(format="json"), progress=nobody)
            # It is found, and not made anew.
            assert again.file == exported.file
            assert await content(others, theirs.store, theirs.principal, made.file.id) == await content(
                books, mine.store, mine.principal, made.file.id
            )
        assert not (await verify_books(here.books(client))).problem
        await back_up_organization(here.office, client, tmp_path / "one.zip", silent)
        await remove_organization(here.office, client, tmp_path / "gone.zip", silent, handle=client.handle)
    assert [name for some in objects.below("") for name in some if name != SEAL] == []
    left = [path for one in ("here", "there") for path in (tmp_path / one).rglob("*.pdf")]
    assert left == []
