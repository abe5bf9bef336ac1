"""Tables of the directory on the identity provider from elsewhere that vouches for the people of this installation."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.directory.tables import DirectoryTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class IdentityProvider(DirectoryTable, table=True):
    """The identity provider that people may sign in with: one row, or none.

    `issuer` is its name as it writes it, an address. `sealed_secret` is what we prove ourselves to it with, empty where
    it asks for none. Where it is `only`, no password signs in; with `connect_staff` its statements connect client
    programs without anybody's consent here.
    """

    __tablename__ = "identity_providers"

    id: int = Field(default=1, primary_key=True)
    issuer: str
    client_id: str
    sealed_secret: str = ""
    only: bool = False
    connect_staff: bool = False
    set_at: datetime = Field(sa_type=UtcDateTime)
    set_by: str


class ExternalIdentity(DirectoryTable, table=True):
    """Whom a provider means by a subject. `email` is the address by which it was found out, empty where an operator
    said it.
    """

    __tablename__ = "external_identities"

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    email: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class UsedStatement(DirectoryTable, table=True):
    """The digest of a provider's statement that has connected a client program: each counts once."""

    __tablename__ = "used_statements"

    digest: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


for _model in (IdentityProvider, ExternalIdentity, UsedStatement):
    table_of(_model).info.update(NO_SETTING)
