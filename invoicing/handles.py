"""Handles: the names of organizations in URLs and arguments."""

from __future__ import annotations

import base64
import hashlib
import re

from anyascii import anyascii

from invoicing.documents import Environment
from invoicing.refusals import InvalidInput

HANDLE_LENGTH_MAX = 63
CONNECTION_NAME_LENGTH_MAX = 38
"""Clients call a tool `mcp__{connection}__{tool}`, which may have 64 characters: this leaves 19 to the tool."""
SANDBOX_SUFFIX = "-sandbox"
RESERVED = frozenset({"k"})

_HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)


def check_handle(handle: str, *, environment: Environment, field: str = "handle") -> str:
    """The canonical handle: lower case, and with the sandbox suffix where the organization is a sandbox.

    Raises:
        InvalidInput: not of the form of a handle, reserved, or a live handle with the sandbox suffix.
    """
    base = handle.strip().lower().removesuffix(SANDBOX_SUFFIX)
    if environment is Environment.LIVE and handle.strip().lower().endswith(SANDBOX_SUFFIX):
        raise InvalidInput(f"{field}: only a sandbox organization's handle ends in {SANDBOX_SUFFIX}.", field=field)
    candidate = with_suffix(base, environment=environment)
    suffix = SANDBOX_SUFFIX if environment is Environment.SANDBOX else ""
    if not _HANDLE.fullmatch(base) or len(candidate) < len(base + suffix) or base in RESERVED:
        raise InvalidInput(
            f"{field} must be 1 to {HANDLE_LENGTH_MAX} small letters a-z, digits and hyphens, begin with a letter or"
            f" digit, and not be one of: {', '.join(sorted(RESERVED))}.",
            field=field,
        )
    return candidate


def environment_of(handle: str) -> Environment:
    """Whether it is the handle of a sandbox organization or of a live one, which never ends like one of a sandbox."""
    return Environment.SANDBOX if handle.endswith(SANDBOX_SUFFIX) else Environment.LIVE


def handle_from_name(name: str, *, random_text: str) -> str:
    """The base of a handle for an organization of this name, without the sandbox suffix.

    Other scripts are transliterated; where nothing usable comes of it, the handle is `org-` and `random_text`.
    """
    base = re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower()).strip("-")[:48].strip("-")
    return base if base and base not in RESERVED else f"org-{random_text}"


def with_suffix(base: str, *, environment: Environment, attempt: int = 1) -> str:
    """`base` as the `attempt`-th to want it: `harbour-bakery`, `harbour-bakery-2`, with the sandbox suffix."""
    suffix = ("" if attempt == 1 else f"-{attempt}") + (SANDBOX_SUFFIX if environment is Environment.SANDBOX else "")
    return base[: HANDLE_LENGTH_MAX - len(suffix)].rstrip("-") + suffix


def connection_name(handle: str) -> str:
    """What the organization's own connection is called: `counterfoil-` and the handle.

    Where that is longer than `CONNECTION_NAME_LENGTH_MAX`, the end of the handle gives way to `_` and a hash of all of
    it. No handle has an underscore, so a shortened name is never another organization's.
    """
    whole = f"counterfoil-{handle}"
    if len(whole) <= CONNECTION_NAME_LENGTH_MAX:
        return whole
    # Five bytes are eight letters and digits.
    digest = base64.b32encode(hashlib.blake2s(handle.encode(), digest_size=5).digest()).decode().lower()
    return f"{whole[: CONNECTION_NAME_LENGTH_MAX - len(digest) - 1].rstrip('-')}_{digest}"
