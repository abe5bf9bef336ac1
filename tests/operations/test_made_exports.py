"""Exports are made once, counted by the day and age: a read-only key made 240 of them in 32 seconds, 158 MB that
nothing bounded, found again or removed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from invoicing.organizations import Role
from invoicing.refusals import InvalidInput, LimitExceeded, NotFound
from invoicing.remedies import Act
from operations.access import open_books
from operations.customers import save_customer
from operations.file_readers import FileReader
from operations.files import (
    EXPORT_FORMATS,
    READ_BYTES_MAX,
    ExportRequest,
    MadeFile,
    export_documents,
    open_file_by_link,
    read_file,
)
from operations.profile import update_organization
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import Books
from storage.folder.aged_exports import aged_exports, remove_aged_exports
from storage.folder.leftovers import clean_up
from tests.support.backups import back_up, restore
from tests.support.clock import NOON
from tests.support.folders import folder_of, path_of
from tests.support.people import colleague
from tests.support.practice import Practice, practice
from tests.support.stores import diagnosis, look, open_store

DAY = timedelta(days=1)
EVERYWHERE = [name for name in EXPORT_FORMATS if name not in ("datev", "fec", "saft")]
"""The formats that no country has for itself."""


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as opened:
        yield opened


async def bakery(one: Practice) -> Books:
    books = one.books(await one.client("Harbour Bakery"))
    await one.issue(books, (await one.customer(books)).id)
    return books


async def no_progress(done: int, of: int) -> None:
    """Nobody is told."""


async def export(
    books: Books, file_format: str = "csv", *, issued_from: date | None = None, kind: str = ""
) -> MadeFile:
    return await export_documents(
        books, ExportRequest(format=file_format, issued_from=issued_from, kind=kind), progress=no_progress
    )


def names(books: Books) -> list[str]:
    folder = folder_of(books) / "exports"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def limit(one: Practice, **limits: int) -> None:
    pool = one.store.pool
    pool.limits = replace(pool.limits, **limits)


@pytest.mark.parametrize("file_format", EVERYWHERE)
async def test_the_same_request_on_unchanged_books_is_the_same_file_and_not_made_anew(
    one: Practice, file_format: str
) -> None:
    books = await bakery(one)
    first = await export(books, file_format)
    made_at = path_of(books, first).stat().st_mtime_ns
    again = await export(books, file_format)
    assert (again.file, again.count, again.notes) == (first.file, first.count, first.notes)
    assert path_of(books, first).stat().st_mtime_ns == made_at
    await one.issue(books, (await one.customer(books, "Pier House")).id)
    assert (await export(books, file_format)).file.sha256 != first.file.sha256


@pytest.mark.parametrize("file_format", EVERYWHERE)
async def test_the_same_content_is_the_same_file_whenever_and_however_it_was_asked_for(
    one: Practice, file_format: str
) -> None:
    books = await bakery(one)
    first = await export(books, file_format)
    one.clock.advance(3 * DAY)
    await save_customer(books, {"name": "Another", "country": "GB"}, customer_id="")
    for again in (await export(books, file_format), await export(books, file_format, issued_from=date(2026, 1, 1))):
        assert (again.file, again.count) == (first.file, 1)
    assert names(books) == [path_of(books, first).name]


async def test_of_many_at_once_one_is_made(one: Practice) -> None:
    books = await bakery(one)
    made = await asyncio.gather(*(export(books, "xlsx") for _ in range(8)))
    assert len({each.file.id for each in made}) == 1
    assert len(names(books)) == 1


async def test_a_day_has_so_many_exports_and_the_refusal_says_when_it_opens_again(one: Practice) -> None:
    limit(one, exports_a_day=3)
    books = await bakery(one)
    reading = open_books(one.office, books.organization, Right.READ)
    made = [await export(reading, each) for each in ("csv", "json", "xlsx")]
    with pytest.raises(LimitExceeded, match=r"made 3 exports today.* from 2026-03-17 00:00 UTC on") as refused:
        await export(reading, "csv_semicolon")
    assert refused.value.code == "limit_exceeded"
    # What is there already costs nothing, and another organization has its own day.
    assert (await export(reading, "json")).file == made[1].file
    assert (await export(one.books(one.organization))).count == 0
    one.clock.set(datetime.fromisoformat("2026-03-17T00:00:00+00:00"))
    assert (await export(reading, "csv_semicolon")).count == 1


async def test_a_day_has_so_many_bytes(one: Practice) -> None:
    limit(one, export_mib_a_day=1)
    books = await bakery(one)
    customer = (await one.customer(books, "Long", note="x" * 1_000)).id
    for _ in range(4):
        await one.issue(books, customer)
    made = await export(books, "json")
    assert made.file.size_bytes > 4_000
    limit(one, export_mib_a_day=0)
    with pytest.raises(LimitExceeded, match="today"):
        await export(books, "csv")


async def test_what_is_not_made_is_not_counted(one: Practice) -> None:
    limit(one, exports_a_day=1)
    books = await bakery(one)
    for _ in range(3):
        with pytest.raises(InvalidInput):
            await export(books, "docx")
    (folder_of(books) / "exports").rmdir()
    (folder_of(books) / "exports").write_text("in the way")
    for _ in range(3):
        with pytest.raises(OSError, match="exists"):
            await export(books)
    (folder_of(books) / "exports").unlink()
    assert (await export(books)).count == 1


async def test_the_limit_holds_for_several_processes_and_after_a_restart(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        limit(one, exports_a_day=2)
        books = await bakery(one)
        await export(books)
        async with open_store(tmp_path) as other:
            other.pool.limits = one.store.pool.limits
            elsewhere = open_books(replace(one.office, store=other), books.organization, Right.READ)
            await export(elsewhere, "json")
            for each in (books, elsewhere):
                with pytest.raises(LimitExceeded):
                    await export(each, "xlsx")


async def test_an_export_that_nobody_asks_for_is_removed_and_its_link_has_expired(one: Practice) -> None:
    books = await bakery(one)
    old, kept = await export(books, "csv"), await export(books, "json")
    pdfs = await export(books, "pdf")
    one.clock.advance(20 * DAY)
    await export(books, "json")
    one.clock.advance(11 * DAY)
    await export(books, "xlsx")
    assert not path_of(books, old).exists()
    assert not path_of(books, pdfs).exists()
    assert path_of(books, kept).exists()
    # A document's own PDF never ages.
    assert len(list((folder_of(books) / "documents").iterdir())) == 1
    with pytest.raises(NotFound, match="not any more"):
        await open_file_by_link(
            one.store.pool, books.organization.id, old.file.id, reader=FileReader(one.store, one.office.principal)
        )
    with pytest.raises(NotFound, match="not any more"):
        await read_file(books, old.file.id, reader=FileReader(one.store, one.office.principal))
    assert not (await verify_books(books)).problem


async def test_an_export_that_was_removed_is_there_again_when_the_same_is_asked_for(one: Practice) -> None:
    books = await bakery(one)
    # The first invoice is overdue by then, and another export.
    old = await export(books, kind="credit_note")
    one.clock.advance(31 * DAY)
    assert remove_aged_exports(look(one.root), one.root, now=one.clock(), kept_days=30) == 1
    again = await export(books, kind="credit_note")
    assert (again.file, path_of(books, again).exists()) == (old.file, True)
    assert (await read_file(books, old.file.id, reader=FileReader(one.store, one.office.principal)))[0] == old.file


async def test_doctor_knows_exports_that_have_aged_and_cleaning_removes_them(tmp_path: Path) -> None:
    root = tmp_path / "data"
    async with practice(root) as one:
        books = await bakery(one)
        made = await export(books)
        one.clock.advance(29 * DAY)
        assert not list(aged_exports(look(root), now=one.clock(), kept_days=30))
        assert not remove_aged_exports(look(root), root, now=one.clock(), kept_days=30)
        one.clock.advance(2 * DAY)
        (finding,) = aged_exports(look(root), now=one.clock(), kept_days=30)
        assert (finding.severity, finding.subject) == ("note", books.organization.handle)
        assert "1 export (0 MiB) in 30 days." in finding.message
        assert finding.remedy is Act.CLEAN_UP
        assert remove_aged_exports(look(root), root, now=one.clock(), kept_days=30) == 1
        assert not path_of(books, made).exists()
        assert not list(aged_exports(look(root), now=one.clock(), kept_days=30))
        assert not diagnosis(root)
        assert not (await verify_books(books)).problem
        report = back_up(root, tmp_path / "backup", now=one.clock(), progress=lambda done, of: None)
        assert not report.damaged
    restored = restore(tmp_path / "backup", tmp_path / "again", now=NOON, progress=lambda done, of: None)
    assert not restored.damaged


async def test_a_kill_between_the_record_and_the_removal_leaves_what_cleaning_removes(one: Practice) -> None:
    from storage.books import exports

    books = await bakery(one)
    made = await export(books)
    one.clock.advance(31 * DAY)
    await books.record(lambda db: exports.say_removed(db, before=one.clock() - 30 * DAY, at=one.clock()))
    assert path_of(books, made).exists()
    assert not (await verify_books(books)).problem
    assert remove_aged_exports(look(one.root), one.root, now=one.clock(), kept_days=30) == 1
    assert not path_of(books, made).exists()


async def test_a_damaged_export_is_made_again_in_its_place(one: Practice) -> None:
    books = await bakery(one)
    made = await export(books)
    path_of(books, made).write_bytes(b"damaged")
    assert (await verify_books(books)).problem
    one.clock.advance(DAY)
    again = await export(books)
    assert (again.file, names(books)) == (made.file, [path_of(books, made).name])
    assert not (await verify_books(books)).problem


async def test_exports_follow_a_change_of_name(one: Practice) -> None:
    books = await bakery(one)
    await export(books, "json")
    await update_organization(one.office, books, {"name": "Harbour Bakery Ltd"})
    organization = replace(books.organization, name="Harbour Bakery Ltd")
    after = await export(replace(books, organization=organization), "json")
    assert "Harbour Bakery Ltd" in path_of(books, after).read_text("utf-8")


async def test_a_file_too_large_for_memory_is_had_by_its_link_alone(one: Practice) -> None:
    from storage.books import files

    books = await bakery(one)
    made = await export(books)
    large = replace(made.file, id="fil_large", path="exports/large.csv", size_bytes=READ_BYTES_MAX + 1)
    await books.record(lambda db: files.record_file(db, large, at=one.clock()))
    with pytest.raises(LimitExceeded, match="open the link"):
        await read_file(books, large.id, reader=FileReader(one.store, one.office.principal))


async def test_a_viewer_can_have_exports_made_and_is_counted(one: Practice) -> None:
    limit(one, exports_a_day=1)
    books = await bakery(one)
    viewer = await colleague(one, books.organization, "viewer")
    theirs = open_books(viewer, replace(books.organization, role=Role.VIEWER), Right.READ)
    assert (await export(theirs)).count == 1
    with pytest.raises(LimitExceeded):
        await export(books, "json")


async def test_what_a_kill_leaves_of_a_workbook_is_cleaned_up(one: Practice) -> None:
    books = await bakery(one)
    left = folder_of(books) / "exports" / ".xlsx-k_8x2abc"
    left.mkdir()
    (left / "sheet1.xml").write_text("half of it")
    assert not clean_up(one.root)
    for path in (left / "sheet1.xml", left):
        os.utime(path, (0, 0))
    assert clean_up(one.root) == 1
    assert not left.exists()


@contextmanager
def opening() -> Iterator[list[str]]:
    """The names of the PDFs that are opened meanwhile, as often as each is."""
    names: list[str] = []

    def heard(event: str, given: tuple[object, ...]) -> None:
        if event == "open" and str(given[0]).endswith(".pdf"):
            names.append(Path(str(given[0])).name)

    sys.addaudithook(heard)
    opened = list[str]()
    try:
        yield opened
    finally:
        opened += names


async def test_an_archive_reads_each_pdf_once_and_makes_anew_what_is_not_as_it_was_made(one: Practice) -> None:
    books = await bakery(one)
    customer = (await one.customer(books, "Bar Sol")).id
    for _ in range(2):
        await one.issue(books, customer)
    first = await export(books, "pdf")
    pdfs = sorted((folder_of(books) / "documents").iterdir())
    assert len(pdfs) == 3
    content = path_of(books, first).read_bytes()
    path_of(books, first).unlink()
    with opening() as opened:
        again = await export(books, "pdf")
    assert sorted(opened) == [path.name for path in pdfs]
    assert path_of(books, again).read_bytes() == content
    path_of(books, again).unlink()
    pdfs[0].write_bytes(pdfs[1].read_bytes())
    pdfs[2].unlink()
    assert path_of(books, await export(books, "pdf")).read_bytes() == content
    assert not (await verify_books(books)).problem
