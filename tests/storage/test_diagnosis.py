"""The doctor: it finds what is wrong, says what to do, and cleans up only what an interruption left."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.organizations import OrganizationRef
from invoicing.remedies import Act
from operations.files import render_document
from operations.profile import update_organization
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.books.profile import load_profile, save_profile
from storage.directory.database import DIRECTORY_FILE
from storage.folder.diagnosis import diagnose
from storage.folder.leftovers import clean_up
from storage.folder.provisioning import template_file
from tests.support.practice import practice
from tests.support.raw import damage_page_of, older_books, raw
from views.remedies import at_terminal, told

TWO_HOURS = 7_200


@pytest.fixture
async def client(tmp_path: Path) -> OrganizationRef:
    """The client of a practice at `tmp_path / "data"`, with an invoice and its PDF."""
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        client = one.first_client
        books = one.books(client)
        invoice = await one.issue(books, (await one.customer(books)).id)
        await render_document(books, invoice.document.id, file_format="pdf")
        return client


@pytest.fixture
def root(client: OrganizationRef, tmp_path: Path) -> Path:
    """The data folder with the client."""
    return tmp_path / "data"


def found(root: Path) -> list[tuple[str, str]]:
    return [(finding.severity, finding.subject) for finding in diagnose(root, free_bytes_wanted=0)]


def books_of(root: Path, client: OrganizationRef) -> Path:
    return root / ORGANIZATIONS_FOLDER / client.id / BOOKS_FILE


def make_old(*paths: Path) -> None:
    then = time.time() - TWO_HOURS
    for path in paths:
        os.utime(path, (then, then))


def everything(root: Path) -> set[Path]:
    return set(root.rglob("*"))


async def test_a_sound_data_folder_has_no_findings_also_while_it_is_in_use(tmp_path: Path) -> None:
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        assert diagnose(tmp_path / "data", free_bytes_wanted=0) == []
        await one.issue(books, customer.id)
    before = everything(tmp_path)
    assert diagnose(tmp_path / "data", free_bytes_wanted=0) == []
    assert everything(tmp_path) == before


def test_where_there_is_nothing_it_says_how_to_begin(tmp_path: Path) -> None:
    assert [finding.severity for finding in diagnose(tmp_path / "none")] == ["error"]
    (tmp_path / "empty").mkdir(mode=0o700)
    (finding,) = diagnose(tmp_path / "empty", free_bytes_wanted=0)
    assert finding.remedy is Act.BEGIN_FOLDER


def test_a_lost_directory_is_to_be_restored_not_made_anew(root: Path) -> None:
    (root / DIRECTORY_FILE).unlink()
    (finding,) = diagnose(root, free_bytes_wanted=0)
    assert (finding.severity, finding.subject) == ("error", "directory")
    assert "backup" in finding.message


def swap(path: Path) -> None:
    others = [one for one in path.parents[1].glob(f"*/{BOOKS_FILE}") if one != path]
    path.write_bytes(others[0].read_bytes())


def newer(path: Path) -> None:
    with raw(path) as connection:
        connection.execute("PRAGMA user_version = 9999")


def foreign_key(path: Path) -> None:
    with raw(path) as connection:
        connection.execute("INSERT INTO series_periods (series, period, next_sequence) VALUES ('none', '2026', 1)")


DAMAGED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "missing": (lambda path: path.unlink(), "error", "missing"),
    "empty": (lambda path: path.write_bytes(b""), "error", "empty"),
    "garbled": (lambda path: path.write_bytes(b"no database " * 500), "error", "not one of Counterfoil's"),
    "swapped": (swap, "error", "another organization"),
    "of a newer version": (newer, "error", "newer"),
    "of an older version": (lambda path: older_books(path, path.parent.name), "warning", "migrate"),
    "with a damaged page": (lambda path: damage_page_of(path, "ix_items_name_key"), "error", "damaged"),
    "with a row that refers to nothing": (foreign_key, "error", "rows of the file were removed"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_books_are_found_under_the_organizations_handle(
    root: Path, client: OrganizationRef, damage: str
) -> None:
    do, severity, said = DAMAGED[damage]
    do(books_of(root, client))
    (finding,) = diagnose(root, free_bytes_wanted=0)
    assert (finding.severity, finding.subject) == (severity, client.handle)
    assert said in told(finding.remark, at_terminal)


@pytest.mark.parametrize("damage", ["garbled", "of a newer version", "with a damaged page"])
def test_a_damaged_directory_is_found(root: Path, damage: str) -> None:
    match damage:
        case "garbled":
            (root / DIRECTORY_FILE).write_bytes(b"no database " * 500)
        case "of a newer version":
            newer(root / DIRECTORY_FILE)
        case _:
            damage_page_of(root / DIRECTORY_FILE, "organizations")
    assert ("error", "directory") in found(root)
    assert {subject for _, subject in found(root)} <= {"directory"}


def test_a_damaged_template_is_made_anew_and_an_old_one_may_be_deleted(root: Path) -> None:
    template_file(root).write_bytes(b"no database " * 500)
    (root / "templates" / "books-0000.db").write_bytes(b"")
    assert found(root) == [("note", "template"), ("note", "template")]
    template_file(root).unlink()
    assert found(root) == [("note", "template")]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_data_folder_that_others_can_enter_is_found(root: Path) -> None:
    root.chmod(0o750)
    (finding,) = diagnose(root, free_bytes_wanted=0)
    assert (finding.severity, finding.subject) == ("warning", "data folder")
    assert f"chmod 700 {root}" in finding.message


def test_little_room_on_the_disk_is_found(root: Path) -> None:
    assert [finding.subject for finding in diagnose(root, free_bytes_wanted=1 << 62)] == ["disk"]


def test_a_folder_that_no_organization_names_is_left_to_the_operator(root: Path) -> None:
    stray = root / ORGANIZATIONS_FOLDER / "0199f3a0-0000-7000-8000-000000000001"
    stray.mkdir()
    (stray / BOOKS_FILE).write_bytes(b"somebody's books")
    assert diagnose(root, free_bytes_wanted=0) == []
    make_old(stray / BOOKS_FILE, stray)
    (finding,) = diagnose(root, free_bytes_wanted=0)
    assert (finding.severity, finding.subject) == ("warning", stray.name)
    assert clean_up(root) == 0
    assert (stray / BOOKS_FILE).read_bytes() == b"somebody's books"


def test_cleaning_up_removes_what_is_unfinished_and_old_and_nothing_else(root: Path, client: OrganizationRef) -> None:
    folder = root / ORGANIZATIONS_FOLDER / client.id
    kept = [root / "notes.txt", root / ".hidden", folder / "documents" / ".keep", folder / "documents" / "mine.pdf"]
    for path in kept:
        path.write_text("mine")
    before = everything(root)
    unfinished = [
        root / ".new-0123.db",
        root / ".new-0123.db-wal",
        root / "templates" / ".new-4567.db",
        root / ORGANIZATIONS_FOLDER / ".new-0199f3a0",
        folder / "documents" / f".{'0' * 32}.pdf",
        folder / "exports" / f".{'f' * 32}.csv",
    ]
    young = root / ORGANIZATIONS_FOLDER / ".new-0199f3a1"
    for path in (*unfinished, young):
        if path.suffix or path.name.endswith("-wal"):
            path.write_text("half")
        else:
            path.mkdir()
            (path / BOOKS_FILE).write_text("half")
    make_old(*kept, *unfinished, young, unfinished[3] / BOOKS_FILE)
    assert found(root) == [("warning", "leftover")] * len(unfinished)
    assert clean_up(root) == len(unfinished)
    assert everything(root) == before | {young, young / BOOKS_FILE}
    assert clean_up(root) == 0


def test_a_link_is_removed_and_not_what_it_leads_to(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "letter.txt").write_text("mine")
    (root / ".new-link").symlink_to(tmp_path / "elsewhere")
    then = time.time() - TWO_HOURS
    os.utime(root / ".new-link", (then, then), follow_symlinks=False)
    make_old(tmp_path / "elsewhere" / "letter.txt", tmp_path / "elsewhere")
    assert clean_up(root) == 1
    assert (tmp_path / "elsewhere" / "letter.txt").read_text() == "mine"


async def test_a_name_that_the_directory_does_not_know_of_is_reported(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        await one.books(client).write(lambda db: save_profile(db, replace(load_profile(db), name="Quay Bakery")))
        (finding,) = [found for found in diagnose(one.root) if found.subject == client.handle]
        assert finding.severity == "warning"
        await update_organization(one.office, one.books(client), {"name": "Quay Bakery"})
        assert not [found for found in diagnose(one.root) if found.subject == client.handle]


async def test_the_directory_is_its_owners_alone_even_in_a_folder_that_was_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    async with practice(tmp_path):
        assert (tmp_path / "directory.db").stat().st_mode & 0o077 == 0
