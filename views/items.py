"""An item as it is shown: what an organization sells."""

from __future__ import annotations

from typing import Annotated

from invoicing.master_data.fields import ITEM_DETAILS
from invoicing.master_data.records import Item
from invoicing.text.typed import one_line
from views.base import OBJECT_UNSPELT, View
from views.words import price_text


class ItemAnswer(View):
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
    details: Annotated[dict[str, str], OBJECT_UNSPELT]


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
        details=_details(item),
    )


def _details(item: Item) -> dict[str, str]:
    """What few items have, by field; what is empty is left out."""
    return {name: value for name in ITEM_DETAILS if (value := getattr(item, name))}


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
    said = "".join(f"; {name}: {one_line(value)}" for name, value in _details(item).items())
    description = f": {item.description.splitlines()[0]}" if item.description else ""
    return f"{item.name} [{item.id}] {', '.join(part for part in details if part)}{archived}{said}{description}"
