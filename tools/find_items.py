"""The tool `find_items`, and the answer that it shares with `save_item`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import BaseModel

from invoicing.master_data.records import Item
from operations import items
from tools.answers import PageAnswer, answer, nothing_found, page_note
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import Cursor, OrganizationArgument, SessionArgument, WholeNumber
from views.organizations import heading, named
from views.words import price_text


class ItemAnswer(BaseModel):
    """`unit_price` is empty where each line states its own."""

    id: str
    name: str
    sku: str
    description: str
    unit: str
    unit_price: str
    currency: str
    tax_code: str
    supply: str
    revenue_account: str
    archived: bool


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


def item_answer(item: Item) -> ItemAnswer:
    return ItemAnswer(
        id=item.id,
        name=item.name,
        sku=item.sku,
        description=item.description,
        unit=item.unit,
        unit_price=_price(item),
        currency=item.currency,
        tax_code=item.tax_code,
        supply=item.supply.value if item.supply else "",
        revenue_account=item.revenue_account,
        archived=item.archived,
    )


def _price(item: Item) -> str:
    return "" if item.unit_price is None else price_text(item.unit_price, item.currency)


def _supply(item: Item) -> str:
    return item.supply.value if item.supply else "goods or services not stated"


def item_line(item: Item) -> str:
    """An item as one line of text."""
    price = "price per line" if item.unit_price is None else f"{_price(item)} {item.currency}"
    account = f"account {item.revenue_account}" if item.revenue_account else ""
    details = [f"{price} per {item.unit}" if item.unit else price, item.tax_code, _supply(item), item.sku, account]
    archived = " (archived)" if item.archived else ""
    description = f": {item.description.splitlines()[0]}" if item.description else ""
    return f"{item.name} [{item.id}] {', '.join(part for part in details if part)}{archived}{description}"


TOOL = Description(
    find_items,
    title="Find items",
    text="Find what an organization sells by words of name, stock number or description; all of it without a query.",
    effect=Effect.READS,
)
