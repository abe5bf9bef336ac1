"""Pages of a list: an opaque cursor that says where the next one begins."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from invoicing.refusals import InvalidInput
from invoicing.text.typed import check_characters, fold

T = TypeVar("T")
U = TypeVar("U")

LIMIT_MAX = 100
QUERY_LENGTH_MAX = 300
QUERY_WORDS_MAX = 20
_CURSOR = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list. `next_cursor` is empty at its end; `left` says how many follow this page."""

    items: tuple[T, ...]
    next_cursor: str
    left: int

    def map(self, shape: Callable[[T], U]) -> Page[U]:
        return Page(tuple(shape(item) for item in self.items), self.next_cursor, self.left)


def check_limit(limit: int) -> int:
    """The length of a page, within bounds.

    Raises:
        InvalidInput: not between 1 and the most that one page holds.
    """
    if not 1 <= limit <= LIMIT_MAX:
        raise InvalidInput(f"limit must be between 1 and {LIMIT_MAX}.", field="limit")
    return limit


def encode_cursor(*position: str | int) -> str:
    """A cursor after the row at `position`, the values it is sorted by."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> tuple[str | int, ...] | None:
    """The position that a cursor names, or None for the beginning of the list.

    Raises:
        InvalidInput: not a cursor of this list.
    """
    if not cursor:
        return None
    try:
        # The decoder passes over what is not of its alphabet.
        if not _CURSOR.fullmatch(cursor):
            raise ValueError(cursor)
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        position = None
    if (
        not isinstance(position, list)
        or len(position) != len(kinds)
        or not all(type(value) is kind for value, kind in zip(position, kinds, strict=True))
        or not all(_is_text(value) for value in position if isinstance(value, str))
        or any(isinstance(value, int) and abs(value) >= 2**63 for value in position)
    ):
        raise not_of_this_list()
    return tuple(position)


def _is_text(value: str) -> bool:
    try:
        check_characters(value, field="cursor")
    except InvalidInput:
        return False
    return True


def not_of_this_list() -> InvalidInput:
    """The refusal of a cursor that another list gave, or nobody."""
    return InvalidInput("cursor is not one that this list gave: leave it out to start anew.", field="cursor")


def cursor_moment(text: str) -> datetime:
    """The moment of a cursor, in UTC as the list gave it; the cursors of other lists have two texts, too."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise not_of_this_list() from None
    if moment.utcoffset() != timedelta(0):
        raise not_of_this_list()
    return moment


def page_of(rows: Sequence[T], *, limit: int, count: Callable[[], int], cursor_of: Callable[[T], str]) -> Page[T]:
    """The page of at most `limit` of `rows`, of which one more was asked for.

    `count` answers how many match from here on; it is asked only where there are more than the page shows.
    """
    shown = tuple(rows[:limit])
    if len(rows) <= limit:
        return Page(shown, "", 0)
    return Page(shown, cursor_of(shown[-1]), count() - len(shown))


def page_of_whole(items: Sequence[T], *, cursor: str, limit: int) -> Page[T]:
    """The page of a list that is known whole; a cursor says how many came before.

    Raises:
        InvalidInput: not a cursor of this list.
    """
    position = decode_cursor(cursor, int)
    start = int(position[0]) if position else 0
    if position and not 0 < start < len(items):
        raise not_of_this_list()
    end = start + limit
    left = max(len(items) - end, 0)
    return Page(tuple(items[start:end]), encode_cursor(end) if left else "", left)


def search_words(query: str) -> list[str]:
    """The words to search for, as they are compared; none where there is no query.

    Raises:
        InvalidInput: very many, or very long ones; a character that no text has; or nothing that can be seen.
    """
    words = fold(query).split() if len(query) <= QUERY_LENGTH_MAX else []
    if len(query) > QUERY_LENGTH_MAX or len(words) > QUERY_WORDS_MAX:
        raise InvalidInput(f"query: at most {QUERY_LENGTH_MAX} characters and {QUERY_WORDS_MAX} words.", field="query")
    # A database ends a pattern at a NUL: everything would hold what is left of it.
    check_characters(query, field="query")
    if query.strip() and not words:
        raise InvalidInput("query has nothing in it that could be searched for.", field="query")
    return words


def like_pattern(query: str) -> str:
    """A LIKE pattern (escape character `\\`) for rows that contain `query` literally."""
    escaped = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
