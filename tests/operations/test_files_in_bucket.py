"""A practice whose files are in a bucket of a real object store: what it does is what one with a folder does."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from invoicing.refusals import Conflict, NotFound, Unavailable
from operations.file_readers import FileReader
from operations.files import ExportRequest, MadeFile, export_documents, open_file_by_link, read_file, render_document
from operations.handing_over import back_up_organization
from operations.removing import remove_organization
from operations.taking_over import take_over
from operations.verification import verify_books
from storage.books import exports
from storage.books.pool import Books
from storage.files import objects as of_objects
from storage.files.in_bucket import FilesInBucket, Sent
from storage.files.objects import Objects
from storage.folder.aged_exports import remove_aged_exports
from storage.folder.bucket import SEAL, bucket_findings
from storage.folder.home import name_files_home
from storage.folder.moving_files import move_into_bucket
from storage.folder.store import open_store as open_with
from storage.ids import new_organization_id
from tests.support.backups import back_up, silent
from tests.support.buckets import needs_object_store, new_bucket, objects
from tests.support.clock import SettableClock
from tests.support.practice import Practice, practice
from tests.support.stores import address, diagnosis, look, open_store

__all__ = ["objects"]
DAY = timedelta(days=1)
pytestmark = needs_object_store


def moved(root: Path, objects: Objects, name: str) -> Sent:
    now = SettableClock()()
    return move_into_bucket(root, objects.bucket, name, now=now, progress=lambda done, of: None)


@pytest.fixture
async def one(tmp_path: Path, objects: Objects) -> AsyncIterator[Practice]:
    """A practice with a client, one of whose invoices was printed before the files moved."""
    root = tmp_path / "data"
    async with practice(root, client="Harbour Bakery") as begun:
        books = begun.books(begun.first_client)
        number = (await begun.issue(books, (await begun.customer(books)).id)).document.number
        before = await render_document(books, number, file_format="pdf")
        name = begun.store.name
    assert moved(root, objects, name) == Sent(1, before.file.size_bytes, ())
    async with open_store(root) as store:
        assert isinstance(store.files, FilesInBucket)
        opened = replace(begun, office=replace(begun.office, store=store))
        assert await render_document(opened.books(opened.first_client), number, file_format="pdf") == before
        yield opened


def names(objects: Objects) -> list[str]:
    return sorted(name for some in objects.below("") for name in some if name != SEAL)


async def nobody(done: int, of: int) -> None:
    """Nobody waits for it."""


async def export(books: Books, kind: str = "") -> MadeFile:
    return await export_documents(books, ExportRequest(format="csv", kind=kind), progress=nobody)


async def test_documents_exports_and_logos_are_in_the_bucket_alone_and_verified_there(
    one: Practice, objects: Objects
) -> None:
    books, reader = one.books(one.first_client), FileReader(one.store, one.office.principal)
    below = f"organizations/{one.first_client.id}"
    customer = await one.customer(books, "Hotel Canary")
    issued = await one.issue(books, customer.id)
    printed = await render_document(books, issued.document.number, file_format="pdf")
    made = await export(books)
    assert set(names(objects)) >= {f"{below}/{printed.file.path}", f"{below}/{made.file.path}"}
    assert len(names(objects)) == 3
    # On this machine there is nothing of them.
    assert not [
        path for path in one.root.rglob("*") if path.suffix in (".pdf", ".csv") and "set-aside" not in path.parts
    ]
    stored, content = await read_file(books, made.file.id, reader=reader)
    assert (stored, hashlib.sha256(content).hexdigest()) == (made.file, made.file.sha256)
    assert b"Hotel Canary" in content
    _, stream = await open_file_by_link(one.store.pool, one.first_client.id, printed.file.id, reader=reader)
    with stream:
        assert stream.read(5) == b"%PDF-"
    # The same file of another organization was never there, by whichever name.
    other = one.books(await one.client("Cliff Hotel"))
    for wanted in (made.file.id, printed.file.id):
        with pytest.raises(NotFound) as absent:
            await read_file(other, wanted, reader=reader)
        with pytest.raises(NotFound) as never:
            await read_file(other, "fil_never", reader=reader)
        assert str(absent.value) == str(never.value)
    assert other.files.read_named(made.file.path, made.file.sha256) is None
    assert b"Canary" not in (await read_file(other, (await export(other)).file.id, reader=reader))[1]
    assert not (await verify_books(books)).problem
    # What somebody removes from the bucket is missed, and printed again with the same bytes.
    books.files.remove(printed.file)
    assert "missing" in (await verify_books(books)).problem
    assert await render_document(books, issued.document.number, file_format="pdf") == printed
    assert not (await verify_books(books)).problem
    assert not diagnosis(one.root)


async def test_an_export_ages_comes_back_and_is_said_to_be_gone_where_both_happen_at_once(
    one: Practice, objects: Objects
) -> None:
    books = one.books(one.first_client)
    old = await export(books, kind="credit_note")
    assert old.file.path.rpartition("/")[2] in {name.rpartition("/")[2] for name in names(objects)}
    one.clock.advance(31 * DAY)
    await export(books, kind="invoice")
    assert not books.files.exists(old.file)
    again = await export(books, kind="credit_note")
    assert (again.file, books.files.exists(old.file), len(names(objects))) == (old.file, True, 3)
    one.clock.advance(31 * DAY)
    bucket = objects.bucket
    assert remove_aged_exports(look(one.root), one.root, now=one.clock(), kept_days=30, bucket=bucket) == 2
    assert not books.files.exists(old.file)
    # Whoever made it anew put it back just before it was removed: it is on record as removed.
    await books.record(lambda db: exports.say_gone(db, [old.file.id], at=one.clock()))
    assert not (await verify_books(books)).problem


async def test_a_store_that_hangs_holds_up_no_write_and_no_other_reader(
    one: Practice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    books = one.books(one.first_client)
    old = await export(books, kind="credit_note")
    one.clock.advance(31 * DAY)
    monkeypatch.setattr(of_objects, "_REQUEST", of_objects._REQUEST / 10)
    monkeypatch.setattr(of_objects, "_AGAIN_MAX", 0)
    with socket.create_server(("127.0.0.1", 0)) as silent, caplog.at_level(logging.DEBUG):
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        bucket = one.store.files._objects.bucket  # type: ignore[attr-defined]
        monkeypatch.setattr(one.store.files, "_objects", Objects(bucket))
        hanging = asyncio.create_task(books.use_files(books.files.exists, old.file))
        aging = asyncio.create_task(export(books))
        for _ in range(3):
            assert (await one.issue(books, (await one.customer(books)).id)).document.number
        assert not hanging.done()
        for waiting in (hanging, aging):
            with pytest.raises(Unavailable, match="store of the files"):
                await waiting
    assert "127.0.0.1" not in caplog.text


def test_files_to_begin_with_come_before_the_books_and_go_again_where_these_are_not_made(
    one: Practice, objects: Objects
) -> None:
    before, content = names(objects), b"a logo"
    path = f"branding/{hashlib.sha256(content).hexdigest()}.png"
    new = new_organization_id()

    def refuse(db: Session) -> None:
        assert f"organizations/{new}/{path}" in names(objects)
        raise Conflict("It is not to be.")

    with pytest.raises(Conflict, match="not to be"):
        one.store.provision(new, now=one.clock(), fill=refuse, bring={path: content})
    assert names(objects) == before
    one.store.provision(new, now=one.clock(), fill=lambda db: None, bring={path: content})
    assert one.store.files.of(new).read_named(path, hashlib.sha256(content).hexdigest()) == content
    one.store.discard(new)
    assert names(objects) == before


async def test_a_client_leaves_with_its_files_and_comes_with_them_and_a_backup_holds_them(
    one: Practice, objects: Objects, tmp_path: Path
) -> None:
    client, other = one.first_client, await one.client("Cliff Hotel")
    made = await export(one.books(other))
    below = f"organizations/{client.id}/"
    before = [name for name in names(objects) if name.startswith(below)]
    report = back_up(one.root, tmp_path / "backup", now=one.clock(), progress=silent)
    assert (report.damaged, report.files) == ((), 2 + len(names(objects)) + 2)
    for name in names(objects):
        assert hashlib.sha256((tmp_path / "backup" / name).read_bytes()).hexdigest()[:12] in name
    archive = tmp_path / "bakery.zip"
    await remove_organization(one.office, client, archive, silent, handle=client.handle)
    # Nobody else's went with them.
    assert names(objects) == [f"organizations/{other.id}/{made.file.path}"]
    taken = await take_over(one.office, archive, silent, reason="a mistake")
    assert [name for name in names(objects) if name.startswith(below)] == before
    assert not list((one.root / below).rglob("*.pdf"))
    assert not (await verify_books(one.books(taken.organization))).problem
    one.store.files.of(client.id).remove_all()
    with pytest.raises(Unavailable, match="missing"):
        await back_up_organization(one.office, taken.organization, tmp_path / "again.zip", silent)
    damaged = back_up(one.root, tmp_path / "damaged", now=one.clock(), progress=silent).damaged
    assert set(damaged) == set(before)


async def test_an_installation_starts_with_its_own_bucket_alone(
    one: Practice, objects: Objects, tmp_path: Path
) -> None:
    """A start with another bucket or none is refused, also where somebody has emptied the bucket."""
    root = one.root
    for bucket, said in ((None, "name that as the files URL"), (new_bucket(), "and not in")):
        with pytest.raises(Conflict, match=said) as refused:
            async with open_with(root, address=address(root), bucket=bucket):
                pytest.fail("it started")
        assert refused.value.field == "files_url"
    # Another installation does not get in, be it a new one or one that has files in its folder.
    with pytest.raises(Conflict, match="another installation"):
        async with open_with(tmp_path / "new", address=address(tmp_path / "new"), bucket=objects.bucket):
            pytest.fail("it started")
    async with practice(tmp_path / "other", client="Cliff Hotel") as other:
        name = other.store.name
    with pytest.raises(Conflict, match="are in its folder"):
        async with open_with(tmp_path / "other", address=address(tmp_path / "other"), bucket=new_bucket()):
            pytest.fail("it started")
    with pytest.raises(Conflict, match="another installation"):
        moved(tmp_path / "other", objects, name)
    objects.remove(SEAL)
    with pytest.raises(Conflict, match="was emptied"):
        async with open_with(root, address=address(root), bucket=objects.bucket):
            pytest.fail("it started")


async def test_doctor_knows_a_bucket_of_another_installation_wherever_the_books_are(
    tmp_path: Path, objects: Objects
) -> None:
    async with practice(tmp_path) as one:
        name = one.store.name
    name_files_home(tmp_path, str(objects.bucket))
    for said, wrong in ((name, ""), ("0123456789abcdef", "another installation"), ("", "nobody's")):
        objects.remove(SEAL)
        if said:
            objects.create(SEAL, said.encode())
        found = [one.message for one in bucket_findings(look(tmp_path), tmp_path, objects.bucket)]
        assert len(found) == bool(wrong)
        assert all(wrong in one for one in found)


async def test_who_serves_the_folder_after_its_files_have_moved_writes_nothing_into_it(
    tmp_path: Path, objects: Objects
) -> None:
    root = tmp_path / "data"
    async with practice(root, client="Harbour Bakery") as begun:
        books = begun.books(begun.first_client)
        issued = await begun.issue(books, (await begun.customer(books)).id)
        moved(root, objects, begun.store.name)
        with pytest.raises(Unavailable, match="have moved"):
            await render_document(books, issued.document.number, file_format="pdf")
