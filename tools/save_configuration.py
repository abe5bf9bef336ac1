"""The tool `save_configuration`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import mandates
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change
from operations.policies import HUMAN_APPROVAL
from operations.rights import Right
from tools.context import BooksToConfigure, TheOffice, said_where_to_sign
from tools.description import Description, Effect
from tools.get_configuration import (
    MANDATES,
    Configuration,
    PartArgument,
    entries_answer,
    entries_part,
    mandates_answer,
    named_part,
)
from tools.inputs import OrganizationArgument, SessionArgument, ValuesArgument, values_of
from views.configuration import entry_answer


async def save_configuration(
    office: TheOffice,
    books: BooksToConfigure,
    part: PartArgument,
    code: Annotated[str, Field(description="Of the entry: number, code, name, month or mandate")] = "",
    values: Annotated[ValuesArgument, Field(description="Fields to set, as get_configuration shows them")] = None,
    withdraw: Annotated[bool, Field(description="Take the entry out of use; open a month again")] = False,
    reason: Annotated[str, Field(description="Why a month is opened again")] = "",
    handed_in: Annotated[str, Field(description="Mandates: how")] = "",
    draft: Annotated[str, Field(description="Mandates: of this draft alone")] = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, Configuration]:
    if named_part(part) == MANDATES and withdraw:
        found = await mandates.withdraw_acknowledgement(office, books, code, draft=draft)
        return mandates_answer(books, found, first=f"Withdrawn: {code}.")
    if named_part(part) == MANDATES:
        found = await mandates.acknowledge_mandate(office, books, code, handed_in=handed_in, draft=draft)
        return mandates_answer(books, found, first=f"Acknowledged: {code}.")
    wanted = entries_part(part, MANDATES)
    change = Change(code=code, values=values_of(values), withdraw=withdraw, reason=reason)
    with said_where_to_sign(office, books, HUMAN_APPROVAL):
        entry = await save_entry(office, books, wanted, change)
    what = f"{wanted.value.replace('_', ' ')} {code}".strip()
    first = f"{'Withdrawn' if withdraw else 'Saved'}: {what}."
    return entries_answer(books, wanted, [entry_answer(entry)] if entry else [], first=first)


TOOL = Description(
    save_configuration,
    title="Save configuration",
    text="Make or change an entry of a part of an organization's configuration; issued documents stay as they are."
    " mandates: put on record how documents are handed in. periods: close a month. For people, not for an API key,"
    " where the table of rights says so.",
    effect=Effect.CHANGES,
    act=Right.CHANGE_SETTINGS,
)
