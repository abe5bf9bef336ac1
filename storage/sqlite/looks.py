"""How a database file looks from outside, without opening it."""

from __future__ import annotations

import os


def look_of(path: str) -> str:
    """Which file is there, how large it is and when it was last written, and likewise of the log beside it; empty where
    there is no file. Whatever is committed changes the one or the other, and so does who restores a file.
    """
    try:
        file = os.lstat(path)
    except OSError:
        return ""
    look = f"{file.st_ino}-{file.st_size}-{file.st_mtime_ns}"
    try:
        log = os.lstat(path + "-wal")
    except OSError:
        return look
    # An empty log is there whenever the file is open.
    return f"{look}+{log.st_size}-{log.st_mtime_ns}" if log.st_size else look
