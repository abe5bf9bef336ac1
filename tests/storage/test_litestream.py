"""Litestream copies a file while it is in use: with two tables of its own in it, a transaction that reads, and
checkpoints of its own. What it does here is what its release 0.5.17 was seen to do.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from storage.books.pool import BOOKS_FILE
from storage.faults.errors import DamagedStore
from storage.faults.kinds import Fault
from tests.support.auditor import audited, numbers
from tests.support.practice import practice

BAKERY = "harbour-bakery-sandbox"
OWN = (
    "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
    "CREATE TABLE _litestream_lock (id INTEGER)",
    "INSERT INTO _litestream_seq VALUES (1, 1)",
)


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
