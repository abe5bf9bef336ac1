"""Moving the files of an installation from its data folder into a bucket, and back.

Each file is put there as it is, or not at all: one whose bytes are not those of its name is left behind, and named.
What is interrupted goes on where it was. Once all is there the folder names the bucket, and what was moved is set aside
in it; or it names none any more, and the bucket says that it was left. Nothing is deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from invoicing.progress import Progress
from invoicing.refusals import Conflict
from storage.books.pool import ORGANIZATIONS_FOLDER
from storage.files.buckets import FIELD, Bucket
from storage.files.in_bucket import FilesInBucket, Sent
from storage.files.in_folder import folder_among
from storage.files.kept import Room
from storage.files.objects import Objects
from storage.folder.bucket import claim, leave, owner_of, settle_bucket
from storage.folder.exchanging import SET_ASIDE_FOLDER
from storage.folder.home import check_files_home, files_home_of, forget_files_home, name_files_home
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
    sent = _of_each(folders, FilesInBucket(objects, root).send, progress)
    # From here on nobody writes a file into the folder, also not who has not heard of it yet.
    name_files_home(root, str(bucket))
    with faults_told(root):
        for folder in folders:
            _set_aside(folder, root / SET_ASIDE_FOLDER / f"moved-to-a-bucket-{now:%Y%m%dT%H%M%S}" / folder.name)
    return sent


def move_into_folder(
    root: Path, bucket: Bucket, installation: str, organizations: Iterable[str], *, progress: Progress
) -> Sent:
    """Fetch the files of these organizations, which nobody may be serving, into the data folder, which has them from
    then on; or go on where that was interrupted. Damaged files are named by what they would be in the folder.

    Raises:
        Conflict: the bucket has not the files of this installation.
        StorageFault: the store does not answer, or there is no room in the folder.
    """
    check_files_home(root, str(bucket))
    objects = Objects(bucket)
    if owner_of(objects) != installation:
        raise Conflict(f"{bucket} has not the files of {root}, or not any more.", field=FIELD)
    folders = [_folder_of(root, one) for one in organizations]
    sent = _of_each(folders, FilesInBucket(objects, root).fetch, progress)
    # From here on nobody who has this folder writes an object, also not who has not heard of it yet.
    forget_files_home(root)
    leave(objects, installation)
    return sent


def _of_each(folders: list[Path], move: Callable[[str, Path], Sent], progress: Progress) -> Sent:
    """What was moved of all organizations that have these folders."""
    files, size_bytes, damaged = 0, 0, list[str]()
    for done, folder in enumerate(folders):
        progress(done, len(folders))
        sent = move(folder.name, folder)
        files, size_bytes = files + sent.files, size_bytes + sent.size_bytes
        damaged += [f"{folder.parent.name}/{folder.name}/{path}" for path in sent.damaged]
    progress(len(folders), len(folders))
    return Sent(files, size_bytes, tuple(damaged))


def _folder_of(root: Path, organization_id: str) -> Path:
    """Of an organization; where its books are on a server, a machine may have none so far."""
    folder = folder_among(root / ORGANIZATIONS_FOLDER, organization_id)
    with faults_told(root):
        for one in (folder.parent, folder):
            one.mkdir(mode=0o700, exist_ok=True)
    return folder


def _set_aside(folder: Path, place: Path) -> None:
    for room in _rooms_of(folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(folder / room, place / room)
    sync_folder(folder)


def _rooms_of(folder: Path) -> list[Room]:
    """Those in which files of an organization may still lie."""
    return [room for room in Room if os.path.lexists(folder / room)]
