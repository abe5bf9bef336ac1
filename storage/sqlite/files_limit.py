"""How many sets of books and connections can be open at once: as many as the process may open files for."""

from __future__ import annotations

import sys

# A set of books in use has at most two standing connections and two of threads, of three files each.
FILES_PER_BOOKS = 12
FILES_KEPT_BACK = 192
"""For the program itself, the directory, and the files that are being written or sent."""
FILES_WANTED = 16_384
BOOKS_LEAST, BOOKS_MOST = 32, 1_024
CONNECTIONS_LEAST, CONNECTIONS_MOST = 16, 2_048


def open_books_max() -> int:
    """Raise the soft limit of open files as far as needed and allowed, and answer how many books fit into it."""
    return max(BOOKS_LEAST, min(BOOKS_MOST, (_files_allowed() - FILES_KEPT_BACK) * 2 // 3 // FILES_PER_BOOKS))


def connections_max() -> int:
    """How many connections fit beside so many books; each is one file."""
    beside = _files_allowed() - FILES_KEPT_BACK - open_books_max() * FILES_PER_BOOKS
    return max(CONNECTIONS_LEAST, min(CONNECTIONS_MOST, beside))


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
