"""The keys of an installation, which lie apart from its data and are in no backup of it.

One file holds 32 random bytes, from which a key is derived for each purpose. It appears whole or not at all: an empty
key, seen by a second process or left by a crash, would let anybody sign.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from invoicing.refusals import KeysUnavailable
from storage.plain_files import open_plain_file, sync_folder

SEALING = "sealing"
"""What the key that seals secrets is for."""
_KEY_BYTES = 32


class Keys:
    """The keys of the installation with this name, in a folder; without a folder there are none to be had."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._folder = folder
        self._name = name
        self._derived: dict[str, bytes] = {}

    @property
    def path(self) -> Path:
        """Where the file is, or will be once a key is asked for."""
        if self._folder is None:
            raise RuntimeError("the store was opened without a folder for keys")
        return self._folder / f"{self._name}.key"

    def key(self, purpose: str) -> bytes:
        """The key for this purpose, which all processes of the installation share.

        Raises:
            KeysUnavailable: the file of the keys is none, or cannot be made.
        """
        if purpose not in self._derived:
            info = f"counterfoil {purpose}".encode()
            self._derived[purpose] = HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(_read(self.path))
        return self._derived[purpose]

    def is_there(self) -> bool:
        """Whether a key was made, whatever has become of its file."""
        return os.path.lexists(self.path)


def mark_of(key: bytes) -> str:
    """Tells one key from another, and nothing else of it."""
    return hashlib.sha256(b"counterfoil mark of a key\n" + key).hexdigest()[:12]


def _read(path: Path) -> bytes:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.path.lexists(path):
            _make(path)
    except OSError as error:
        raise KeysUnavailable(
            f"No key can be made at {path} ({error.strerror}): {path.parent} has to be a folder that can be written to."
            " COUNTERFOIL_KEYS names another one."
        ) from error
    try:
        with open_plain_file(path) as stream:
            key = stream.read(_KEY_BYTES + 1)
    except OSError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise KeysUnavailable(
            f"{path} is not a key that can be read: bring it back, or move it away, and a new one is made. With a new"
            " one, download links that were given out end, and one-time codes and an identity provider's secret have"
            " to be set up anew."
        )
    return key


def _make(path: Path) -> None:
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        # Linking does not replace: of two processes that make a key at once, the first one's stays.
        with suppress(FileExistsError):
            os.link(made, path)
        sync_folder(path.parent)
    finally:
        made.unlink(missing_ok=True)
