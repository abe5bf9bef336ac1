"""What a process has freed goes back to the system, where the library that it comes from keeps it otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage.work.memory import _library, give_back

_BYTES = 700
"""More than Python itself hands out, so each comes from the library."""


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(_library() is None, reason="memory comes from another library than glibc")
def test_what_lies_free_between_what_is_in_use_is_given_back() -> None:
    many = [bytes(_BYTES) for _ in range(60_000)]
    kept = many[::1_000] + many[-1:]
    many.clear()
    before = _resident()
    give_back()
    assert _resident() < before - 60_000 * _BYTES // 2
    assert len(kept) == 61
