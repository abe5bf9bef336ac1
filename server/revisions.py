"""Which revisions of the protocol are spoken. One that is older is refused by name, and never agreed to."""

from __future__ import annotations

import re
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS
from mcp_types.version import KNOWN_PROTOCOL_VERSIONS

OLDEST = "2025-03-26"
SPOKEN = tuple(revision for revision in KNOWN_PROTOCOL_VERSIONS if revision >= OLDEST)
"""Oldest to newest. Revisions are dates, and compare as their texts do."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_too_old(revision: object) -> bool:
    """Whether a client asks for a revision from before the oldest that is spoken here. To one that nobody knows, the
    SDK answers with the newest of its own, as the protocol has it.
    """
    return isinstance(revision, str) and _DATE.fullmatch(revision) is not None and revision < OLDEST


def too_old(requested: str) -> MCPError:
    """The refusal, with the revisions to choose from."""
    message = f"Unsupported protocol version: this server speaks {', '.join(SPOKEN)}."
    return MCPError(code=INVALID_PARAMS, message=message, data={"supported": list(SPOKEN), "requested": requested})


async def refuse_old_revisions(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """A middleware: `initialize` with a revision that is too old is refused."""
    if ctx.method == "initialize":
        requested = (ctx.params or {}).get("protocolVersion")
        if is_too_old(requested):
            raise too_old(str(requested))
    return await call_next(ctx)
