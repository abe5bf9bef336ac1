"""A name that nobody has: candidates by likeness, among very many too, and only those the caller may see."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from invoicing.master_data.records import Customer, Item
from invoicing.master_data.similar_names import NAMES_COMPARED_MAX
from invoicing.refusals import NotFound, Refusal
from operations.customers import resolve_customer, similar_customers
from operations.items import resolve_items, similar_items
from operations.naming import not_found
from operations.organizations import similar_organizations
from storage.books import customers, items
from storage.directory import organizations
from storage.directory.access_queries import Reach
from tests.support.practice import practice

MANY = NAMES_COMPARED_MAX + 500


async def test_a_customer_or_item_among_very_many_is_found_by_likeness_wherever_it_stands(tmp_path: Path) -> None:
    """2,500 names that share a word with what is wanted come before it in every order."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        now = one.clock()

        def fill(db: Session) -> None:
            hotels = [Customer(f"cus_{number:05}", f"A Hotel {number}", "GB") for number in range(MANY)]
            rolls = [Item(f"itm_{number:05}", f"A Roll {number}") for number in range(MANY)]
            own = [("cus_z1", "Hotel Bristol"), ("cus_z2", "Gasthof Zum Grünen Baum"), ("cus_z3", "Zürcher Mühle AG")]
            customers.add_customers(db, [*hotels, *(Customer(*it, "GB") for it in own)], now=now)
            items.add_items(db, [*rolls, Item("itm_z1", "Roll of Zopf"), Item("itm_z2", "Croissants")], now=now)

        await books.write(fill, size=2 * MANY)
        for wanted, found in (
            ("Hotel Brsitol Ltd", "Hotel Bristol"),
            ("Bristol Hotel", "Hotel Bristol"),
            ("Zum gruenen Baum", "Gasthof Zum Grünen Baum"),
            ("Zuercher Muehle", "Zürcher Mühle AG"),
        ):
            assert (await similar_customers(books, wanted))[0] == found
            told = await books.read(partial(refused, resolve_customer, wanted))
            assert told.candidates[0] == found
        for wanted, found in (("Zopf rolll", "Roll of Zopf"), ("Croisant", "Croissants")):
            assert (await similar_items(books, wanted))[0] == found
            told = await books.read(partial(refused, resolve_items, [wanted]))
            assert told.candidates[0] == found
        assert await similar_customers(books, "Nobody at all") == []


def refused(act: Callable[[Session, Any], object], wanted: object, db: Session) -> Refusal:
    with pytest.raises(NotFound) as caught:
        act(db, wanted)
    return caught.value


async def test_of_very_many_organizations_only_those_in_reach_are_compared(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        names = ("Harbour Bakery Ltd", "Harbour Bakers", "Café Müller", "Finch Studio")
        made = {name: await one.client(name) for name in names}
        office, partner = one.office, one.organization
        bakers = [made["Harbour Bakery Ltd"].handle, made["Harbour Bakers"].handle]
        assert await similar_organizations(office, "Harbour Bakery GmbH") == bakers
        assert await similar_organizations(office, "Cafe Mueller", partner=partner) == [made["Café Müller"].handle]
        assert await similar_organizations(office, partner.name[:-1], partner=partner) == []
        reach = office.principal.reach

        def few(db: Session) -> list[str]:
            found = organizations.reachable_to_compare(db, reach, ["fin", "inc", "stu"], limit=2)
            return [each.name for each in found]

        assert await one.store.directory.read(few) == ["Finch Studio"], "of more than it compares: those that hold most"
        stranger = await one.store.directory.read(lambda db: not_found(db, Reach("usr_stranger"), "Harbour Bakery"))
        assert stranger.candidates == ()
