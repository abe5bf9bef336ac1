"""What the law wants said of an organization on its papers: stated once, asked for, printed, and never copied."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import Document, Supply
from invoicing.document.particulars import legal_information
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.refusals import InvalidInput, NotFound
from invoicing.render.pdf import render_pdf
from operations.configuration.configuring import described, get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest, get_invoice
from operations.organizations import OrganizationDetails, get_organization
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import Books
from storage.books.profile import load_profile
from tests.operations.test_going_live import live
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import Practice, practice
from tests.support.printed import pages_of

GMBH = {
    "legal_form": "gmbh",
    "seat": "Köln",
    "register_court": "Amtsgericht Köln",
    "register_number": "HRB 12345",
    "managing_directors": "Erika Müller",
}


def text_of(document: Document) -> str:
    """The text of the printed document, its lines joined."""
    return " ".join(" ".join(pages_of(render_pdf(document))).split())


async def save(one: Practice, books: Books, **values: str) -> Entry:
    entry = await save_entry(one.office, books, Part.PARTICULARS, Change(code="", values=values))
    assert entry is not None
    return entry


async def entries(one: Practice, books: Books) -> list[Entry]:
    return list((await get_entries(one.office, books, Part.PARTICULARS, cursor="", limit=10)).items)


async def asked(books: Books) -> OrganizationDetails:
    return await get_organization(books)


async def invoice_of(books: Books, customer: str, supply: Supply | None = None) -> str:
    line = RequestedLine(Decimal(1), description="Beratung", unit_price=Decimal(100), supply=supply)
    request = DraftRequest(document=RequestedDocument(customer, (line,)))
    return (await issue_invoice(books, IssueRequest(request=request))).document.id


async def test_what_is_stated_is_asked_for_by_its_local_name_and_printed_from_then_on(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Müller GmbH", "DE"))
        customer = (await one.customer(books)).id
        before = await invoice_of(books, customer)
        (hint,) = (await asked(books)).hints
        assert "legal form (GmbH, UG (haftungsbeschränkt), AG, KGaA, ...) is not stated" in hint.text

        await save(one, books, legal_form="GmbH")
        (hint,) = (await asked(books)).hints
        assert "register_court (Registergericht), register_number (Registernummer)" in hint.text
        assert hint.text.startswith("Legal form GmbH, Germany: business letters must state seat (Sitz)")
        assert "§ 35a" in hint.text
        fields = (await described(books, Part.PARTICULARS)).fields
        assert fields["managing_directors"].startswith("Geschäftsführung; all, each with a first name; on letters:")
        assert "board" not in fields

        entry = await save(one, books, **GMBH)
        assert entry.values["register_number"] == "HRB 12345"
        assert (await asked(books)).hints == ()
        after = (await get_invoice(books, await invoice_of(books, customer))).document
        assert legal_information(after.seller).splitlines() == [
            "Sitz: Köln",
            "Registergericht: Amtsgericht Köln, HRB 12345",
            "Geschäftsführung: Erika Müller",
        ]
        printed = text_of(after)
        assert "Registergericht: Amtsgericht Köln, HRB 12345 · Geschäftsführung: Erika Müller" in printed
        earlier = (await get_invoice(books, before)).document
        assert earlier.seller.particulars is None
        assert "Registergericht" not in text_of(earlier)
        assert (await verify_books(books)).problem == ""


async def test_what_an_invoice_must_bear_blocks_a_live_one_once_the_legal_form_is_stated(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Boulangerie", "FR"))
        before = await asked(books)
        await save(one, books, legal_form="SARL")
        details = await asked(books)
        added = [one for one in details.live_blockers if one not in before.live_blockers]
        (blocker,) = added
        assert blocker.fields == ("share_capital", "seat", "register_office")
        assert "share_capital (Capital social)" in blocker.text
        assert "R. 123-237" in blocker.text
        assert details.blockers == ()
        await save(one, books, share_capital="10000", seat="Lyon", register_office="Lyon")
        assert (await asked(books)).live_blockers == before.live_blockers


async def test_french_terms_stand_on_an_invoice_to_a_business_and_on_no_credit_note(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Boulangerie", "FR"))
        business = await one.customer(books, "Hôtel Bristol", country="FR", postal_code="75001", city="Paris")
        consumer = await one.customer(books, "Mme Petit", country="FR", consumer=True)
        invoice = (await get_invoice(books, await invoice_of(books, business.id))).document
        text = text_of(invoice)
        assert "40 €" in text
        assert "Pénalités de retard" in text
        assert "Escompte pour paiement anticipé : néant" in text
        private = (await get_invoice(books, await invoice_of(books, consumer.id))).document
        assert private.legal_terms == ()
        credit = await issue_credit_note(books, CreditRequest(invoice=invoice.number, reason="Erreur"))
        assert credit.note.document.legal_terms == ()
        english = text_of(replace(invoice, locale="en_GB"))
        assert "Flat sum for the costs of recovery in case of late payment: EUR 40." in english
        assert "Indemnité forfaitaire" in english


async def test_particulars_go_along_when_an_organization_goes_live_and_no_copy_gets_them(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        source = await one.client("Müller GmbH", "DE")
        books = one.books(source)
        await save(one, books, **GMBH)
        copy = one.books(await one.client("Andere GmbH", "DE", copy_from=source.handle))
        assert (await copy.read(load_profile)).particulars == ""
        await update_organization(
            one.office,
            books,
            {
                "line1": "Lindenstraße 5",
                "postal_code": "10969",
                "city": "Berlin",
                "tax_number": "DE136695976",
                "iban": "DE89370400440532013000",
            },
        )
        went = await live(one.office, source.handle)
        assert went.created is not None
        assert (await entries(one, one.books(went.created)))[0].values["register_number"] == "HRB 12345"


async def test_each_change_goes_on_record_and_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Müller GmbH", "DE"))
        await save(one, books, **GMBH)
        await save(one, books, managing_directors="")
        (last, first) = (await get_history(books, cursor="", limit=2)).items
        assert last.detail["changed"] == {"managing_directors": ["Erika Müller", ""]}
        assert first.detail["part"] == "particulars"
        for values, why in (
            ({}, "nothing to change"),
            ({"sea": "Köln"}, "no particular of sellers in Germany"),
            ({"board": "Erika Müller"}, "board: not a particular of the legal form GmbH"),
            ({"register_number": "12345"}, "HRB 12345"),
        ):
            with pytest.raises(InvalidInput, match=why):
                await save(one, books, **values)
        with pytest.raises(NotFound):
            await save_entry(one.office, books, Part.PARTICULARS, Change(code="other", values=GMBH))
        assert (await entries(one, books))[0].values["register_number"] == "HRB 12345"
        assert (await verify_books(books)).problem == ""


async def test_from_its_day_on_a_french_invoice_says_what_is_supplied(tmp_path: Path) -> None:
    clock = SettableClock(datetime(2026, 8, 31, 9, tzinfo=UTC))
    async with practice(tmp_path, clock) as one:
        books = one.books(await one.client("Boulangerie", "FR"))
        business = await one.customer(books, "Hôtel Bristol", country="FR", postal_code="75001", city="Paris")
        said = []
        for day, supply in ((31, Supply.GOODS), (32, Supply.GOODS), (33, Supply.SERVICES), (34, None)):
            clock.set(datetime(2026, 8, 1, 9, tzinfo=UTC) + timedelta(days=day - 1))
            document = (await get_invoice(books, await invoice_of(books, business.id, supply))).document
            said.append([term.text.replace("\xa0", " ") for term in document.legal_terms if term.place == "note"])
        assert said == [
            [],
            ["Nature de l’opération : livraison de biens"],
            ["Nature de l’opération : prestation de services"],
            [],
        ]
