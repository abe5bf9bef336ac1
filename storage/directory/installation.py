"""Queries of the directory on the installation itself: its name, and where it was served last."""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.directory.identity_tables import Installation
from storage.queries.statements import execute, table_of

_TABLE = table_of(Installation)
_NAME, _URL = select(_TABLE.c.name), select(_TABLE.c.public_url)
_ADD = _TABLE.insert().inline()
_SET_URL = _TABLE.update().values(public_url=bindparam("url"))


def installation_name(session: Session) -> str:
    """The installation's name; empty where it has none yet."""
    return execute(session, _NAME).scalar() or ""


def give_name(session: Session) -> str:
    """The installation's name, which it gets now where it had none."""
    name = installation_name(session)
    if not name:
        name = secrets.token_hex(8)
        execute(session, _ADD, {"name": name})
    return name


def served_url(session: Session) -> str:
    """The public URL under which it was served last; empty before it was."""
    return execute(session, _URL).scalar() or ""


def set_served_url(session: Session, url: str) -> None:
    """Keep the public URL under which it is served now."""
    give_name(session)
    execute(session, _SET_URL, {"url": url})
