"""The directory's table of what was done, read or refused, where and by whom."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.directory.tables import DirectoryTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class Activity(DirectoryTable, table=True):
    """One act in an organization's log, or in the installation's own, whose `organization_id` is empty. The log of an
    organization counts its rows by `sequence`; those that are too many or too old are removed.

    `named` says that the act named the organization; one that named none, or none in reach, stands in the log of the
    organization where whoever acted is at home. `times` is how often it was done: 1 but for what is only counted.
    """

    __tablename__ = "activity"

    organization_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    user_id: str
    label: str
    program: str
    credential_id: str
    door: str
    act: str
    result: str
    named: bool
    times: int = 1


table_of(Activity).info.update(NO_SETTING)
