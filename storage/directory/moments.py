"""The latest moment that the clock has shown: what has expired stays expired, also when the clock is set back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.refusals import Unavailable
from storage.directory.database import Directory
from storage.directory.tables import LatestMoment
from storage.queries.statements import execute, table_of
from storage.work.later import Later

_log = logging.getLogger(__name__)
_KEPT_EVERY = timedelta(minutes=1)
_KEPT_WITHIN_MS = 1_000

_TABLE = table_of(LatestMoment)
_READ = select(_TABLE.c.at)
_SET = _TABLE.update()
_FORWARD = _TABLE.update().where(_TABLE.c.at < bindparam("before"))
_ADD = _TABLE.insert().inline()


class Moments:
    """The moments that this process and those before it have seen."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._seen: datetime | None = None
        self._kept: datetime | None = None
        self._later = Later(self._keep, milliseconds=_KEPT_WITHIN_MS)

    async def load(self) -> None:
        """Read the latest moment that was kept."""
        self._later.attach()
        self._seen = self._kept = await self._directory.read(latest_moment)

    def no_earlier(self, now: datetime) -> datetime:
        """The present moment, or the latest one that was seen where that is later: whatever expires is judged on it."""
        if self._seen is None or now > self._seen:
            self._seen = now
            if self._kept is None or now - self._kept >= _KEPT_EVERY:
                self._later.soon()
        return self._seen

    async def close(self) -> None:
        """Keep what was seen."""
        await self._later.close()

    async def _keep(self) -> None:
        seen = self._seen
        if seen is None:
            return
        try:
            await self._directory.write(lambda db: keep_moment(db, seen))
        except Unavailable as error:
            # It is kept with a later one; who only reads is served all the same.
            _log.warning("the latest moment could not be kept: %s", error)
        else:
            self._kept = seen


def latest_moment(session: Session) -> datetime | None:
    """The latest moment that was kept; None before there is one."""
    found: datetime | None = execute(session, _READ).scalar()
    return found


def keep_moment(session: Session, moment: datetime, *, backwards: bool = False) -> None:
    """Keep the moment where it is later than the one that is kept, or in any case with `backwards`."""
    if latest_moment(session) is None:
        execute(session, _ADD, {"id": 1, "at": moment})
    elif backwards:
        execute(session, _SET, {"at": moment})
    else:
        execute(session, _FORWARD, {"before": moment, "at": moment})
