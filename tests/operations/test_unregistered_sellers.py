"""A seller that charges no tax is made live and issues, in every country, and nothing on its invoice says otherwise.

What is expected stands in `unregistered_sellers.toml`, written from the laws: it does not read the country files.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.documents import Document, Supply, TaxCategory
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.master_data.records import Customer
from invoicing.organizations import Environment, OrganizationKind
from invoicing.refusals import InvalidInput, NotReady, Refusal
from invoicing.render.labels import labels_of
from operations.access import Office, open_books
from operations.credit_notes import CreditRequest
from operations.customers import save_customer
from operations.drafts import DraftRequest, Preview, draft_invoice
from operations.invoices import IssueRequest
from operations.mandates import acknowledge_mandate
from operations.onboarding import ClientRequest, create_client_organization
from operations.organizations import get_organization
from operations.practices import FirstOrganization, start_installation
from operations.profile import update_organization
from operations.rights import Right
from operations.templates import Choices
from storage.books.pool import Books
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import practice
from tests.support.printed import printed
from tests.support.stores import open_store

TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("unregistered_sellers.toml").read_text("utf-8")
)
CASES = [pytest.param(code, row, id=f"{code} {row['state']}") for code, rows in TABLE.items() for row in rows]
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def live_seller(root: Path, code: str, *, now: datetime = NOON) -> AsyncIterator[tuple[Office, Books]]:
    """The books of a live organization that has an address and an account, and no number."""
    clock = SettableClock(now)
    async with open_store(begin_folder(root)) as store:
        first = FirstOrganization("Anna Berg", code, "owner@example.com", OrganizationKind.STANDARD, Environment.LIVE)
        principal, organization = await start_installation(store, clock, first)
        office = Office(store, principal, clock)
        books = open_books(office, organization, Right.ISSUE)
        place = {"line1": "1 Main Street", "postal_code": "12345", "city": "Harbour"}
        books, _ = await update_organization(office, books, place | {"iban": "GB33BUKB20201555555555"})
        yield office, books


async def buyer(books: Books, code: str, **fields: str | bool) -> Customer:
    address = {"line1": "2 Side Street", "postal_code": "54321", "city": "Elsewhere"}
    saved = await save_customer(books, {"name": "Hotel Bristol", "country": code} | address | fields, customer_id="")
    return saved.customer


async def draft(books: Books, customer: Customer, **stated: str) -> Preview:
    line = RequestedLine(
        quantity=Decimal("2.5"),
        description="Advice",
        unit_price=Decimal("39.99"),
        supply=Supply.SERVICES,
        tax_code=stated.get("tax_code", ""),
    )
    return await draft_invoice(books, DraftRequest(document=RequestedDocument(customer=customer.id, lines=(line,))))


MANDATES = {"IT": "it-sdi", "PT": "pt-certified"}
"""Where a PDF of a seller without VAT is no invoice on that day, or unlawful, until somebody answers for it."""


async def issue(books: Books, customer: Customer) -> Document:
    preview = await draft(books, customer)
    assert preview.blockers == ()
    return (await issue_invoice(books, IssueRequest(draft=preview.draft))).document


async def refusal(act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await act
    return caught.value


def paper(document: Document) -> str:
    return " ".join(printed(document).split())


@pytest.mark.parametrize(("code", "row"), CASES)
async def test_a_seller_without_tax_is_made_live_and_its_invoice_says_what_its_law_wants(
    tmp_path: Path, code: str, row: dict[str, Any]
) -> None:
    async with live_seller(tmp_path, code) as (office, books):
        assert ("vat_registration" in (await get_organization(books)).blockers[0].fields) if code != "US" else True
        books, details = await update_organization(office, books, {"vat_registration": row["state"]})
        wanted = [blocker.text for blocker in details.blockers]
        assert (row["asks"] in wanted[0]) if "asks" in row else wanted == []
        if numbers := row.get("numbers"):
            books, details = await update_organization(office, books, numbers)
        assert details.blockers == ()
        if mandate := MANDATES.get(code if row["state"] == "small_business" else ""):
            refused = (await draft(books, await buyer(books, code, consumer=True))).blockers
            assert mandate in refused[0].text
            await acknowledge_mandate(office, books, mandate, handed_in="entered by our provider")
        invoice = await issue(books, await buyer(books, code, consumer=True))
        note = (await issue_credit_note(books, CreditRequest(invoice=invoice.number, reason="Returned"))).note.document
    for document in (invoice, note):
        check_paper(document, row)


def check_paper(document: Document, row: dict[str, Any]) -> None:
    (tax,) = document.taxes
    assert (tax.category, tax.rate, tax.tax_minor) == (TaxCategory(row["category"]), Decimal(0), 0)
    assert document.total_minor == document.net_minor == 9998
    # EN 16931 wants the reason as data (BR-E-10, BR-O-10), also where the paper may not bear it.
    assert tax.reason
    assert tax.reason_local
    text, rules = paper(document), country(document.seller.address.country)
    assert row.get("says", "") in text
    assert row.get("shows", "") in text
    labels = labels_of(rules.languages[0])
    summary = labels.tax_summary.format(tax=rules.tax_label)
    registered = [summary, "0 %", "0%", "Not subject to tax", *row.get("never", [])]
    if "tax_number" in row.get("numbers", {}) or "tax_office_number" in row.get("numbers", {}):
        registered.append(rules.tax_number_prefix + row["shows"].split()[-1])
    assert [words for words in registered if words in text] == []
    if rules.languages[0] != "en":
        assert tax.reason not in text


def test_every_country_has_such_a_seller_and_a_source() -> None:
    assert sorted(TABLE) == sorted(COUNTRY_CODES)
    assert all(row["source"] for rows in TABLE.values() for row in rows)


async def test_the_reason_of_a_french_small_business_follows_the_move_of_the_law(tmp_path: Path) -> None:
    """The VAT left the CGI on 1 September 2026, and the old articles may be cited until 31 December 2027."""
    days = {
        date(2026, 8, 31): "TVA non applicable, art. 293 B du CGI",
        date(2026, 9, 1): "TVA non applicable, art. 293 B du CGI (art. L. 223-3 du CIBS)",
        date(2028, 1, 1): "TVA non applicable, art. L. 223-3 du CIBS",
    }
    for day, words in days.items():
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        async with live_seller(tmp_path / day.isoformat(), "FR", now=now) as (office, books):
            seller = {"vat_registration": "small_business", "registration_number": "303265045"}
            books, _ = await update_organization(office, books, seller)
            invoice = await issue(books, await buyer(books, "FR", consumer=True))
        assert invoice.taxes[0].reason_local == words
        assert words in paper(invoice)


@pytest.mark.parametrize("code", ["DE", "NO", "IT", "PL", "CH"])
async def test_books_without_a_tax_state_the_reason_in_the_language_of_their_country(tmp_path: Path, code: str) -> None:
    """`tax_system=none`: no summary of a tax that is none, and no English sentence."""
    async with practice(tmp_path, SettableClock(NOON)) as one:
        request = ClientRequest(name="Verein", country=code, choices=Choices(tax_system="none"))
        made = (await create_client_organization(one.office, request)).created
        assert made is not None
        books = one.books(made)
        invoice = await issue(books, await buyer(books, code, consumer=True))
    text, rules = paper(invoice), country(code)
    labels = labels_of(rules.languages[0])
    for tax in (rules.tax_label, labels.tax_in_sentence, "Tax"):
        assert labels.tax_summary.format(tax=tax) not in text
    assert invoice.taxes[0].reason not in text
    assert "Not subject" not in text
    assert (invoice.taxes[0].reason_local in text) is (code != "CH")


async def test_a_swiss_seller_that_is_not_registered_mentions_the_tax_nowhere(tmp_path: Path) -> None:
    """Article 27(1) MWSTG: not in a reason, and not behind the number of a registered buyer."""
    async with live_seller(tmp_path, "CH") as (office, books):
        books, _ = await update_organization(office, books, {"vat_registration": "not_registered"})
        business = await buyer(books, "CH", tax_number="CHE-107.787.577 MWST")
        text = paper(await issue(books, business))
    assert "MWST" not in text
    assert "UID CHE-107.787.577" in text


async def test_a_registered_german_seller_states_its_tax_office_number_or_its_vat_number(tmp_path: Path) -> None:
    """§ 14 Abs. 4 Satz 1 Nr. 2 UStG wants one of the two."""
    async with live_seller(tmp_path, "DE") as (office, books):
        seller = {"vat_registration": "registered", "tax_office_number": "181/815/08155"}
        books, details = await update_organization(office, books, seller)
        assert details.blockers == ()
        preview = await draft(books, await buyer(books, "DE", consumer=True))
        assert "seller_tax_number_missing" not in {warning.code for warning in preview.warnings}
        text = paper((await issue_invoice(books, IssueRequest(draft=preview.draft))).document)
    assert "Steuernummer 181/815/08155" in text
    assert "USt.-Aufstellung" in text


async def test_who_is_not_registered_cannot_charge_tax_even_by_a_stated_code(tmp_path: Path) -> None:
    """Whoever shows tax owes it: Article 203 Directive 2006/112/EC."""
    async with live_seller(tmp_path, "GB") as (office, books):
        books, _ = await update_organization(office, books, {"vat_registration": "not_registered"})
        preview = await draft(books, await buyer(books, "GB", consumer=True), tax_code="STANDARD")
        assert "not registered for VAT (vat_registration) and cannot charge it" in " ".join(
            blocker.text for blocker in preview.blockers
        )
        assert isinstance(await refusal(issue_invoice(books, IssueRequest(draft=preview.draft))), NotReady)


async def test_a_small_business_is_warned_of_tax_by_a_stated_code(tmp_path: Path) -> None:
    async with live_seller(tmp_path, "DE") as (office, books):
        seller = {"vat_registration": "small_business", "tax_office_number": "181/815/08155"}
        books, _ = await update_organization(office, books, seller)
        preview = await draft(books, await buyer(books, "DE", consumer=True), tax_code="STANDARD")
        assert "tax_by_small_business" in {warning.code for warning in preview.warnings}


async def test_a_small_business_needs_a_vat_number_for_services_to_a_business_in_another_member_state(
    tmp_path: Path,
) -> None:
    """Articles 196, 214(1)(e) and 226(3): the buyer owes the tax, and the seller's VAT number stands on the invoice."""
    async with live_seller(tmp_path, "DE") as (office, books):
        seller = {"vat_registration": "small_business", "tax_office_number": "181/815/08155"}
        books, _ = await update_organization(office, books, seller)
        french = await buyer(books, "FR", tax_number="FR40303265045")
        first = await draft(books, french)
        assert first.document.taxes[0].category is TaxCategory.REVERSE_CHARGE
        assert "seller_tax_number_missing" in {warning.code for warning in first.warnings}
        books, _ = await update_organization(office, books, {"tax_number": "DE136695976"})
        second = await draft(books, french)
        assert "seller_tax_number_missing" not in {warning.code for warning in second.warnings}
        assert "DE136695976" in paper(second.document)


async def test_a_polish_small_business_has_the_prefix_only_where_the_buyer_owes_the_tax(tmp_path: Path) -> None:
    async with live_seller(tmp_path, "PL") as (office, books):
        seller = {"vat_registration": "small_business", "tax_number": "8567346215"}
        books, _ = await update_organization(office, books, seller)
        at_home = paper(await issue(books, await buyer(books, "PL", consumer=True)))
        swiss = paper((await draft(books, await buyer(books, "CH", consumer=True))).document)
        german = paper((await draft(books, await buyer(books, "DE", tax_number="DE136695976"))).document)
    assert "NIP 8567346215" in at_home
    assert "PL8567346215" not in at_home + swiss
    assert "PL8567346215" in german


async def test_services_abroad_by_an_unregistered_seller_ask_for_a_registration(tmp_path: Path) -> None:
    async with live_seller(tmp_path, "SE") as (office, books):
        books, _ = await update_organization(office, books, {"vat_registration": "not_registered"})
        preview = await draft(books, await buyer(books, "DE", tax_number="DE136695976"))
    assert "registration_needed" in {warning.code for warning in preview.warnings}
    assert preview.document.taxes[0].category is TaxCategory.EXEMPT


async def test_a_number_of_the_scheme_across_borders_says_small_business_and_is_no_vat_number(tmp_path: Path) -> None:
    """Article 284(3)(b) Directive 2006/112/EC, since 1 January 2025: suffix EX (podatki.gov.pl has its form)."""
    async with live_seller(tmp_path, "DE") as (office, books):
        books, details = await update_organization(office, books, {"tax_number": "de 136695976ex"})
        assert details.profile.tax_number == "DE136695976-EX"
        assert details.blockers == ()
        french = await buyer(books, "FR", tax_number="FR40303265045")
        preview = await draft(books, french)
        assert preview.document.taxes[0].category is TaxCategory.EXEMPT
        assert "small_business_abroad" in {warning.code for warning in preview.warnings}
        text = paper(await issue(books, await buyer(books, "DE", consumer=True)))
        assert "KU-IdNr. DE136695976-EX" in text
        assert "USt-IdNr." not in text
        small = await buyer(books, "FR", tax_number="FR303265045-EX")
        # A buyer of that scheme has no VAT number, and owes nobody's tax.
        assert TaxCategory.REVERSE_CHARGE not in {tax.category for tax in (await draft(books, small)).document.taxes}


async def test_the_flag_and_the_state_stay_in_step(tmp_path: Path) -> None:
    async with live_seller(tmp_path, "DE") as (office, books):
        books, details = await update_organization(office, books, {"small_business": True})
        assert (details.profile.vat_registration, details.profile.small_business) == ("small_business", True)
        books, details = await update_organization(office, books, {"small_business": False})
        assert (details.profile.vat_registration, details.profile.small_business) == ("", False)
        books, details = await update_organization(office, books, {"vat_registration": "not_registered"})
        assert (details.profile.vat_registration, details.profile.small_business) == ("not_registered", False)
        two: dict[str, str | bool | int] = {"small_business": True, "vat_registration": "registered"}
        assert (await refusal(update_organization(office, books, two))).field == "small_business"


@pytest.mark.parametrize(
    ("code", "state", "field"),
    [
        ("ES", {"vat_registration": "small_business"}, "vat_registration"),
        ("US", {"vat_registration": "small_business"}, "vat_registration"),
        ("GB", {"vat_registration": "perhaps"}, "vat_registration"),
        ("GB", {"vat_registration": "not_registered", "tax_number": "GB980780684"}, "tax_number"),
    ],
)
async def test_a_state_that_there_is_not_or_that_contradicts_the_number_is_refused(
    tmp_path: Path, code: str, state: dict[str, str], field: str
) -> None:
    async with live_seller(tmp_path, code) as (office, books):
        refused = await refusal(update_organization(office, books, state))
        assert (type(refused), refused.field) == (InvalidInput, field)


async def test_a_number_that_was_kept_from_a_registration_that_ended_is_not_printed(tmp_path: Path) -> None:
    async with live_seller(tmp_path, "GB") as (office, books):
        books, details = await update_organization(office, books, {"tax_number": "GB980780684"})
        assert details.blockers == ()
        books, _ = await update_organization(office, books, {"vat_registration": "not_registered"})
        text = paper(await issue(books, await buyer(books, "GB", consumer=True)))
    assert "980780684" not in text
    assert "VAT no." not in text
