"""Tables of the directory: who there is, which organizations there are, who may reach which."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Index, MetaData, text
from sqlmodel import Field, SQLModel

from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime

DIRECTORY_METADATA = MetaData()


class DirectoryTable(SQLModel):
    """Base of the directory's tables."""

    metadata: ClassVar[MetaData] = DIRECTORY_METADATA


RANK = "CASE WHEN kind = 'partner' THEN 0 ELSE 1 END"
"""Partners come first in lists of organizations."""


class User(DirectoryTable, table=True):
    __tablename__ = "users"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    name: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    asleep_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    signed_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Organization(DirectoryTable, table=True):
    __tablename__ = "organizations"
    __table_args__ = (
        Index("ix_organizations_listed", text(RANK), "name_key", "handle", sqlite_where=text("archived_at IS NULL")),
        Index("ix_organizations_counted", "partner_id", "id", sqlite_where=text("archived_at IS NULL")),
    )

    id: str = Field(primary_key=True)
    handle: str = Field(unique=True)
    name: str
    name_key: str = Field(index=True)
    search_key: str
    kind: str
    partner_id: str | None = Field(default=None, foreign_key="organizations.id", index=True)
    environment: str
    country: str = ""
    currency: str = ""
    named_writes: str = "live"
    client_may: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    successor_id: str | None = Field(default=None, foreign_key="organizations.id")
    human_approval: str = "off"


class Membership(DirectoryTable, table=True):
    __tablename__ = "memberships"

    user_id: str = Field(primary_key=True, foreign_key="users.id")
    organization_id: str = Field(primary_key=True, foreign_key="organizations.id", index=True)
    role: str
    all_clients: bool = True


class MembershipClient(DirectoryTable, table=True):
    """A client that a partner's member is limited to; rows count only where `all_clients` is false."""

    __tablename__ = "membership_clients"

    user_id: str = Field(primary_key=True, foreign_key="users.id")
    organization_id: str = Field(primary_key=True, foreign_key="organizations.id")


class ConversationSession(DirectoryTable, table=True):
    """A conversation. `revision` and `capabilities` are what its client said of itself at the handshake, where there
    was one: the protocol's revision, and as JSON what the client can be asked in the middle of a call.
    """

    __tablename__ = "sessions"

    id: str = Field(primary_key=True)
    principal: str = Field(index=True)
    connection: str
    organization_id: str | None = Field(default=None, foreign_key="organizations.id")
    revision: str = ""
    capabilities: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Credential(DirectoryTable, table=True):
    """A personal token, an API key, a secret link, or a person's connection by OAuth: a secret is kept as a hash alone.

    `user_id` is whom it stands for. `organization_id` is the organization that it opens, which may be a practice; null:
    whatever its user reaches. `scopes` is what may be done with it at most, with spaces between. Where `audience` is
    not empty, it opens the connection of this name alone. `made_by` is the id of the user who made it, whose address of
    then is `created_by`.

    A connection is kept as a token with a `client_id`, that of its client program, whose name is `name`; it has no
    secret of its own, but the tokens that were given out for it have. Where it is `limited`, it reaches those
    organizations alone that were picked for it.

    An API key or a secret link acts as a user of its own, a member of its one organization. `digest` is null until
    the key is shown on its one-time page, whose own token is kept as `page_digest`. One that came with a restored
    backup sleeps since then, until an owner wakes it: it may have been revoked after the backup was made.
    """

    __tablename__ = "credentials"

    id: str = Field(primary_key=True)
    kind: str
    name: str
    prefix: str = Field(unique=True)
    digest: str | None = Field(default=None, unique=True)
    page_digest: str | None = Field(default=None, unique=True)
    page_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    user_id: str = Field(foreign_key="users.id", index=True)
    organization_id: str | None = Field(default=None, foreign_key="organizations.id", index=True)
    scopes: str
    audience: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    made_by: str = ""
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asleep_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    client_id: str = ""
    limited: bool = False


class CredentialOrganization(DirectoryTable, table=True):
    """An organization that was picked for a credential; rows count only where the credential is `limited`."""

    __tablename__ = "credential_organizations"

    credential_id: str = Field(primary_key=True, foreign_key="credentials.id")
    organization_id: str = Field(primary_key=True, foreign_key="organizations.id")


class BrowserSession(DirectoryTable, table=True):
    """A person who is signed in with a browser; `digest` is that of the cookie's secret. `method` is how the person has
    proved to be that, last at `proved_at`.
    """

    __tablename__ = "browser_sessions"

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    method: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    proved_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Upload(DirectoryTable, table=True):
    """A page on which somebody chooses one file for one organization, and the file when it has come.

    `digest` is that of the page's token. The page was asked for in a call with the credential `credential_id`, and
    opens nothing once that has ended. `path` and `sha256` are those of the file among the organization's own, empty
    until it has come; `imported_at` says that it was imported, and the file removed.
    """

    __tablename__ = "uploads"

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    organization_id: str = Field(foreign_key="organizations.id", index=True)
    kind: str
    credential_id: str = Field(foreign_key="credentials.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    file_name: str = ""
    path: str = ""
    sha256: str = ""
    size_bytes: int = 0
    imported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Anchor(DirectoryTable, table=True):
    """How far an organization's chains had come: position and hash of the last document and of the last audit entry.

    It lies outside the books that it guards, and is never made from them again: only new books, books that were there
    before anchors were, and the named act that brings lost books back set it. Null: not anchored yet.
    """

    __tablename__ = "anchors"

    organization_id: str = Field(primary_key=True, foreign_key="organizations.id")
    documents: int | None = None
    documents_hash: str = ""
    entries: int | None = None
    entries_hash: str = ""


class AnchoredNumber(DirectoryTable, table=True):
    """The first and the highest number of a series and period that were given to documents, and what the series is:
    one that is lost with them can be made again.
    """

    __tablename__ = "anchored_numbers"

    organization_id: str = Field(primary_key=True, foreign_key="organizations.id")
    series: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    sequence: int
    first: int
    kind: str
    pattern: str


class Summary(DirectoryTable, table=True):
    """What an organization's books come to at a glance (`invoicing.reports.summaries`), made from them alone.

    It counts as long as the books' file has the same `look` as when they were read, and their anchor has come no
    further than to `entries`, the position of the last entry of the audit trail that it knows; `form` is the way in
    which it was made.
    """

    __tablename__ = "summaries"

    organization_id: str = Field(primary_key=True, foreign_key="organizations.id")
    look: str
    entries: int
    form: int
    figures: str


class Departure(DirectoryTable, table=True):
    """An organization that was handed over to another installation, is being removed, or was removed: of that one, this
    is all that is left, so it refers to no other table. A handing over is sealed by the receipt of whoever took the
    books; `ended_at` says that they are in use here again.
    """

    __tablename__ = "departures"

    id: str = Field(primary_key=True)
    organization_id: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    act: str
    handle: str
    by: str
    archive_sha256: str = ""
    sealed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sealed_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LatestMoment(DirectoryTable, table=True):
    """The latest moment that the clock has shown, about to the minute: one row. What has expired stays so."""

    __tablename__ = "latest_moment"

    id: int = Field(default=1, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class ChangeMark(DirectoryTable, table=True):
    """One row with a number that is another one after each change of who reaches what; none before the first."""

    __tablename__ = "change_marks"

    id: int = Field(default=1, primary_key=True)
    mark: int = Field(sa_type=BigInteger)


for _model in (
    ConversationSession,
    Credential,
    BrowserSession,
    Upload,
    Anchor,
    AnchoredNumber,
    Summary,
    LatestMoment,
    ChangeMark,
):
    table_of(_model).info.update(NO_SETTING)
