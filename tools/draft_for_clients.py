"""The tool `draft_for_clients`."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from operations.recurring import drafting
from operations.recurring.drafting import WorkRequest
from operations.rights import Right
from tools.answers import PageAnswer, answer, page_note
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from tools.inputs import Several
from views.organizations import heading, named
from views.recurring import WorkAnswer, check_cursor, client_work_lines, work_answer, work_line, work_page
from views.remedies import for_assistant


class WorkDrafted(WorkAnswer, PageAnswer):
    """The work of the month at each client of this page, with what needs a person."""


async def draft_for_clients(
    context: Context[Any, Any],
    office: TheOffice,
    month: Annotated[str, Field(description="2026-03")],
    source: Annotated[
        str,
        Field(description="previous: what recurs of the month before; previous_all; plan: billed to them"),
    ] = "previous",
    clients: Annotated[Several[str] | None, Field(description="Handles")] = None,
    partner: Annotated[str, Field(description="Practice: all its clients, with dry_run or plan")] = "",
    dry_run: bool = True,
    cursor: str = "",
) -> Annotated[CallToolResult, WorkDrafted]:
    async def progress(done: int, count: int) -> None:
        await context.report_progress(done, count, f"{done} of {count} clients")

    check_cursor(cursor)
    request = WorkRequest(month=month, source=source, clients=tuple(clients or ()), partner=partner, dry_run=dry_run)
    work = await drafting.draft_for_clients(office, request, progress=progress)
    page = work_page(work, for_assistant, cursor=cursor)
    structured = WorkDrafted(
        organization=named(work.practice),
        next_cursor=page.next_cursor,
        left=page.left,
        **work_answer(work, page, for_assistant),
    )
    lines = [line for one in page.items for line in client_work_lines(one, for_assistant)]
    return answer(
        heading(work.practice), [work_line(work), *lines, *page_note(page.left, page.next_cursor)], structured
    )


TOOL = Description(
    draft_for_clients,
    title="Draft for clients",
    text="Draft a month's recurring work for many clients, or bill them; shows counts, sums and exceptions. Nothing is"
    " drafted twice.",
    effect=Effect.CHANGES,
    act=Right.ACT_FOR_CLIENTS,
    scope=Scope.PRACTICE,
    repeatable=True,
    streams=True,
)
