"""What the door reads of a message before the MCP server does: what it is, and whose question it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON-RPC message as it came. What is malformed is empty here: it is the MCP server's to refuse."""

    content: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes) -> Message:
        try:
            content: Any = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        return cls(content) if isinstance(content, dict) else cls()

    @property
    def method(self) -> str:
        return str(self.content.get("method", ""))

    @property
    def params(self) -> dict[str, Any]:
        params = self.content.get("params")
        return params if isinstance(params, dict) else {}

    @property
    def is_request(self) -> bool:
        """Whether it is a request in good form, which is answered with a message."""
        request_id = self.content.get("id")
        return (
            self.content.get("jsonrpc") == "2.0"
            and isinstance(self.content.get("method"), str)
            and isinstance(request_id, str | int)
            and not isinstance(request_id, bool)
            and isinstance(self.content.get("params", {}), dict)
        )

    @property
    def tool(self) -> str:
        """The tool that it calls; empty where it calls none."""
        return str(self.params.get("name", "")) if self.method == "tools/call" else ""

    @property
    def wants_progress(self) -> bool:
        meta = self.params.get("_meta")
        return isinstance(meta, dict) and "progressToken" in meta

    @property
    def answers(self) -> str:
        """The id of the question that the message answers; empty where it is no answer."""
        answered = self.content.get("id")
        return answered if isinstance(answered, str) and "method" not in self.content else ""
