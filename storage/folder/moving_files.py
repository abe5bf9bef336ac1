"""Moving the files of an installation from its data folder into a bucket.

Each file is put there as it is, or not at all: one whose bytes are not those of its name is left behind, and named.
What is interrupted goes on where it was. In the end the folder names the bucket, and what was moved is set aside in it:
nothing is deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from invoicing.progress import Progress
from invoicing.refusals import Conflict
from storage.files.buckets import FIELD, Bucket
from storage.files.in_bucket import FilesInBucket, ObjectsOfOne
from storage.files.kept import Room
from storage.files.objects import Objects
from storage.folder.bucket import claim
from storage.folder.exchanging import SET_ASIDE_FOLDER
from storage.folder.home import files_home_of, name_files_home
from storage.folder.provisioning import organization_folders
from storage.plain_files import is_plain_file, plain_names, sync_folder
from storage.sqlite.faults import faults_told


@dataclass(frozen=True, slots=True)
class MovedFiles:
    """What has moved, and by their paths in the folder the damaged files that were left behind."""

    files: int
    size_bytes: int
    damaged: tuple[str, ...]


def move_into_bucket(root: Path, bucket: Bucket, installation: str, *, now: datetime, progress: Progress) -> MovedFiles:
    """Put all files of the data folder, which nobody may be serving, into the bucket, which is used from then on.

    Raises:
        Conflict: the bucket has another installation's files, or this one's are in a bucket already.
        StorageFault: the store does not answer, or does not let us in.
    """
    if named := files_home_of(root):
        raise Conflict(f"The files of {root} are in {named} already.", field=FIELD)
    objects = Objects(bucket)
    claim(objects, installation)
    there, folders = FilesInBucket(objects, root), list(organization_folders(root))
    files, size_bytes, damaged = 0, 0, list[str]()
    for done, folder in enumerate(folders):
        progress(done, len(folders))
        sent = send_files(folder, there.of(folder.name))
        files, size_bytes = files + sent.files, size_bytes + sent.size_bytes
        damaged += [f"{folder.parent.name}/{folder.name}/{path}" for path in sent.damaged]
    # From here on nobody writes a file into the folder, also not who has not heard of it yet.
    name_files_home(root, str(bucket))
    with faults_told(root):
        for folder in folders:
            _set_aside(folder, root / SET_ASIDE_FOLDER / f"moved-to-a-bucket-{now:%Y%m%dT%H%M%S}" / folder.name)
    progress(len(folders), len(folders))
    return MovedFiles(files, size_bytes, tuple(damaged))


def send_files(folder: Path, there: ObjectsOfOne) -> MovedFiles:
    """Put the files of one organization's folder into the bucket; the folder stays as it is."""
    files, size_bytes, damaged = 0, 0, list[str]()
    for path in _files_in(folder):
        size = there.take_over(path, folder / path)
        if size is None:
            damaged.append(path)
        else:
            files, size_bytes = files + 1, size_bytes + size
    return MovedFiles(files, size_bytes, tuple(damaged))


def _files_in(folder: Path) -> Iterator[str]:
    """The files by their names in the organization's folder; what is unfinished begins with a dot, and is none."""
    for room in Room:
        for one in plain_names(folder / room):
            if is_plain_file(one) and not one.name.startswith("."):
                yield f"{room}/{one.name}"


def _set_aside(folder: Path, place: Path) -> None:
    for room in Room:
        if os.path.lexists(folder / room):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(folder / room, place / room)
    sync_folder(folder)
