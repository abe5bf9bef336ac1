"""What a connection that stays open remembers from one transaction to the next: settings, the ends of chains, and, in
the directory, who reaches what.

What composing a document looks at changes a few times a year and is read with every document; where the next link goes
is what the last transaction wrote. A standing connection keeps what it has read, as frozen values, until something may
have changed: another connection has committed anything (SQLite's `data_version`), one of its own transactions has
written to a table that does not say that it holds none, or has been undone. The memory belongs to a connection, which
belongs to one file of one organization.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Executable, Table, UpdateBase, event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

T = TypeVar("T")

REMEMBERED_MAX = 4_096
"""More than one set of books or most directories have; beyond it, everything is read anew."""
_MEMORY = "counterfoil.remembered"

NO_SETTING: dict[str, object] = {"is_no_setting": True}
"""The `info` of a table whose rows are no settings: writing to it leaves what is remembered."""


def with_memory(session: Session) -> Session:
    """The session, remembering from now on."""
    session.info[_MEMORY] = {}
    return session


def remembered(session: Session, what: tuple[Any, ...], load: Callable[[Session], T]) -> T:
    """What `load` answers, a value that nobody changes; remembered by `what` where the session remembers.

    None is not: what is not there may be asked for by any name.
    """
    memory: dict[tuple[Any, ...], T] | None = session.info.get(_MEMORY)
    if memory is None:
        return load(session)
    if (found := memory.get(what)) is not None:
        return found
    value = load(session)
    if value is not None:
        remember(session, what, value)
    return value


def remember(session: Session, what: tuple[Any, ...], value: object) -> None:
    """Remember what the transaction itself has made so; when it is undone, all is forgotten."""
    memory: dict[tuple[Any, ...], object] | None = session.info.get(_MEMORY)
    if memory is None:
        return
    if len(memory) >= REMEMBERED_MAX:
        memory.clear()
    memory[what] = value


def forget(session: Session) -> None:
    """Forget all that the session remembers."""
    if memory := session.info.get(_MEMORY):
        memory.clear()


def forget_if_changed(session: Session, statement: Executable) -> None:
    """Forget, unless the statement only reads, or writes what is no setting."""
    if statement.is_select or (isinstance(statement, UpdateBase) and _is_no_setting(statement)):
        return
    forget(session)


def _is_no_setting(statement: UpdateBase) -> bool:
    return isinstance(statement.table, Table) and bool(statement.table.info.get("is_no_setting"))


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _: object) -> None:
    forget(session)


@event.listens_for(Session, "do_orm_execute")
def _when_executed(state: ORMExecuteState) -> None:
    forget_if_changed(state.session, state.statement)  # type: ignore[arg-type]  # Sessions here are SQLModel's.
