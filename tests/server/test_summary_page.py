"""The first page of an organization: the way to its first invoice, and then what it comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from invoicing.organizations import Environment
from operations.drafts import draft_invoice
from operations.onboarding import ClientRequest, create_client_organization
from operations.payments import PaymentRequest, record_payment
from tests.support.http import BAKERY, house
from tests.support.people import colleague
from tests.support.practice import issue_request
from tests.support.visits import sign_in, text_of

PLACE = f"/o/{BAKERY}"


async def test_the_summary_leads_to_the_first_invoice_and_then_says_how_things_stand(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert (await viewer.get(PLACE)).headers["location"] == f"{PLACE}/summary"
        begins = await viewer.get(f"{PLACE}/summary")
        assert "Three steps to the first invoice" in text_of(begins)
        assert f'class="button" href="{PLACE}/connections"' in begins.text

        odd, other = [await home.one.customer(books, name) for name in ("Ελαιώνας & <Søn>", "Café Süd")]
        late = (await home.one.issue(books, odd.id, quantity="400")).document
        paid = (await home.one.issue(books, other.id)).document
        await record_payment(books, PaymentRequest(invoice=paid.number, amount=Decimal("30")))
        foreign = issue_request(other.id).request
        assert foreign is not None
        await draft_invoice(books, replace(foreign, document=replace(foreign.document, currency="EUR")))
        home.one.clock.advance(timedelta(days=40))
        owner = await sign_in(home.site, home.one.office)
        page = await owner.get(f"{PLACE}/summary")
        said = text_of(page).replace("\u00a0", " ")
        for words in (
            "Invoiced this month (GBP) 0.00 last month 6,030.00",
            "Invoiced this year (GBP) 6,030.00",
            "Owed (GBP) 6,000.00",
            "Overdue (GBP) 6,000.00 for up to 10 days",
            "1 draft is not issued yet Show the drafts",
            "Ελαιώνας & <Søn> 6,000.00 GBP",
            f"{paid.number} Café Süd 30.00 GBP Paid",
        ):
            assert words in said, words
        assert "Mar 2026: 6,030.00" in page.text.replace("March", "Mar")
        assert "<Søn>" not in page.text
        assert "Three steps" not in said
        assert late.number in text_of(await owner.get(f"{PLACE}/reports/sales?period=2026-03&row={odd.id}%2FGBP"))


async def test_the_summary_says_what_keeps_an_organization_from_issuing(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        asked = ClientRequest(name="Unready", country="GB", environment=Environment.LIVE)
        client = (await create_client_organization(home.one.office, asked)).created
        assert client is not None
        owner = await sign_in(home.site, home.one.office)
        said = text_of(await owner.get(f"/o/{client.handle}/summary"))
        assert "Complete the profile: who invoices, and where customers pay to" in said
        assert "tax_number" in said or "VAT" in said
