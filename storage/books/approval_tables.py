"""Tables of what waits for approval, and of what issued documents were approved by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from storage.books.settings_tables import BooksTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class Approval(BooksTable, table=True):
    """A draft, or a credit note that was asked for, which waits for approval, or waited: what was asked for, the
    steps and what has been decided, as canonical JSON. The other columns are what lists show.
    """

    __tablename__ = "approvals"
    __table_args__ = (Index("ix_approvals_state", "state", "asked_at"),)

    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id")
    kind: str
    state: str
    digest: str
    content: str
    asked_at: datetime = Field(sa_type=UtcDateTime)


class DocumentApproval(BooksTable, table=True):
    """A decision without which the document would not have been issued; `workflow` is empty where a person approved an
    issue that no workflow asked about.
    """

    __tablename__ = "document_approvals"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    position: int = Field(primary_key=True)
    workflow: str
    step: int
    approver: str
    user_id: str
    decided_by: str
    decided_at: datetime = Field(sa_type=UtcDateTime)
    how: str
    comment: str
    digest: str
    signed: str = Field(default="", sa_column_kwargs={"server_default": ""})


class ApprovalSignature(BooksTable, table=True):
    """What a person has signed who approved something: the statement, and all that it takes to check the signature."""

    __tablename__ = "approval_signatures"

    id: str = Field(primary_key=True)
    statement: str
    nonce: str = Field(unique=True)
    method: str
    signed_at: datetime = Field(sa_type=UtcDateTime)
    public_key: str
    signature: str
    authenticator_data: str
    client_data: str
    relying_party: str
    origin: str


class ApprovalKey(BooksTable, table=True):
    """A key with which the installation says that a person has proved by password and code who it is: its public half,
    and the other one sealed.
    """

    __tablename__ = "approval_keys"

    public_key: str = Field(primary_key=True)
    sealed: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class ApprovalChallenge(BooksTable, table=True):
    """What a person was last shown of something that waits, or waited not long ago."""

    __tablename__ = "approval_challenges"

    approval_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    nonce: str
    statement: str
    made_at: datetime = Field(sa_type=UtcDateTime)


for _model in (Approval, DocumentApproval, ApprovalSignature, ApprovalKey, ApprovalChallenge):
    table_of(_model).info.update(NO_SETTING)
