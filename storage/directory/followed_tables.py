"""Tables of the directory for what several server processes have to know of each other's work."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.directory.tables import DirectoryTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class FollowedWork(DirectoryTable, table=True):
    """Work that somebody follows on a page: an export under way, a file that waits to be imported, a client that is
    being made. `by` is who began it, `state` how far it is, as JSON.

    `alive_at` is when the process that is at it last said so; null where no process has to be.
    """

    __tablename__ = "followed_work"

    id: str = Field(primary_key=True)
    kind: str
    organization_id: str = Field(foreign_key="organizations.id", index=True)
    by: str
    state: str
    begun_at: datetime = Field(sa_type=UtcDateTime)
    alive_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Reply(DirectoryTable, table=True):
    """What a client has answered, at another process than the one that asked, until that one has read it.

    `process` is the one that asked, `message` the client's, as JSON, and `scopes` what its credential may do.
    """

    __tablename__ = "replies"

    id: str = Field(primary_key=True)
    process: str = Field(index=True)
    conversation: str
    scopes: str
    message: str
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Spending(DirectoryTable, table=True):
    """How many requests one account has made of one server process lately, for the others to count them too.

    `account` is a digest of whose it is and of what is counted. `spent` is the number since the process began, `before`
    what it was when it was told last.
    """

    __tablename__ = "spending"

    process: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    spent: int
    before: int
    told_at: datetime = Field(sa_type=UtcDateTime, index=True)


for _model in (FollowedWork, Reply, Spending):
    table_of(_model).info.update(NO_SETTING)
