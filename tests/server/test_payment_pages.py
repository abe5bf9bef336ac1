"""The pages on which what settles a document is recorded, and taken back."""

from __future__ import annotations

import re
from pathlib import Path

from operations.identity.browsing import new_mark
from operations.invoices import get_invoice
from tests.support.http import BAKERY, house
from tests.support.people import colleague
from tests.support.visits import heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/invoices"


async def test_a_payment_is_recorded_once_and_taken_back(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        customer = await home.one.customer(books, "Café Süd")
        invoice = (await home.one.issue(books, customer.id, quantity="40")).document
        at = f"{PLACE}/{invoice.id}"
        assert f'href="{at}/pay"' in (await owner.get(at)).text
        asked = await owner.get(f"{at}/pay")
        assert heading_of(asked) == f"Record a payment of {invoice.number}"
        assert 'name="amount" type="text" value="600.00"' in asked.text
        assert 'value="2026-03-16"' in asked.text
        for field, typed, status in (("amount", "six", 400), ("amount", "0", 400), ("paid_on", "x", 400)):
            wrong = await owner.post(f"{at}/pay", **{"amount": "1", "reference": "R <7>", field: typed})
            assert (wrong.status_code, f'href="#{field}"' in wrong.text) == (status, True), (field, typed)
            assert "R &lt;7&gt;" in wrong.text
        over = await owner.post(f"{at}/pay", kind="payment", amount="1,000")
        assert (over.status_code, "accept_overpayment" in over.text) == (400, True)
        assert 'value="1,000"' in over.text
        # Whoever goes back after a refusal sends the very same form again: it is not told to be there already.
        mark = new_mark()
        for amount in ("600.01", "600.02"):
            back_and_sent = await owner.post(f"{at}/pay", kind="payment", amount=amount, mark=mark)
            assert "600.00 GBP is owed" in text_of(back_and_sent), amount
        sent = {"kind": "payment", "amount": "250.5", "paid_on": "2026-03-10", "method": "card", "mark": mark}
        done = await owner.post(f"{at}/pay", **sent)
        assert done.headers["location"] == f"{at}?done=paid"
        again = await owner.post(f"{at}/pay", **sent)
        assert (again.status_code, heading_of(again)) == (409, "This was recorded already")
        assert "nothing was done a second time. See what came of it" in text_of(again)
        assert "What is shown once" not in text_of(again)
        page = await owner.get(f"{at}?done=paid")
        assert f"It is recorded of {invoice.number}." in text_of(page)
        assert "349.50 GBP still owed" in text_of(page)
        (back,) = set(re.findall(rf'href="({re.escape(at)}/payments/[^"]+/reverse)"', page.text))
        assert f"Take back 250.50 GBP of {invoice.number} for Harbour Bakery" in text_of(await owner.get(back))
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert "/reverse" not in (await viewer.get(at)).text
        assert [(await viewer.post(one)).status_code for one in (back, f"{at}/pay")] == [404, 404]
        assert (await owner.post(back)).headers["location"] == f"{at}?done=reversed"
        assert [(await owner.get(back)).status_code, (await owner.post(back)).status_code] == [404, 404]
        assert (await get_invoice(books, invoice.id)).balance.paid_minor == 0
        for kind, amount in (("write_off", "1"), ("charges", "2"), ("payment", "597")):
            assert (await owner.post(f"{at}/pay", kind=kind, amount=amount)).headers["location"] == f"{at}?done=paid"
        assert f'href="{at}/pay"' not in (await owner.get(at)).text
