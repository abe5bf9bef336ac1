"""What a request to an MCP server is called in the activity log, and what came of it: never what was sent or answered.

What only greets, or lists what everybody is shown, is no act on an organization and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp.server.context import HandlerResult
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    UNSUPPORTED_PROTOCOL_VERSION,
)
from pydantic import ValidationError

from invoicing.refusals import InvalidInput, NotFound, Refusal, Unavailable
from operations import activity
from operations.activity import Activity, Door
from operations.naming import Caller, DedicatedConnection
from server.noting import Came, Request
from server.refused import ERROR_META, Unreadable
from tools.catalog import CATALOG

_METHODS = frozenset(
    {
        "resources/list",
        "resources/read",
        "prompts/list",
        "prompts/get",
        "skills/list",
        "skills/get",
        "completion/complete",
        "subscriptions/listen",
        "resources/subscribe",
        "resources/unsubscribe",
    }
)
_TOOLS = frozenset(tool.name for tool in CATALOG)
_CALL = "tools/call"
_CODES = {
    METHOD_NOT_FOUND: NotFound.code,
    INVALID_PARAMS: InvalidInput.code,
    INVALID_REQUEST: InvalidInput.code,
    HEADER_MISMATCH: InvalidInput.code,
    UNSUPPORTED_PROTOCOL_VERSION: InvalidInput.code,
    MISSING_REQUIRED_CLIENT_CAPABILITY: Unavailable.code,
    CONNECTION_CLOSED: activity.CANCELLED,
}
"""What the protocol refuses by itself, in our words; any other of its errors is a defect."""


def act_of(request: Request) -> str:
    """The tool or the method; empty for what is left out. A tool that there is not has no name of its own here."""
    if request.method == _CALL:
        name = (request.params or {}).get("name")
        return name if isinstance(name, str) and name in _TOOLS else _CALL
    return request.method if request.method in _METHODS else ""


def note_call(caller: Caller, request: Request, outcome: HandlerResult | BaseException, door: Door) -> Came:
    """Put a request on the log of each organization for which it has acted; of its connection's own, where it has come
    to none. What it has come to.
    """
    act, office, own = act_of(request), caller.office, caller.connection
    result = _result_of(outcome)
    organization = own.organization if isinstance(own, DedicatedConnection) else None
    if act:
        done = Activity(
            door=door,
            act=act,
            result=result,
            organization_id=organization.id if organization else "",
            principal=office.principal,
        )
        activity.note_visits(office, done)
    visited = list(office.visits.organizations.values()) if office.visits else []
    of = visited or ([organization] if organization else [])
    return Came(act if act in _TOOLS else "", result, tuple(one.handle for one in of))


def _result_of(outcome: HandlerResult | BaseException) -> str:
    match outcome:
        case MCPError():
            return _code_of(outcome)
        case ValidationError():
            return InvalidInput.code
        case Refusal():
            return outcome.code
        case Exception():
            return activity.FAILED
        case BaseException():
            return activity.CANCELLED
        case {"isError": True, **answer}:
            return _code_in(answer.get("_meta"))
        case {"resultType": "input_required"}:
            return activity.ASKED
        case _:
            return activity.OK


def _code_of(error: MCPError) -> str:
    """The code of the refusal behind an error of the protocol."""
    match error.__context__:
        case Unreadable(code=code):
            return code
        case ResourceNotFoundError():
            return NotFound.code
        case _:
            pass
    if isinstance(error.error.data, Mapping) and ERROR_META in error.error.data:
        return _code_in(error.error.data)
    return _CODES.get(error.error.code, activity.FAILED)


def _code_in(meta: Any) -> str:
    told = meta.get(ERROR_META) if isinstance(meta, Mapping) else None
    if not isinstance(told, Mapping) or "incident" in told:
        return activity.FAILED
    return str(told.get("code", activity.FAILED))
