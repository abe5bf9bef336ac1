"""What this process has freed, given back to the system.

glibc keeps what is freed for whoever asks next, in an arena of its own for each thread. Where hundreds of sets of books
are opened and put to rest by turns, in whichever thread is free, that adds up. Other libraries have no such functions,
and there nothing is done.
"""

from __future__ import annotations

import ctypes
from functools import cache

_ARENAS = 2
_ARENA_MAX = -8
"""The number by which glibc calls the most arenas that there may be."""


def give_back() -> None:
    """Let the system have what is free. It takes some milliseconds, and whoever asks for memory waits for it."""
    if (library := _library()) is not None:
        library.malloc_trim(0)


def keep_in_few_arenas() -> None:
    """Let the threads that begin from now on share what is free: one of them at a time computes anyway."""
    if (library := _library()) is not None:
        library.mallopt(_ARENA_MAX, _ARENAS)


@cache
def _library() -> ctypes.CDLL | None:
    """The library that the program's memory comes from, where it is glibc."""
    try:
        library = ctypes.CDLL(None)
    except (TypeError, OSError):
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
