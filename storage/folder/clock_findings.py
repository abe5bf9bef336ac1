"""What `counterfoil doctor` tells of the clock, and how it is told that the clock was wrong before."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from invoicing.remedies import Act
from storage.directory.moments import keep_moment, latest_moment
from storage.faults.errors import StorageFault
from storage.folder.findings import Finding
from storage.folder.looking import Look
from storage.folder.standstill import check_in_use

_SET_BACK = timedelta(hours=1)


def clock_findings(look: Look, now: datetime) -> list[Finding]:
    """Whether the clock has been later than it is now."""
    try:
        seen = look.directory(latest_moment)
    except StorageFault:
        # What is wrong with the directory is said elsewhere.
        return []
    if seen is None or seen - now < _SET_BACK:
        return []
    return [
        Finding(
            "warning",
            "clock",
            f"The clock stands at {now:%Y-%m-%d %H:%M} UTC and has been at {seen:%Y-%m-%d %H:%M} before:"
            " sessions, links and credentials are judged on the later moment. If the clock is right now and was wrong"
            " then, stop the server and say so.",
            Act.TRUST_CLOCK,
        )
    ]


def set_clock_back(look: Look, root: Path, now: datetime) -> None:
    """Judge from now on by the clock as it stands: what had expired only by a wrong clock is valid again."""
    check_in_use(root)
    look.change_directory(lambda db: keep_moment(db, now, backwards=True))
