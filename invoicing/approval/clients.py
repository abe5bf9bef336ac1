"""Clients that show each call of certain tools to their user, whatever that user has allowed them to do unasked."""

from __future__ import annotations

import re
from collections.abc import Mapping

FORCED_PROMPT_META = "anthropic/requiresUserInteraction"
"""The key of a tool's `_meta` by which such a client knows the tool."""

HONOURING: Mapping[str, tuple[int, ...]] = {"claude-code": (2, 1, 332)}
"""By the name that the client gives itself (`clientInfo`), the first version that does so: Claude Code's documentation
of tool permissions, "MCP tools that require user interaction". A client that is not named here is not counted on.
"""

_VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})")


def forces_prompt(name: str, version: str) -> bool:
    """Whether a client of this name and version is known to show such calls to its user. A version that is anything
    but three numbers, such as one before a release, is not known.
    """
    first, said = HONOURING.get(name), _VERSION.fullmatch(version)
    return first is not None and said is not None and tuple(map(int, said.groups())) >= first
