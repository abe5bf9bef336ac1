"""Tables of the directory on how people prove who they are. No secret is kept here that can be read: passwords are
hashed, links and challenges known by digests, and what one-time codes are made from is sealed.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.directory.tables import DirectoryTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class Password(DirectoryTable, table=True):
    """A person's password, as argon2id hashes it."""

    __tablename__ = "passwords"

    user_id: str = Field(primary_key=True, foreign_key="users.id")
    hash: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class OneTimeCodes(DirectoryTable, table=True):
    """What a person's one-time codes are made from, sealed. It counts once it is confirmed by a code; `last_step` is
    the last half minute of which a code was used.
    """

    __tablename__ = "one_time_codes"

    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    sealed: str
    last_step: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Passkey(DirectoryTable, table=True):
    """A passkey of a person, which is used at `host` alone; `sign_count` is what its device counted last."""

    __tablename__ = "passkeys"

    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    credential_id: str = Field(unique=True)
    public_key: str
    sign_count: int
    host: str
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInLink(DirectoryTable, table=True):
    """A link that signs a person in once, known by the digest of its secret. One with an organization is an invitation
    to belong to that.
    """

    __tablename__ = "sign_in_links"

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    organization_id: str | None = Field(default=None, foreign_key="organizations.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInPause(DirectoryTable, table=True):
    """How often somebody tried to sign in to an account, or from a network address, and from when on the next attempt
    is looked at. `subject` is a digest.
    """

    __tablename__ = "sign_in_pauses"

    subject: str = Field(primary_key=True)
    attempts: int
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)
    free_at: datetime = Field(sa_type=UtcDateTime)


class SpentChallenge(DirectoryTable, table=True):
    """A challenge that was answered already, until it would have expired anyway."""

    __tablename__ = "spent_challenges"

    digest: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Installation(DirectoryTable, table=True):
    """This installation: one row. `name` is random, and that of the file with its keys; `public_url` where it was
    served last, empty before it was.
    """

    __tablename__ = "installation"

    id: int = Field(default=1, primary_key=True)
    name: str
    public_url: str = ""


for table in (Password, OneTimeCodes, Passkey, SignInLink, SignInPause, SpentChallenge, Installation):
    table_of(table).info.update(NO_SETTING)
