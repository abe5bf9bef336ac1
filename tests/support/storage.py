"""Storage that refuses: a disk that is full, and a folder that cannot be written to."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def no_room() -> Iterator[None]:
    """In here this process can let no file grow beyond a page, as if the disk were full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """In here nothing can be written in the folder, by anybody; skips where that cannot be had."""
    if not _mount("--bind", str(folder), str(folder)):
        pytest.skip("mounting takes a privilege that these tests do not have here")
    try:
        if not _mount("-o", "remount,bind,ro", str(folder)):
            pytest.skip("this system mounts nothing read-only")
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


@contextmanager
def not_permitted(folder: Path) -> Iterator[None]:
    """In here this user may not write in the folder; skips for a user whom nothing is forbidden."""
    if os.geteuid() == 0:
        pytest.skip("modes forbid the superuser nothing")
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """In here this process is another user, whom nothing belongs to."""
    if os.geteuid() != 0:
        pytest.skip("only the superuser can become somebody else")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def _mount(*arguments: str) -> bool:
    try:
        return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
