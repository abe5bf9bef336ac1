"""Documents in a real browser: written, issued, paid and credited by keyboard alone, and issued on a phone."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.async_api import Page, expect

from invoicing.document.requested import RequestedDocument, RequestedLine
from operations.drafts import DraftRequest, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_invoices
from tests.support.browsing import PHONE, Browsed
from tests.support.http import BAKERY

PLACE = f"/o/{BAKERY}/invoices"


async def test_an_invoice_is_written_issued_paid_and_credited_by_keyboard_alone(at_home: Browsed) -> None:
    books, page = at_home.home.one.books(at_home.home.bakery), at_home.page
    await at_home.home.one.customer(books, "Hotel Bristol")
    await at_home.sign_in()
    await at_home.open(f"{PLACE}/drafts/new")
    await type_into(page, "Customer", "Hotel Bristol")
    await type_into(page, "Description", "Bread of the week")
    await type_into(page, "Quantity", "40")
    await type_into(page, "Price", "12.50")
    # Nothing is pressed: the paper and its total come by themselves.
    await expect(page.locator("#preview")).to_contain_text("600.00")
    await expect(page.get_by_role("img", name="The paper as it would be")).to_be_visible()
    await press(page, "button", "Save as a draft")
    await press(page, "link", "Issue…")
    await expect(page.get_by_role("heading", name="Issue TEST-INV-2026-00001?")).to_be_visible()
    for tick in await page.get_by_role("checkbox").all():
        await tick.focus()
        await page.keyboard.press("Space")
    await press(page, "button", "Issue TEST-INV-2026-00001 for Harbour Bakery")
    await expect(page.get_by_role("status")).to_have_text("TEST-INV-2026-00001 is issued.")
    await press(page, "link", "Record a payment")
    await type_into(page, "Amount (GBP)", "100")
    await press(page, "button", "Record it of TEST-INV-2026-00001 for Harbour Bakery")
    await expect(page.get_by_text("500.00 GBP")).to_be_visible()
    await press(page, "link", "Credit it")
    await type_into(page, "Reason", "Never delivered")
    await press(page, "button", "Show the credit note")
    await press(page, "button", "Issue TEST-CN-2026-00001 for Harbour Bakery")
    await expect(page.get_by_role("heading", name="Credit note TEST-CN-2026-00001")).to_be_visible()


async def test_a_prepared_draft_is_issued_on_a_phone_and_in_a_second_tab_nothing_is_done_twice(
    at_home: Browsed,
) -> None:
    books, page = at_home.home.one.books(at_home.home.bakery), at_home.page
    customer = await at_home.home.one.customer(books, "Hotel Bristol")
    line = RequestedLine(description="Bread", quantity=Decimal(2), unit_price=Decimal(5))
    draft = await draft_invoice(books, DraftRequest(document=RequestedDocument(customer.id, (line,))))
    await at_home.sign_in()
    await page.set_viewport_size(PHONE)
    await at_home.open(f"{PLACE}?status=draft")
    await page.get_by_role("cell").get_by_role("link", name="Draft").click()
    await page.get_by_role("link", name="Issue…").click()
    second = await at_home.context.new_page()
    await second.goto(f"{at_home.home.site.url}{PLACE}/drafts/{draft.draft}/issue")
    for one in (page, second):
        await expect(one.get_by_role("heading", name="Issue TEST-INV-2026-00001?")).to_be_visible()
        for tick in await one.get_by_role("checkbox").all():
            await tick.check()
    await page.get_by_role("button", name=re.compile("^Issue TEST-INV")).click()
    await expect(page.get_by_role("status")).to_have_text("TEST-INV-2026-00001 is issued.")
    await second.get_by_role("button", name=re.compile("^Issue TEST-INV")).click()
    await expect(second.get_by_role("heading", name="Issued already")).to_be_visible()
    assert len((await find_invoices(books, InvoiceSearch(), cursor="", limit=9)).items) == 1


async def type_into(page: Page, label: str, text: str) -> None:
    """Type into a field as it is reached by the keyboard: what stood there is replaced."""
    await page.get_by_label(label).first.focus()
    await page.keyboard.press("Control+a")
    await page.keyboard.type(text)


async def press(page: Page, role: str, name: str) -> None:
    """Press a button or follow a link by the keyboard."""
    await page.get_by_role(role, name=name).first.focus()  # type: ignore[arg-type]  # A role by its name.
    await page.keyboard.press("Enter")
