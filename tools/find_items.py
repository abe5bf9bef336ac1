"""The tool `find_items`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult

from operations import items
from tools.answers import PageAnswer, answer, nothing_found, page_note
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import Cursor, OrganizationArgument, SessionArgument, WholeNumber
from views.items import ItemAnswer, item_answer, item_line
from views.organizations import heading, named


class ItemsFound(PageAnswer):
    items: list[ItemAnswer]


async def find_items(
    books: ReadableBooks,
    query: str = "",
    cursor: Cursor = "",
    limit: WholeNumber = 25,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, ItemsFound]:
    page = await items.find_items(books, query=query, cursor=cursor, limit=limit)
    structured = ItemsFound(
        organization=named(books.organization),
        items=[item_answer(item) for item in page.items],
        next_cursor=page.next_cursor,
        left=page.left,
    )
    lines = [f"- {item_line(item)}" for item in page.items]
    if not lines:
        similar = await items.similar_items(books, query) if query.strip() else []
        lines = [nothing_found("item", query, similar)]
    return answer(heading(books.organization), [*lines, *page_note(page.left, page.next_cursor)], structured)


TOOL = Description(
    find_items,
    title="Find items",
    text="Find what an organization sells by words of name, stock number or description; all of it without a query.",
    effect=Effect.READS,
)
