"""Exports are made once: the same request on unchanged books is answered with the file that there is, what is made anew
is counted, and what nobody has asked for in a long time is removed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session

from invoicing.refusals import LimitExceeded
from operations.file_readers import FileReader
from storage.books import exports
from storage.books.exports import MadeExport, PastExport
from storage.books.pool import Books
from storage.files.kept import StoredFile
from storage.work.budget import IN_A_THREAD
from storage.work.completion import to_its_end

_MIB = 1024**2
_SURELY_REMOVED = timedelta(days=7)


async def made_once(books: Books, key: str, make: Callable[[], Awaitable[MadeExport]]) -> MadeExport:
    """The export that answers the request of this key (`storage.exports.request_key`): made before, or by `make`.

    Raises:
        LimitExceeded: the organization's exports have made as much today as they may.
    """
    before = await books.read(lambda db: exports.made_before(db, key))
    if before is not None and await books.use_files(books.files.exists, before.file):
        await books.record(lambda db: exports.asked_again(db, key, before.file.id, at=books.clock()))
        return before
    day = books.clock().date()
    # Counted beforehand: of many at once, none gets past the limit.
    await books.record(lambda db: _count(db, books, day))
    try:
        made = await make()
    except BaseException:
        await to_its_end(books.record(lambda db: exports.count_in(db, day, made=-1)))
        raise
    kept, was_removed = await books.record(lambda db: _keep(db, books, key, made, day), size=IN_A_THREAD)
    if kept is not made.file:
        await _put_in_place(books, kept, made.file, was_removed=was_removed)
    await _remove_aged(books)
    return replace(made, file=kept)


async def _put_in_place(books: Books, kept: StoredFile, made: StoredFile, *, was_removed: bool) -> None:
    """What was made is kept under the name of the first file of its content. This is not done in the transaction: where
    the files are far away, nobody who writes waits for them.
    """
    try:
        await books.use_files(books.files.put_in_place_of, kept, made)
    except BaseException:
        if was_removed:
            await to_its_end(books.record(lambda db: exports.say_gone(db, [kept.id], at=books.clock())))
        raise


async def past_exports(books: Books, *, reader: FileReader, limit: int) -> list[PastExport]:
    """The exports that were made, the newest first, without those over clients that are not this reader's."""
    found = await books.read(lambda db: exports.past_exports(db, limit=limit))
    readable = frozenset(await reader.those_to_read(one.kept for one in found))
    return [one for one in found if one.kept.file_id in readable]


def _count(db: Session, books: Books, day: date) -> None:
    limits, done = books.pool.limits, exports.of_day(db, day)
    if done.made >= limits.exports_a_day:
        raise _closed(f"made {done.made} exports", day)
    if done.size_bytes >= limits.export_mib_a_day * _MIB:
        raise _closed(f"made exports of {done.size_bytes // _MIB} MiB", day)
    exports.count_in(db, day, made=1)


def _closed(what: str, day: date) -> LimitExceeded:
    return LimitExceeded(
        f"This organization has {what} today, which is all that it may: from {day + timedelta(days=1)} 00:00 UTC on it"
        " can make others. An export that was made today is still answered, as long as the books are unchanged."
    )


def _keep(db: Session, books: Books, key: str, made: MadeExport, day: date) -> tuple[StoredFile, bool]:
    kept, was_removed = exports.keep_export(db, key, made, at=books.clock())
    if kept is made.file:
        exports.count_in(db, day, size_bytes=kept.size_bytes)
    else:
        # Nothing was added: the same content is there already.
        exports.count_in(db, day, made=-1)
    return kept, was_removed


async def _remove_aged(books: Books) -> None:
    now = books.clock()
    before = now - timedelta(days=books.pool.limits.exports_kept_days)
    if await books.read(lambda db: bool(exports.aged_files(db, before=before))):
        await books.record(lambda db: exports.say_removed(db, before=before, at=now))
        # To look for each one that ever was takes long where the files are far away.
        removed = await books.read(lambda db: exports.removed_files(db, since=now - _SURELY_REMOVED))
        gone = await books.use_files(exports.remove_files, books.files, removed)
        if gone:
            await books.record(lambda db: exports.say_gone(db, gone, at=now))
