"""What was done and is not written down yet: whoever did it waits for nothing, and the log is at most a second late.

A crash loses what was noted in its last second; an orderly stop writes it. Neither a storm of acts nor a disk that
fails takes more memory than `WAITING_MAX` acts: what is beyond that is counted, and the log says so in a row of its
own.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import anyio
from sqlmodel import Session

from invoicing.refusals import Unavailable
from storage.directory.activity import INSTALLATION, Bounds, Noted, add_noted, count_on, forget_old
from storage.directory.database import Directory
from storage.directory.users import home_of
from storage.work.budget import IN_A_THREAD
from storage.work.later import Later

WAITING_MAX = 10_000
LEFT_OUT = "left_out"
"""The act of a row that says how many were not noted, since too many were done at once."""

_LATE_MS_MAX = 1_000
_COUNTED_FOR = timedelta(hours=1)
_LEFT_OUT_LOGS_MAX = 1_000
_log = logging.getLogger(__name__)
_Key = tuple[str, str, str]
_Counted = dict[_Key, tuple[int, datetime]]
_Rows = dict[_Key, tuple[datetime, int]]


class ActivityLog:
    """The logs of one data folder, as this process writes them."""

    def __init__(self, directory: Directory, bounds: Bounds) -> None:
        self._directory = directory
        self._bounds = bounds
        self._waiting: list[Noted] = []
        self._left_out: Counter[str] = Counter()
        # Of what is only counted: how often since it was last written, when last, and the row of the present hour.
        self._counted: _Counted = {}
        self.refused: Counter[tuple[str, str]] = Counter()
        self._rows: _Rows = {}
        self._turn = anyio.Lock()
        self._later = Later(self._write, milliseconds=_LATE_MS_MAX)

    @property
    def waiting(self) -> int:
        """How many acts are not written yet."""
        return len(self._waiting)

    def attach(self) -> None:
        """Write in the event loop that runs here."""
        self._later.attach()

    def note(self, noted: Noted) -> None:
        """Let this be written soon."""
        if len(self._waiting) < WAITING_MAX:
            self._waiting.append(noted)
        else:
            known = noted.organization_id in self._left_out or len(self._left_out) < _LEFT_OUT_LOGS_MAX
            self._left_out[noted.organization_id if known else INSTALLATION] += 1
        self._later.soon()

    def count(self, door: str, act: str, result: str, *, at: datetime) -> None:
        """Count an act of nobody known, in the installation's log: strangers get a row an hour, however many come."""
        self.refused[door, result] += 1
        times, _ = self._counted.get((door, act, result), (0, at))
        self._counted[door, act, result] = times + 1, at
        self._later.soon()

    async def written(self) -> None:
        """Write at once what was noted."""
        await self._write()

    async def close(self) -> None:
        """Write what was noted. Where that cannot be, it is lost, which the program's own log tells."""
        try:
            await self._later.close()
        except Unavailable as error:
            _log.error("%d acts could not be written into the activity log: %s", len(self._waiting), error)

    async def _write(self) -> None:
        async with self._turn:
            if self._waiting or self._counted:
                await self._write_waiting()

    async def _write_waiting(self) -> None:
        waiting, left_out, counted = self._waiting, self._left_out, self._counted
        self._waiting, self._left_out, self._counted = [], Counter(), {}
        try:
            # Nobody waits for it, so that it need not be quick: whoever is served meanwhile must not wait.
            rows = await self._directory.write(lambda db: self._keep(db, waiting, left_out, counted), size=IN_A_THREAD)
        except BaseException:
            self._take_back(waiting, left_out, counted)
            raise
        self._rows = rows

    def _take_back(self, waiting: list[Noted], left_out: Counter[str], counted: _Counted) -> None:
        """Nothing was written: all of it waits again, before what has been noted since."""
        room = WAITING_MAX - len(waiting)
        for noted in self._waiting[room:]:
            left_out[noted.organization_id] += 1
        self._waiting = waiting + self._waiting[:room]
        self._left_out += left_out
        for key, (times, at) in counted.items():
            more, last = self._counted.get(key, (0, at))
            self._counted[key] = times + more, last

    def _keep(self, db: Session, waiting: Iterable[Noted], left_out: Counter[str], counted: _Counted) -> _Rows:
        """Write all of it; the rows in which what is only counted stands now."""
        logs: dict[str, list[Noted]] = defaultdict(list)
        homes: dict[str, str] = {}
        for one in waiting:
            if one.organization_id or not one.user_id:
                logs[one.organization_id].append(one)
                continue
            home = homes.get(one.user_id)
            if home is None:
                home = homes[one.user_id] = home_of(db, one.user_id)
            logs[home].append(replace(one, organization_id=home))
        now = max([one.at for one in waiting] + [at for _, at in counted.values()])
        for organization_id, times in left_out.items():
            logs[organization_id].append(Noted(now, "", LEFT_OUT, LEFT_OUT, organization_id, times=times))
        for organization_id, noted in logs.items():
            add_noted(db, organization_id, noted, bounds=self._bounds)
        rows = {key: self._count(db, key, times, at) for key, (times, at) in counted.items()}
        forget_old(db, now, bounds=self._bounds)
        return {**self._rows, **rows}

    def _count(self, db: Session, key: _Key, times: int, at: datetime) -> tuple[datetime, int]:
        """Write how often it was done: into the row of the hour, or into a new one; since when that counts, and which
        it is.
        """
        since, sequence = self._rows.get(key, (at - _COUNTED_FOR, 0))
        if at - since < _COUNTED_FOR and count_on(db, sequence, times, at=at):
            return since, sequence
        return at, add_noted(db, INSTALLATION, [Noted(at, *key, times=times)], bounds=self._bounds)
