"""An item: what is known of what is sold, and how that is entered and changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.routing import Route

from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Account, Item, TaxCode
from invoicing.remedies import Remark
from invoicing.tax.facts import seller_territory
from invoicing.tax.local_codes import codes_shown
from operations.items import get_item, items_alike, save_item
from operations.rights import Right
from server.pages.languages import gettext, language
from server.pages.record_pages import Noun
from server.pages.visiting import Desk
from storage.books import chart
from storage.books.pool import Books
from storage.books.tax_codes import load_tax_codes
from views.choices import account_choices, country_choices, tax_code_choices
from views.listed_documents import formats_of
from views.record_fields import Fields, item_changes, item_fields
from views.shown_records import shown_item


def routes(desk: Desk) -> list[Route]:
    return ITEMS.routes(desk)


async def _more(books: Books, one: Item, profile: Profile) -> dict[str, Any]:
    return {"supply": one.supply.value if one.supply else ""}


async def _choices(books: Books, one: Item, profile: Profile) -> dict[str, Any]:
    codes, accounts = await books.read(lambda db: _codes_and_accounts(db, profile))
    default = next((code.name for code in codes if code.is_default), "")
    nothing = gettext("The usual one: %(code)s", code=default) if default else gettext("The usual one")
    return {
        "tax_codes": tax_code_choices(codes, nothing, kept=one.tax_code),
        "accounts": account_choices(accounts, gettext("That of the tax code or of the posting profile")),
        "countries": [("", gettext("Not said")), *country_choices(language())],
        "currency": profile.currency,
        "with_tax": profile.prices_include_tax,
    }


def _codes_and_accounts(db: Session, profile: Profile) -> tuple[list[TaxCode], list[Account]]:
    here = seller_territory(profile) if profile.country else None
    codes = codes_shown(load_tax_codes(db), here, date.max, label="")
    return codes, [account for account in chart.accounts(db) if account.active]


async def _save(books: Books, shown: Fields, typed: Fields, key: str, profile: Profile) -> tuple[str, Sequence[Remark]]:
    saved = await save_item(books, item_changes(shown, typed, formats_of(profile, "")), item_id=key)
    return saved.item.id, ()


async def _archive(books: Books, key: str, archived: bool) -> object:
    return await save_item(books, {"archived": archived}, item_id=key)


async def _alike(books: Books, typed: Fields) -> list[tuple[str, str]]:
    found = await items_alike(books, name=typed["name"], sku=typed["sku"])
    return [(one.id, ", ".join(text for text in (one.name, one.sku) if text)) for one in found]


def _titles() -> dict[str, str]:
    return {
        "new": gettext("New item"),
        "edit": gettext("Change %(name)s"),
        "saved": gettext("The item is saved"),
        "open": gettext("Open the item"),
        "archive": gettext("Archive %(name)s"),
        "take_back": gettext("Take %(name)s back"),
        "archived_means": gettext(
            "An archived item is no longer in the list and is chosen for no new invoice. Documents with it stay as they"
            " are."
        ),
    }


ITEMS: Noun[Item] = Noun(
    here="items",
    one="item",
    right=Right.SAVE_ITEM,
    blank=lambda _: Item(id="", name=""),
    get=get_item,
    fields=lambda one, profile: item_fields(one, formats_of(profile, one.currency)),
    save=_save,
    archive=_archive,
    shown=shown_item,
    more=_more,
    choices=_choices,
    alike=_alike,
    titles=_titles,
)
