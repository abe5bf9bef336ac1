"""What clients say of themselves in the handshake, and what they can therefore be asked in the middle of a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mcp_types import ClientCapabilities
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_HANDSHAKE_VERSION

from invoicing.refusals import Unavailable
from storage.directory.sessions import SessionClient

# What is kept of the capabilities: these names with these parts. Everything else a client can make as large as it
# likes, and nothing here looks at it.
_KEPT = {"elicitation": ("form", "url"), "sampling": ("context", "tools"), "roots": ()}
_ASKED_BY = {"elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots"}


def client_of(initialize: Mapping[str, Any]) -> SessionClient:
    """What the parameters of `initialize` say of the client, with the revision that the MCP server will agree on."""
    asked = initialize.get("protocolVersion")
    revision = asked if asked in HANDSHAKE_PROTOCOL_VERSIONS else LATEST_HANDSHAKE_VERSION
    declared = initialize.get("capabilities")
    kept: dict[str, dict[str, Any]] = {}
    for name, parts in _KEPT.items():
        given = declared.get(name) if isinstance(declared, dict) else None
        if isinstance(given, dict):
            kept[name] = {part: {} for part in parts if isinstance(given.get(part), dict)}
    return SessionClient(str(revision), json.dumps(kept, separators=(",", ":")))


def capabilities_of(client: SessionClient) -> dict[str, Any]:
    """The capabilities that were kept, as the client declared them."""
    kept: dict[str, Any] = json.loads(client.capabilities or "{}")
    return kept


def takes_links(client: SessionClient) -> bool:
    """Whether the client can send its user to a page in the middle of a call."""
    return "url" in capabilities_of(client).get("elicitation", {})


def check_can_be_asked(capabilities: ClientCapabilities | None, method: str, params: Mapping[str, Any] | None) -> None:
    """Refuse to ask a client what it has not said it can answer.

    Raises:
        Unavailable: the client has not declared that it answers such questions.
    """
    name = _ASKED_BY.get(method, "")
    declared = getattr(capabilities, name, None) if name else None
    if declared is not None and name == "elicitation":
        # Before there were modes a client declared an empty object, which meant forms.
        takes_forms = declared.form is not None or declared.url is None
        in_a_form = (params or {}).get("mode", "form") == "form"
        declared = declared if (takes_forms if in_a_form else declared.url is not None) else None
    if declared is None:
        raise Unavailable(
            f"This needs an answer in the middle of the call, and the client cannot be asked: it has not declared"
            f" {name or method} (of this kind) when the session began. Nothing was asked."
        )
