"""Requests whose id is neither a text nor a whole number: they are answered, on every transport.

The SDK takes such a request for a notification, which nobody answers, and its sender waits for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp_types import INVALID_REQUEST, ErrorData, JSONRPCError


class Answer(JSONRPCError):
    id: float | int | str | None  # type: ignore[assignment]  # The protocol has no such id, but the sender does.


def answer_to(message: Mapping[str, Any]) -> JSONRPCError | None:
    """What such a request gets; None for every other message.

    A number with a fraction comes back, so that its sender knows whose answer it is.
    """
    if "method" not in message or "id" not in message:
        return None
    sent = message["id"]
    if isinstance(sent, str) or (isinstance(sent, int) and not isinstance(sent, bool)):
        return None
    error = ErrorData(code=INVALID_REQUEST, message="The id of a request must be a text or a whole number.")
    return Answer(jsonrpc="2.0", id=sent if isinstance(sent, float) and sent - sent == 0 else None, error=error)
