"""Queries of the directory on client programs, and on the statements by which they prove to be themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlmodel import Session

from storage.directory.authorization_tables import AuthorizationRequest, ClientAssertion
from storage.directory.authorization_tables import ClientProgram as Row
from storage.directory.tables import Credential
from storage.queries.once import Once
from storage.queries.statements import Kept, execute, flat, table_of


class ClientMethod(StrEnum):
    """How a client program proves to be itself when it asks for tokens (RFC 7591, 2)."""

    NONE = "none"
    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    PRIVATE_KEY = "private_key_jwt"


HAS_SECRET = frozenset({ClientMethod.BASIC, ClientMethod.POST})


@dataclass(frozen=True, slots=True)
class ClientProgram:
    """A program that asks people for connections. `keys` are its public keys as JSON, empty where they stand at
    `keys_url` or there are none. `fresh_until` is None for one that has registered: what it said does not change.
    `last_used_at` is when somebody last allowed it something, None where nobody has yet.
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    method: ClientMethod = ClientMethod.NONE
    secret_digest: str = ""
    keys: str = ""
    keys_url: str = ""
    fresh_until: datetime | None = None
    last_used_at: datetime | None = None


def _uris(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


_PROGRAMS = Kept(Row, ClientProgram, method=ClientMethod, redirect_uris=_uris)
_PROGRAM = _PROGRAMS.table.c
_UNUSED = _PROGRAM.last_used_at.is_(None)
_CREDENTIAL = table_of(Credential).c
_REQUEST = table_of(AuthorizationRequest).c
_HAS_CONNECTION = exists().where(_CREDENTIAL.client_id == _PROGRAM.id, _CREDENTIAL.revoked_at.is_(None))
# Read once for all programs: there is no index by program.
_IS_ASKING = _PROGRAM.id.in_(select(_REQUEST.client_id).where(_REQUEST.expires_at > bindparam("now")))
_FORGET_UNUSED = _PROGRAMS.table.delete().where(_UNUSED, _PROGRAM.created_at <= bindparam("long_ago"), ~_IS_ASKING)
_FORGET_DISUSED = _PROGRAMS.table.delete().where(_PROGRAM.last_used_at <= bindparam("long_ago"), ~_HAS_CONNECTION)
_COUNT_UNUSED = select(func.count()).select_from(_PROGRAMS.table).where(_UNUSED)
_COUNT_IDLE = select(func.count()).select_from(_PROGRAMS.table).where(_UNUSED, ~_IS_ASKING)
_OLDEST_IDLE = select(_PROGRAM.id).where(_UNUSED, ~_IS_ASKING).order_by(_PROGRAM.created_at).limit(bindparam("count"))
_FORGET = _PROGRAMS.table.delete().where(_PROGRAM.id.in_(_OLDEST_IDLE.scalar_subquery()))

_ASSERTIONS = Once(ClientAssertion)


def find_program(session: Session, program_id: str) -> ClientProgram | None:
    """The program of this id, if it is known."""
    return _PROGRAMS.get(session, program_id)


def keep_program(session: Session, program: ClientProgram, *, now: datetime, unused_max: int) -> None:
    """Keep what a program says of itself, in the place of what it said before. Of those that nobody has allowed
    anything yet, and that ask nobody at this moment, at most `unused_max` are kept: the oldest ones go.
    """
    said = _said(program)
    if _PROGRAMS.change(session, program.id, **said):
        return
    if execute(session, _COUNT_UNUSED).scalar_one() >= unused_max:
        beyond = execute(session, _COUNT_IDLE, {"now": now}).scalar_one() - unused_max + 1
        execute(session, _FORGET, {"now": now, "count": max(0, beyond)})
    _PROGRAMS.add(session, id=program.id, created_at=now, last_used_at=None, **said)


def _said(program: ClientProgram) -> dict[str, Any]:
    said = flat(program) | {"redirect_uris": json.dumps(program.redirect_uris)}
    del said["id"], said["last_used_at"]
    return said


def touch_program(session: Session, program_id: str, *, now: datetime) -> None:
    """Note that somebody has allowed the program something."""
    _PROGRAMS.change(session, program_id, last_used_at=now)


def forget_programs(session: Session, *, now: datetime, unused_since: datetime, disused_since: datetime) -> None:
    """Forget those that came by `unused_since` and were allowed nothing, and those that were last allowed something by
    `disused_since` and have no connection any more.
    """
    execute(session, _FORGET_UNUSED, {"now": now, "long_ago": unused_since})
    execute(session, _FORGET_DISUSED, {"long_ago": disused_since})


def count_assertion(session: Session, digest: str, *, expires_at: datetime, now: datetime) -> bool:
    """Count a signed statement; false where it was counted before."""
    return _ASSERTIONS.use(session, digest, expires_at=expires_at, now=now)
