"""Standard input as the protocol's stream: a request whose id is none gets an answer too."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCError

from server.odd_ids import answer_to

# What may be worth a look: an id that is neither a text nor a whole number.
_ODD_ID = re.compile(r'"id"\s*:\s*(?!"|-?[0-9]+\s*[,}])')


def answer_to_odd_id(line: str) -> JSONRPCError | None:
    """What a line gets that is a request with an odd id; None for every other one, most of which are not even read."""
    if not _ODD_ID.search(line):
        return None
    try:
        message: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return answer_to(message) if isinstance(message, dict) else None


@asynccontextmanager
async def answering_stdio() -> AsyncIterator[tuple[Any, Any]]:
    """The SDK's streams of standard input and output, with an answer for what it would not answer."""
    lines = _Lines()
    async with stdio_server(stdin=lines) as (incoming, outgoing):  # type: ignore[arg-type]  # It is only iterated.
        lines.outgoing = outgoing
        yield incoming, outgoing


class _Lines:
    """The lines of standard input but for those that are answered here."""

    def __init__(self) -> None:
        # The platform's own encoding would be another one.
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # It is a text stream.
        self._lines = anyio.wrap_file(sys.stdin)
        self.outgoing: Any = None

    async def __aiter__(self) -> AsyncIterator[str]:
        async for line in self._lines:
            answer = answer_to_odd_id(line)
            if answer is None:
                yield line
            else:
                await self.outgoing.send(SessionMessage(answer))
