"""The sums of a search, as an assistant reads them: a line per currency, in its own minor digits."""

from __future__ import annotations

from tests.support.assistant import text_of
from tests.tools.bakery import Bakery, sale


async def test_sums_stand_per_currency_in_the_answer_and_in_its_text(bakery: Bakery) -> None:
    """40.00 + 1.00 + 5.00 net before tax of 20 %; of the last, 1.00 was credited after all 6.00 had been paid."""
    async with bakery.chat() as chat:
        rate = {"issue_date": "2026-03-18", "exchange_rate": "0.5", "exchange_source": "Bank"}
        for currency, price in (("JPY", "1500"), ("KWD", "1.234")):
            await chat.ok("issue_invoice", **sale(unit_price=price), currency=currency, **rate)
        for limit in (1, 25):
            found = await chat.call("find_invoices", limit=limit)
            lines = text_of(found).splitlines()
            further = [f'5 more: repeat with cursor="{(found.structured_content or {})["next_cursor"]}".']
            assert lines[1 + min(limit, 6) :] == [
                "3 invoices, 1 credit note: net 45.00, tax 9.00, total 54.00, open 49.20, owed to customers 1.20 GBP",
                "1 invoice: net 1500, tax 300, total 1800, open 1800 JPY",
                "1 invoice: net 1.234, tax 0.247, total 1.481, open 1.481 KWD",
                *(further if limit == 1 else []),
            ]
            sums = (found.structured_content or {})["sums"]
            assert [one["currency"] for one in sums] == ["GBP", "JPY", "KWD"]
            assert sums[1] == {
                "currency": "JPY",
                "count": 1,
                "invoices": 1,
                "credit_notes": 0,
                "net_total": "1500",
                "tax_total": "300",
                "total": "1800",
                "amount_due": "1800",
                "owed_to_customers": "0",
            }
        drafts = text_of(await chat.call("find_invoices", status="draft")).splitlines()
        assert drafts[-1] == "1 draft: net 3.00, tax 0.60, total 3.60 GBP"
        nothing = await chat.call("find_invoices", query="nothing like this")
        assert (nothing.structured_content or {})["sums"] == []
