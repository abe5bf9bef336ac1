"""Litestream copies a file while it is in use: with two tables of its own in it, a transaction that reads, and
checkpoints of its own. What it does here is what its release 0.5.17 was seen to do.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from operations.access import open_books
from operations.files import render_document
from operations.rights import Right
from server.app import find_organization, local_office
from storage.books.pool import BOOKS_FILE
from storage.faults.errors import DamagedStore
from storage.faults.kinds import Fault
from tests.support.auditor import audited, numbers
from tests.support.practice import practice
from tests.support.stores import settings
from tests.support.waiting import until

BAKERY = "harbour-bakery-sandbox"
OWN = (
    "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
    "CREATE TABLE _litestream_lock (id INTEGER)",
    "INSERT INTO _litestream_seq VALUES (1, 1)",
)


_PROGRAMS = str(Path(sys.executable).parent)


def program() -> str:
    """Litestream itself, as the development tools bring it."""
    return str(Path(_PROGRAMS) / "litestream")


@contextmanager
def copied(root: Path, copies: Path, scratch: Path) -> Iterator[None]:
    """Let it copy an installation, as docs/operations.md says, until the end: it is asked to end then, and copies what
    is left.
    """
    told = scratch / "litestream.yml"
    told.write_text(
        f"""
dbs:
  - path: {root}/directory.db
    replica: {{type: file, path: {copies}/directory.db}}
  - dir: {root}/organizations
    pattern: books.db
    recursive: true
    watch: true
    replica: {{type: file, path: {copies}/organizations}}
"""
    )
    with (scratch / "litestream.log").open("wb") as log:
        running = subprocess.Popen([program(), "replicate", "-config", told], stdout=log, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(30)
        finally:
            running.kill()


def copier(path: Path) -> sqlite3.Connection:
    """Its connection, after it has begun with a file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    for statement in OWN:
        connection.execute(statement)
    return connection


async def test_books_are_issued_in_while_they_are_copied_continuously(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        await one.issue(books, customer)
        file = one.store.pool.folder(one.first_client.id) / BOOKS_FILE
        copiers = [copier(file), copier(one.root / "directory.db")]
        for mode in ("PASSIVE", "FULL", "RESTART", "TRUNCATE"):
            for each in copiers:
                each.execute("BEGIN")
                each.execute("SELECT count(*) FROM _litestream_seq").fetchone()
            await one.issue(books, customer)
            for each in copiers:
                each.execute("ROLLBACK")
                each.execute(f"PRAGMA wal_checkpoint({mode})")
                each.execute("UPDATE _litestream_seq SET seq = seq + 1")
            await one.issue(books, customer)
        assert (await audited(one.office))[BAKERY] == numbers(9, 2026)
        # Nobody else's table is taken for one of these.
        copiers[0].execute("CREATE TABLE _litestream_other (id INTEGER)")
        with pytest.raises(DamagedStore) as refused:
            await one.issue(books, customer)
        assert refused.value.fault is Fault.INCOMPLETE
        for each in copiers:
            each.close()


@pytest.mark.skipif(shutil.which("litestream", path=_PROGRAMS) is None, reason="Litestream is not installed")
async def test_what_the_program_itself_copied_is_restored_and_goes_on(tmp_path: Path) -> None:
    root, copies = tmp_path / "data", tmp_path / "copies"
    async with practice(root, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        with copied(root, copies, tmp_path):
            for _ in range(5):
                await one.issue(books, customer)
            # A client that is made while it runs is found.
            later = one.books(await one.client("Finch Studio"))
            await until(lambda: any((copies / "organizations" / later.organization.id).rglob("*.ltx")))
            guest = (await one.customer(later)).id
            for _ in range(3):
                issued = await one.issue(later, guest)
            await render_document(later, issued.document.number, file_format="pdf")
        expected = await audited(one.office)
    assert sorted(len(found) for found in expected.values()) == [0, 3, 5]
    for file in (root / "directory.db", *root.glob("organizations/*/books.db")):
        restore(copies, tmp_path / "again", file.relative_to(root))
    async with local_office(settings(tmp_path / "again")) as office:
        # Of files it knows nothing: what is missing is drawn again.
        known = await find_organization(office, later.organization.handle)
        await render_document(open_books(office, known, Right.READ), issued.document.number, file_format="pdf")
        assert await audited(office) == expected


def restore(copies: Path, to: Path, file: Path) -> None:
    (to / file).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([program(), "restore", "-o", to / file, f"file://{copies / file}"], capture_output=True, check=True)
