"""What is remembered of what was worked out from books: within bounds, and of these very books alone."""

from __future__ import annotations

from storage.books.known import Known


def test_what_nobody_asks_for_is_forgotten_first() -> None:
    known = Known(rows_max=10)
    known.keep("one", "first", 4)
    known.keep("two", "second", 4)
    assert known.get("one") == "first"
    known.keep("three", "third", 4)
    assert (known.get("one"), known.get("two"), known.get("three")) == ("first", None, "third")
    assert known.rows == 8


def test_what_is_larger_than_all_that_is_kept_is_not_kept() -> None:
    known = Known(rows_max=10)
    known.keep("one", "first", 4)
    known.keep("large", "very much", 11)
    assert (known.get("one"), known.get("large"), known.rows) == ("first", None, 4)


def test_what_is_kept_anew_is_counted_once() -> None:
    known = Known(rows_max=10)
    known.keep("one", "first", 4)
    known.keep("one", "again", 9)
    assert (known.get("one"), known.rows) == ("again", 9)
