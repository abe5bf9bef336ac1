"""Tokens: a client program redeems its code once, refreshes in turn, and gives a connection back."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlmodel import Session

from invoicing.organizations import Scopes, scopes_text
from invoicing.text.base64url import base64url
from operations.access import Office
from operations.authentication import ACCESS_TOKEN
from operations.authorization.scopes import Asked, scopes_of_words, words_of_scopes
from operations.credentials import digest_of, random_text
from storage.directory import access_queries, authorization_requests, connection_tokens, credentials
from storage.directory.authorization_requests import KeptCode
from storage.directory.connection_tokens import KeptAccessToken, KeptRefreshToken
from storage.directory.credentials import Bearer, Lapse

REFRESH_TOKEN = "cfr_"  # noqa: S105  What one begins with.
_LINE_LENGTH = len(REFRESH_TOKEN) + len(random_text())
"""How much of it is the same in all refresh tokens of a connection, and told to nobody but in these."""
ACCESS_LIFETIME = timedelta(hours=1)
REFRESH_LIFETIME = timedelta(days=30)
GRACE = timedelta(seconds=30)
"""How long a refresh token that was used works once more: its answer may have been lost on the way."""
SUCCESSORS_MAX = 8
"""How often its answer may have been lost. More at once are of a program that asks in parallel: they are refused."""

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Denial(Enum):
    """Why no tokens are given, in the words of OAuth."""

    GRANT = "invalid_grant"
    TARGET = "invalid_target"
    SCOPE = "invalid_scope"


class NotGranted(Exception):
    """No tokens are given."""

    def __init__(self, why: Denial) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """What a program brings to redeem its code; `audience` is empty where it does not say for which connection."""

    client_id: str
    code: str
    redirect_uri: str
    verifier: str
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshing:
    """What a program brings for new tokens; `words` are None where it wants what it has, `audience` empty likewise."""

    client_id: str
    token: str
    words: frozenset[Asked] | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """New tokens of a connection, which are shown now or never."""

    access: str
    refresh: str
    words: frozenset[Asked]
    seconds: int = int(ACCESS_LIFETIME.total_seconds())


async def redeem(office: Office, brought: Redemption) -> Tokens:
    """The first tokens of a connection, for the code that its person had sent to the program. A code that comes a
    second time was stolen, or what it gave was: the connection ends.

    Raises:
        NotGranted: the code is unknown, over or another program's, or what goes with it does not fit.
    """
    now = office.latest()

    def work(db: Session) -> Tokens | Denial:
        code = authorization_requests.find_code(db, digest_of(brought.code))
        if code is None or code.client_id != brought.client_id:
            return Denial.GRANT
        if code.redeemed_at is not None:
            credentials.revoke(db, code.credential_id, now=now)
            return Denial.GRANT
        if code.expires_at <= now or not _fits(code, brought):
            return Denial.GRANT
        bearer = credentials.bearer_by_id(db, code.credential_id, now=now)
        if isinstance(bearer, Lapse):
            return Denial.GRANT
        if brought.audience not in ("", bearer.audience):
            return Denial.TARGET
        authorization_requests.redeem_code(db, code.digest, now=now)
        return give_tokens(db, bearer, bearer.scopes, now=now)

    return _granted(await office.store.directory.write(work))


async def refresh(office: Office, brought: Refreshing) -> Tokens:
    """New tokens of a connection. A refresh token that comes again later than its answer can have been lost, or after
    that answer was used, was stolen: the connection ends.

    Raises:
        NotGranted: the token is unknown, over or another program's, or more is asked than the connection has.
    """
    now = office.latest()

    def work(db: Session) -> Tokens | Denial:
        kept = _known(db, brought.token)
        if kept is None or kept.expires_at <= now:
            return Denial.GRANT
        bearer = _bearer(db, kept.credential_id, now)
        if bearer is None or bearer.client_id != brought.client_id:
            return Denial.GRANT
        if kept.used_at is not None and not _is_retry(db, kept, kept.used_at, now):
            credentials.revoke(db, kept.credential_id, now=now)
            return Denial.GRANT
        if connection_tokens.successors(db, kept.digest)[0] >= SUCCESSORS_MAX:
            return Denial.GRANT
        if brought.audience not in ("", bearer.audience):
            return Denial.TARGET
        scopes = bearer.scopes if brought.words is None else scopes_of_words(brought.words)
        if not scopes <= bearer.scopes:
            return Denial.SCOPE
        if kept.used_at is None:
            connection_tokens.spend_refresh_token(db, kept, now=now)
        connection_tokens.forget_used(db, kept.credential_id, used_before=now - GRACE, keep=_line_digest(brought.token))
        return give_tokens(db, bearer, scopes, now=now, replaces=brought.token)

    return _granted(await office.store.directory.write(work))


async def give_back(office: Office, client_id: str, token: str) -> None:
    """End what a program gives back: with a refresh token its connection, with an access token that alone. What is
    unknown or another's is over already, as far as the program is concerned.
    """
    now, digest = office.latest(), digest_of(token)

    def work(db: Session) -> None:
        refresh_token = _known(db, token)
        access_token = connection_tokens.find_access_token(db, digest)
        if refresh_token is not None and _client_of(db, refresh_token.credential_id, now) == client_id:
            credentials.revoke(db, refresh_token.credential_id, now=now)
        if access_token is not None and _client_of(db, access_token.credential_id, now) == client_id:
            connection_tokens.forget_access_token(db, digest)

    await office.store.directory.write(work)


def give_tokens(db: Session, bearer: Bearer, scopes: Scopes, *, now: datetime, replaces: str = "") -> Tokens:
    """New tokens of a connection, which lasts as long as the refresh token. `replaces` is the refresh token that was
    given for them.
    """
    until, lasts_until = now + ACCESS_LIFETIME, now + REFRESH_LIFETIME
    line = _line_of(replaces) if replaces else _begin_line(db, bearer.credential_id, now)
    access, token = f"{ACCESS_TOKEN}{random_text()}", f"{line}{random_text()}"
    before = digest_of(replaces) if replaces else ""
    kept = KeptAccessToken(digest_of(access), bearer.credential_id, scopes_text(scopes), now, until)
    connection_tokens.add_access_token(db, kept)
    connection_tokens.add_refresh_token(
        db, KeptRefreshToken(digest_of(token), bearer.credential_id, before, now, lasts_until)
    )
    connection_tokens.extend_refresh_token(db, digest_of(line), expires_at=lasts_until)
    connection_tokens.extend_connection(db, bearer.credential_id, expires_at=lasts_until)
    return Tokens(access=access, refresh=token, words=words_of_scopes(scopes))


def _known(db: Session, token: str) -> KeptRefreshToken | None:
    """A refresh token as it is kept. Of one that was used and is forgotten, what is kept is the beginning that all of
    its connection have: as one that was used long ago.
    """
    kept = connection_tokens.find_refresh_token(db, digest_of(token))
    return kept or connection_tokens.find_refresh_token(db, _line_digest(token))


def _begin_line(db: Session, credential_id: str, now: datetime) -> str:
    """The beginning of all refresh tokens of a connection, which is kept like one that was used."""
    line = f"{REFRESH_TOKEN}{random_text()}"
    kept = KeptRefreshToken(digest_of(line), credential_id, "", now, now + REFRESH_LIFETIME, used_at=now)
    connection_tokens.add_refresh_token(db, kept)
    return line


def _line_of(token: str) -> str:
    return token[:_LINE_LENGTH]


def _line_digest(token: str) -> str:
    return digest_of(_line_of(token))


def _fits(code: KeptCode, brought: Redemption) -> bool:
    # OAuth 2.1 lets a program leave the redirect URI out here.
    if brought.redirect_uri not in ("", code.redirect_uri) or not _VERIFIER.fullmatch(brought.verifier):
        return False
    return hmac.compare_digest(challenge_of(brought.verifier), code.challenge)


def challenge_of(verifier: str) -> str:
    """The challenge of a verifier, by the method S256 (RFC 7636, 4.2)."""
    return base64url(hashlib.sha256(verifier.encode()).digest())


def _bearer(db: Session, credential_id: str, now: datetime) -> Bearer | None:
    """Whom a connection stands for, as long as it has not ended and leads to something."""
    bearer = credentials.bearer_by_id(db, credential_id, now=now)
    if isinstance(bearer, Lapse):
        return None
    if bearer.organization_id and access_queries.reachable_by_id(db, bearer.reach, bearer.organization_id) is None:
        return None
    return bearer


def _client_of(db: Session, credential_id: str, now: datetime) -> str:
    bearer = credentials.bearer_by_id(db, credential_id, now=now)
    return "" if isinstance(bearer, Lapse) else bearer.client_id


def _is_retry(db: Session, kept: KeptRefreshToken, used_at: datetime, now: datetime) -> bool:
    """Whether the answer to a token that was used can have been lost. One without an answer was never used itself, but
    stood beside another that was: whoever brings it is not the one who went on.
    """
    given, used = connection_tokens.successors(db, kept.digest)
    return now - used_at <= GRACE and given > 0 and not used


def _granted(outcome: Tokens | Denial) -> Tokens:
    if isinstance(outcome, Denial):
        raise NotGranted(outcome)
    return outcome
