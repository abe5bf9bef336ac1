"""A live document that would be no invoice in law, and who answers for how it is handed in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.countries import country
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.documents import Document, Supply
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.master_data.records import Customer
from invoicing.organizations import Environment, OrganizationKind
from invoicing.remedies import AnswerForForm
from operations.access import Office, open_books
from operations.credit_notes import CreditRequest
from operations.customers import save_customer
from operations.drafts import DraftRequest, Preview, draft_invoice
from operations.invoices import IssueRequest
from operations.mandates import acknowledge_mandate, get_mandates, withdraw_acknowledgement
from operations.organizations import get_organization
from operations.practices import FirstOrganization, start_installation
from operations.profile import update_organization
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.people import refusal
from tests.support.printed import printed
from tests.support.raw import raw
from tests.support.stores import open_store

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
NUMBERS = {
    "AT": "ATU13585627", "BE": "BE0403019261", "DE": "DE136695976", "EE": "EE100931558", "ES": "ESA13585625",
    "FR": "FR61954506077", "GB": "GB123456782", "HU": "HU12892312", "IT": "IT00743110157", "PL": "PL8567346215",
    "PT": "PT501964843", "SK": "SK2022749619",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shop:
    """A live single business that lacks nothing its law wants on an invoice, and its owner."""

    office: Office
    books: Books
    country: str

    async def customer(self, place: str = "", **fields: str | bool) -> Customer:
        place = place or self.country
        usual: dict[str, str | bool] = {
            "name": "Hotel Bristol", "country": place, "line1": "2 Side Street", "city": "Elsewhere",
            "postal_code": "54321", "tax_number": NUMBERS.get(place, ""),
        }  # fmt: skip
        return (await save_customer(self.books, usual | fields, customer_id="")).customer

    async def draft(self, customer: Customer, *, price: str = "100", tax_code: str = "", **more: object) -> Preview:
        line = RequestedLine(
            quantity=Decimal(1),
            description="Work",
            unit_price=Decimal(price),
            tax_code=tax_code,
            supply=Supply.SERVICES,
        )
        wanted = replace(RequestedDocument(customer=customer.id, lines=(line,)), **more)  # type: ignore[arg-type]  # By name.
        return await draft_invoice(self.books, DraftRequest(document=wanted))

    async def issue(self, draft: str) -> Document:
        return (await issue_invoice(self.books, IssueRequest(draft=draft))).document

    async def acknowledge(self, code: str, handed_in: str = "entered by our provider", *, draft: str = "") -> None:
        await acknowledge_mandate(self.office, self.books, code, handed_in=handed_in, draft=draft)

    async def set(self, **changes: str | bool | int) -> None:
        await update_organization(self.office, self.books, changes)


REGISTERED = {"CZ": "25123891", "SK": "36421928"}
"""Numbers of the register where eight digits have a check digit."""


@asynccontextmanager
async def shop(
    root: Path, code: str, *, environment: Environment = Environment.LIVE, now: datetime = NOON
) -> AsyncIterator[Shop]:
    async with open_store(begin_folder(root)) as store:
        clock = SettableClock(now)
        first = FirstOrganization("Harbour Bakery", code, "owner@example.com", OrganizationKind.STANDARD, environment)
        principal, organization = await start_installation(store, clock, first)
        office = Office(store, principal, clock)
        opened = Shop(office, open_books(office, organization, Right.ISSUE), code)
        await opened.set(
            line1="1 Main Street", postal_code="12345", city="Harbour", tax_number=NUMBERS[code],
            registration_number=REGISTERED.get(code, "12345678"), iban="GB33BUKB20201555555555",
        )  # fmt: skip
        yield opened


def codes(preview: Preview) -> list[str]:
    return [one.code for one in preview.warnings]


def audited(books: Books, act: str) -> list[tuple[str, dict[str, object]]]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        rows = connection.execute(
            "SELECT subject, detail FROM audit_entries WHERE act = ? ORDER BY position", (act,)
        ).fetchall()
    return [(subject, json.loads(detail)) for subject, detail in rows]


# Refused, acknowledged, printed


@pytest.mark.parametrize(
    ("code", "mandate", "words"),
    [
        ("IT", "it-sdi", "Copia di cortesia: la fattura in originale è trasmessa tramite il Sistema di Interscambio"),
        ("BE", "be-peppol-b2b", "Kopie: de factuur wordt als gestructureerde elektronische factuur"),
        ("PL", "pl-ksef", "Kopia: faktura ustrukturyzowana jest wystawiana w KSeF"),
        # This program is not certified: whatever the form, it may not be used (DL 28/2019, art. 4).
        ("PT", "pt-certified", "Este documento não serve de fatura"),
    ],
)
async def test_a_live_document_is_refused_until_somebody_says_how_it_is_handed_in(
    tmp_path: Path, code: str, mandate: str, words: str
) -> None:
    async with shop(tmp_path, code) as it:
        customer = await it.customer()
        # Above the 10,000 PLN a month up to which KSeF may wait until the end of 2026.
        draft = await it.draft(customer, price="9000")
        (blocker,) = draft.blockers
        assert mandate in blocker.text
        assert country(code).mandates[0].todo in blocker.text
        assert draft.document.form_words == ""
        refused = await refusal(issue_invoice(it.books, IssueRequest(draft=draft.draft)))
        assert (refused.code, mandate in refused.message) == ("not_ready", True)
        await it.acknowledge(mandate, "entered by our provider")
        assert (await it.draft(customer, price="9000")).blockers == ()
        issued = await it.issue(draft.draft)
        assert words in issued.form_words
        assert " ".join(words.split()) in " ".join(printed(issued).split())
        (answered,) = (detail["answered_for"] for _, detail in audited(it.books, "issue_invoice"))
        assert answered == [f"{mandate}: entered by our provider (owner@example.com)"]
        assert (await verify_books(it.books)).problem == ""


async def test_a_mandate_counts_by_the_day_of_issue(tmp_path: Path) -> None:
    # Slovakia, law 385/2025: payers from 1 January 2027; before, only a warning with the day.
    async with shop(tmp_path, "SK") as it:
        await it.set(future_days=60)
        customer = await it.customer()
        before = await it.draft(customer, issue_date=date(2026, 12, 31))
        assert before.blockers == ()
        (coming,) = (one for one in before.warnings if one.code == "mandate_sk_efaktura")
        assert "2027-01-01" in coming.text
        on_the_day = await it.draft(customer, issue_date=date(2027, 1, 1))
        assert "sk-efaktura" in on_the_day.blockers[0].text


async def test_what_is_reported_besides_is_warned_of_and_the_acknowledgement_ends_that(tmp_path: Path) -> None:
    async with shop(tmp_path, "HU") as it:
        customer = await it.customer()
        draft = await it.draft(customer)
        assert (draft.blockers, codes(draft).count("mandate_hu_online_szamla")) == ((), 1)
        await it.acknowledge("hu-online-szamla", "reported by our bridge")
        after = await it.draft(customer)
        assert "mandate_hu_online_szamla" not in codes(after)
        # A reported invoice is an invoice, and says nothing of copies.
        assert after.document.form_words == ""


async def test_the_policy_warn_turns_the_refusal_into_a_warning(tmp_path: Path) -> None:
    async with shop(tmp_path, "IT") as it:
        await it.set(mandates="warn")
        draft = await it.draft(await it.customer())
        assert (draft.blockers, codes(draft)[0]) == ((), "mandate_it_sdi")
        # What is no invoice in law must not look like one.
        assert "Copia di cortesia" in (await it.issue(draft.draft)).form_words


async def test_a_sandbox_says_it_once_and_in_short(tmp_path: Path) -> None:
    async with shop(tmp_path, "PT", environment=Environment.SANDBOX) as it:
        draft = await it.draft(await it.customer(public_body=True))
        (said,) = (one for one in draft.warnings if one.code.startswith("mandate"))
        assert (draft.blockers, said.code) == ((), "mandate")
        assert len(said.text) < 180
        await it.issue(draft.draft)


async def test_a_withdrawn_acknowledgement_refuses_again_and_the_record_of_both_stays(tmp_path: Path) -> None:
    async with shop(tmp_path, "IT") as it:
        customer = await it.customer()
        await it.acknowledge("it-sdi")
        issued = await it.issue((await it.draft(customer)).draft)
        await withdraw_acknowledgement(it.office, it.books, "IT-SDI")
        assert (await it.draft(customer)).blockers
        assert (await refusal(withdraw_acknowledgement(it.office, it.books, "it-sdi"))).code == "conflict"
        # A credit note is a document too.
        refused = await refusal(issue_credit_note(it.books, CreditRequest(invoice=issued.number, reason="Returned")))
        assert (refused.code, "it-sdi" in refused.message) == ("not_ready", True)
        await it.acknowledge("it-sdi", "by another provider")
        made = await issue_credit_note(it.books, CreditRequest(invoice=issued.number, reason="Returned"))
        assert made.note.document.form_words == issued.form_words != ""
        assert len(audited(it.books, "acknowledge_mandate")) == 2
        assert len(audited(it.books, "withdraw_mandate_acknowledgement")) == 1
        with raw(folder_of(it.books) / BOOKS_FILE) as connection:
            rows = connection.execute("SELECT handed_in FROM mandate_acknowledgements ORDER BY position").fetchall()
        assert [row[0] for row in rows] == ["entered by our provider", "", "by another provider"]


async def test_the_facts_of_seller_and_buyer_decide(tmp_path: Path) -> None:
    async with shop(tmp_path, "EE") as it:
        plain, demanding = await it.customer(), await it.customer(name="Riik", demands_e_invoice=True)
        assert (await it.draft(plain)).blockers == ()
        assert "ee-on-demand" in (await it.draft(demanding)).blockers[0].text
    async with shop(tmp_path / "at", "AT") as it:
        business, body = await it.customer(), await it.customer(name="Bund", public_body=True)
        assert (await it.draft(business)).blockers == ()
        assert "at-b2g" in (await it.draft(body)).blockers[0].text
    async with shop(tmp_path / "fr", "FR") as it:
        customer = await it.customer()
        assert (await it.draft(customer)).blockers == ()
        await it.set(annual_turnover="50 000 001".replace(" ", ""))
        assert "fr-einvoice-b2b" in (await it.draft(customer)).blockers[0].text
        await it.set(annual_turnover="")
        assert (await it.draft(customer)).blockers == ()


async def test_ksef_may_wait_while_the_invoices_of_a_month_stay_at_ten_thousand(tmp_path: Path) -> None:
    # Art. 145m ustawy o VAT: from the invoice on that passes 10,000 PLN with tax; consumers do not count. 4,065.04 and
    # 23 % are 5,000.00.
    async with shop(tmp_path, "PL") as it:
        customer, consumer = await it.customer(), await it.customer(name="Jan", consumer=True)
        await it.issue((await it.draft(consumer, price="9000")).draft)
        await it.issue((await it.draft(customer, price="4065.04")).draft)
        last = await it.draft(customer, price="4065.04")
        assert last.blockers == ()
        (coming,) = (one for one in last.warnings if one.code == "mandate_pl_ksef")
        assert "2027-01-01" in coming.text
        assert "pl-ksef" in (await it.draft(customer, price="4065.05")).blockers[0].text
        await it.issue(last.draft)
        assert (await it.draft(customer, price="0.01")).blockers


@pytest.mark.parametrize("turnover", ["-1", "12.50", "much"])
async def test_a_turnover_is_a_whole_amount(tmp_path: Path, turnover: str) -> None:
    async with shop(tmp_path, "DE") as it:
        refused = await refusal(it.set(annual_turnover=turnover))
        assert (refused.code, refused.field) == ("invalid_input", "annual_turnover")


async def test_readiness_names_what_holds_what_comes_and_what_was_assumed(tmp_path: Path) -> None:
    async with shop(tmp_path, "DE") as it:
        found = (await get_organization(it.books)).mandates
        assert found is not None
        assert {state.held.mandate.code: state.held.in_force for state in found.states} == {"de-b2g": True}
        assert found.assumed_turnover == 800_000
        await it.set(annual_turnover="900000")
        found = await get_mandates(it.books)
        assert [state.held.since for state in found.states] == [date(2027, 1, 1), date(2020, 11, 27)]
        assert found.assumed_turnover is None


# Particulars by amount, country and buyer


async def test_a_reverse_charge_without_the_buyers_number_is_refused_and_answered_for_draft_by_draft(
    tmp_path: Path,
) -> None:
    # Articles 138(1)(b) and 226(4) Directive 2006/112/EC.
    async with shop(tmp_path, "DE") as it:
        customer = await it.customer("FR", tax_number="")
        drafts = [await it.draft(customer, tax_code=code) for code in ("REVERSE-CHARGE", "INTRA-EU")]
        for draft in drafts:
            assert any("226(4)" in blocker.text for blocker in draft.blockers)
            assert "buyer_tax_number_missing" not in codes(draft)
        assert (await refusal(it.acknowledge("buyer-vat-number", "applied for"))).field == "draft"
        await it.acknowledge("buyer-vat-number", "applied for", draft=drafts[0].draft)
        issued = await it.issue(drafts[0].draft)
        (answered,) = (detail["answered_for"] for _, detail in audited(it.books, "issue_invoice"))
        assert answered == ["buyer-vat-number: applied for (owner@example.com)"]
        assert issued.form_words == ""
        # The other draft is another document.
        assert (await refusal(issue_invoice(it.books, IssueRequest(draft=drafts[1].draft)))).code == "not_ready"


async def test_what_was_answered_for_one_buyer_does_not_pass_to_another(tmp_path: Path) -> None:
    async with shop(tmp_path, "DE") as it:
        first, second = await it.customer("FR", tax_number=""), await it.customer("FR", name="Other", tax_number="")
        draft = await it.draft(first, tax_code="REVERSE-CHARGE")
        await it.acknowledge("buyer-vat-number", "applied for", draft=draft.draft)
        line = RequestedLine(quantity=Decimal(1), description="Work", unit_price=Decimal(9), tax_code="REVERSE-CHARGE")
        changed = RequestedDocument(customer=second.id, lines=(line,))
        again = await draft_invoice(it.books, DraftRequest(document=changed, draft=draft.draft))
        assert any("226(4)" in blocker.text for blocker in again.blockers)


async def test_a_reverse_charge_to_a_country_without_such_numbers_is_not_refused(tmp_path: Path) -> None:
    async with shop(tmp_path, "DE") as it:
        draft = await it.draft(await it.customer("US", tax_number=""), tax_code="REVERSE-CHARGE")
        assert (draft.blockers, codes(draft).count("buyer_tax_number_missing")) == ((), 1)


@pytest.mark.parametrize(
    ("price", "fields", "note", "refused"),
    [
        # § 11 Abs. 1 UStG: more than 10,000 EUR with tax, to a business. 8,333.33 and 20 % are 10,000.00.
        ("8333.33", {"tax_number": ""}, "", False),
        ("8333.34", {"tax_number": ""}, "", True),
        ("8333.34", {}, "", False),
        ("8333.34", {"tax_number": "", "consumer": True}, "", False),
        ("8333.34", {"tax_number": ""}, "Keine UID angegeben", False),
    ],
)
async def test_an_austrian_invoice_above_ten_thousand_shows_the_buyers_number(
    tmp_path: Path, price: str, fields: dict[str, str | bool], note: str, refused: bool
) -> None:
    async with shop(tmp_path, "AT") as it:
        draft = await it.draft(await it.customer("", **fields), price=price, note=note)
        assert (AnswerForForm("at-buyer-uid", draft=True) in {one.remedy for one in draft.blockers}) is refused


@pytest.mark.parametrize(("rate", "refused"), [("0.83", False), ("0.84", True)])
async def test_a_bound_is_compared_in_the_national_currency(tmp_path: Path, rate: str, refused: bool) -> None:
    # 10,000 USD and 20 % are 12,000: 9,960.00 EUR or 10,080.00.
    async with shop(tmp_path, "AT") as it:
        customer = await it.customer(tax_number="")
        draft = await it.draft(
            customer, price="10000", currency="USD", exchange_rate=Decimal(rate), exchange_source="ECB"
        )
        assert (AnswerForForm("at-buyer-uid", draft=True) in {one.remedy for one in draft.blockers}) is refused


@pytest.mark.parametrize(
    ("seller", "code", "below", "above", "words", "tax_code"),
    [
        # 12,195.12 and 23 % are 15,000.00: art. 106e ust. 1 pkt 18a ustawy o VAT.
        ("PL", "pl_mpp", "12195.12", "12195.13", "Mechanizm podzielonej płatności", ""),
        # D.P.R. 642/1972, tariffa, art. 13.
        ("IT", "it_bollo", "77.47", "77.48", "Bollo assolto in modo virtuale", "SMALL-BUSINESS"),
        # VAT Regulations 1995, reg. 14; no bound.
        ("GB", "gb_reverse_charge", "", "1.00", "Customer to account for VAT of 20 %", "REVERSE-CHARGE"),
    ],
)
async def test_words_that_depend_on_amount_and_tax_are_asked_for(
    tmp_path: Path, seller: str, code: str, below: str, above: str, words: str, tax_code: str
) -> None:
    async with shop(tmp_path, seller) as it:
        customer = await it.customer()
        if below:
            assert code not in codes(await it.draft(customer, price=below, tax_code=tax_code))
        assert code in codes(await it.draft(customer, price=above, tax_code=tax_code))
        assert code not in codes(await it.draft(customer, price=above, tax_code=tax_code, note=words))
        # A habit of the house is said once.
        await it.acknowledge(code.replace("_", "-"), "on our letterhead")
        assert code not in codes(await it.draft(customer, price=above, tax_code=tax_code))


@pytest.mark.parametrize(
    ("description", "price", "consumer", "supply", "asked"),
    [
        ("Dachsanierung, 40 m²", "1000", True, Supply.SERVICES, True),
        ("Planung Umbau, Leistungsphasen 1-4 nach HOAI", "1000", True, Supply.SERVICES, True),
        ("Fensterreinigung", "1000", True, None, True),
        # § 33 UStDV: up to 250 EUR the note is not wanted.
        ("Dachsanierung, 40 m²", "210.08", True, Supply.SERVICES, False),
        ("Dachsanierung, 40 m²", "1000", False, Supply.SERVICES, False),
        ("Buch über Dachsanierung", "1000", True, Supply.GOODS, False),
        ("Beratung", "1000", True, Supply.SERVICES, False),
    ],
)
async def test_work_on_a_building_for_a_consumer_wants_the_note_that_the_invoice_is_to_be_kept(
    tmp_path: Path, description: str, price: str, consumer: bool, supply: Supply | None, asked: bool
) -> None:
    async with shop(tmp_path, "DE") as it:
        customer = await it.customer(tax_number="", consumer=True) if consumer else await it.customer()
        line = RequestedLine(Decimal(1), description=description, unit_price=Decimal(price), supply=supply)
        draft = await it.draft(customer, lines=(line,))
        assert ("de_retention" in codes(draft)) is asked
        if asked:
            (text,) = [one.text for one in draft.warnings if one.code == "de_retention"]
            words = text.split('"')[1]
            assert "de_retention" not in codes(await it.draft(customer, lines=(line,), note=words))
            await it.set(footer=words)
            assert "de_retention" not in codes(await it.draft(customer, lines=(line,)))


async def test_the_stamp_duty_of_a_mixed_invoice_speaks_of_amounts_without_tax(tmp_path: Path) -> None:
    async with shop(tmp_path, "IT") as it:
        draft = await it.draft(await it.customer(), price="100", tax_code="EXEMPT")
        text = next(one.text for one in draft.warnings if one.code == "it_bollo")
        assert "amounts without VAT" in text


async def test_an_unknown_code_or_an_empty_text_is_refused_by_name(tmp_path: Path) -> None:
    async with shop(tmp_path, "IT") as it:
        unknown = await refusal(it.acknowledge("ro-efactura"))
        assert (unknown.field, "it-sdi" in unknown.message) == ("code", True)
        assert (await refusal(it.acknowledge("it-sdi", "  "))).field == "handed_in"
        assert (await refusal(it.acknowledge("it-sdi", draft="drf_nothing"))).code == "not_found"


# The frozen document


async def test_a_document_without_the_words_has_the_text_it_had_before_there_were_any(tmp_path: Path) -> None:
    async with shop(tmp_path, "DE") as it:
        issued = await it.issue((await it.draft(await it.customer())).draft)
        assert "form_words" not in document_text(issued)
        told = replace(issued, form_words="Kopie")
        assert document_from_text(document_text(told)) == told
