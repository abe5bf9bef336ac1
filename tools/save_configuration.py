"""The tool `save_configuration`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import mandates
from tools.context import BooksToConfigure, TheOffice
from tools.description import Description, Effect
from tools.get_configuration import Configuration, Part, mandates_answer
from tools.inputs import OrganizationArgument, SessionArgument


async def save_configuration(
    office: TheOffice,
    books: BooksToConfigure,
    part: Part,
    code: Annotated[str, Field(description="Of the mandate")] = "",
    handed_in: Annotated[str, Field(description="How, such as: entered in the SdI by our provider")] = "",
    draft: Annotated[str, Field(description="For this draft alone")] = "",
    withdraw: bool = False,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, Configuration]:
    match part:
        case "mandates" if withdraw:
            found = await mandates.withdraw_acknowledgement(office, books, code, draft=draft)
            first = f"Withdrawn: {code}."
        case "mandates":
            found = await mandates.acknowledge_mandate(office, books, code, handed_in=handed_in, draft=draft)
            first = f"Acknowledged: {code}."
    return mandates_answer(books, found, first=first)


TOOL = Description(
    save_configuration,
    title="Save configuration",
    text="Change a part of an organization's configuration. mandates: put on record how documents of a mandate are"
    " handed in, or withdraw that; for the practice's people, not for an API key.",
    effect=Effect.CHANGES,
)
