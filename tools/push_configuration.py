"""The tool `push_configuration`."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from invoicing.text.choices import choice_of
from invoicing.text.typed import counted
from operations.pushing import pushing
from operations.pushing.differences import Mode
from operations.pushing.pushing import ClientState, Pushed, PushRequest
from operations.rights import Right
from storage.paging import decode_cursor, encode_cursor
from tools.answers import PageAnswer, answer
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from tools.inputs import Cursor
from views.base import LIST_UNSPELT, OBJECT_UNSPELT
from views.organizations import heading, named
from views.pushing import PushedGroup, group_lines, page_of, pushed_groups, states_counted
from views.remedies import for_assistant

_TOLD_EVERY = 25


class ConfigurationPushed(PageAnswer):
    """`states` counts the clients; `groups` are those of which the same is to be told."""

    dry_run: bool
    states: Annotated[dict[str, int], OBJECT_UNSPELT]
    groups: Annotated[list[PushedGroup], LIST_UNSPELT]


async def push_configuration(
    context: Context[Any, Any],
    office: TheOffice,
    parts: Annotated[list[str], Field(description="As get_configuration names them")],
    codes: Annotated[list[str] | None, Field(description="Default: all entries")] = None,
    clients: Annotated[list[str] | None, Field(description="Handles, or all")] = None,
    mode: Annotated[str, Field(description="add, update or both")] = "both",
    dry_run: bool = True,
    partner: str = "",
    cursor: Cursor = "",
) -> Annotated[CallToolResult, ConfigurationPushed]:
    request = PushRequest(
        parts=tuple(parts),
        codes=tuple(codes or ()),
        clients=tuple(clients or ()),
        partner=partner,
        mode=choice_of(Mode, mode or Mode.BOTH.value, field="mode"),
        dry_run=dry_run,
    )

    async def progress(done: int, of: int) -> None:
        if done == of or done % _TOLD_EVERY == 0:
            await context.report_progress(done, of, f"{done} of {counted(of, 'client')}")

    pushed = await pushing.push_configuration(office, request, progress=progress)
    return pushed_answer(pushed, dry_run=dry_run, cursor=cursor)


def pushed_answer(pushed: Pushed, *, dry_run: bool, cursor: str) -> CallToolResult:
    """The counts, and a page of the groups. A page is one of what a call found: what was pushed is the same then."""
    groups, states = pushed_groups(pushed.outcomes, for_assistant), states_counted(pushed.outcomes)
    position = decode_cursor(cursor, int)
    start = max(int(position[0]), 0) if position else 0
    page = page_of(groups[start:])
    left = len(groups) - start - len(page)
    structured = ConfigurationPushed(
        organization=named(pushed.partner),
        dry_run=dry_run,
        states=states,
        groups=page,
        next_cursor=encode_cursor(start + len(page)) if left > 0 and dry_run else "",
        left=max(left, 0),
    )
    counts = ", ".join(f"{count} {state}" for state, count in states.items())
    act = "Dry run, nothing was changed" if dry_run else "Pushed"
    lines = [f"{act}. {counted(len(pushed.outcomes), 'client')}: {counts or 'none'}.", *group_lines(page)]
    return answer(heading(pushed.partner), [*lines, *_next(structured)], structured)


def _next(shown: ConfigurationPushed) -> list[str]:
    lines = []
    if shown.next_cursor:
        lines.append(f'{shown.left} more differences: repeat with cursor="{shown.next_cursor}".')
    elif shown.left:
        lines.append(
            f"{shown.left} more differences; a dry run says what is not the same yet, histories what was changed."
        )
    if shown.dry_run and shown.states.get("changed"):
        lines.append("With dry_run=false and clients named it is done.")
    if left_out := shown.states.get(ClientState.UNNAMED.value):
        lines.append(
            f"* changed nothing at {left_out} whose changes name them (live ones): put their handles in clients."
        )
    return lines


TOOL = Description(
    push_configuration,
    title="Push configuration",
    text="Bring parts of clients' configuration in line with the practice's, with a difference for each client.",
    effect=Effect.CHANGES,
    act=Right.PUSH_CONFIGURATION,
    scope=Scope.PRACTICE,
    repeatable=True,
    streams=True,
)
