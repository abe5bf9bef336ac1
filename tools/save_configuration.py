"""The tool `save_configuration`."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.elicitation import ElicitationResult
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult
from pydantic import Field

from invoicing.approval.approvals import How
from operations import mandates, policies
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.rights import Right
from tools.asking_person import PersonsAnswer, ask_to_loosen, how_agreed
from tools.context import BooksToConfigure, TheOffice, open_again
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


async def state_to_loosen(books: BooksToConfigure, part: PartArgument, values: ValuesArgument) -> str:
    if named_part(part) != Part.POLICY:
        return ""
    return await policies.state_to_loosen(books, values_of(values))


State = Annotated[str, Resolve(state_to_loosen)]


async def ask_first(
    context: Context[Any, Any], books: BooksToConfigure, state: State
) -> Elicit[PersonsAnswer] | How | None:
    return await ask_to_loosen(context, books.organization, state)


async def save_configuration(
    context: Context[Any, Any],
    office: TheOffice,
    books: BooksToConfigure,
    state: State,
    outcome: Annotated[ElicitationResult[Any], Resolve(ask_first)],
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
    books = await open_again(Right.CHANGE_SETTINGS, context, books) if state else books
    entry = await save_entry(office, books, wanted, change, agreed=how_agreed(outcome) if state else None)
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
    asks=True,
)
