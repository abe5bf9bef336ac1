"""Putting a restored folder of an organization in the place of what there is, which is set aside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from storage.directory.anchors import Number
from storage.plain_files import plain_names, sync_folder

SET_ASIDE_FOLDER = "set-aside"


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was in the place of restored books, now or before a try that was interrupted: `where` that lies, and the
    numbers that its documents have, where it can still be read.
    """

    where: tuple[str, ...] = ()
    given: tuple[Number, ...] = ()


def set_aside_of(root: Path, organization_id: str) -> list[Path]:
    """The folders of an organization that were in the place of restored ones, in the order of time."""
    return [path for path in plain_names(root / SET_ASIDE_FOLDER) if path.name.startswith(f"{organization_id}-")]


@contextmanager
def exchanged(root: Path, restored: Path, place: Path, now: datetime) -> Iterator[Path | None]:
    """Put the restored folder in its place, and what was there under a name of its own: that is answered. Where what is
    done meanwhile fails, all is as it was.
    """
    aside: Path | None = None
    if os.path.lexists(place):
        (root / SET_ASIDE_FOLDER).mkdir(mode=0o700, exist_ok=True)
        aside = root / SET_ASIDE_FOLDER / f"{place.name}-{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        os.rename(place, aside)
    arrived = False
    try:
        os.rename(restored, place)
        arrived = True
        yield aside
    except BaseException:
        if arrived:
            os.rename(place, restored)
        if aside is not None:
            os.rename(aside, place)
        raise
    sync_folder(place.parent)
