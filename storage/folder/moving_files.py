"""Moving the files of an installation from its data folder into a bucket.

Each file is put there as it is, or not at all: one whose bytes are not those of its name is left behind, and named.
What is interrupted goes on where it was. Once all is there the folder names the bucket, and what was moved is set aside
in it: nothing is deleted.
"""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from invoicing.progress import Progress
from invoicing.refusals import Conflict
from storage.files.buckets import FIELD, Bucket
from storage.files.in_bucket import FilesInBucket, Sent
from storage.files.kept import Room
from storage.files.objects import Objects
from storage.folder.bucket import claim, settle_bucket
from storage.folder.exchanging import SET_ASIDE_FOLDER
from storage.folder.home import files_home_of, name_files_home
from storage.folder.provisioning import organization_folders
from storage.plain_files import sync_folder
from storage.sqlite.faults import faults_told


def move_into_bucket(root: Path, bucket: Bucket, installation: str, *, now: datetime, progress: Progress) -> Sent:
    """Put all files of the data folder, which nobody may be serving, into the bucket, which is used from then on; or go
    on where that was interrupted. Damaged files are named by their paths in the data folder.

    Raises:
        Conflict: the bucket has another installation's files, or this one's are in a bucket already, and none of them
            in the folder.
        StorageFault: the store does not answer, or does not let us in.
    """
    named, folders = files_home_of(root), list(organization_folders(root))
    if named and (named != str(bucket) or not any(_rooms_of(folder) for folder in folders)):
        raise Conflict(f"The files of {root} are in {named} already.", field=FIELD)
    objects = Objects(bucket)
    if named:
        # What it does not say any more it is not to say anew.
        settle_bucket(root, bucket, installation, begun=True)
    else:
        claim(objects, installation)
    there = FilesInBucket(objects, root)
    files, size_bytes, damaged = 0, 0, list[str]()
    for done, folder in enumerate(folders):
        progress(done, len(folders))
        sent = there.send(folder.name, folder)
        files, size_bytes = files + sent.files, size_bytes + sent.size_bytes
        damaged += [f"{folder.parent.name}/{folder.name}/{path}" for path in sent.damaged]
    # From here on nobody writes a file into the folder, also not who has not heard of it yet.
    name_files_home(root, str(bucket))
    with faults_told(root):
        for folder in folders:
            _set_aside(folder, root / SET_ASIDE_FOLDER / f"moved-to-a-bucket-{now:%Y%m%dT%H%M%S}" / folder.name)
    progress(len(folders), len(folders))
    return Sent(files, size_bytes, tuple(damaged))


def _set_aside(folder: Path, place: Path) -> None:
    for room in _rooms_of(folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(folder / room, place / room)
    sync_folder(folder)


def _rooms_of(folder: Path) -> list[Room]:
    """Those in which files of an organization may still lie."""
    return [room for room in Room if os.path.lexists(folder / room)]
