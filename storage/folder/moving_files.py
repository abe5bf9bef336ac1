"""Moving the files of an installation from its data folder into a bucket.

Each file is put there as it is, or not at all: one whose bytes are not those of its name is left behind, and named.
What is interrupted goes on where it was. In the end the folder names the bucket, and what was moved is set aside in it:
nothing is deleted.
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
from storage.folder.bucket import claim
from storage.folder.exchanging import SET_ASIDE_FOLDER
from storage.folder.home import files_home_of, name_files_home
from storage.folder.provisioning import organization_folders
from storage.plain_files import sync_folder
from storage.sqlite.faults import faults_told


def move_into_bucket(root: Path, bucket: Bucket, installation: str, *, now: datetime, progress: Progress) -> Sent:
    """Put all files of the data folder, which nobody may be serving, into the bucket, which is used from then on.
    Damaged files are named by their paths in the data folder.

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
    for room in Room:
        if os.path.lexists(folder / room):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(folder / room, place / room)
    sync_folder(folder)
