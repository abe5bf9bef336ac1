"""Drafts as they are kept, and as an earlier release kept them."""

from __future__ import annotations

import json
from typing import Any

from storage.books.pool import BOOKS_FILE, Books
from tests.support.folders import folder_of
from tests.support.raw import raw


def kept(books: Books, draft: str) -> dict[str, Any]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        (content,) = connection.execute("SELECT content FROM drafts WHERE id = ?", (draft,)).fetchone()
    found: dict[str, Any] = json.loads(content)
    return found


def keep_as_an_earlier_release(books: Books, draft: str) -> None:
    content = kept(books, draft)
    del content["shown"], content["rounding"]
    content["prices_include_tax"] = None
    keep(books, draft, content)


def keep(books: Books, draft: str, content: dict[str, Any]) -> None:
    """Put other content into a draft."""
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        connection.execute("UPDATE drafts SET content = ? WHERE id = ?", (json.dumps(content), draft))
