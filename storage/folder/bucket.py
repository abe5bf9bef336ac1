"""Which installation's files a bucket has: it says so itself, in an object beside them, as the folder names the bucket.

Two installations in one folder of a bucket would remove each other's files, and one whose bucket was emptied or is
another than before would hand out documents without their files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from invoicing.refusals import Conflict
from storage.directory.installation import installation_name
from storage.faults.errors import StorageFault
from storage.files.buckets import FIELD, Bucket
from storage.folder.findings import Finding
from storage.folder.home import check_files_home, files_home_of, name_files_home
from storage.folder.looking import Look
from storage.folder.signing import name_of

if TYPE_CHECKING:
    from storage.files.objects import Objects

SEAL = "installation"
"""The object that says whose files they are."""
_LEFT = "left by "


def settle_bucket(root: Path, bucket: Bucket, installation: str, begun: bool) -> None:
    """Let the folder name the bucket, and the bucket the installation; `begun`: there are organizations in it.

    Raises:
        Conflict: the bucket is another installation's, or was not this one's so far.
        StorageFault: the store does not answer, or does not let us in.
    """
    from storage.files.objects import Objects

    objects = Objects(bucket)
    if not owner_of(objects):
        if files_home_of(root) == str(bucket):
            raise Conflict(
                f"{bucket} does not say any more that it has the files of {root}: they were moved out of it, or it was"
                " emptied, or is another of the same name. Nothing was changed.",
                field=FIELD,
            )
        if begun:
            raise Conflict(
                f"The files of {root} are in its folder, and not in {bucket}: leave the files URL away, or move them"
                " there first.",
                field=FIELD,
            )
    claim(objects, installation)
    name_files_home(root, str(bucket))


def claim(objects: Objects, installation: str) -> None:
    """Let the bucket say that it is this installation's.

    Raises:
        Conflict: it is another's.
    """
    if not objects.create(SEAL, installation.encode()):
        _say_instead(objects, f"{_LEFT}{installation}", installation)
    if owner_of(objects) != installation:
        raise Conflict(
            f"{objects.bucket} has the files of another installation: name another folder of it.", field=FIELD
        )


def leave(objects: Objects, installation: str) -> None:
    """Let the bucket say that this installation's files are somewhere else now: whoever still names it is refused."""
    _say_instead(objects, installation, f"{_LEFT}{installation}")


def _say_instead(objects: Objects, of: str, what: str) -> None:
    found = objects.find(SEAL)
    if found is not None and _said(objects) == of:
        objects.replace(SEAL, what.encode(), found)


def bucket_findings(look: Look, root: Path, bucket: Bucket | None) -> Iterator[Finding]:
    """What is wrong with the bucket of the files, or with how it is named."""
    try:
        check_files_home(root, str(bucket or ""))
        if bucket is None:
            return
        from storage.files.objects import Objects

        owner = owner_of(Objects(bucket))
    except StorageFault as fault:
        yield Finding("error", "files", f"{fault.detail}. {fault.fault.advice}")
    except Conflict as conflict:
        yield Finding("error", "files", conflict.message)
    else:
        if not owner or owner != (_name_of(look, root) or owner):
            said = "the files of another installation" if owner else "nobody's files"
            yield Finding("error", "files", f"{bucket} says that it has {said}, and not those of {root}.")


def _name_of(look: Look, root: Path) -> str:
    """The installation's name; empty where it cannot be read, which is said elsewhere."""
    try:
        return look.directory(installation_name)
    except StorageFault:
        # Files of an earlier version say it too.
        with suppress(StorageFault):
            return name_of(root)
    return ""


def owner_of(objects: Objects) -> str:
    """The name of the installation whose files these are; empty where nobody's are, or where it has left them."""
    said = _said(objects)
    return "" if said.startswith(_LEFT) else said


def _said(objects: Objects) -> str:
    said = objects.read(SEAL)
    return b"".join(said).decode("utf-8", "replace") if said is not None else ""
