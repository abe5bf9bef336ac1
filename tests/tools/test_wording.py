"""What an assistant reads: short, each thing once, under the names that the next call takes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoicing.text.typed import counted
from operations.access import FileLink
from tests.support.assistant import assistant, text_of
from tests.tools.bakery import HANDLE, Bakery, sale
from views.words import price_text


@pytest.mark.parametrize(
    ("price", "currency", "text"),
    [
        ("12.5", "GBP", "12.50"),
        ("12", "GBP", "12.00"),
        ("0", "EUR", "0.00"),
        ("0.125", "GBP", "0.125"),
        ("12.500000", "GBP", "12.50"),
        ("1200", "JPY", "1200"),
        ("0.5", "JPY", "0.5"),
        ("1.5", "KWD", "1.500"),
        ("-1.5", "USD", "-1.50"),
    ],
)
def test_a_price_has_at_least_the_decimals_of_its_currency(price: str, currency: str, text: str) -> None:
    assert price_text(Decimal(price), currency) == text


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [(0, "draft", "0 drafts"), (1, "draft", "1 draft"), (2, "tax authority", "2 tax authorities"), (1, "a b", "1 a b")],
)
def test_one_thing_is_counted_as_one(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text


async def test_nothing_is_counted_in_the_wrong_number(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        made = await chat.call("create_client_organization", name="Finch", country="GB", copy_from="ledger-co-sandbox")
        assert "1 tax authority, 10 tax codes, 2 withholdings, 5 payment terms, 6 agents" in text_of(made)
        assert "6 skills, 1 posting profile, 2 transaction" in text_of(made)
        await chat.ok("save_customer", organization="finch-sandbox", name="Only One")
        assert "0 documents, 0 drafts, 1 customer, 0 items" in text_of(await chat.call("list_clients"))
        shown = await chat.call("get_organization", organization="finch-sandbox")
        assert "0 documents, 0 drafts, 1 customer, 0 items" in text_of(shown)
        one = {"format": "csv", "kind": "credit_note", "organization": HANDLE}
        assert "\n1 document as csv" in text_of(await chat.call("export_documents", **one))
        journal = text_of(await chat.call("export_documents", format="beancount", organization=HANDLE))
        assert re.search(r"\n\d+ entries as beancount", journal)
        refused = text_of(await chat.call("export_documents", format="datev", organization=HANDLE))
        assert "datev is for organizations in Germany" in refused


async def test_an_export_says_how_many_amounts_could_not_be_converted(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        here = {"organization": HANDLE}
        made = await chat.call("export_documents", format="csv_semicolon", **here)
        assert "exchange rate" not in text_of(made)
        customer = (await chat.ok("save_customer", name="Foreign Buyer", **here))["customer"]["id"]
        line = {"description": "Bread", "quantity": 1, "unit_price": "10"}
        await chat.ok("issue_invoice", customer=customer, lines=[line], currency="EUR", issue_date="2026-03-18", **here)
        made = await chat.call("export_documents", format="csv_semicolon", **here)
        assert "1 document is in another currency without an exchange rate" in text_of(made)
        assert made.structured_content is not None
        assert len(made.structured_content["notes"]) == 1


async def test_a_new_client_is_described_without_words_of_our_own_making(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        fresh = text_of(await chat.call("create_client_organization", name="Finch", country="DE"))
        assert "\nFrom country file DE: 43 accounts, 1 tax authority," in fresh
        assert 'To work in it: organization="finch-sandbox", or switch_organization.' in fresh
        wanted = {"name": "Rook", "country": "GB", "copy_from": "ledger-co-sandbox", "copy_entity_configuration": False}
        copied = text_of(await chat.call("create_client_organization", **wanted))
        assert "\nFrom ledger-co-sandbox: 43 accounts, 1 tax authority," in copied
        assert "\nPosting profiles: those that are usual with the chart." in copied
        for text in (fresh, copied):
            assert not any(word in text for word in ("Layer", "layer", "schema", "entity", "_codes"))


async def test_organizations_are_listed_by_what_they_are_to_the_practice(bakery: Bakery) -> None:
    office = replace(bakery.office, public_url="https://books.example.com")
    async with assistant(office) as chat:
        lines = text_of(await chat.call("list_organizations")).splitlines()
    assert lines[1:] == [
        "- Ledger & Co (ledger-co-sandbox): practice, sandbox, GB GBP, you: owner",
        f"- Harbour Bakery ({HANDLE}): client of ledger-co-sandbox, sandbox, GB GBP, you: owner",
        "Each has a connection of its own: https://books.example.com/mcp/{handle}",
    ]


async def test_readiness_says_each_missing_thing_once_and_how_to_set_it(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        await chat.ok("create_client_organization", name="Finch", country="GB", environment="live")
        missing = "address (line1, city, postal_code), vat_registration and iban (or account_number)."
        for tool, arguments in (("list_clients", {}), ("get_organization", {"organization": "finch"})):
            text = text_of(await chat.call(tool, **arguments))
            assert f"Live invoices in United Kingdom still need {missing}" in text
            assert text.count("Set it with update_organization.") == 1
            assert all(text.count(field) == 1 for field in ("line1", "postal_code", "tax_number", "iban"))
        document = {**sale(), "organization": "finch", "customer": "Inn"}
        await chat.ok("save_customer", organization="finch", name="Inn", address={"line1": "1 Road", "city": "Leeds"})
        refused = await chat.refused("issue_invoice", **document)
        assert refused["code"] == "not_ready"
        assert refused["message"].count("update_organization") == 1
        shown = text_of(await chat.call("draft_invoice", **document))
        assert shown.count("Cannot be issued yet: Live invoices in United Kingdom") == 1
        assert "To issue it" not in shown
        sandbox = text_of(await chat.call("get_organization", organization=HANDLE))
        assert "Ready to issue (test documents). Live invoices in United Kingdom still need" in sandbox


async def test_a_document_is_named_by_its_number_and_called_issued_once(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        issued = text_of(await chat.call("issue_invoice", **sale(unit_price="12.5"), issue_date="2026-03-18"))
        number = issued.split("Issued ")[1].split(" ")[0]
        assert issued.casefold().count("issued") == 1
        assert f"Issued {number} to Hotel Bristol [{bakery.made.customer}], dated 2026-03-18, due 2026-04-17." in issued
        assert "1 x 12.50 = 12.50" in issued
        shown = text_of(await chat.call("get_invoice", invoice=number))
        assert f"Invoice {number} to Hotel Bristol [{bakery.made.customer}], by owner@example.com: issued, " in shown
        assert shown.casefold().count("issued") == 1
        assert "inv_" not in issued + shown
        assert f"Open of {number}: 15.00 GBP." in shown
        assert "0.00" not in shown


async def test_a_draft_shows_the_note_the_order_and_the_period_that_will_be_printed(bakery: Bakery) -> None:
    told = {"note": "For November", "purchase_order": "PO-7", "supply_date": "2026-03-01", "supply_end": "2026-03-15"}
    async with bakery.chat() as chat:
        drafted = text_of(await chat.call("draft_invoice", **sale(), **told, issue_date="2026-03-18"))
        assert ", supplied 2026-03-01 to 2026-03-15, purchase order PO-7." in drafted
        assert "\nNote: For November\n" in drafted
        issued = await chat.ok("issue_invoice", **sale(), **told, issue_date="2026-03-18")
        copied = text_of(await chat.call("draft_invoice", copy_of=issued["invoice"]["number"]))
        assert "\nNote: For November\n" in copied, "last month's note is not carried over unseen"
        plain = text_of(await chat.call("draft_invoice", **sale(), issue_date="2026-03-18"))
        assert "Note:" not in plain
        assert "purchase order" not in plain


async def test_a_credit_note_is_due_on_no_day_and_listed_with_the_number_of_its_invoice(bakery: Bakery) -> None:
    wanted = {"invoice": bakery.made.number, "reason": "Burnt"}
    async with bakery.chat() as chat:
        result = await chat.call("issue_credit_note", **wanted)
        note = (result.structured_content or {})["credit_note"]
        texts = [text_of(result), text_of(await chat.call("get_invoice", invoice=note["number"]))]
        listed = text_of(await chat.call("find_invoices", query=note["number"]))
        assert note["due_date"] is None
        assert all(" due " not in text for text in [*texts, listed.splitlines()[1]])
        assert f", credit note on {bakery.made.number}" in listed
        assert "inv_" not in listed
        assert f"It credits {bakery.made.number}: Burnt" in texts[0]
        assert f'A corrected invoice: draft_invoice with copy_of="{bakery.made.number}"' in texts[0]
        (paid,) = [one for one in (await chat.ok("find_invoices"))["invoices"] if one["id"] == bakery.made.paid]
        part = {"invoice": paid["number"], "reason": "Stale", "lines": [{"position": 1, "quantity": "1"}]}
        in_part = text_of(await chat.call("issue_credit_note", **part))
        assert f"It credits {paid['number']} in part: Stale" in in_part
        assert "A corrected invoice" not in in_part


async def test_who_asks_what_is_owed_where_nothing_is_gets_that_for_an_answer(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        while owed := (await chat.ok("find_invoices", status="open"))["invoices"]:
            await chat.ok("record_payment", invoice=owed[0]["id"], amount=owed[0]["amount_due"])
        for wanted in ({}, {"customer": "Hotel Bristol"}):
            assert text_of(await chat.call("find_invoices", status="open", **wanted)).endswith("\nNothing is owed.")
        searched = text_of(await chat.call("find_invoices", status="open", query="Nobody"))
        assert "find more" in searched


async def test_sums_are_told_only_where_there_are_several_entries(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        await chat.ok("record_payment", invoice=bakery.made.number, amount=10)
        once = text_of(await chat.call("get_invoice", invoice=bakery.made.number))
        assert "Paid 10.00. Open" not in once
        await chat.ok("record_payment", invoice=bakery.made.number, amount=5)
        twice = text_of(await chat.call("get_invoice", invoice=bakery.made.number))
        assert f"Paid 15.00. Open of {bakery.made.number}: 33.00 GBP." in twice


async def test_customers_of_a_list_have_an_id_only_where_the_name_does_not_tell_them_apart(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        twins = (await chat.ok("find_customers", query="Twin"))["customers"]
        for twin in twins:
            await chat.ok("issue_invoice", **{**sale(), "customer": twin["id"]}, issue_date="2026-03-18")
        text = text_of(await chat.call("find_invoices"))
        assert all(f"Twin [{twin['id']}]: net" in text for twin in twins)
        assert "Hotel Bristol: net" in text


async def test_an_address_is_shown_whole_and_what_matters_for_invoicing_with_it(bakery: Bakery) -> None:
    address = {"line1": "1 Main Street", "city": "Springfield", "region": "IL", "postal_code": "62701"}
    wanted = {"name": "Diner", "country": "US", "address": address, "currency": "USD", "payment_terms": "NET7"}
    async with bakery.chat() as chat:
        text = text_of(await chat.call("save_customer", **wanted, note="Ring twice\nthen wait"))
        assert "1 Main Street, 62701 Springfield, IL, US, NET7, invoiced in USD; note: Ring twice" in text


async def test_a_file_says_until_when_its_link_opens(bakery: Bakery) -> None:
    until = datetime(2026, 3, 16, 13, 0, tzinfo=UTC)
    office = replace(bakery.office, link_to=lambda *_: FileLink("https://books.example.com/files/x", until))
    async with assistant(office, organization=HANDLE) as chat:
        text = text_of(await chat.call("render_document", document=bakery.made.number))
    where = "https://books.example.com/files/x"
    assert text.splitlines()[1] == f"{bakery.made.number} as PDF, open until 2026-03-16 13:00 UTC: {where}"


async def test_changing_an_organization_tells_what_changed_and_not_its_whole_setup(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        text = text_of(await chat.call("update_organization", phone="+44 20 7946 0000", payment_qr=False))
        assert text.splitlines()[1] == "Updated: payment_qr: false; phone: +44 20 7946 0000."
        assert "Tax codes" not in text


REFUSED = [
    ("find_items", {"limit": "many"}, "limit must be a whole number."),
    ("draft_invoice", {"customer": "Hotel Bristol", "lines": [{"description": "x"}]}, "lines[0].quantity is required."),
    ("draft_invoice", sale(price="1"), "lines[0].price is not a field here; known are item, description, quantity,"),
    ("draft_invoice", {"lines": ["Rolls"]}, "lines[0] must be an object with named fields."),
    ("draft_invoice", sale(supply="air"), "lines[0].supply must be 'goods' or 'services'."),
    ("draft_invoice", {**sale(), "issue_date": "soon"}, "issue_date must be a date such as 2026-03-31."),
    ("save_customer", {"name": 7}, "name must be a text."),
    ("draft_invoice", {**sale(), "lines": 7}, "lines must be a list."),
]


@pytest.mark.parametrize(("tool", "arguments", "message"), REFUSED, ids=[message for *_, message in REFUSED])
async def test_an_argument_of_the_wrong_form_is_refused_in_our_words(
    bakery: Bakery, tool: str, arguments: dict[str, object], message: str
) -> None:
    async with bakery.chat() as chat:
        assert (await chat.refused(tool, **arguments))["message"].startswith(message)
