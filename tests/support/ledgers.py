"""Exports of the journal as other programs read them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core.data import Transaction

from operations.files import ExportRequest, MadeFile, export_documents
from storage.books.pool import Books
from tests.support.folders import path_of


async def exported_ledger(
    books: Books, file_format: str, *, issued_from: date | None = None, issued_to: date | None = None
) -> tuple[MadeFile, Path]:
    """An export of the journal, and where it is."""

    async def unheard(done: int, of: int) -> None:
        assert done <= of

    request = ExportRequest(format=file_format, issued_from=issued_from, issued_to=issued_to)
    made = await export_documents(books, request, progress=unheard)
    return made, path_of(books, made)


def csv_sides(path: Path) -> list[dict[str, str]]:
    """The rows of a journal as CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def beancount_errors(text: str) -> list[str]:
    """What beancount's parser, booking and validation say against a text."""
    return [error.message for error in loader.load_string(text)[1]]


def beancount_transactions(text: str) -> list[Any]:
    """The transactions of a text that beancount takes."""
    entries, errors, _ = loader.load_string(text)
    assert not errors, errors
    return [entry for entry in entries if isinstance(entry, Transaction)]
