"""Settings: what a fresh organization begins with, tax codes and their rates, and number series."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.countries import country
from invoicing.document.documents import DocumentKind, JurisdictionLevel
from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotFound, NotReady, Refusal
from invoicing.tax.settings import Part, TaxCodeChange, part_from_text
from operations.drafts import DraftRequest, draft_invoice
from operations.invoices import IssueRequest, get_invoice
from operations.settings import (
    SeriesState,
    add_series,
    continue_series,
    list_series,
    list_tax_codes,
    save_tax_code,
)
from operations.templates import FROM_COUNTRY, fresh_organization_layer, fresh_series
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.layers import load_organization_layer
from tests.support.people import refusal
from tests.support.practice import practice
from tests.support.raw import raw

NEW_YEAR = date(2026, 1, 1)
NEW_YORK = (
    Part(JurisdictionLevel.STATE, "New York State", Decimal(4)),
    Part(JurisdictionLevel.CITY, "New York City", Decimal("4.5")),
    Part(JurisdictionLevel.DISTRICT, "MCTD", Decimal("0.375")),
)
NYC = TaxCodeChange("NYC", name="New York City", parts=NEW_YORK, valid_from=NEW_YEAR)
PLAIN = TaxCodeChange("CLOTHING", name="Clothing", percent=Decimal(5), valid_from=NEW_YEAR)


def acts(books: Books) -> list[str]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        return [row[0] for row in connection.execute("SELECT act FROM audit_entries ORDER BY position")]


def bill(
    customer: str, *, price: str = "100", day: date | None = None, series: str = "", tax: str = ""
) -> IssueRequest:
    line = RequestedLine(quantity=Decimal(1), description="Lamp", unit_price=Decimal(price), tax_code=tax)
    document = RequestedDocument(customer=customer, lines=(line,), issue_date=day, series=series)
    return IssueRequest(request=DraftRequest(document=document))


# Fresh starts and copies


def test_a_fresh_organization_begins_without_codes_that_have_ended_and_with_local_reasons() -> None:
    spain = country("ES")
    ended = {code.code for code in spain.tax_codes if code.rates[-1].valid_until}
    assert ended == {"TEMPORARY", "TEMPORARY2"}
    last_day = date(2024, 12, 31)
    kept = {
        day: {code.code for code in fresh_organization_layer(spain, FROM_COUNTRY, on=day).tax_codes}
        for day in (last_day, last_day + timedelta(days=1))
    }
    assert kept[last_day] - kept[last_day + timedelta(days=1)] == ended
    germany = country("DE")
    layer = fresh_organization_layer(germany, FROM_COUNTRY, on=last_day)
    shown = {code.code: (code.reason_local, code.reason_code) for code in layer.tax_codes}
    assert shown == {code.code: (code.reason_local, code.reason_code) for code in germany.tax_codes}
    assert shown["INTRA-EU"][0]


async def test_withholdings_local_reasons_and_stacks_are_kept_and_copied(tmp_path: Path) -> None:
    async with practice(tmp_path, country="US", name="Ledger & Co") as one:
        await save_tax_code(one.books(one.organization), NYC)
        copied = one.books(await one.client("Finch Studio", "US", copy_from=one.organization.handle))
        kept = await one.books(one.organization).read(load_organization_layer)
        assert await copied.read(load_organization_layer) == kept
        assert next(code for code in kept["tax_codes"] if code.code == "NYC").rate_on(NEW_YEAR) == Decimal("8.875")
        spain = await one.books(await one.client("Talleres", "ES")).read(load_organization_layer)
        fresh = fresh_organization_layer(country("ES"), FROM_COUNTRY, on=one.clock().date())
        assert (spain["payment_terms"], spain["tax_authorities"]) == (fresh.terms, fresh.authorities)
        assert spain["withholdings"] == fresh.withholdings
        assert [code.code for code in spain["withholdings"]] == ["IRPF", "IRPF-NEW", "IRPF-RENT"]
        assert sorted(spain["tax_codes"], key=str) == sorted(fresh.tax_codes, key=str)
        abroad = one.books(await one.client("Forno", "IT", copy_from=one.organization.handle))
        found = (await abroad.read(load_organization_layer))["withholdings"]
        assert [code.code for code in found] == sorted(code.code for code in country("IT").withholdings)


def test_where_a_number_never_comes_again_the_series_do_not_begin_anew() -> None:
    assert [one.pattern for one in fresh_series(country("BG"))] == ["0{SEQ:9}", "1{SEQ:9}"]
    assert [one.pattern for one in fresh_series(country("GB"))] == ["INV-{YYYY}-{SEQ:5}", "CN-{YYYY}-{SEQ:5}"]


# Tax codes


async def test_sales_tax_of_new_york_city_is_charged_and_shown_by_jurisdiction(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Finch Studio", "US"))
        assert (await save_tax_code(books, replace(NYC, default=True))).created
        customer = await one.customer(books, country="US", city="New York", region="NY", postal_code="10001")
        issued = await issue_invoice(books, bill(customer.id))
        document = issued.document
        (tax,) = document.taxes
        assert (tax.rate, tax.tax_minor, document.total_minor) == (Decimal("8.875"), 888, 10_888)
        shown = [(part.level.value, part.name, part.tax_minor) for part in tax.jurisdictions]
        assert shown == [("state", "New York State", 400), ("city", "New York City", 450), ("district", "MCTD", 38)]
        assert [code.code for code in await list_tax_codes(books) if code.is_default] == ["NYC"]
        assert (await verify_books(books)).problem == ""
        assert acts(books).count("save_tax_code") == 1


async def test_the_next_rate_of_a_code_ends_the_one_before(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Finch Studio", "US"))
        await save_tax_code(books, PLAIN)
        raised = await save_tax_code(
            books, TaxCodeChange("clothing", percent=Decimal("6.25"), valid_from=date(2026, 7, 1))
        )
        assert not raised.created
        assert [raised.code.rate_on(day) for day in (date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1))] == [
            None,
            Decimal(5),
            Decimal("6.25"),
        ]
        corrected = await save_tax_code(
            books, TaxCodeChange("CLOTHING", percent=Decimal(6), valid_from=date(2026, 7, 1))
        )
        assert [rate.percent for rate in corrected.code.rates] == [5, 6]
        renamed = await save_tax_code(books, TaxCodeChange("CLOTHING", name="Clothes", label="Tax"))
        assert (renamed.code.name, renamed.code.label, renamed.code.rates) == ("Clothes", "Tax", corrected.code.rates)
        assert renamed.code in await list_tax_codes(books)


async def test_a_stack_takes_new_rates_and_new_levies_from_a_day_on(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Finch Studio", "US"))
        await save_tax_code(books, NYC)
        day = date(2026, 9, 1)
        bag = Part(JurisdictionLevel.DISTRICT, "Harbor levy", Decimal("0.125"))
        ended = replace(NEW_YORK[2], percent=Decimal(0))
        changed = await save_tax_code(books, TaxCodeChange("NYC", parts=(*NEW_YORK[:2], ended, bag), valid_from=day))
        assert changed.code.rate_on(date(2026, 8, 31)) == Decimal("8.875")
        assert changed.code.rate_on(day) == Decimal("8.625")
        assert [part.name for part in changed.code.stack_on(NEW_YEAR)][-1] == "Harbor levy"
        assert changed.code in await list_tax_codes(books)


WRONG: list[tuple[type[Refusal], str, TaxCodeChange]] = [
    (InvalidInput, "code", replace(PLAIN, code="")),
    (InvalidInput, "code", replace(PLAIN, code="A B")),
    (InvalidInput, "name", replace(PLAIN, name="")),
    (InvalidInput, "valid_from", replace(PLAIN, valid_from=None)),
    (InvalidInput, "valid_from", replace(PLAIN, valid_from=date.min)),
    (InvalidInput, "valid_from", TaxCodeChange("KNOWN", percent=Decimal(6), valid_from=date.max)),
    (InvalidInput, "percent", replace(PLAIN, percent=None)),
    (InvalidInput, "percent", replace(PLAIN, percent=Decimal("100.1"))),
    (InvalidInput, "percent", replace(PLAIN, percent=Decimal(-1))),
    (InvalidInput, "percent", replace(PLAIN, percent=Decimal(0))),
    (InvalidInput, "category", replace(PLAIN, category="X")),
    (InvalidInput, "reason", replace(PLAIN, category="E", percent=Decimal(0))),
    (InvalidInput, "percent", replace(PLAIN, category="E", reason="Resale")),
    (InvalidInput, "reason", replace(PLAIN, reason="Resale")),
    (InvalidInput, "part", replace(PLAIN, parts=NEW_YORK)),
    (InvalidInput, "part", replace(NYC, category="Z", parts=NEW_YORK)),
    (InvalidInput, "part", replace(NYC, parts=(NEW_YORK[0], NEW_YORK[0]))),
    (LimitExceeded, "part", replace(NYC, parts=tuple(replace(NEW_YORK[0], name=str(index)) for index in range(21)))),
    (LimitExceeded, "name", replace(PLAIN, name="x" * 81)),
    (Conflict, "category", TaxCodeChange("KNOWN", category="Z")),
    (Conflict, "part", TaxCodeChange("KNOWN", parts=NEW_YORK, valid_from=NEW_YEAR)),
    (Conflict, "percent", TaxCodeChange("STACK", percent=Decimal(5), valid_from=NEW_YEAR)),
    (Conflict, "valid_from", TaxCodeChange("KNOWN", percent=Decimal(5), valid_from=date(2025, 1, 1))),
    (InvalidInput, "part", TaxCodeChange("STACK", parts=NEW_YORK[:1], valid_from=date(2026, 6, 1))),
    (InvalidInput, "code", TaxCodeChange("KNOWN", name="Clothing")),
    (InvalidInput, "valid_from", TaxCodeChange("KNOWN", percent=Decimal(5))),
]


async def test_a_tax_code_that_does_not_fit_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Finch Studio", "US"))
        await save_tax_code(books, replace(PLAIN, code="KNOWN"))
        await save_tax_code(books, replace(NYC, code="STACK"))
        before = (await list_tax_codes(books), acts(books))
        for kind, field, change in WRONG:
            refused = await refusal(save_tax_code(books, change))
            assert (type(refused), refused.field) == (kind, field), change
        assert (await list_tax_codes(books), acts(books)) == before


@pytest.mark.parametrize(
    "text", ["", "state", "state:6", "county::6", "moon:Mare:6", "state:California:", "state:A:101"]
)
def test_a_part_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        part_from_text(text)


def test_a_part_may_have_a_colon_in_its_name() -> None:
    assert part_from_text("City:St. Louis: Downtown:1.5") == Part(
        JurisdictionLevel.CITY, "St. Louis: Downtown", Decimal("1.5")
    )


@pytest.mark.parametrize("text", ["state:Texas:6.25, city:Austin:9", "state:Texas:6.25;City:Austin:9"])
def test_two_parts_are_not_taken_for_one_whose_name_has_the_other(text: str) -> None:
    with pytest.raises(InvalidInput, match="another part"):
        part_from_text(text)


async def test_without_a_country_there_is_nothing_to_keep_codes_for(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(one.organization)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("UPDATE profile SET country = ''")
        assert isinstance(await refusal(save_tax_code(books, PLAIN)), NotReady)
        assert isinstance(await refusal(add_series(books, "WEB", kind="invoice", pattern="W{SEQ}")), NotReady)


# Series


def by_code(states: list[SeriesState]) -> dict[str, tuple[bool, str]]:
    return {state.series.code: (state.usual, state.next_number) for state in states}


async def test_a_document_draws_from_the_series_that_it_names(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        added = await add_series(books, "web", kind="invoice", pattern="WEB-{YYYY}-{SEQ:5}")
        assert (added.series.kind, added.usual, added.next_number) == (
            DocumentKind.INVOICE,
            False,
            "TEST-WEB-2026-00001",
        )
        preview = await draft_invoice(books, DraftRequest(document=bill(customer, series="web").request.document))  # type: ignore[union-attr]  # It is there.
        assert preview.number == "TEST-WEB-2026-00001"
        drafted = await issue_invoice(books, IssueRequest(draft=preview.draft))
        plain = await issue_invoice(books, bill(customer))
        web = await issue_invoice(books, bill(customer, series="WEB"))
        numbers = [one.document.number for one in (drafted, plain, web)]
        assert numbers == ["TEST-WEB-2026-00001", "TEST-INV-2026-00001", "TEST-WEB-2026-00002"]
        for wrong in ("SHOP", "CREDIT-NOTES"):
            refused = await refusal(issue_invoice(books, bill(customer, series=wrong)))
            assert (type(refused), refused.field) == (InvalidInput, "series")
            assert "INVOICES, WEB" in refused.message
        assert (await verify_books(books)).problem == ""
        assert acts(books).count("add_series") == 1


async def test_a_series_goes_on_from_a_former_system_once_and_before_its_first_document(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        for wrong in (1, 0, -5, 10**9):
            refused = await refusal(continue_series(books, "INVOICES", next_sequence=wrong))
            assert (type(refused), refused.field) == (InvalidInput, "next")
        assert isinstance(await refusal(continue_series(books, "SHOP", next_sequence=2)), NotFound)
        going_on = await continue_series(books, "invoices", next_sequence=1042)
        assert going_on.next_number == "TEST-INV-2026-01042"
        assert (await verify_books(books)).problem == ""
        assert isinstance(await refusal(continue_series(books, "INVOICES", next_sequence=2000)), Conflict)
        first = await issue_invoice(books, bill(customer))
        assert first.document.number == "TEST-INV-2026-01042"
        assert (await verify_books(books)).problem == ""
        await issue_invoice(books, bill(customer))
        assert by_code(await list_series(books)) == {
            "CREDIT-NOTES": (True, "TEST-CN-2026-00001"),
            "INVOICES": (True, "TEST-INV-2026-01044"),
        }
        one.clock.set(datetime(2027, 1, 4, 12, tzinfo=UTC))
        assert (await issue_invoice(books, bill(customer))).document.number == "TEST-INV-2027-00001"
        assert (await verify_books(books)).problem == ""
        assert acts(books).count("continue_series") == 1


async def test_a_series_with_a_document_does_not_go_on_anywhere_else(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock()) as one:
        books = one.books(await one.client("Harbour Bakery"))
        await issue_invoice(books, bill((await one.customer(books)).id))
        assert isinstance(await refusal(continue_series(books, "INVOICES", next_sequence=1042)), Conflict)


@pytest.mark.parametrize(
    ("kind", "field", "code", "of_kind", "pattern"),
    [
        (InvalidInput, "code", "A B", "invoice", "A{SEQ}"),
        (InvalidInput, "kind", "WEB", "quote", "A{SEQ}"),
        (InvalidInput, "pattern", "WEB", "invoice", "A"),
        (InvalidInput, "pattern", "WEB", "invoice", "TEST-{SEQ}"),
        (InvalidInput, "pattern", "WEB", "invoice", "../{SEQ}"),
        (InvalidInput, "pattern", "WEB", "invoice", "WEB-{SEQ} "),
        (InvalidInput, "pattern", "WEB", "invoice", "WEB-{SEQ}\n"),
        # In capitals a dotless i is an I, and a long s an S.
        (InvalidInput, "pattern", "WEB", "invoice", "\u0131-{SEQ}"),
        (InvalidInput, "pattern", "WEB", "invoice", "\u017f-{SEQ}"),
        (Conflict, "code", "invoices", "invoice", "A{SEQ}"),
        (Conflict, "pattern", "WEB", "invoice", "inv-{YYYY}-{SEQ:4}"),
        (Conflict, "pattern", "WEB", "credit_note", "INV-2026-{SEQ}"),
    ],
)
async def test_a_series_that_does_not_fit_is_refused(
    tmp_path: Path, kind: type[Refusal], field: str, code: str, of_kind: str, pattern: str
) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        before = (await list_series(books), acts(books))
        refused = await refusal(add_series(books, code, kind=of_kind, pattern=pattern))
        assert (type(refused), refused.field) == (kind, field)
        assert (await list_series(books), acts(books)) == before


async def test_a_pattern_that_begins_anew_is_refused_where_the_law_wants_one_range(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Пекарна", "BG"))
        refused = await refusal(add_series(books, "WEB", kind="invoice", pattern="2{YY}{SEQ:7}"))
        assert (type(refused), refused.field) == (InvalidInput, "pattern")
        added = await add_series(books, "WEB", kind="invoice", pattern="2{SEQ:9}")
        assert added.next_number == "TEST-2000000001"


async def test_a_series_is_kept_in_capitals_and_its_documents_are_found_in_any_case(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        await add_series(books, "RE", kind="invoice", pattern="Re-{YYYY}-{SEQ:4}")
        made = (await issue_invoice(books, bill(customer.id, series="RE"))).document
        assert made.number == "TEST-RE-2026-0001"
        for key in (made.number, made.number.lower(), made.id):
            assert (await get_invoice(books, key)).document == made


async def test_a_stack_of_jurisdictions_is_for_us_sales_tax(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        assert (await refusal(save_tax_code(books, NYC))).field == "part"
