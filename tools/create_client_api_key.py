"""The tool `create_client_api_key`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.organizations import EVERYTHING, READ_ONLY
from operations.credentials import create_client_key
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import TheCaller
from tools.description import Description, Effect, Scope
from tools.inputs import WholeNumber
from views.organizations import heading, named


class ApiKey(Answer):
    """`link` is the one-time page that shows the key; `key` is the key itself, on a connection without pages."""

    prefix: str
    link: str
    key: str
    read_only: bool


async def create_client_api_key(
    caller: TheCaller,
    organization: Annotated[str, Field(description="Handle of the organization that the key is for")],
    name: Annotated[str, Field(description="What it is for, such as the program that uses it")],
    read_only: bool = False,
    expires_in_days: Annotated[WholeNumber, Field(description="Default: it does not expire")] = 0,
) -> Annotated[CallToolResult, ApiKey]:
    target, made = await create_client_key(
        caller, organization, name, scopes=READ_ONLY if read_only else EVERYTHING, expires_in_days=expires_in_days
    )
    structured = ApiKey(
        organization=named(target), prefix=made.prefix, link=made.link, key=made.key, read_only=read_only
    )
    kind = "read-only API key" if read_only else "API key"
    lines = [f"New {kind} {made.prefix} for {heading(target)} alone."]
    lines.append(
        f"This page makes and shows it, once, within a day: {made.link}"
        if made.link
        else f"Shown once, for the header Authorization: Bearer, while counterfoil serve runs: {made.key}"
    )
    return answer(heading(target), lines, structured)


TOOL = Description(
    create_client_api_key,
    title="Create API key",
    text="Create an API key for one organization, for a program that works for it. Over HTTP the answer is a one-time"
    " page that shows the key.",
    effect=Effect.CHANGES,
    act=Right.CREATE_CREDENTIAL,
    scope=Scope.PRACTICE,
)
