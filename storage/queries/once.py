"""What counts once, such as a signed statement: its digest is kept until it would count no more anyway."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel

from storage.queries.statements import execute, table_of


class Once:
    """The digests in a table that has nothing but `digest`, its key, and `expires_at`."""

    def __init__(self, model: type[SQLModel]) -> None:
        table = table_of(model)
        self._use = insert(table).on_conflict_do_nothing()
        self._give_back = table.delete().where(table.c.digest == bindparam("key"))
        self._forget = table.delete().where(table.c.expires_at <= bindparam("now"))

    def use(self, session: Session, digest: str, *, expires_at: datetime, now: datetime) -> bool:
        """Keep a digest; false where it was kept before. What has expired is forgotten."""
        is_new = execute(session, self._use, {"digest": digest, "expires_at": expires_at}).rowcount > 0
        execute(session, self._forget, {"now": now})
        return is_new

    def give_back(self, session: Session, digest: str) -> None:
        """Let a digest be used again."""
        execute(session, self._give_back, {"key": digest})
