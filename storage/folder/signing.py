"""The key with which an installation signs what leaves it: the manifests of backups, anchors, what is handed over.

It lies where the installation's other key lies, apart from the data and in no backup. When it is exchanged for a new
one, the public half of the old one is kept in the same file: what was signed before can still be verified, and nothing
else can be signed with it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import inspect
from sqlmodel import Session

from invoicing.refusals import InvalidInput, KeysUnavailable
from invoicing.remedies import Act
from storage.directory.database import DIRECTORY_FILE
from storage.directory.identity_tables import Installation
from storage.directory.installation import installation_name
from storage.plain_files import open_plain_file, sync_folder
from storage.sqlite.engines import read_once, stamp_of

_FILE_BYTES_MAX = 1024 * 1024
_ID_DIGITS = 32
UNNAMED = "unnamed"
"""What an installation is called here that was not opened since installations have names."""

Hex32 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Hex64 = Annotated[str, Field(pattern="^[0-9a-f]{128}$")]
FROZEN: Final = ConfigDict(strict=True, frozen=True, extra="forbid")


class Signature(BaseModel):
    """A signature, with the public half of the key that made it."""

    model_config = FROZEN

    algorithm: Literal["ed25519"] = "ed25519"
    public_key: Hex32
    signature: Hex64

    @property
    def key_id(self) -> str:
        """The short name of the key that made it."""
        return key_id_of(self.public_key)


class SigningKey(BaseModel):
    """The public half of a key of this installation; one that was exchanged signs nothing any more."""

    model_config = FROZEN

    public_key: Hex32
    made_at: AwareDatetime
    exchanged_at: AwareDatetime | None = None

    @property
    def key_id(self) -> str:
        """The key's short name."""
        return key_id_of(self.public_key)


class _File(BaseModel):
    model_config = FROZEN

    format: Literal["counterfoil-signing-1"] = "counterfoil-signing-1"
    private_key: Hex32
    keys: tuple[SigningKey, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whose signatures count: those of keys that are known on this machine, and of the one that somebody has `named`
    by its short name.
    """

    known: frozenset[str] = frozenset()
    named: str = ""

    def check(self, signature: Signature, *, purpose: str, content: bytes, what: str, field: str) -> None:
        """Make sure that somebody who counts has signed exactly this content for this purpose.

        Raises:
            InvalidInput: it was changed after it was signed, or the key is not one that counts.
        """
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
        try:
            key.verify(bytes.fromhex(signature.signature), _signed(purpose, content))
        except InvalidSignature:
            raise InvalidInput(
                f"{what} is not what was signed: it, or its signature, was changed.", field=field
            ) from None
        if signature.public_key not in self.known and signature.key_id != self.named:
            raise InvalidInput(
                f"{what} is signed with the key {signature.key_id}, which is not known here.",
                field=field,
                remedy=Act.NAME_SIGNER,
            )


class SigningKeys:
    """The keys with which the installation of this name has signed, the newest of which signs."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._folder = folder
        self._name = name or UNNAMED

    @property
    def path(self) -> Path:
        """Where the file is, or will be once something is signed."""
        if self._folder is None:
            raise RuntimeError("the store was opened without a folder for keys")
        return self._folder / f"{self._name}.signing"

    def is_there(self) -> bool:
        """Whether a key was made, whatever has become of its file."""
        return os.path.lexists(self.path)

    def sign(self, content: bytes, *, purpose: str, now: datetime) -> Signature:
        """The signature of this content; a key is made where there is none yet.

        Raises:
            KeysUnavailable: the file is none, or cannot be made.
        """
        file = self._made(now)
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.private_key))
        signature = private.sign(_signed(purpose, content)).hex()
        return Signature(public_key=file.keys[-1].public_key, signature=signature)

    def all(self) -> tuple[SigningKey, ...]:
        """All keys there were, the one that signs last; none where none was made.

        Raises:
            KeysUnavailable: the file is none.
        """
        return _read(self.path).keys if self.is_there() else ()

    def make(self, now: datetime) -> SigningKey:
        """The key that signs, made where there is none yet.

        Raises:
            KeysUnavailable: the file is none, or cannot be made.
        """
        return self._made(now).keys[-1]

    def exchange(self, now: datetime, *, forget: bool = False) -> SigningKey:
        """Sign with a new key from now on. Of those before, only the public halves are kept, or with `forget`, where
        somebody else may have got hold of one, nothing: what they signed does not count any more.

        Raises:
            KeysUnavailable: the file is none, or cannot be made.
        """
        before = () if forget else self.all()
        kept = tuple(one if one.exchanged_at else one.model_copy(update={"exchanged_at": now}) for one in before)
        with _telling(self.path):
            _write(self.path, _new_file(now, kept), replaces=True)
        return self.all()[-1]

    def trusted(self, named: str = "") -> Trusted:
        """Whoever signs with one of these keys, or with the one that is named."""
        return Trusted(frozenset(one.public_key for one in self.all()), checked_key_id(named))

    def _made(self, now: datetime) -> _File:
        if not self.is_there():
            with _telling(self.path):
                _write(self.path, _new_file(now, ()), replaces=False)
        return _read(self.path)


def name_of(root: Path) -> str:
    """The name of the installation whose directory lies in this folder, whatever its schema version; empty where it
    has none yet.
    """
    path = root / DIRECTORY_FILE

    def work(db: Session) -> str:
        if not inspect(db.connection()).has_table(str(Installation.__tablename__)):
            return ""
        return installation_name(db)

    return read_once(path, stamp_of(path), work)


def key_id_of(public_key: str) -> str:
    """The short name of a public key: long enough that nobody finds another key with the same one."""
    return hashlib.sha256(b"counterfoil signing key\n" + bytes.fromhex(public_key)).hexdigest()[:_ID_DIGITS]


def checked_key_id(text: str) -> str:
    """The short name of a key as somebody typed it; empty where nobody did.

    Raises:
        InvalidInput: no such name.
    """
    name = text.strip().lower()
    if name and (len(name) != _ID_DIGITS or set(name) - set("0123456789abcdef")):
        raise InvalidInput(f"The name of a key has {_ID_DIGITS} digits from 0 to f.", field="signed_by")
    return name


def _signed(purpose: str, content: bytes) -> bytes:
    """What is signed: a signature for one purpose is none for another."""
    return f"counterfoil {purpose}\n".encode() + content


def _new_file(now: datetime, before: tuple[SigningKey, ...]) -> _File:
    private = Ed25519PrivateKey.generate()
    made = SigningKey(public_key=private.public_key().public_bytes_raw().hex(), made_at=now)
    return _File(private_key=private.private_bytes_raw().hex(), keys=(*before, made))


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Tell of a file that cannot be made as of keys that cannot be used."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise KeysUnavailable(
            f"No key for signing can be made at {path} ({error.strerror}): {path.parent} has to be a folder that can be"
            " written to. COUNTERFOIL_KEYS names another one."
        ) from error


def _read(path: Path) -> _File:
    try:
        with open_plain_file(path) as stream:
            file = _File.model_validate_json(stream.read(_FILE_BYTES_MAX))
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.private_key))
    except (OSError, ValidationError):
        fits = False
    else:
        fits = private.public_key().public_bytes_raw().hex() == file.keys[-1].public_key
    if not fits:
        raise KeysUnavailable(
            f"{path} is not a key for signing that can be read: bring it back, or move it away, and a new one is made."
            " What was signed before is then by a key that is not known here any more."
        )
    return file


def _write(path: Path, file: _File, *, replaces: bool) -> None:
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(file.model_dump_json(indent=1).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        if replaces:
            os.replace(made, path)
        else:
            # Linking does not replace: of two processes that make a key at once, the first one's stays.
            with suppress(FileExistsError):
                os.link(made, path)
        sync_folder(path.parent)
    finally:
        made.unlink(missing_ok=True)
