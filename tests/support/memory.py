"""Where a run of the tests keeps its folders: in memory, where the system has room for them there.

What is proven is what our files hold and who may reach them, also after a process is killed; a disk that is waited for
a hundred thousand times proves nothing more, and takes a third of a run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # Folders of a run's own are made in it, as in any temporary folder.
ROOM_BYTES = 4 << 30
"""A run needs a quarter of it."""


def keep_in_memory() -> None:
    """Make this process and those it starts keep temporary folders in memory, unless somebody chose where (TMPDIR)."""
    if not {"TMPDIR", "PYTEST_DEBUG_TEMPROOT"} & set(os.environ) and _has_room():
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _has_room() -> bool:
    """Whether programs may be started there too, which some tests install."""
    if not MEMORY.is_dir():
        return False
    return shutil.disk_usage(MEMORY).free >= ROOM_BYTES and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
