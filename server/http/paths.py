"""Which connection a URL names. Only ASCII is folded: nothing that merely looks like a handle becomes one."""

from __future__ import annotations

import re
from dataclasses import dataclass

PATH_LENGTH_MAX = 200

_ORGANIZATION = re.compile(r"/mcp/([a-z0-9][a-z0-9-]{0,62})")
_LINK = re.compile(r"/mcp/k/([a-z2-7]{32})")


@dataclass(frozen=True, slots=True)
class PracticePath:
    """`/mcp`."""


@dataclass(frozen=True, slots=True)
class OrganizationPath:
    """`/mcp/{organization}`."""

    handle: str


@dataclass(frozen=True, slots=True)
class LinkPath:
    """`/mcp/k/{key}`."""

    key: str


ConnectionPath = PracticePath | OrganizationPath | LinkPath


def connection_path(path: str) -> ConnectionPath | None:
    """The connection that a decoded path names, in any letter case and with or without a slash at its end.

    None where it names none. `/mcp/k` alone is none: `k` is reserved.
    """
    if len(path) > PATH_LENGTH_MAX or not path.isascii():
        return None
    canonical = path.lower().removesuffix("/")
    if canonical == "/mcp":
        return PracticePath()
    if (link := _LINK.fullmatch(canonical)) is not None:
        return LinkPath(link.group(1))
    if (organization := _ORGANIZATION.fullmatch(canonical)) is not None and organization.group(1) != "k":
        return OrganizationPath(organization.group(1))
    return None
