"""Queries of the directory on what client programs ask for, and on the codes that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from storage.directory.authorization_tables import AuthorizationCode
from storage.directory.authorization_tables import AuthorizationRequest as Row
from storage.queries.statements import Kept, execute, flat


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a client program asks of whoever sits at the browser that brought it. `audience` is the connection that is
    asked for, `handle` that of its organization, empty for the connection to all; `scopes` are words of OAuth.
    """

    digest: str
    browser_digest: str
    client_id: str
    redirect_uri: str
    audience: str
    handle: str
    scopes: str
    state: str
    challenge: str
    prompt: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A code that was given out, for the tokens of the connection `credential_id`."""

    digest: str
    credential_id: str
    client_id: str
    redirect_uri: str
    challenge: str
    created_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None = None


_REQUESTS = Kept(Row, AuthorizationRequest)
_REQUEST = _REQUESTS.table.c
_COUNT = select(func.count()).select_from(_REQUESTS.table)
_OLDEST = select(_REQUEST.digest).order_by(_REQUEST.created_at).limit(bindparam("count")).scalar_subquery()
_FORGET_OLDEST = _REQUESTS.table.delete().where(_REQUEST.digest.in_(_OLDEST))
_FORGET = _REQUESTS.table.delete().where(_REQUEST.digest == bindparam("request"))
_FORGET_EXPIRED = _REQUESTS.table.delete().where(_REQUEST.expires_at <= bindparam("now"))

_CODES = Kept(AuthorizationCode, KeptCode)
_CODE = _CODES.table.c
_UNREDEEMED = select(_CODE.credential_id).where(_CODE.expires_at <= bindparam("now"), _CODE.redeemed_at.is_(None))
_FORGET_CODES = _CODES.table.delete().where(_CODE.expires_at <= bindparam("long_ago"))
_FORGET_UNREDEEMED = _CODES.table.delete().where(_CODE.expires_at <= bindparam("now"), _CODE.redeemed_at.is_(None))


def add_request(session: Session, request: AuthorizationRequest, *, requests_max: int) -> None:
    """Keep a request; of all that wait at most `requests_max` are kept: the oldest ones go."""
    execute(session, _FORGET_EXPIRED, {"now": request.created_at})
    if (beyond := execute(session, _COUNT).scalar_one() - requests_max + 1) > 0:
        execute(session, _FORGET_OLDEST, {"count": beyond})
    _REQUESTS.add(session, **flat(request))


def find_request(session: Session, digest: str, *, now: datetime) -> AuthorizationRequest | None:
    """The request with this digest, if it still waits."""
    found = _REQUESTS.get(session, digest)
    return None if found is None or found.expires_at <= now else found


def forget_request(session: Session, digest: str) -> bool:
    """Let a request wait no longer; whether it still did."""
    return execute(session, _FORGET, {"request": digest}).rowcount > 0


def add_code(session: Session, code: KeptCode) -> None:
    _CODES.add(session, **flat(code))


def find_code(session: Session, digest: str) -> KeptCode | None:
    """The code with this digest, redeemed, expired or not."""
    return _CODES.get(session, digest)


def redeem_code(session: Session, digest: str, *, now: datetime) -> None:
    """Note that the code was redeemed."""
    _CODES.change(session, digest, redeemed_at=now)


def forget_requests_and_codes(session: Session, *, now: datetime, codes_since: datetime) -> list[str]:
    """Forget requests that have expired, codes that nobody redeemed in time, and those that expired by `codes_since`;
    answers the connections that were never taken up.
    """
    execute(session, _FORGET_EXPIRED, {"now": now})
    never = list(execute(session, _UNREDEEMED, {"now": now}).scalars())
    execute(session, _FORGET_UNREDEEMED, {"now": now})
    execute(session, _FORGET_CODES, {"long_ago": codes_since})
    return never
