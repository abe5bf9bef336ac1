"""Handles: the names of organizations in URLs and arguments."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

from anyascii import anyascii

from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters

HANDLE_LENGTH_MAX = 63
CONNECTION_NAME_LENGTH_MAX = 38
"""Clients call a tool `mcp__{connection}__{tool}`, which may have 64 characters: this leaves 19 to the tool."""
SANDBOX_SUFFIX = "-sandbox"
RESERVED = frozenset({"all", "k"})

_BRACKETS = {"Ps": "(", "Pe": ")"}
_BESIDE = re.compile(r"\s*([()-])\s*")
_SANDBOX_IN_BRACKETS = re.compile(rf"\([a-z0-9][a-z0-9-]*{SANDBOX_SUFFIX}(?![a-z0-9-])")
_IN_BRACKETS = re.compile(r"\(([a-z0-9][a-z0-9-]{0,62})\)")
_ENDS_IN_HANDLE = re.compile(r"\(\s*[a-z0-9-]+\s*\)\W*$")
_HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)


def check_handle(handle: str, *, environment: Environment, field: str = "handle") -> str:
    """The canonical handle: lower case, and with the sandbox suffix where the organization is a sandbox.

    Raises:
        InvalidInput: not of the form of a handle, reserved, or a live handle with the sandbox suffix.
    """
    base = small_letters(handle).removesuffix(SANDBOX_SUFFIX)
    if environment is Environment.LIVE and small_letters(handle).endswith(SANDBOX_SUFFIX):
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


def reads_like_heading(name: str) -> bool:
    """Whether a name could pass for that of another organization with its handle, as answers begin:
    `Name (handle-sandbox)`.

    So does a handle of a sandbox in brackets, in any letter case and script, wherever it stands; and small letters,
    digits and hyphens in brackets at the end, which is how the handle of a live organization would stand there.
    `Smith (Bakery)`, `Acme (UK) Ltd` and `Acme (Sandbox)` do not.
    """
    return _SANDBOX_IN_BRACKETS.search(_compared(name)) is not None or _ENDS_IN_HANDLE.search(_plain(name)) is not None


def handles_in_brackets(name: str) -> tuple[str, ...]:
    """What stands in brackets in a name and could be a handle, in any letter case and script."""
    return tuple(_IN_BRACKETS.findall(_compared(name)))


def _plain(name: str) -> str:
    """The name with brackets of every kind as round ones, and compatibility forms made one."""
    return "".join(_BRACKETS.get(unicodedata.category(one), one) for one in unicodedata.normalize("NFKC", name))


def _compared(name: str) -> str:
    """The same in small Latin letters, without the blanks beside brackets and hyphens."""
    return _BESIDE.sub(r"\1", _plain(anyascii(_plain(name))).lower())


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
