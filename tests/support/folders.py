"""Where the data folder keeps what belongs to an organization: tests look at it, and nothing else does."""

from __future__ import annotations

from pathlib import Path

from operations.files import MadeFile
from storage.books.pool import Books


def folder_of(books: Books) -> Path:
    """Where the organization's books and files are."""
    return books.pool.folder(books.organization.id)


def path_of(books: Books, made: MadeFile) -> Path:
    """Where a file that was made is."""
    return folder_of(books) / made.file.path
