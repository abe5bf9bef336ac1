"""The state of a call that waits for its user's answer (revision 2026-07-28), bound to who asked and for whom.

The client carries it and brings it back with the answer, at any process, also after a restart. The SDK seals it and
binds it to the tool and its arguments; here it is bound to the principal, the connection, and the organization that the
call acts for, which the arguments need not name: what was confirmed for one organization is refused at another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.request_state import RequestStateSecurity
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from invoicing.refusals import Refusal
from operations.naming import Caller, name_organization
from server.http.gate.state import state_of

_CARRIERS = frozenset({"tools/call", "prompts/get", "resources/read"})
_STATE = "requestState"


def state_security(key: bytes) -> RequestStateSecurity:
    """How states are sealed, with a key that all processes of the installation share."""
    return RequestStateSecurity(keys=[key], bind_principal=_principal)


async def bind_organization(context: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """A middleware inside the SDK's seal: write the organization into a state that leaves, compare it when it returns.

    The organization is found by the naming rule, anew each time. It is looked up only where there is a state.

    Raises:
        MCPError: the state was made for another organization; answered as any other state that is not valid.
    """
    if context.method not in _CARRIERS:
        return await call_next(context)
    params = context.params or {}
    returned = params.get(_STATE)
    if returned is not None:
        organization, state = json.loads(returned)
        if organization != await _organization_of(context):
            raise MCPError(INVALID_PARAMS, "Invalid or expired requestState", {"reason": "invalid_request_state"})
        context = replace(context, params={**params, _STATE: state})
    result = await call_next(context)
    # What the handlers answer has its form on the wire here, hence a dictionary.
    if isinstance(result, dict) and isinstance(result.get(_STATE), str):
        return {**result, _STATE: json.dumps([await _organization_of(context), result[_STATE]])}
    return result


def _principal(context: ServerRequestContext[Any, Any]) -> str:
    caller = _caller(context)
    # One person's client programs do not answer for each other.
    return json.dumps([caller.office.principal.user_id, caller.bound_to])


async def _organization_of(context: ServerRequestContext[Any, Any]) -> str:
    """The id of the organization that the call acts for; empty where nothing names one, as in a list of them all."""
    given = (context.params or {}).get("arguments")
    arguments = given if isinstance(given, Mapping) else {}
    try:
        named = await name_organization(
            _caller(context),
            organization=_text(arguments, "organization"),
            session=_text(arguments, "session"),
            changing=False,
        )
    except Refusal:
        return ""
    return named.id


def _text(arguments: Mapping[str, Any], name: str) -> str:
    value = arguments.get(name)
    return value if isinstance(value, str) else ""


def _caller(context: ServerRequestContext[Any, Any]) -> Caller:
    request: Any = context.request
    return state_of(request.scope).caller_of_call
