"""How many sets of books can be open at once: as many as the process may open files for."""

from __future__ import annotations

import sys

# A set of books in use has at most two standing connections and two of threads, of three files each.
FILES_PER_BOOKS = 12
FILES_FOR_THE_REST = 256
FILES_WANTED = 16_384
BOOKS_LEAST, BOOKS_MOST = 32, 1_024


def open_books_max() -> int:
    """Raise the soft limit of open files as far as needed and allowed, and answer how many books fit into it."""
    return max(BOOKS_LEAST, min(BOOKS_MOST, (_files_allowed() - FILES_FOR_THE_REST) // FILES_PER_BOOKS))


def _files_allowed() -> int:
    if sys.platform == "win32":
        return FILES_WANTED
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= FILES_WANTED:
        return FILES_WANTED
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        return soft
    return wanted
