"""The reports of an organization: what they show, what each figure is made of, and the same as a file."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from pathlib import Path

from operations.credit_notes import CreditRequest
from operations.payments import PaymentRequest, record_payment
from tests.support.former import import_former
from tests.support.http import BAKERY, FINCH, house
from tests.support.issuing import issue_credit_note
from tests.support.people import colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/reports"


async def said_at(visit: Visit, address: str) -> str:
    answer = await visit.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return text_of(answer).replace("\u00a0", " ")


def rows_within(html: str) -> list[str]:
    """The addresses of what the rows of a page are made of."""
    return [unescape(one) for one in re.findall(r'href="([^"]*[?&;]row=[^"]*)"', html)]


async def test_each_report_shows_its_figures_and_what_they_are_made_of(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        for name in ("receivables_aging", "sales", "tax_summary", "ec_sales", "trial_balance"):
            assert "Nothing in this period." in await said_at(viewer, f"{PLACE}/{name}"), name
        customer = await home.one.customer(books, "Ελαιώνας & <Søn>")
        first = (await home.one.issue(books, customer.id, quantity="80000")).document
        await home.one.issue(books, customer.id)
        await record_payment(books, PaymentRequest(invoice=first.number, amount=Decimal("1000")))
        wrong = (await home.one.issue(books, customer.id)).document
        await issue_credit_note(books, CreditRequest(invoice=wrong.number, reason="Wrong"))

        overview = await viewer.get(PLACE)
        assert "Who owes us what, and for how long?" in text_of(overview)
        aging = await viewer.get(f"{PLACE}/receivables_aging")
        assert "Ελαιώνας & <Søn> 1,199,030.00 0.00 1,199,030.00" in text_of(aging)
        assert "<Søn>" not in aging.text
        assert 'role="img"' in aging.text
        (why,) = rows_within(aging.text)
        open_invoices = await viewer.get(why)
        assert f'href="/o/{BAKERY}/invoices/{first.id}"' in open_invoices.text
        assert "1,199,000.00" in text_of(open_invoices)
        (account,) = re.findall(r'href="([^"]+/statement\?customer=[^"]+)"', open_invoices.text)
        said = await said_at(viewer, account)
        assert "16 Mar 2026 Paid TEST-INV-2026-00001 0.00 1,000.00" in said
        assert "Balance at the end" in said
        for by, words in {
            "customer": "Ελαιώνας & <Søn> 1,000,025.00",
            "item": "Without an item",
            "month": "March 2026",
        }.items():
            page = await viewer.get(f"{PLACE}/sales?by={by}")
            assert words in text_of(page), by
            assert f'href="/o/{BAKERY}/invoices/{first.id}"' in (await viewer.get(rows_within(page.text)[0])).text, by
        assert "March 2026: 1,000,025.00" in (await viewer.get(f"{PLACE}/sales?by=month")).text
        tax = await viewer.get(f"{PLACE}/tax_summary?period=2026-Q1")
        assert "1,000,025.00 200,005.00" in text_of(tax)
        assert first.number in text_of(await viewer.get(rows_within(tax.text)[0]))
        balance = await viewer.get(f"{PLACE}/trial_balance")
        assert first.number in text_of(await viewer.get(rows_within(balance.text)[0]))
        assert "issue invoice" in await said_at(viewer, f"{PLACE}/audit_trail")
        assert "Verify the books now" in await said_at(viewer, f"{PLACE}/verification")
        assert "Everything is as it was recorded." in await said_at(viewer, f"{PLACE}/verification?now=yes")


async def test_a_report_of_what_there_is_not_is_refused_beside_its_field(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        await import_former(books)
        refused = await owner.get(f"{PLACE}/tax_summary?period=soon")
        assert (refused.status_code, 'value="soon"' in refused.text) == (400, True)
        assert "2026-Q3" in text_of(refused)
        choice = await owner.get(f"{PLACE}/statement")
        assert "Whose account is it to be?" in text_of(choice)
        (account, *_) = re.findall(r'href="([^"]+/statement\?customer=[^"]+)"', choice.text)
        assert "Invoice of the former system OLD-" in await said_at(owner, f"{account}&period=2026")
        assert (await owner.get(f"{PLACE}/statement?customer=nobody")).status_code == 400
        assert heading_of(await owner.get(f"{PLACE}/receivables_aging?period=2025")) == "Receivables by age"
        for wrong in ("sales?row=nonsense", "sales?after=nonsense", "trial_balance?row=a%2Fb%2Fc"):
            place = f"{PLACE}/{wrong.partition('?')[0]}"
            assert (await owner.get(f"{PLACE}/{wrong}")).headers["location"] == place, wrong
        for nothing in ("journal", "x", "verification/file?format=csv", "sales/file?format=exe"):
            assert (await owner.get(f"{PLACE}/{nothing}")).status_code == 404, nothing


async def test_a_report_is_had_whole_as_a_file(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        customer = await home.one.customer(books, "Café Süd")
        await home.one.issue(books, customer.id)
        page = await owner.get(f"{PLACE}/sales?by=month&period=2026")
        links = [unescape(one) for one in re.findall(r'href="([^"]+)" download', page.text)]
        csv, semicolons, excel = [await owner.get(one) for one in links]
        assert csv.headers["content-type"].startswith("text/csv")
        assert f"attachment; filename*=UTF-8''{BAKERY}-sales" in csv.headers["content-disposition"]
        assert "no-store" in csv.headers["cache-control"]
        assert "2026-03" in csv.text
        assert "25.00" in csv.text
        assert "25,00" in semicolons.text
        assert excel.content.startswith(b"PK")
        assert (await owner.get(links[0].replace(BAKERY, FINCH))).status_code == 200
        assert (await home.site.send("GET", links[0])).status_code == 303
