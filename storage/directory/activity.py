"""Queries of the directory on what was done: each organization's log, and the installation's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, or_, select
from sqlmodel import Session

from invoicing.text.codes import small_letters
from storage.directory.activity_tables import Activity
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of
from storage.queries.statements import Kept, execute, flat, insert_rows, table_of

INSTALLATION = ""
"""Whose log has what belongs to no organization."""

_TABLE = table_of(Activity)
_COLUMNS = _TABLE.c
_OF = _COLUMNS.organization_id == bindparam("of")
_NEWEST = select(func.max(_COLUMNS.sequence)).where(_OF)
_ADD = _TABLE.insert().inline()
_COUNT_ON = (
    _TABLE.update()
    .where(_OF, _COLUMNS.sequence == bindparam("number"))
    .values(times=_COLUMNS.times + bindparam("more"), at=bindparam("last"))
)
_FORGET_OLD = _TABLE.delete().where(_COLUMNS.at < bindparam("long_ago"))
_FORGET_BEYOND = _TABLE.delete().where(_OF, _COLUMNS.sequence <= bindparam("last_one"))


@dataclass(frozen=True, slots=True)
class Noted:
    """An act as the log has it; what is not known of it is empty."""

    at: datetime
    door: str
    act: str
    result: str
    organization_id: str = INSTALLATION
    user_id: str = ""
    label: str = ""
    program: str = ""
    credential_id: str = ""
    named: bool = False
    times: int = 1


_NOTED = Kept(Activity, Noted)
_LISTED = _NOTED.all.add_columns(_COLUMNS.sequence).where(_OF)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of each log is kept: its newest rows, and none that is older than so many days."""

    rows: int
    days: int


def add_noted(session: Session, organization_id: str, noted: Sequence[Noted], *, bounds: Bounds) -> int:
    """Add acts to one log, of which those beyond its bounds go; the sequence of the last one."""
    newest = execute(session, _NEWEST, {"of": organization_id}).scalar() or 0
    rows = [{**flat(one), "sequence": number} for number, one in enumerate(noted, newest + 1)]
    insert_rows(session, _ADD, rows)
    newest += len(rows)
    execute(session, _FORGET_BEYOND, {"of": organization_id, "last_one": newest - bounds.rows})
    return int(newest)


def count_on(session: Session, sequence: int, more: int, *, at: datetime) -> bool:
    """Count `more` of an act that the installation's log has only counted; false where its row has gone."""
    values = {"of": INSTALLATION, "number": sequence, "more": more, "last": at}
    return execute(session, _COUNT_ON, values).rowcount > 0


def forget_old(session: Session, now: datetime, *, bounds: Bounds) -> None:
    """Remove what is too old, from all logs."""
    execute(session, _FORGET_OLD, {"long_ago": now - timedelta(days=bounds.days)})


def noted_page(
    session: Session,
    organization_id: str,
    *,
    cursor: str,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
    said: str = "",
    door: str = "",
) -> Page[Noted]:
    """What one log has, newest first; from a moment to before another one, where they are given, and where they are,
    of whoever's address, program or act holds what is `said`, and of one `door`.

    Raises:
        InvalidInput: not a cursor of this list.
    """
    wanted = _LISTED
    values: dict[str, Any] = {"of": organization_id}
    if since is not None and until is not None:
        wanted = wanted.where(_COLUMNS.at >= bindparam("since"), _COLUMNS.at < bindparam("until"))
        values |= {"since": since, "until": until}
    if said.strip():
        columns = (_COLUMNS.label, _COLUMNS.program, _COLUMNS.act)
        wanted = wanted.where(or_(*(func.lower(one).like(bindparam("said"), escape="\\") for one in columns)))
        values["said"] = like_pattern(small_letters(said))
    if door:
        wanted = wanted.where(_COLUMNS.door == bindparam("door"))
        values["door"] = door
    if position := decode_cursor(cursor, int):
        wanted = wanted.where(_COLUMNS.sequence < bindparam("before", type_=BigInteger))
        values["before"] = position[0]
    rows = execute(session, wanted.order_by(_COLUMNS.sequence.desc()).limit(limit + 1), values).all()

    def count() -> int:
        return int(execute(session, select(func.count()).select_from(wanted.subquery()), values).scalar_one())

    page = page_of(rows, limit=limit, count=count, cursor_of=lambda row: encode_cursor(row[-1]))
    return page.map(lambda row: _NOTED.of(row[:-1]))
