"""Tables of the directory on client programs and on what people have allowed them: requests, codes, tokens.

A connection itself is a credential (`tables.py`): what is kept here leads to one, and opens nothing once that is over.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.directory.tables import DirectoryTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class ClientProgram(DirectoryTable, table=True):
    """A program that asks people for connections. One that has registered has an id of ours; that of another is the
    address of the document in which it describes itself, which is read again after `fresh_until`.

    `redirect_uris` and `keys` are JSON: where it may be answered, and its public keys, which may also stand at the
    address `keys_url`. `last_used_at` is null until somebody has allowed it something.
    """

    __tablename__ = "client_programs"

    id: str = Field(primary_key=True)
    name: str
    redirect_uris: str
    method: str
    secret_digest: str = ""
    keys: str = ""
    keys_url: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    fresh_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class AuthorizationRequest(DirectoryTable, table=True):
    """What a client program asks of whoever sits at the browser that brought it; it goes when it is decided.

    `digest` is that of its own secret, `browser_digest` that of the browser's. `audience` is the connection that is
    asked for, `handle` that of its organization, empty for the connection to all. `state` and `challenge` are the
    program's own.
    """

    __tablename__ = "authorization_requests"

    digest: str = Field(primary_key=True)
    browser_digest: str
    client_id: str
    redirect_uri: str
    audience: str
    handle: str
    scopes: str
    state: str
    challenge: str
    prompt: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class AuthorizationCode(DirectoryTable, table=True):
    """A code for which a client program gets the tokens of a connection, once."""

    __tablename__ = "authorization_codes"

    digest: str = Field(primary_key=True)
    credential_id: str = Field(foreign_key="credentials.id", index=True)
    client_id: str
    redirect_uri: str
    challenge: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    redeemed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccessToken(DirectoryTable, table=True):
    """A secret that opens a connection for an hour; `scopes` may be less than the connection's."""

    __tablename__ = "access_tokens"

    digest: str = Field(primary_key=True)
    credential_id: str = Field(foreign_key="credentials.id", index=True)
    scopes: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class RefreshToken(DirectoryTable, table=True):
    """A secret for which a client program gets new tokens, once. `replaces` is the digest of the one for which this one
    was given, empty for the first.
    """

    __tablename__ = "refresh_tokens"

    digest: str = Field(primary_key=True)
    credential_id: str = Field(foreign_key="credentials.id", index=True)
    replaces: str = Field(default="", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClientAssertion(DirectoryTable, table=True):
    """The digest of a signed statement by which a program has proved to be itself: each counts once."""

    __tablename__ = "client_assertions"

    digest: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


for _model in (ClientProgram, AuthorizationRequest, AuthorizationCode, AccessToken, RefreshToken, ClientAssertion):
    table_of(_model).info.update(NO_SETTING)
