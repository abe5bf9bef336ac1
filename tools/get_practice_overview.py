"""The tool `get_practice_overview`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult

from operations import overview
from tools.answers import PageAnswer, answer, page_note
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from tools.inputs import Cursor, WholeNumber
from views.organizations import heading, named
from views.overview import OverviewAnswer, overview_answer, overview_lines
from views.remedies import for_assistant


class Overview(PageAnswer, OverviewAnswer):
    pass


async def get_practice_overview(
    office: TheOffice, partner: str = "", cursor: Cursor = "", limit: WholeNumber = 25
) -> Annotated[CallToolResult, Overview]:
    found = await overview.get_practice_overview(office, partner=partner, cursor=cursor, limit=limit)
    page = found.page
    structured = Overview.model_validate(
        {
            **overview_answer(found, for_assistant),
            "organization": named(found.practice),
            "next_cursor": page.next_cursor,
            "left": page.left,
        }
    )
    lines = [*overview_lines(found, for_assistant), *page_note(page.left, page.next_cursor)]
    return answer(heading(found.practice), lines, structured)


TOOL = Description(
    get_practice_overview,
    title="Get practice overview",
    text="Who owes, at which client, how long: sums of all clients, then each, worst first, with totals and what needs"
    " attention.",
    effect=Effect.READS,
    scope=Scope.PRACTICE,
)
