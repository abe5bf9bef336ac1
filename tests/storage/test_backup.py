"""Backups of a data folder in use, and what is laid down from them: the same books, documents and files."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from invoicing.refusals import Conflict, InvalidInput, Refusal, Unavailable
from operations.access import Office, open_books
from operations.files import render_document
from operations.practices import local_owner
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER, Books
from storage.directory import organizations
from storage.directory.database import DIRECTORY_FILE
from storage.folder.backup import BackupReport
from storage.folder.diagnosis import diagnose
from storage.folder.manifest import MANIFEST_FILE, SIGNATURE_FILE
from storage.folder.signing import Signature
from storage.migrations import head_stamp
from storage.sqlite.engines import FileKind, stamp_of
from tests.support.backups import back_up, drop, edit_manifest, fill_clients, first, nothing_unfinished, restore, silent
from tests.support.clock import NOON, SettableClock
from tests.support.faults import scaled
from tests.support.folders import folder_of
from tests.support.practice import Practice, practice
from tests.support.raw import damage_page_of, older_books, raw
from tests.support.stores import open_store


@asynccontextmanager
async def all_books(root: Path) -> AsyncIterator[list[Books]]:
    """The books of every organization of a data folder, by handle."""
    async with open_store(root) as store:
        owner = await local_owner(store)
        assert owner is not None
        page = await store.directory.read(
            lambda db: organizations.list_reachable(db, owner.reach, query="", cursor="", limit=1_000)
        )
        office = Office(store=store, principal=owner, clock=SettableClock())
        yield [open_books(office, one, Right.READ) for one in sorted(page.items, key=lambda one: one.handle)]


def files_in(root: Path) -> dict[str, str]:
    """The sum of every document and export of a data folder."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.glob(f"{ORGANIZATIONS_FOLDER}/*/*/*")
    }


def document_rows(path: Path) -> list[tuple[Any, ...]]:
    with raw(path) as connection:
        return connection.execute("SELECT number, hash, content FROM documents ORDER BY position").fetchall()


async def test_a_backup_holds_everything_on_record_and_comes_back_the_same(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    async with practice(tmp_path / "data") as one:
        filled = await fill_clients(one)
        (folder_of(filled[0]) / "documents" / "stray.pdf").write_text("not on record")
        report = back_up(one.root, tmp_path / "backup", now=NOON, progress=lambda done, of: steps.append((done, of)))
        (folder_of(filled[0]) / "documents" / "stray.pdf").unlink()
        original = files_in(one.root)
    manifest = (tmp_path / "backup" / MANIFEST_FILE).read_bytes()
    of_it = {MANIFEST_FILE, SIGNATURE_FILE}
    on_disk = [path for path in (tmp_path / "backup").rglob("*") if path.is_file() and path.name not in of_it]
    assert report == BackupReport(
        target=tmp_path / "backup",
        organizations=3,
        files=len(on_disk),
        size_bytes=sum(path.stat().st_size for path in on_disk),
        damaged=(),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        signed_by=Signature.model_validate_json((tmp_path / "backup" / SIGNATURE_FILE).read_text()).key_id,
    )
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert json.loads(manifest)["created_at"] == "2026-03-16T12:00:00Z"
    assert [head["documents"]["position"] for head in json.loads(manifest)["heads"]] == [1, 1, 0]
    restored = restore(tmp_path / "backup", tmp_path / "restored", now=NOON, progress=silent)
    assert (restored.organizations, restored.files, restored.migrated) == (3, report.files, 0)
    assert (restored.created_at, restored.manifest_sha256) == (NOON, report.manifest_sha256)
    assert files_in(tmp_path / "restored") == original
    assert len(original) == 4
    async with all_books(tmp_path / "restored") as books:
        assert [(await verify_books(one)).problem for one in books] == ["", "", ""]
    assert diagnose(tmp_path / "restored", free_bytes_wanted=0) == []
    assert (tmp_path / "restored").stat().st_mode & 0o777 == 0o700


@pytest.mark.faults
async def test_a_backup_while_invoices_are_issued_is_of_one_moment_in_each_books(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        filled = await fill_clients(one, clients=4)
        customers = [await one.customer(books) for books in filled]
        backed_up = asyncio.Event()

        async def keep_issuing(books: Books, customer: str) -> int:
            issued = 0
            while not backed_up.is_set():
                invoice = await one.issue(books, customer)
                if issued % 10 == 0:
                    await render_document(books, invoice.document.id, file_format="pdf")
                issued += 1
            return issued

        async with asyncio.TaskGroup() as tasks:
            issuing = [
                tasks.create_task(keep_issuing(books, customer.id))
                for books, customer in zip(filled, customers, strict=True)
            ]
            for number in range(scaled(10)):
                target = tmp_path / f"backup-{number}"
                report = await anyio.to_thread.run_sync(
                    lambda target: back_up(one.root, target, now=NOON, progress=silent), target
                )
                assert report.damaged == ()
                await one.client(f"Later {number}")
            backed_up.set()
        assert all(task.result() > 0 for task in issuing)
        for number in range(scaled(10)):
            await check_restored(tmp_path / f"backup-{number}", tmp_path / f"restored-{number}", one.root)


async def check_restored(backup: Path, root: Path, original: Path) -> None:
    """The restored books verify, and their documents are the first ones of the original, byte for byte."""
    restore(backup, root, now=NOON, progress=silent)
    async with all_books(root) as books:
        for one in books:
            assert (await verify_books(one)).problem == ""
            path = f"{ORGANIZATIONS_FOLDER}/{one.organization.id}/{BOOKS_FILE}"
            restored = document_rows(root / path)
            assert restored == document_rows(original / path)[: len(restored)]
    assert files_in(root).items() <= files_in(original).items()


async def test_a_restored_practice_goes_on_where_the_backup_was_made(backup: Path, tmp_path: Path) -> None:
    restore(backup, tmp_path / "restored", now=NOON, progress=silent)
    async with open_store(tmp_path / "restored") as store:
        owner = await local_owner(store)
        assert owner is not None
        (practice_row,) = await store.directory.read(lambda db: organizations.partners_of(db, owner.reach))
        office = Office(store=store, principal=owner, clock=SettableClock())
        one = Practice(office, SettableClock(), practice_row)
        (books,) = await fill_clients(one, clients=1)
        assert (await verify_books(books)).problem == ""


async def test_a_file_that_is_damaged_does_not_keep_the_books_from_being_backed_up(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        (books,) = await fill_clients(one, clients=1)
        (pdf,) = (folder_of(books) / "documents").iterdir()
        (export,) = (folder_of(books) / "exports").iterdir()
        pdf.write_bytes(b"changed")
        export.unlink()
        report = back_up(one.root, tmp_path / "backup", now=NOON, progress=silent)
        damaged = {path.relative_to(one.root).as_posix() for path in (pdf, export)}
    assert set(report.damaged) == damaged
    restored = restore(tmp_path / "backup", tmp_path / "restored", now=NOON, progress=silent)
    assert set(restored.damaged) == damaged
    assert files_in(tmp_path / "restored") == {}


@pytest.mark.parametrize("damage", ["missing", "swapped", "garbled", "a page"])
async def test_one_clients_damaged_books_keep_no_others_from_being_backed_up(tmp_path: Path, damage: str) -> None:
    async with practice(tmp_path / "data") as one:
        first, second = [await one.client(name) for name in ("One", "Other")]
    paths = [tmp_path / "data" / ORGANIZATIONS_FOLDER / client.id / BOOKS_FILE for client in (first, second)]
    match damage:
        case "missing":
            paths[0].unlink()
        case "swapped":
            paths[0].write_bytes(paths[1].read_bytes())
        case "garbled":
            paths[0].write_bytes(b"no database " * 500)
        case _:
            damage_page_of(paths[0], "ix_items_name_key")
    report = back_up(tmp_path / "data", tmp_path / "backup", now=NOON, progress=silent)
    damaged = f"{ORGANIZATIONS_FOLDER}/{first.id}/{BOOKS_FILE}"
    assert report.damaged == (damaged,)
    assert not (tmp_path / "backup" / damaged).exists()
    restored = restore(tmp_path / "backup", tmp_path / "restored", now=NOON, progress=silent)
    assert restored.damaged == (damaged,)
    findings = [one for one in diagnose(tmp_path / "restored", free_bytes_wanted=0) if one.severity == "error"]
    assert [(finding.subject, "the file is missing" in finding.message) for finding in findings] == [
        (first.handle, True)
    ]


async def test_of_a_damaged_directory_no_backup_is_made(tmp_path: Path) -> None:
    async with practice(tmp_path / "data"):
        pass
    damage_page_of(tmp_path / "data" / DIRECTORY_FILE, "organizations")
    with pytest.raises(Unavailable):
        back_up(tmp_path / "data", tmp_path / "backup", now=NOON, progress=silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


async def test_a_target_that_is_taken_or_lies_in_the_data_folder_is_refused(tmp_path: Path) -> None:
    async with practice(tmp_path / "data"):
        pass
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    inside = tmp_path / "data" / "backup"
    cases: list[tuple[Path, type[Refusal]]] = [
        (tmp_path / "taken", Conflict),
        (tmp_path / "file", Conflict),
        (inside, InvalidInput),
        (tmp_path / "link" / "backup", InvalidInput),
        (tmp_path / "data", InvalidInput),
        (tmp_path, InvalidInput),
    ]
    for target, refusal in cases:
        with pytest.raises(refusal):
            back_up(tmp_path / "data", target, now=NOON, progress=silent)
    with pytest.raises(InvalidInput):
        back_up(tmp_path / "none", tmp_path / "backup", now=NOON, progress=silent)
    assert (tmp_path / "taken" / "letter.txt").read_text() == "mine"
    assert not inside.exists()
    assert nothing_unfinished(tmp_path)


async def test_an_empty_folder_that_is_there_is_filled_in_place(backup: Path, tmp_path: Path) -> None:
    """Such as a mounted volume, which can be neither replaced nor given a sibling."""
    (tmp_path / "volume").mkdir()
    inode = (tmp_path / "volume").stat().st_ino
    restore(backup, tmp_path / "volume", now=NOON, progress=silent)
    assert (tmp_path / "volume").stat().st_ino == inode
    async with all_books(tmp_path / "volume") as books:
        assert [(await verify_books(one)).problem for one in books] == ["", "", ""]
    (tmp_path / "other").mkdir()
    back_up(tmp_path / "volume", tmp_path / "other", now=NOON, progress=silent)
    assert restore(tmp_path / "other", tmp_path / "again", now=NOON, progress=silent).organizations == 3
    assert nothing_unfinished(tmp_path)


async def test_restoring_over_a_data_folder_is_refused(backup: Path, tmp_path: Path) -> None:
    for target in (tmp_path / "data", tmp_path / "data" / ORGANIZATIONS_FOLDER):
        with pytest.raises(Conflict):
            restore(backup, target, now=NOON, progress=silent)
    with pytest.raises(InvalidInput):
        restore(backup, backup / "restored", now=NOON, progress=silent)


async def test_a_backup_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fail(done: int, of: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    async with practice(tmp_path / "data") as one:
        await fill_clients(one)
        with pytest.raises(KeyboardInterrupt):
            back_up(one.root, tmp_path / "backup", now=NOON, progress=fail)
    back_up(tmp_path / "data", tmp_path / "backup", now=NOON, progress=silent)
    (tmp_path / "volume").mkdir()
    for target in (tmp_path / "restored", tmp_path / "volume"):
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "backup", target, now=NOON, progress=fail)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "data", "volume"]
    assert list((tmp_path / "volume").iterdir()) == []


async def test_restoring_changes_nothing_in_the_backup(backup: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in backup.rglob("*")}
    for path in before:
        path.chmod(0o500 if path.is_dir() else 0o400)
    restore(backup, tmp_path / "restored", now=NOON, progress=silent)
    assert {path: path.stat().st_mtime_ns for path in backup.rglob("*")} == before
    assert os.access(tmp_path / "restored" / DIRECTORY_FILE, os.W_OK)


async def test_a_backup_of_an_earlier_version_is_migrated(backup: Path, tmp_path: Path) -> None:
    path = first(backup, f"*/*/{BOOKS_FILE}")
    organization_id = path.parent.name
    for recorded in path.parent.glob("*/*"):
        drop(backup, recorded.relative_to(backup).as_posix())
    older_books(path, organization_id)
    edit_manifest(backup)
    restored = restore(backup, tmp_path / "restored", now=NOON, progress=silent)
    assert restored.migrated == 1
    found = stamp_of(tmp_path / "restored" / path.relative_to(backup))
    assert found == head_stamp(FileKind.BOOKS, organization_id)
