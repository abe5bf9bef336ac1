"""Tables of the directory for whoever looks at many organizations at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.directory.tables import DirectoryTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class Verification(DirectoryTable, table=True):
    """When an organization's books were last found in order; no row where they never were, or something was wrong."""

    __tablename__ = "verifications"

    organization_id: str = Field(primary_key=True, foreign_key="organizations.id")
    verified_at: datetime = Field(sa_type=UtcDateTime)


class SavedView(DirectoryTable, table=True):
    """How a person likes to see the clients of a practice: what the list is `asked` for, under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "organization_id", "name_key"),)

    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id")
    organization_id: str = Field(foreign_key="organizations.id", index=True)
    name: str
    name_key: str
    asked: str
    created_at: datetime = Field(sa_type=UtcDateTime)


for _model in (Verification, SavedView):
    table_of(_model).info.update(NO_SETTING)
