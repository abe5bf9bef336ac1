"""Fixture tools that ask the client back: for a form, for a model's answer, for its folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, Resolve
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp_types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)
from pydantic import BaseModel, Field


class Answer(BaseModel):
    """A text of the user's."""

    response: str = Field(description="User's response")


class Defaults(BaseModel):
    """A form whose fields are filled in already (SEP-1034)."""

    name: str = Field(default="John Doe", description="User name")
    age: int = Field(default=30, description="User age")
    score: float = Field(default=95.5, description="User score")
    status: str = Field(
        default="active", description="User status", json_schema_extra={"enum": ["active", "inactive", "pending"]}
    )
    verified: bool = Field(default=True, description="Verification status")


class Choices(BaseModel):
    """A form with every kind of choice (SEP-1330)."""

    untitledSingle: str = Field(json_schema_extra={"enum": ["active", "inactive", "pending"]})  # noqa: N815
    titledSingle: str = Field(  # noqa: N815  # These are the suite's names.
        json_schema_extra={"oneOf": [{"const": "low", "title": "Low"}, {"const": "high", "title": "High"}]}
    )
    untitledMulti: list[str] = Field(  # noqa: N815
        json_schema_extra={"items": {"type": "string", "enum": ["read", "write", "execute"]}}
    )
    titledMulti: list[str] = Field(  # noqa: N815
        json_schema_extra={"items": {"anyOf": [{"const": "bug", "title": "Bug"}, {"const": "docs", "title": "Docs"}]}}
    )
    legacyEnum: str = Field(  # noqa: N815
        json_schema_extra={"enum": ["small", "large"], "enumNames": ["Small Size", "Large Size"]}
    )


async def test_sampling(prompt: str, ctx: Context[Any, Any]) -> str:
    """Have the client's model answer, in the middle of the call."""
    result = await ctx.session.create_message(
        messages=[_asked(prompt)], max_tokens=100, related_request_id=ctx.request_id
    )
    return f"LLM response: {result.content.text if isinstance(result.content, TextContent) else ''}"


async def test_elicitation(message: str, ctx: Context[Any, Any]) -> str:
    """Ask the user for a text, in the middle of the call."""
    return f"User response: {_told(await ctx.elicit(message=message, schema=Answer))}"


async def test_elicitation_sep1034_defaults(ctx: Context[Any, Any]) -> str:
    """Ask the user with a form that is filled in."""
    return f"Elicitation completed: {_told(await ctx.elicit(message='Please check', schema=Defaults))}"


async def test_elicitation_sep1330_enums(ctx: Context[Any, Any]) -> str:
    """Ask the user with a form of choices."""
    return f"Elicitation completed: {_told(await ctx.elicit(message='Please choose', schema=Choices))}"


def _ask_for_a_word() -> Elicit[Answer]:
    return Elicit("A word, please", Answer)


async def test_streaming_elicitation(answer: Annotated[ElicitationResult[Answer], Resolve(_ask_for_a_word)]) -> str:
    """Ask the user before the tool begins."""
    return f"elicitation {answer.action}"


async def test_input_required_result_elicitation(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Ask for a name."""
    answer = (ctx.input_responses or {}).get("user_name")
    if answer is not None:
        return f"Hello, {_field(answer, 'name')}!"
    return InputRequiredResult(input_requests={"user_name": _form("What is your name?", "name")})


async def test_input_required_result_sampling(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Ask the client's model."""
    answer = (ctx.input_responses or {}).get("capital_question")
    if isinstance(answer, CreateMessageResult) and isinstance(answer.content, TextContent):
        return f"Model said: {answer.content.text}"
    return InputRequiredResult(input_requests={"capital_question": _sample("What is the capital of France?")})


async def test_input_required_result_list_roots(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Ask for the client's roots."""
    answer = (ctx.input_responses or {}).get("client_roots")
    if isinstance(answer, ListRootsResult):
        return f"Client exposed {len(answer.roots)} root(s)."
    return InputRequiredResult(input_requests={"client_roots": ListRootsRequest()})


async def test_input_required_result_request_state(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Ask for a confirmation and know its state again."""
    if "confirm" in (ctx.input_responses or {}) and ctx.request_state == "request-state-nonce":
        return "state-ok: confirmation received"
    return InputRequiredResult(input_requests={"confirm": _confirm()}, request_state="request-state-nonce")


async def test_input_required_result_multiple_inputs(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Ask for three things at once."""
    asked: dict[str, InputRequest] = {
        "user_name": _form("What is your name?", "name"),
        "greeting": _sample("Generate a greeting"),
        "client_roots": ListRootsRequest(),
    }
    if asked.keys() <= (ctx.input_responses or {}).keys():
        return "All inputs received."
    return InputRequiredResult(input_requests=asked, request_state="multiple-inputs")


async def test_input_required_result_multi_round(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Ask for a name, then for a colour; begin anew when an answer is missing."""
    state = json.loads(ctx.request_state or '{"round": 0}')
    given = ctx.input_responses or {}
    match state["round"]:
        case 1 if "step1" in given:
            known = json.dumps({"round": 2, "name": _field(given["step1"], "name")})
            asked = _form("Step 2: What is your favorite color?", "color")
            return InputRequiredResult(input_requests={"step2": asked}, request_state=known)
        case 2 if "step2" in given:
            return f"{state['name']} likes {_field(given['step2'], 'color')}."
        case _:
            asked = _form("Step 1: What is your name?", "name")
            return InputRequiredResult(input_requests={"step1": asked}, request_state='{"round": 1}')


async def test_input_required_result_tampered_state(ctx: Context[Any, Any]) -> str | InputRequiredResult:
    """Ask for a confirmation; a state that is not ours never arrives here."""
    if ctx.request_state is None:
        return InputRequiredResult(input_requests={"confirm": _confirm()}, request_state="round-1")
    return f"state-ok: {ctx.request_state}"


async def test_input_required_result_capabilities(ctx: Context[Any, Any]) -> InputRequiredResult:
    """Ask only for what the client said it can answer."""
    can = ctx.client_capabilities
    asked: dict[str, InputRequest] = {}
    if can is None or can.sampling is not None:
        asked["sample"] = _sample("Say hello")
    if can is None or can.elicitation is not None:
        asked["ask"] = _form("What is your name?", "name")
    return InputRequiredResult(input_requests=asked, request_state="capability-gated")


async def test_input_required_result_prompt(ctx: Context[Any, Any]) -> list[UserMessage] | InputRequiredResult:
    """Ask in a prompt."""
    answer = (ctx.input_responses or {}).get("user_context")
    if answer is not None:
        text = f"Use the following context: {_field(answer, 'context')}"
        return [UserMessage(content=TextContent(type="text", text=text))]
    asked = _form("What context should the prompt use?", "context")
    return InputRequiredResult(input_requests={"user_context": asked})


def _form(message: str, field: str, kind: str = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def _confirm() -> ElicitRequest:
    return _form("Please confirm", "ok", "boolean")


def _asked(text: str) -> SamplingMessage:
    return SamplingMessage(role="user", content=TextContent(type="text", text=text))


def _sample(text: str) -> CreateMessageRequest:
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[_asked(text)], max_tokens=100))


def _field(answer: object, field: str) -> object:
    return (answer.content or {}).get(field) if isinstance(answer, ElicitResult) else None


def _told(result: ElicitationResult[Any]) -> str:
    content = result.data.model_dump_json() if result.action == "accept" else "{}"
    return f"action={result.action}, content={content}"


TOOLS: tuple[Callable[..., Any], ...] = (
    test_sampling,
    test_elicitation,
    test_elicitation_sep1034_defaults,
    test_elicitation_sep1330_enums,
    test_streaming_elicitation,
    test_input_required_result_elicitation,
    test_input_required_result_sampling,
    test_input_required_result_list_roots,
    test_input_required_result_request_state,
    test_input_required_result_multiple_inputs,
    test_input_required_result_multi_round,
    test_input_required_result_tampered_state,
    test_input_required_result_capabilities,
)
