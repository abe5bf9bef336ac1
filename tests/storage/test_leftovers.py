"""Whatever interrupted work leaves behind is found and removed, and nothing else, wherever a link leads."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from invoicing.organizations import OrganizationRef
from operations.files import render_document
from operations.verification import verify_books
from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.faults.errors import StorageFault
from storage.folder.leftovers import clean_up
from tests.support.backups import back_up, silent
from tests.support.clock import NOON
from tests.support.folders import folder_of, path_of
from tests.support.practice import practice
from tests.support.processes import start_python
from tests.support.stores import diagnosis

TWO_HOURS = 7_200
HALF_A_FILE = f".{'0' * 32}.pdf"


@pytest.fixture
async def client(tmp_path: Path) -> OrganizationRef:
    """A client with an invoice and its PDF, in a data folder that is at rest."""
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        client = one.first_client
        books = one.books(client)
        invoice = await one.issue(books, (await one.customer(books)).id)
        await render_document(books, invoice.document.id, file_format="pdf")
    return client


@pytest.fixture
def root(client: OrganizationRef, tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of somebody else, in which everything is named like something of ours that is unfinished."""
    folder = tmp_path / "outside"
    for name in ("documents", "exports", "branding", ".new-mine"):
        (folder / name).mkdir(parents=True)
        (folder / name / HALF_A_FILE).write_text("mine")
    (folder / HALF_A_FILE).write_text("mine")
    (folder / ".new-0123.db").write_text("mine")
    return folder


def grow_old(*folders: Path) -> None:
    then = time.time() - TWO_HOURS
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.utime(path, (then, then), follow_symlinks=False)


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def in_place_of(path: Path) -> Path:
    if path.exists():
        path.rename(path.with_name(f"{path.name}.aside"))
    return path


LINKS: dict[str, Callable[[Path, str, Path], None]] = {
    "an organization's documents": lambda root, of, out: in_place_of(
        root / ORGANIZATIONS_FOLDER / of / "documents"
    ).symlink_to(out),
    "an organization's exports": lambda root, of, out: in_place_of(
        root / ORGANIZATIONS_FOLDER / of / "exports"
    ).symlink_to(out),
    "an organization": lambda root, of, out: (root / ORGANIZATIONS_FOLDER / "planted").symlink_to(out),
    "all organizations": lambda root, of, out: in_place_of(root / ORGANIZATIONS_FOLDER).symlink_to(out.parent),
    "the templates": lambda root, of, out: in_place_of(root / "templates").symlink_to(out),
    "something unfinished": lambda root, of, out: (root / ".new-link").symlink_to(out),
    "an unfinished file": lambda root, of, out: (
        root / ORGANIZATIONS_FOLDER / of / "documents" / HALF_A_FILE
    ).symlink_to(out / HALF_A_FILE),
}


@pytest.mark.parametrize("place", LINKS)
def test_cleaning_up_removes_nothing_that_a_link_leads_to(
    root: Path, client: OrganizationRef, outside: Path, place: str
) -> None:
    LINKS[place](root, client.id, outside)
    grow_old(root, outside)
    before = contents(outside)
    clean_up(root)
    diagnosis(root)
    assert contents(outside) == before


async def test_nothing_is_written_or_read_through_a_link_to_a_folder(tmp_path: Path, outside: Path) -> None:
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        invoice = await one.issue(books, (await one.customer(books)).id)
        made = await render_document(books, invoice.document.id, file_format="pdf")
        shutil.copy(path_of(books, made), outside / path_of(books, made).name)
        in_place_of(folder_of(books) / "documents").symlink_to(outside)
        before = contents(outside)
        assert "missing" in (await verify_books(books)).problem
        report = back_up(one.root, tmp_path / "backup", now=NOON, progress=silent)
        assert report.damaged == (path_of(books, made).relative_to(one.root).as_posix(),)
        with pytest.raises(StorageFault, match="something else is in the place"):
            await render_document(books, invoice.document.id, file_format="pdf")
        assert contents(outside) == before


KILLED_EXPORT = """
import os, signal, sys
from pathlib import Path

import anyio

from operations.files import ExportRequest, export_documents, render_document
from server.app import find_organization, local_office
from tests.support.stores import settings
from operations.access import open_books
from operations.rights import Right

def die(event, arguments):
    # When the file is to be renamed to what it is called in the end, everything that was temporary is there.
    if event == sys.argv[3] and sys.argv[4] in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with local_office(settings(Path(sys.argv[1]))) as office:
        books = open_books(office, await find_organization(office, "harbour-bakery-sandbox"), Right.ISSUE)
        async def nobody(done, of):
            pass
        sys.addaudithook(die)
        await export_documents(books, ExportRequest(format=sys.argv[2]), progress=nobody)

anyio.run(main)
"""


@pytest.mark.faults
@pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal")
@pytest.mark.parametrize(
    ("file_format", "event", "at"),
    [
        ("xlsx", "shutil.rmtree", ".xlsx-"),
        ("xlsx", "os.rename", "exports"),
        ("pdf", "os.rename", "exports"),
    ],
)
def test_of_an_export_that_is_killed_nothing_stays(root: Path, file_format: str, event: str, at: str) -> None:
    before = {name for name in contents(root) if not name.endswith(("-wal", "-shm"))}
    killed = start_python(KILLED_EXPORT, str(root), file_format, event, at)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    left = {name for name in contents(root) if not name.endswith(("-wal", "-shm"))} - before
    assert left, "it left something"
    assert clean_up(root) == 0, "it could still be under way"
    grow_old(root)
    assert clean_up(root) > 0
    assert {name for name in contents(root) if not name.endswith(("-wal", "-shm"))} == before


def test_a_probe_a_file_and_a_restore_that_were_interrupted_are_found(root: Path, client: OrganizationRef) -> None:
    folder = root / ORGANIZATIONS_FOLDER / client.id
    left = [folder / ".new-0123", folder / "branding" / HALF_A_FILE]
    (folder / "branding").mkdir()
    for path in left:
        path.write_text("half")
    (folder / "exports" / ".xlsx-ab_12cd").mkdir()
    (folder / "exports" / ".xlsx-ab_12cd" / "sheet").write_text("half")
    beside = root.parent / f".new-{'0' * 32}"
    beside.mkdir()
    grow_old(root, beside)
    assert [one.severity for one in diagnosis(root) if one.subject == "leftover"] == [
        *["warning"] * 3,
        "note",
    ]
    assert clean_up(root) == 3
    assert beside.exists(), "it lies outside the data folder"
