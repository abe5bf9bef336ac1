"""What is remembered from one transaction to the next: settings, the ends of chains, and, in the directory, who reaches
what.

What composing a document looks at changes a few times a year and is read with every document; where the next link goes
is what the last transaction wrote. What was read is kept as frozen values, for one database of one organization:

- **By a connection to a file that stays open**, until another connection has committed anything (SQLite's
  `data_version`): then it has forgotten all.
- **For the schema of a server**, where all connections serve everybody and nobody is told of a commit, settings alone,
  until a mark in the database is another one. Whatever transaction writes to a table that does not say that it holds no
  settings sets a new mark, which nothing had before.

A transaction that has changed settings forgets all of them, and one that is undone leaves nothing of what it read.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Executable, Table, UpdateBase, bindparam, event, text
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

T = TypeVar("T")
What = tuple[Any, ...]

REMEMBERED_MAX = 4_096
"""More than one set of books or most directories have; beyond it, everything is read anew."""
_MEMORY = "counterfoil.remembered"
_CHANGED = "counterfoil.changed"
_MARK_BITS = 62
_SET_MARK = text(
    "INSERT INTO change_marks (id, mark) VALUES (1, :mark) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
).bindparams(bindparam("mark", type_=BigInteger))

NO_SETTING: dict[str, object] = {"is_no_setting": True}
"""The `info` of a table whose rows are no settings: writing to it leaves what is remembered of settings."""


@dataclass(slots=True)
class Memory:
    """What is remembered of one database while it has that `mark`. `for_now` is what any commit may change; None where
    nobody knows whether there was one.
    """

    mark: int = 0
    settings: dict[What, Any] = field(default_factory=dict)
    for_now: dict[What, Any] | None = None

    def forget(self) -> None:
        self.settings.clear()
        if self.for_now is not None:
            self.for_now.clear()


def with_memory(session: Session) -> Session:
    """The session of a connection that stays open, remembering from now on."""
    session.info[_MEMORY] = Memory(for_now={})
    return session


def lend(session: Session, memory: Memory) -> None:
    """Let the session remember what transactions of other connections do, too, while they find the same mark."""
    session.info[_MEMORY] = memory


def remembered(session: Session, what: What, load: Callable[[Session], T]) -> T:
    """What `load` answers, a value that nobody changes and that comes from settings alone; remembered by `what` where
    the session remembers.

    None is not: what is not there may be asked for by any name.
    """
    memory: Memory | None = session.info.get(_MEMORY)
    return _remembered(session, None if memory is None else memory.settings, what, load)


def remembered_for_now(session: Session, what: What, load: Callable[[Session], T]) -> T:
    """The same for what comes from other tables as well: until another connection has committed anything. Whoever
    changes it on this one says so by `remember_for_now`, or reads it on another.
    """
    memory: Memory | None = session.info.get(_MEMORY)
    return _remembered(session, None if memory is None else memory.for_now, what, load)


def remember_for_now(session: Session, what: What, value: object) -> None:
    """Remember what the transaction itself has made so; when it is undone, all is forgotten."""
    memory: Memory | None = session.info.get(_MEMORY)
    if memory is not None and memory.for_now is not None:
        _keep(memory.for_now, what, value)


def forget(session: Session) -> None:
    """Forget all that the session remembers."""
    memory: Memory | None = session.info.get(_MEMORY)
    if memory is None:
        return
    if memory.for_now is None:
        # Others go on with it: what this transaction reads from here on is not theirs.
        del session.info[_MEMORY]
    else:
        memory.forget()


def forget_undone(session: Session) -> None:
    """Forget all of a transaction of which nothing is kept."""
    session.info.pop(_CHANGED, None)
    forget(session)


def set_mark(session: Session, *, writes: bool) -> None:
    """To be called at the end of each transaction; one that `writes` and may have changed settings lets whoever
    remembers any see that.
    """
    if session.info.pop(_CHANGED, False) and writes:
        session.connection().execute(_SET_MARK, {"mark": secrets.randbits(_MARK_BITS)})


def forget_if_changed(session: Session, statement: Executable) -> None:
    """Forget, unless the statement only reads, or writes what is no setting."""
    if statement.is_select or (isinstance(statement, UpdateBase) and _is_no_setting(statement)):
        return
    _change(session)


def _remembered(session: Session, kept: dict[What, Any] | None, what: What, load: Callable[[Session], T]) -> T:
    if kept is None:
        return load(session)
    found: T | None = kept.get(what)
    if found is not None:
        return found
    value = load(session)
    if value is not None:
        _keep(kept, what, value)
    return value


def _keep(kept: dict[What, Any], what: What, value: object) -> None:
    if len(kept) >= REMEMBERED_MAX:
        kept.clear()
    kept[what] = value


def _change(session: Session) -> None:
    session.info[_CHANGED] = True
    forget(session)


def _is_no_setting(statement: UpdateBase) -> bool:
    return isinstance(statement.table, Table) and _holds_no_setting(statement.table)


def _holds_no_setting(table: Table) -> bool:
    return bool(table.info.get("is_no_setting"))


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _: object) -> None:
    if any(not _holds_no_setting(one.__table__) for one in (*session.new, *session.dirty, *session.deleted)):
        _change(session)


@event.listens_for(Session, "do_orm_execute")
def _when_executed(state: ORMExecuteState) -> None:
    forget_if_changed(state.session, state.statement)  # type: ignore[arg-type]  # Sessions here are SQLModel's.
