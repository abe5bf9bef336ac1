"""Sending the client's user to the page of what waits, where the client can do that (elicitation's URL mode).

The call has succeeded by then: what was to be issued waits. Its answer comes after the user was sent, and says what has
become of it meanwhile. In revision 2026-07-28 that is the second time that the client makes the call: the first answer
travels in its sealed state, so that nothing is asked for twice.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CallToolResult,
    ElicitRequest,
    ElicitRequestURLParams,
    InputRequiredResult,
    TextContent,
)
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from invoicing.refusals import Refusal
from invoicing.text.typed import one_line
from operations import invoices
from operations.issuing import StandingDocument
from operations.rights import Right
from storage.ids import new_id
from tools.context import open_to
from views.documents import InvoiceAnswer, invoice_answer, issued_text

_ASKED = "page"
_MESSAGE = "A person must sign this before it is issued. The page shows all of it."


async def sent_to_page(context: Context[Any, Any], first: CallToolResult) -> CallToolResult | InputRequiredResult:
    """The answer of a call after its user was sent to the page of what waits, or the question that sends there; the
    first answer where there is no such page, or the client cannot open it.
    """
    approval = (first.structured_content or {}).get("approval") or {}
    page = str(approval.get("page", ""))
    if first.is_error or not page or not _opens_pages(context):
        return first
    if context.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS:
        asked = ElicitRequest(params=ElicitRequestURLParams(message=_MESSAGE, url=page))
        state = json.dumps({_ASKED: first.model_dump(mode="json", by_alias=True)})
        return InputRequiredResult(input_requests={_ASKED: asked}, request_state=state)
    try:
        await context.elicit_url(_MESSAGE, page, new_id("eli"))
    except (MCPError, Refusal):
        # The answer has the page as well, for whoever is not sent there.
        return first
    return await _with_what_became_of_it(context, first)


async def come_back(context: Context[Any, Any]) -> CallToolResult | None:
    """The answer of a call whose user was sent to a page and has come back; None where this is no such call."""
    try:
        state = json.loads(context.request_state or "null")
    except ValueError:
        return None
    if not isinstance(state, dict) or _ASKED not in state:
        return None
    return await _with_what_became_of_it(context, CallToolResult.model_validate(state[_ASKED]))


async def _with_what_became_of_it(context: Context[Any, Any], first: CallToolResult) -> CallToolResult:
    told = first.structured_content or {}
    key, organization = told["approval"]["id"], told["organization"]["handle"]
    books = await open_to(Right.READ, context, organization, "")
    issued = await invoices.issued_from(books, key)
    if issued is not None:
        return _issued(first, told, replace(issued, replayed=False))
    waits = await invoices.find_approval(books, key)
    note = waits.note if waits is not None else ""
    said = f"Meanwhile it was not issued: {note}" if note else "Nobody has decided it yet: it waits still."
    return first.model_copy(update={"content": [*first.content, TextContent(type="text", text=one_line(said))]})


def _issued(first: CallToolResult, told: dict[str, Any], issued: StandingDocument) -> CallToolResult:
    """The answer of a call whose document a person has signed before it was answered."""
    heading = next((one.text.splitlines()[0] for one in first.content if isinstance(one, TextContent)), "")
    said = one_line(f"Signed by a person, and issued for good. {issued_text(issued)}")
    what = "invoice" if "invoice" in told else "credit_note"
    shown = InvoiceAnswer(**invoice_answer(issued)).model_dump(mode="json")
    structured = {**told, what: shown, "approval": None} | ({"draft": ""} if "draft" in told else {})
    text = TextContent(type="text", text=f"{heading}\n{said}")
    return first.model_copy(update={"content": [text], "structured_content": structured})


def _opens_pages(context: Context[Any, Any]) -> bool:
    declared = context.client_capabilities
    return declared is not None and declared.elicitation is not None and declared.elicitation.url is not None
