"""Imports: the rules of single customers and items, all of a file or nothing, and never another organization's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import Supply
from invoicing.importing.vocabulary import Kind
from invoicing.refusals import NotAllowed, Refusal
from operations.access import open_books
from operations.customers import find_customers, save_customer
from operations.imported import Outcome
from operations.importing import import_table
from operations.items import find_items, save_item
from operations.rights import Right
from operations.verification import verify_books
from server.app import find_organization
from storage.books.customers import customer_by_id
from tests.support.import_desk import SHA, Desk, import_desk, names, outcomes, reasons, wanted
from tests.support.people import colleague
from tests.support.processes import start_python
from tests.support.twins import contents
from tests.support.waiting import until

# Imports customers and stops, to be killed, when all of them are written and the audit entry is about to be.
VICTIM = """
import asyncio, sys
from pathlib import Path
from operations.access import Office, open_books
from operations.rights import Right
from server.app import find_organization, system_clock
from operations import practices
from tests.support.stores import open_store
from tests.support.import_desk import wanted
from dataclasses import replace

asked = 0

def clock():
    global asked
    asked += 1
    if asked == 2:
        print("written", flush=True)
        sys.stdin.read()
    return system_clock()

async def main():
    async with open_store(Path(sys.argv[1])) as store:
        office = Office(store, await practices.local_owner(store), system_clock)
        books = open_books(office, await find_organization(office, sys.argv[2]), Right.ISSUE)
        from operations.importing import import_table
        rows = "name\\n" + "\\n".join(f"Customer {index}" for index in range(1500))
        await import_table(replace(books, clock=clock), wanted(rows), progress=lambda done, total: None)

asyncio.run(main())
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with import_desk(tmp_path / "data") as one:
        yield one


# What is made of a row


async def test_a_list_says_which_retailers_bear_the_surcharge_of_equivalence(desk: Desk) -> None:
    """Regression: the column was no field, and each of them had to be saved again by itself."""
    rows = "Nombre fiscal;País;Recargo de equivalencia\nTienda;ES;Sí\nBar;ES;No\n"
    assert outcomes(await desk.load(rows)) == ["created", "created"]
    found = (await find_customers(desk.books, query="", cursor="", limit=9)).items
    assert {one.name: one.surcharge for one in found} == {"Tienda": True, "Bar": False}
    abroad = await desk.load("Nombre fiscal;País;Recargo de equivalencia\nBoutique;FR;sí\n")
    assert reasons(abroad) == [(2, "surcharge")]


async def test_a_row_becomes_what_save_customer_would_have_made(desk: Desk) -> None:
    fields = {
        "name": "Bäckerei  Grün",
        "country": "de",
        "tax_number": "136695976",
        "email": " office@gruen.example ",
        "phone": "+49 30 1234",
        "line1": "Hof 2",
        "postal_code": "01067",
        "city": "Dresden",
        "currency": "eur",
        "payment_terms": "net14",
        "note": "Zwei\nZeilen",
    }
    quoted = ",".join(f'"{value}"' for value in fields.values())
    imported = await desk.load(f"{','.join(fields)},consumer\n{quoted},ja\n")
    assert outcomes(imported) == ["created"]
    saved = await save_customer(desk.other, fields | {"consumer": True}, customer_id="")
    kept = await desk.books.read(lambda db: customer_by_id(db, imported.rows[0].id))
    assert kept is not None
    assert {name: getattr(kept, name) for name in fields} == {name: getattr(saved.customer, name) for name in fields}
    assert (kept.tax_number, kept.consumer, kept.note) == ("DE136695976", True, "Zwei\nZeilen")


async def test_customers_without_a_country_are_in_that_of_the_organization(desk: Desk) -> None:
    await desk.load("name\nHotel Bristol\n")
    assert (await find_customers(desk.books, query="bristol", cursor="", limit=5)).items[0].country == "GB"


async def test_items_have_exact_prices_and_the_currency_of_the_organization(desk: Desk) -> None:
    text = 'Artikel;Artikelnummer;Einzelpreis;Leistungsart\nBrot;B-1;"1.234,505";goods\nRat;;0;SERVICES\nFrei;;;\n'
    assert outcomes(await desk.load(text, Kind.ITEMS)) == ["created"] * 3
    found = {one.name: one for one in (await find_items(desk.books, query="", cursor="", limit=9)).items}
    assert (found["Brot"].unit_price, found["Brot"].currency) == (Decimal("1234.505"), "GBP")
    assert found["Rat"].supply is Supply.SERVICES
    assert (found["Frei"].unit_price, found["Frei"].currency) == (None, "")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("country", "Germania Inferior"),
        ("country", "XX"),
        ("tax_number", "GB123456789"),
        ("email", "nobody"),
        ("currency", "EUX"),
        ("payment_terms", "NEVER"),
        ("name", "x" * 201),
        ("name", "A\u202eB"),
        ("city", "A\x1bB"),
        ("consumer", "perhaps"),
    ],
)
async def test_a_field_is_refused_as_save_customer_refuses_it(desk: Desk, column: str, value: str) -> None:
    before = desk.rows(desk.books)
    fields = {"name": "A", column: value}
    imported = await desk.load(f"{','.join(fields)}\n{','.join(fields.values())}\n")
    assert reasons(imported) == [(2, column)]
    if column != "consumer":
        with pytest.raises(Refusal) as refusal:
            await save_customer(desk.books, fields, customer_id="")
        assert imported.rows[0].problems[0].text == refusal.value.message
    assert desk.rows(desk.books) == before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("unit_price", "-1"),
        ("unit_price", "1000000001"),
        ("unit_price", "1.2345678"),
        ("unit_price", "ten"),
        ("unit_price", "1e3"),
        ("tax_code", "NOPE"),
        ("supply", "magic"),
        ("revenue_account", "0"),
        ("unit", "x" * 21),
    ],
)
async def test_a_field_is_refused_as_save_item_refuses_it(desk: Desk, column: str, value: str) -> None:
    imported = await desk.load(f"name;{column}\nA;{value}\n", Kind.ITEMS)
    assert reasons(imported) == [(2, column)]


async def test_every_wrong_field_of_every_wrong_row_is_reported(desk: Desk) -> None:
    rows = ["A,x,XX,DE136695977", "B,b@b.example,GB,", ",c@c.example,GB,", "D,x,DE,DE136695977", "\x07,,DE,"]
    imported = await desk.load("name,email,country,tax_number\n" + "\n".join(rows) + "\n")
    found = [(2, "email"), (2, "country"), (4, "name"), (5, "email"), (5, "tax_number"), (6, "name")]
    assert reasons(imported) == found
    assert outcomes(imported) == ["refused", "created", "refused", "refused", "refused"]
    assert imported.counts == {"rows": 5, "created": 1, "updated": 0, "unchanged": 0, "refused": 4}


# All or nothing


async def test_one_refused_row_keeps_all_others_out(desk: Desk) -> None:
    before = desk.rows(desk.books)
    for text in ("name,email\nA,a@a.example\nB,b\n", "name,email\nA,\nB,\nB,\n", "name,email\nA,\nB\n"):
        imported = await desk.load(text)
        assert not imported.written
        assert all(not row.id for row in imported.rows)
        assert [len(row.problems) for row in imported.rows][-1] == 1
    assert desk.rows(desk.books) == before


async def test_a_dry_run_reports_the_same_and_writes_nothing(desk: Desk) -> None:
    before = desk.rows(desk.books)
    dry = await desk.load("name\nA\nB\n", dry_run=True)
    assert desk.rows(desk.books) == before
    real = await desk.load("name\nA\nB\n")
    assert (outcomes(dry), dry.written, real.written) == (outcomes(real), False, True)


async def test_one_audit_entry_names_file_sum_and_counts(desk: Desk) -> None:
    await desk.load("name\nA\nB\n")
    ((act, subject, detail),) = desk.audit()
    assert (act, subject) == ("import_customers", "list.csv")
    for part in (f'"sha256":"{SHA}"', '"created":2', '"rows":2', '"refused":0'):
        assert part in detail
    assert (await verify_books(desk.books)).problem == ""


async def test_a_kill_after_all_rows_are_written_leaves_nothing(desk: Desk) -> None:
    before = desk.rows(desk.books)
    with start_python(VICTIM, str(desk.one.root), desk.books.organization.handle) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "written\n"
        victim.kill()
    assert victim.returncode == -9
    assert await names(desk.books) == []
    assert desk.rows(desk.books) == before
    assert (await desk.load("name\nCustomer 0\n")).written


async def test_who_may_not_change_may_not_import(desk: Desk) -> None:
    office = await colleague(desk.one, desk.one.organization, "viewer")
    seen = await find_organization(office, desk.books.organization.handle)
    with pytest.raises(NotAllowed):
        open_books(office, seen, Right.ISSUE)
    with pytest.raises(RuntimeError):
        await import_table(desk.one.books(seen, Right.READ), wanted("name\nA\n"), progress=lambda done, total: None)


# What is there already


async def test_a_name_that_exists_is_refused_unless_it_is_to_be_updated(desk: Desk) -> None:
    await desk.load("name,city\nHotel Bristol,London\n")
    again = await desk.load("name,city\nHOTEL  bristol,Paris\n")
    assert reasons(again) == [(2, "name")]
    updated = await desk.load("name,city\nHotel Bristol,Paris\n", update=True)
    assert (outcomes(updated), updated.rows[0].fields) == (["updated"], ("city",))
    assert len(await names(desk.books)) == 1


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    customers = "name,country,tax_number,archived\nA,DE,136695976,no\nOld,DE,,yes\n"
    items = "name;sku;unit_price\nBread;B-1;1,50\nBread;B-2;2,50\nCake;;3\n"
    assert outcomes(await desk.load(customers)) == ["created"] * 2
    assert outcomes(await desk.load(items, Kind.ITEMS)) == ["created"] * 3
    before = {name: rows for name, rows in desk.rows(desk.books).items() if name in {"customers", "items"}}
    assert outcomes(await desk.load(customers, update=True)) == ["unchanged"] * 2
    assert outcomes(await desk.load(items, Kind.ITEMS, update=True)) == ["unchanged"] * 3
    after = desk.rows(desk.books)
    assert {name: after[name] for name in before} == before


async def test_an_id_updates_without_being_asked_and_an_empty_cell_changes_nothing(desk: Desk) -> None:
    made = await save_customer(desk.books, {"name": "A", "city": "London", "phone": "1"}, customer_id="")
    imported = await desk.load(f"id,name,city,phone\n{made.customer.id},Another,,2\n")
    assert (outcomes(imported), imported.rows[0].fields) == (["updated"], ("name", "phone"))
    kept = (await find_customers(desk.books, query="", cursor="", limit=5)).items
    assert [(one.name, one.city, one.phone) for one in kept] == [("Another", "London", "2")]


async def test_a_price_list_updates_by_stock_number_alone(desk: Desk) -> None:
    await save_item(desk.books, {"name": "Bread", "sku": "B-1", "unit_price": Decimal(1)}, item_id="")
    imported = await desk.load("sku;price\nB-1;1,75\n", Kind.ITEMS, update=True)
    assert imported.rows[0].fields == ("unit_price",)
    unknown = await desk.load("sku;price\nB-9;1,75\n", Kind.ITEMS, update=True)
    assert reasons(unknown) == [(2, "name")]


async def test_a_name_that_several_have_needs_the_id(desk: Desk) -> None:
    for _ in range(2):
        await save_customer(desk.books, {"name": "John Smith"}, customer_id="")
    imported = await desk.load("name\nJohn Smith\n", update=True)
    assert "give the id" in imported.rows[0].problems[0].text


@pytest.mark.parametrize(
    ("kind", "text", "refused"),
    [
        (Kind.CUSTOMERS, "name\nA\nB\n a \n", [4]),
        (Kind.ITEMS, "name,sku\nA,1\nB,1\n", [3]),
        (Kind.ITEMS, "name,sku\nA,1\nA,2\n", []),
        (Kind.ITEMS, "name,sku\nA,1\nA,\n", [3]),
        (Kind.ITEMS, "name,sku\nA,\nA,1\n", [3]),
    ],
)
async def test_two_rows_about_the_same_are_reported(desk: Desk, kind: Kind, text: str, refused: list[int]) -> None:
    imported = await desk.load(text, kind)
    assert [row.number for row in imported.rows if row.outcome is Outcome.REFUSED] == refused
    assert all("Row 2" in problem.text for row in imported.rows for problem in row.problems)


async def test_one_record_is_not_changed_by_two_rows(desk: Desk) -> None:
    made = await save_customer(desk.books, {"name": "A"}, customer_id="")
    imported = await desk.load(f"id,name\n{made.customer.id},B\n,A\n", update=True)
    assert outcomes(imported) == ["updated", "refused"]


# Twins


async def test_an_import_never_reaches_another_organization(desk: Desk) -> None:
    theirs = await save_customer(desk.other, {"name": "Hotel Bristol"}, customer_id="")
    item = await save_item(desk.other, {"name": "Bread", "sku": "B-1"}, item_id="")
    # Their anchor follows a moment later.
    await until(lambda: not desk.one.store.pool.entries_noted())
    before = contents(desk.one.root, desk.other.organization.id)
    assert outcomes(await desk.load("name\nHotel Bristol\n", update=True)) == ["created"]
    assert outcomes(await desk.load("name,sku\nBread,B-1\n", Kind.ITEMS, update=True)) == ["created"]
    for kind, there in ((Kind.CUSTOMERS, theirs.customer.id), (Kind.ITEMS, item.item.id)):
        never = there[:-1] + ("0" if there[-1] != "0" else "1")
        answers = [
            (await desk.load(f"id,name\n{key},X\n", kind, update=update)).rows
            for key in (there, never)
            for update in (False, True)
        ]
        assert all(answer == answers[0] for answer in answers)
        assert answers[0][0].problems[0].field == "id"
    assert contents(desk.one.root, desk.other.organization.id) == before


# Size


async def test_five_thousand_rows_are_one_import(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    rows = "\n".join(f"Customer {index:04},c{index}@example.com,GB980780684" for index in range(5_000))
    request = wanted(f"name,email,tax_number\n{rows}\n")
    imported = await import_table(desk.books, request, progress=lambda done, total: told.append((done, total)))
    assert imported.counts == {"rows": 5_000, "created": 5_000, "updated": 0, "unchanged": 0, "refused": 0}
    assert told[-1] == (5_000, 5_000)
    page = await find_customers(desk.books, query="c4999@example.com", cursor="", limit=5)
    assert [one.name for one in page.items] == ["Customer 4999"]
    again = await desk.load(f"name,email\n{rows.replace(',GB980780684', '').replace('c7@', 'new@')}\n", update=True)
    assert again.counts["unchanged"] == 4_999
    assert len(desk.audit()) == 2
