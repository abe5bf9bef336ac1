"""Refusals and defects as a client sees them: a text the model can act on, and the same in `_meta`."""

from __future__ import annotations

import logging
from typing import Any

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, TextContent
from pydantic import ValidationError

from invoicing.refusals import InvalidInput, NotFound, OrganizationMismatch, Refusal, Unavailable
from invoicing.text.typed import one_line
from storage.ids import new_id
from views.remedies import for_assistant, line_of, message_of

ERROR_META = "counterfoil/error"
_ABSENT = "There is no such resource."
_log = logging.getLogger("counterfoil")
_NUMBER, _CHOICE, _OBJECT = "must be a whole number", "must be true or false", "must be an object with named fields"
_IN_OUR_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not a field here",
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_from_float": _NUMBER,
    "bool_type": _CHOICE,
    "bool_parsing": _CHOICE,
    "string_type": "must be a text",
    "list_type": "must be a list",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
}
"""What pydantic's kinds of errors mean to somebody who has never heard of it."""


def refused(refusal: Refusal) -> CallToolResult:
    """`code: what is wrong and what to do`, without structured content."""
    # A candidate is somebody's name, and a message may repeat what was sent: neither begins a line.
    candidates = [one_line(one) for one in refusal.candidates]
    error: dict[str, Any] = {"code": refusal.code, "message": one_line(message_of(refusal, for_assistant))}
    text = one_line(line_of(refusal, for_assistant))
    if refusal.field:
        error["field"] = refusal.field
    if candidates:
        error["candidates"] = candidates
        listed = ", ".join(candidates)
        # A message that lists several itself need not say them twice.
        if len(candidates) == 1 or listed not in text:
            text += f" Candidates: {listed}."
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True, _meta={ERROR_META: error})


def invalid_arguments(error: ValidationError) -> Refusal:
    """What pydantic found, in our words: the first field at fault, without repeating what was sent."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = _path(first["loc"])
    message = _IN_OUR_WORDS.get(first["type"]) or str(first["msg"]).replace("Input should be", "must be")
    return InvalidInput(f"{field} {message.removesuffix('.')}.", field=field)


class Unreadable(ResourceError):
    """A resource is not to be read; `code` is the refusal's."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


def unreadable(refusal: Refusal) -> ResourceError:
    """The same of a resource that is read. What is another's, what is absent, and what another connection may read
    answer alike.
    """
    if isinstance(refusal, NotFound | OrganizationMismatch):
        return ResourceNotFoundError(_ABSENT)
    return Unreadable(one_line(line_of(refusal, for_assistant)), refusal.code)


def unanswered(refusal: Refusal) -> MCPError:
    """The same of a prompt, a skill or a completion, which have no result that says so. What is another's and what is
    absent answer alike.
    """
    error: dict[str, Any] = {"code": refusal.code}
    if refusal.field:
        error["field"] = refusal.field
    if refusal.candidates:
        error["candidates"] = [one_line(one) for one in refusal.candidates]
    return MCPError(code=INVALID_PARAMS, message=one_line(line_of(refusal, for_assistant)), data={ERROR_META: error})


def note_incident(error: BaseException, *, doing: str) -> str:
    """Log something that should not happen with its cause; the id under which that is found is all that is told."""
    incident = new_id("inc")
    named = {"incident": incident, "doing": doing}
    _log.error("incident %s while %s", incident, doing, exc_info=error, extra=named)
    return incident


def defect(error: BaseException, *, doing: str) -> CallToolResult:
    """Something that should not happen: logged once with its cause, answered with an incident id alone."""
    incident = note_incident(error, doing=doing)
    said = Unavailable(
        f"Something went wrong on our side (incident {incident}). Look at what is there before trying again."
    )
    text = line_of(said, for_assistant)
    meta = {ERROR_META: {"code": said.code, "message": said.message, "incident": incident}}
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True, _meta=meta)


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".") or "arguments"
