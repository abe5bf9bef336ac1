"""A template that is of no use is made anew, as a missing one is: it holds nothing of anybody's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE
from storage.file_kinds import FileKind
from storage.folder.diagnosis import diagnose
from storage.folder.provisioning import template_file
from storage.migrations import head_stamp
from storage.sqlite.examining import examine_template
from tests.support.practice import practice
from tests.support.raw import damage_page_of, raw


def statement(sql: str) -> Callable[[Path], None]:
    def do(path: Path) -> None:
        with raw(path) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(sql)

    return do


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def do(path: Path) -> None:
        path.unlink()
        make(path)

    return do


def somebodys_books(path: Path) -> None:
    (books,) = path.parents[1].glob(f"organizations/*/{BOOKS_FILE}")
    shutil.copy(books, path)


DAMAGED: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, 20_000),
    "garbage": lambda path: path.write_bytes(b"garbage " * 2_000),
    "a page zeroed": lambda path: damage_page_of(path, "documents"),
    "newer": statement("PRAGMA user_version = 9999"),
    "of another kind": lambda path: shutil.copy(path.parents[1] / "directory.db", path),
    "without a trigger": statement("DROP TRIGGER documents_no_delete"),
    "somebody's books": somebodys_books,
    "with somebody's rows": statement("INSERT INTO accounts (number, name, type) VALUES ('1', 'Cash', 'asset')"),
    "a pipe": replaced(os.mkfifo),
    "a link to books": replaced(lambda path: path.symlink_to(next(path.parents[1].glob("organizations/*/books.db")))),
    "a folder": replaced(os.mkdir),
}


@pytest.mark.parametrize("damage", DAMAGED)
async def test_a_template_that_is_of_no_use_is_made_anew(tmp_path: Path, damage: str) -> None:
    async with practice(tmp_path) as one:
        path = template_file(tmp_path)
        DAMAGED[damage](path)
        told = [(found.severity, "made anew" in found.message) for found in diagnose(tmp_path, free_bytes_wanted=0)]
        assert told == [("note", True)], "doctor says so, and that there is nothing to do"
        books = one.books(await one.client("Harbour Bakery"))
        examine_template(path, head_stamp(FileKind.BOOKS))
        await one.issue(books, (await one.customer(books)).id)
        assert (await verify_books(books)).problem == ""
        await one.client("Finch Studio")
    assert [found for found in diagnose(tmp_path, free_bytes_wanted=0) if found.severity != "note"] == []
