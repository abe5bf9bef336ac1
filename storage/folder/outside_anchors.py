"""The file of anchors that a practice keeps elsewhere: a signed, dated line each time, with the head of every
organization's chains.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from invoicing.document.canonical import canonical_json
from invoicing.refusals import InvalidInput
from storage.folder.heads import StatedHead
from storage.folder.manifest import MANIFEST_FILE, read_manifest
from storage.folder.signing import FROZEN, Signature, SigningKeys, Trusted
from storage.plain_files import open_plain_file, sync_folder

SIGNED_AS: Final = "anchors"
LINE_BYTES_MAX = 64 * 1024 * 1024


class Anchors(BaseModel):
    """Where the chains of all books of an installation ended at a moment."""

    model_config = FROZEN

    format: Literal["counterfoil-anchors-1"] = "counterfoil-anchors-1"
    installation: Annotated[str, Field(pattern="^([0-9a-f]{16})?$")]
    at: AwareDatetime
    heads: tuple[StatedHead, ...]


def signed_line(anchors: Anchors, keys: SigningKeys) -> str:
    """The anchors as a line of the file, signed by the installation.

    Raises:
        KeysUnavailable: nothing can be signed.
    """
    plain = anchors.model_dump(mode="json")
    signature = keys.sign(_content(plain), purpose=SIGNED_AS, now=anchors.at)
    return json.dumps({"anchors": plain, "signature": signature.model_dump(mode="json")}, sort_keys=True) + "\n"


def add_line(path: Path, line: str, *, keys: SigningKeys, installation: str) -> int:
    """Add a line to the file, which is made where there is none, and answer how many it has then.

    Raises:
        InvalidInput: what is there is no file of this installation's anchors, or was changed.
    """
    there = os.path.lexists(path)
    lines = len(list(_read_lines(path, keys.trusted(), installation))) if there else 0
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | (0 if there else os.O_CREAT | os.O_EXCL), 0o600)
    with os.fdopen(descriptor, "ab") as stream:
        stream.write(line.encode())
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(path.parent)
    return lines + 1


def read_anchors(path: Path, *, folder: Path, installation: str, signed_by: str = "") -> list[Anchors]:
    """What a file of anchors, or a backup's folder, says of this installation, oldest first. It is signed by it, a key
    of which lies in `folder`, or else by the key whose name is `signed_by`, of whichever installation that is.

    Raises:
        InvalidInput: it is none, of another installation, was changed, or nobody who counts has signed it.
    """
    if path.is_dir():
        manifest, _ = read_manifest(path, keys=folder, signed_by=signed_by)
        heads = tuple(StatedHead(**dict(head)) for head in manifest.heads)
        found = [Anchors(installation=manifest.installation, at=manifest.created_at, heads=heads)]
        if not signed_by:
            _check_of(found[0], installation, MANIFEST_FILE)
        return found
    trusted = SigningKeys(folder, installation).trusted(signed_by)
    return sorted(_read_lines(path, trusted, "" if signed_by else installation), key=lambda one: one.at)


def _read_lines(path: Path, trusted: Trusted, installation: str) -> Iterator[Anchors]:
    try:
        stream = open_plain_file(path)
    except OSError:
        raise InvalidInput("The file of anchors is not there, or cannot be read.", field="anchors") from None
    number = 0
    with stream:
        while line := stream.readline(LINE_BYTES_MAX):
            number += 1
            yield _read_line(line, f"Line {number} of the anchors", trusted, installation)
    if not number:
        raise InvalidInput("The file of anchors is empty.", field="anchors")


def _read_line(line: bytes, what: str, trusted: Trusted, installation: str) -> Anchors:
    try:
        parts = json.loads(line)
        plain, signature = parts["anchors"], Signature.model_validate_json(json.dumps(parts["signature"]))
        anchors = Anchors.model_validate_json(json.dumps(plain))
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise InvalidInput(f"{what} is none that Counterfoil has written.", field="anchors") from error
    if installation:
        _check_of(anchors, installation, what)
    trusted.check(signature, purpose=SIGNED_AS, content=_content(plain), what=what, field="anchors")
    return anchors


def _check_of(anchors: Anchors, installation: str, what: str) -> None:
    if anchors.installation != installation:
        raise InvalidInput(f"{what} is of another installation.", field="anchors")


def _content(plain: object) -> bytes:
    return canonical_json(plain).encode()
