"""The operator's token for the numbers of a server: shown once, and kept as a hash beside the keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from invoicing.refusals import Conflict
from storage.plain_files import open_plain_file

LENGTH_MIN = 32
_BYTES, _FILE_BYTES_MAX = 20, 1_000
_HASHED = re.compile(r"sha256:([0-9a-f]{64})")
_TOKEN = re.compile(rf"[!-~]{{{LENGTH_MIN},}}")


def make_token(path: Path) -> str:
    """A new token, whose hash is written to `path` in the place of any before."""
    token = f"cfm_{base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()}"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(f"sha256:{_hash(token).hex()}\n".encode())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    return token


def read_hash(path: Path) -> bytes:
    """The hash of the token that the file at `path` holds as `sha256:` and the hash, or as it is.

    Raises:
        Conflict: there is no such file, or neither stands in it.
    """
    try:
        with open_plain_file(path) as stream:
            text = stream.read(_FILE_BYTES_MAX).decode("ascii", "replace").strip()
    except OSError as error:
        raise Conflict(
            f"There is no token for the numbers at {path} ({error.strerror}): counterfoil metrics-token makes one, and"
            " COUNTERFOIL_METRICS_TOKEN_FILE names a file of another one.",
            field="metrics",
        ) from error
    if (hashed := _HASHED.fullmatch(text)) is not None:
        return bytes.fromhex(hashed.group(1))
    if _TOKEN.fullmatch(text) is None:
        raise Conflict(
            f"{path} holds no token for the numbers: one is at least {LENGTH_MIN} letters, digits and signs without a"
            " blank.",
            field="metrics",
        )
    return _hash(text)


def is_token(given: str, hashed: bytes) -> bool:
    """Whether this is the token of the hash; it takes as long whatever is given."""
    return hmac.compare_digest(_hash(given), hashed)


def _hash(token: str) -> bytes:
    # Chance made it: nobody could try all there may be, however fast a hash is taken.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
