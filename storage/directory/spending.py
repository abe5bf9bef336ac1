"""Queries of the directory on how many requests each server process has had of one account lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session

from storage.directory.followed_tables import Spending
from storage.queries.statements import Kept, execute, flat, insert_rows

KEPT_FOR = timedelta(minutes=1)
"""After so long without a word what was spent is earned again, or its process has ended."""


@dataclass(frozen=True, slots=True)
class KeptSpending:
    """What one process has told of one account; see `Spending`."""

    process: str
    account: str
    spent: int
    before: int
    told_at: datetime


_SPENDING = Kept(Spending, KeptSpending)
_C = _SPENDING.table.c
_ADD = _SPENDING.table.insert().inline()
_OVER = _SPENDING.table.delete().where(_C.told_at <= bindparam("until"))
_OF = _C.account.in_(bindparam("accounts", expanding=True))
_OWN = _SPENDING.table.delete().where(_C.process == bindparam("process"), _OF)
_ELSEWHERE = _SPENDING.all.where(_C.process != bindparam("process"), _OF).order_by(_C.process, _C.account)


def tell_spending(session: Session, told: Iterable[KeptSpending], *, process: str, now: datetime) -> list[KeptSpending]:
    """Keep what a process tells of some accounts in place of what it told before; what others have told of them."""
    rows = list(told)
    given = {"process": process, "accounts": [one.account for one in rows]}
    execute(session, _OVER, {"until": now - KEPT_FOR})
    execute(session, _OWN, given)
    insert_rows(session, _ADD, map(flat, rows))
    return _SPENDING.find(session, _ELSEWHERE, **given)
