"""The tool `save_item`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.master_data.fields import ITEM, ITEM_DETAILS, clearable
from operations import items
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import BooksToSaveItem
from tools.description import Description, Effect
from tools.inputs import (
    DetailsArgument,
    OptionalDecimal,
    OrganizationArgument,
    SessionArgument,
    Several,
    cleared,
    given,
    given_in_details,
)
from views.items import ItemAnswer, item_answer, item_line
from views.organizations import heading, named

CLEARABLE: dict[str, Any] = {**clearable(ITEM), "unit_price": None}

_UNLISTED = ("revenue_account",)
_IN_DETAILS = (*ITEM_DETAILS, *_UNLISTED)


class ItemSaved(Answer):
    item: ItemAnswer
    created: bool


async def save_item(
    books: BooksToSaveItem,
    name: str | None = None,
    id: str = "",
    sku: str | None = None,
    description: str | None = None,
    unit: Annotated[str | None, Field(description="Such as tray, hour")] = None,
    unit_price: OptionalDecimal = None,
    currency: str | None = None,
    tax_code: Annotated[str | None, Field(description="Default: the standard one")] = None,
    supply: Literal["goods", "services"] | None = None,
    revenue_account: str | None = None,
    archived: bool | None = None,
    details: Annotated[DetailsArgument, Field(description="gtin, origin, classifications, revenue_account")] = None,
    clear: Annotated[Several[str] | None, Field(description="Fields to empty")] = None,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, ItemSaved]:
    changes = given(
        name=name,
        sku=sku,
        description=description,
        unit=unit,
        unit_price=unit_price,
        currency=currency,
        tax_code=tax_code,
        supply=supply,
        revenue_account=revenue_account,
        archived=archived,
    )
    changes |= given_in_details(details, _IN_DETAILS, changes)
    changes |= cleared(clear, CLEARABLE, changes)
    saved = await items.save_item(books, changes, item_id=id)
    structured = ItemSaved(organization=named(books.organization), item=item_answer(saved.item), created=saved.created)
    act = "New item" if saved.created else "Changed"
    return answer(heading(books.organization), [f"{act}: {item_line(saved.item)}"], structured)


TOOL = Description(
    save_item,
    title="Save item",
    text="Make a new item that the organization sells, or change the one with the given id; only the given fields"
    " change. Issued documents keep their prices.",
    effect=Effect.CHANGES,
    act=Right.SAVE_ITEM,
    unlisted=frozenset(_UNLISTED),
    in_details=frozenset(_IN_DETAILS) - frozenset(_UNLISTED),
)
