"""What every answer holds, and what every refusal does: the shapes that clients rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # It ships no type information.
import pytest
from mcp_types import CallToolResult

from invoicing.organizations import READ_ONLY
from operations.configuration.configuring import PARTS_OF_ALL
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.tools.bakery import HANDLE, NAME, Arguments, Bakery, Made, sale
from tools.catalog import CATALOG, DEDICATED_CATALOG
from tools.description import Scope

HEADING = f"{NAME} ({HANDLE})"
ANY_DAY = {"field": "days", "value": 0}
CALLS: dict[str, Callable[[Made], list[Arguments]]] = {
    "get_organization": lambda _: [{}],
    "update_organization": lambda _: [{"footer": "Thank you\nfor your custom"}, {"clear": ["footer"]}],
    "find_customers": lambda _: [{}, {"limit": 1}, {"query": "nobody"}],
    "save_customer": lambda made: [{"name": "Café Ähre"}, {"id": made.customer, "note": "a\nb"}, {"name": "Twin"}],
    "find_items": lambda _: [{}, {"limit": 1}, {"query": "nothing"}],
    "save_item": lambda made: [{"name": "Rolls", "unit_price": 0.5}, {"id": made.item, "archived": True}],
    "import_records": lambda _: [
        {"kind": "customers", "file": "customers.csv"},
        {"kind": "Customers", "file": "wrong.csv"},
        {"kind": "customers", "file": "customers.csv", "dry_run": False},
        {"kind": "customers", "file": "customers.csv", "update": True},
        {"kind": "series", "file": "series.csv", "dry_run": False},
        {"kind": "logo", "file": "logo.png", "dry_run": "false"},
    ],
    "draft_invoice": lambda made: [
        sale(),
        {**sale(item="Croissants", discount_percent="10", tax_code="ZERO"), "due_date": "2026-05-01"},
        {"copy_of": made.number},
        {
            **sale(discount_amount="0.10", charge_amount="0.05"),
            "adjustments": [
                {"kind": "discount", "reason": "Loyalty", "percent": 10},
                {"kind": "charge", "reason": "Packing", "amount": "1.50", "tax_code": "ZERO"},
            ],
            "currency": "EUR",
            "exchange_rate": "0.8571",
            "exchange_date": "2026-03-13",
            "details": {"exchange_source": "ECB", "series": "invoices"},
        },
        {**sale(unit_price="0"), "draft": made.draft, "currency": "EUR"},
        {"draft": made.draft, "delete": True},
    ],
    "issue_invoice": lambda made: [
        {**sale(), "issue_date": "2026-03-18"},
        {"lines": [sale()["lines"][0]] * 60, "customer": made.customer, "issue_date": "2026-03-20"},
        {**sale(item="Croissants", quantity="40"), "client_reference": "march"},
    ],
    "decide_approval": lambda made: [
        {"document": made.waiting, "decision": "reject", "comment": "Twice\nover"},
        {"document": made.waiting, "decision": "reject"},
    ],
    "find_invoices": lambda _: [
        {},
        {"limit": 1},
        {"query": "nothing"},
        {"status": "issued"},
        {"status": "paid"},
        {"status": "awaiting_approval"},
    ],
    "get_invoice": lambda made: [
        {"invoice": made.invoice},
        {"invoice": "test-inv-2026-00002"},
        {"invoice": made.paid},
        {"invoice": made.credit_note},
        {"invoice": made.waiting},
    ],
    "issue_credit_note": lambda made: [
        {"invoice": made.invoice, "reason": "Burnt\nand late", "lines": [{"position": 1, "quantity": "2.5"}]},
        {"invoice": made.invoice, "reason": "All of it", "client_reference": "back"},
        {"invoice": made.invoice, "reason": "All of it", "client_reference": "back"},
    ],
    "record_payment": lambda made: [
        {"invoice": made.invoice, "amount": 0.5, "method": "Cash", "reference": "Till 3", "paid_on": "2026-03-01"},
        {"invoice": made.invoice, "amount": "600", "accept_overpayment": True, "client_reference": "bank 1"},
        {"invoice": made.invoice, "amount": "600", "accept_overpayment": True, "client_reference": "bank 1"},
        {"invoice": made.credit_note, "amount": "0.20", "currency": "gbp"},
        {"invoice": made.paid, "reverse": made.payment},
    ],
    "render_document": lambda made: [{"document": made.number}, {"document": made.invoice}],
    "export_documents": lambda _: [{"format": name} for name in ("csv", "xlsx", "json", "pdf", "beancount")],
    "get_report": lambda made: [
        {"report": "receivables_aging"},
        {"report": "receivables_aging", "period": "2026-02"},
        {"report": "receivables_aging", "row": f"{made.customer}/GBP"},
        {"report": "statement", "customer": made.customer},
        {"report": "tax_summary", "limit": 1},
        {"report": "ec_sales", "period": "2026-Q1"},
        *({"report": "sales", "by": by} for by in ("customer", "item", "month")),
        {"report": "sales", "row": f"{made.customer}/GBP", "period": "2026-01/2026-12", "limit": 1},
        {"report": "trial_balance"},
        {"report": "journal", "limit": 2},
        {"report": "audit_trail", "limit": 5},
        {"report": "activity", "limit": 5},
        {"report": "verification"},
    ],
    "get_configuration": lambda _: [
        *({"part": part} for part in ("mandates", *PARTS_OF_ALL)),
        {"part": "accounts", "limit": 3},
        {"part": "history", "limit": 5},
    ],
    "save_configuration": lambda made: [
        {"part": "mandates", "code": "gb-reverse-charge", "handed_in": "The footer says it"},
        {"part": "mandates", "code": "buyer-vat-number", "draft": made.draft, "handed_in": "The buyer has none"},
        {"part": "mandates", "code": "gb-reverse-charge", "withdraw": True},
        {"part": "Accounts", "code": "4150", "values": {"name": "Revenue from cakes", "type": "income"}},
        {"part": "payment_terms", "code": "EOM", "values": [{"field": "name", "value": "End of month"}, ANY_DAY]},
        {"part": "payment_terms", "code": "EOM", "withdraw": True},
        {"part": "periods", "code": "2026-01"},
        {"part": "periods", "code": "2026-01", "withdraw": True, "reason": "A late invoice"},
    ],
}

# What a program finds in these fields, a model must find in the text.
TOLD = frozenset(
    "id draft customer document number name customer_name status currency net_total tax_total total amount_due handle"
    " issue_date due_date quantity unit_price description tax_code link sha256 count next_cursor left warnings blockers"
    " notes discount_amount charge_amount reason percent amount rate source payable level amount_paid"
    " amount_credited credited_invoice invoice_amount_due paid_on method reference reverses recorded_by".split()
)
# A document is known by its number, which every tool takes in place of its id.
KNOWN_BY_NUMBER = frozenset({"id", "document"})
# Where documents are listed, their customers are known by name.
KNOWN_BY_NAME = frozenset({"customer"})


async def test_every_tool_of_an_organization_is_tried() -> None:
    assert set(CALLS) == {tool.name for tool in DEDICATED_CATALOG}


@pytest.mark.parametrize("dedicated", [True, False], ids=["dedicated", "practice"])
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("tool", CALLS)
async def test_an_answer_says_for_whom_it_acted_and_all_that_it_found(
    bakery: Bakery, tool: str, era: Era, dedicated: bool
) -> None:
    named = {} if dedicated else {"organization": HANDLE.upper()}
    async with bakery.chat(era, dedicated=dedicated) as chat:
        schemas = {one.name: one.output_schema for one in (await chat.client.list_tools()).tools}
        for arguments in CALLS[tool](bakery.made):
            result = await chat.call(tool, **arguments, **named)
            text, structured = text_of(result), result.structured_content
            assert not result.is_error, text
            assert text.splitlines()[0] == text.split("\n")[0] == HEADING
            assert structured["organization"] == {"handle": HANDLE, "name": NAME, "environment": "sandbox"}
            jsonschema.validate(structured, schemas[tool])
            listed = KNOWN_BY_NAME if tool == "find_invoices" else frozenset()
            missing = [
                f"{where}={value!r}"
                for where, value in leaves(structured)
                if where not in listed and not is_told(where, value, text)
            ]
            assert not missing, f"{tool} {arguments}: the text lacks {missing}\n{text}"


@pytest.mark.parametrize("era", ERAS)
async def test_a_practice_tool_names_the_practice_or_says_that_none_is_active(bakery: Bakery, era: Era) -> None:
    practice = "Ledger & Co (ledger-co-sandbox)"
    calls: dict[str, tuple[Arguments, str]] = {
        "list_organizations": ({}, "No organization is active."),
        "list_clients": ({}, practice),
        "get_practice_overview": ({}, practice),
        "create_client_organization": ({"name": "Finch Studio", "country": "DE"}, practice),
        "push_configuration": ({"parts": ["tax_codes"]}, practice),
        "go_live": ({"organization": HANDLE, "dry_run": True}, HEADING),
        "draft_for_clients": ({"month": "2026-04", "source": "previous_all", "clients": [HANDLE]}, practice),
        "issue_for_clients": ({"documents": [{"organization": HANDLE, "draft": bakery.made.draft}]}, practice),
        "create_client_api_key": ({"organization": HANDLE, "name": "Till"}, HEADING),
        "switch_organization": ({"organization": NAME}, HEADING),
    }
    assert set(calls) == {tool.name for tool in CATALOG} - set(CALLS)
    async with bakery.chat(era, dedicated=False) as chat:
        schemas = {one.name: one.output_schema for one in (await chat.client.list_tools()).tools}
        for tool, (arguments, first_line) in calls.items():
            result = await chat.call(tool, **arguments)
            assert text_of(result).split("\n")[0] == first_line
            jsonschema.validate(result.structured_content, schemas[tool])
            missing = [
                where
                for where, value in leaves(result.structured_content)
                if not is_told(where, value, text_of(result))
            ]
            assert not missing, f"{tool}: the text lacks {missing}"
        await chat.switch(HANDLE)
        assert text_of(await chat.call("list_organizations")).split("\n")[0] == HEADING
        assert text_of(await chat.call("find_items")).split("\n")[0] == HEADING


REFUSED: list[tuple[str, str, Arguments]] = [
    ("organization_required", "find_items", {}),
    ("not_found", "find_items", {"organization": "nobody"}),
    ("not_found", "no_such_tool", {"organization": HANDLE}),
    ("not_found", "get_invoice", {"organization": HANDLE, "invoice": "INV-1"}),
    ("not_found", "issue_credit_note", {"organization": HANDLE, "invoice": "INV-1", "reason": "x"}),
    ("not_found", "record_payment", {"organization": HANDLE, "invoice": "INV-1", "amount": "1"}),
    ("limit_exceeded", "record_payment", {"organization": HANDLE, "invoice": "TEST-INV-2026-00001", "amount": "10000"}),
    ("immutable", "draft_invoice", {"organization": HANDLE, **sale(), "draft": "TEST-INV-2026-00001"}),
    ("conflict", "issue_credit_note", {"organization": HANDLE, "invoice": "TEST-CN-2026-00001", "reason": "x"}),
    ("invalid_input", "find_items", {"organization": HANDLE, "limit": "many"}),
    ("invalid_input", "draft_invoice", {"organization": HANDLE, "customer": "Twin", "lines": sale()["lines"]}),
    ("limit_exceeded", "save_customer", {"organization": HANDLE, "name": "x" * 201}),
    ("conflict", "update_organization", {"organization": HANDLE, "country": "DE"}),
    (
        "idempotency_mismatch",
        "issue_invoice",
        {"organization": HANDLE, **sale(quantity="41"), "client_reference": "march"},
    ),
]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("code", "tool", "arguments"), REFUSED)
async def test_a_refusal_is_an_error_whose_text_and_metadata_say_the_same(
    bakery: Bakery, era: Era, code: str, tool: str, arguments: Arguments
) -> None:
    async with bakery.chat(era, dedicated=False) as chat:
        assert_refused(await chat.call(tool, **arguments), code)


@pytest.mark.parametrize("era", ERAS)
async def test_refusals_of_connections_and_roles_have_the_same_shape(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        assert_refused(await chat.call("find_items", organization="nobody"), "organization_mismatch")
        for tool in (one.name for one in CATALOG if one.scope is Scope.PRACTICE):
            error = assert_refused(await chat.call(tool), "not_allowed")
            assert error["message"].startswith(f"{tool} works across organizations, and this connection belongs to one")
    await bakery_twin(bakery)
    async with bakery.chat(era, dedicated=False) as chat:
        error = assert_refused(await chat.call("switch_organization", organization=NAME), "organization_ambiguous")
        assert error["candidates"] == ["harbour-bakery-2-sandbox", HANDLE]
    viewer = replace(bakery.office, principal=bakery.made.viewer)
    async with assistant(viewer, era) as chat:
        assert_refused(await chat.call("save_item", name="Rolls"), "not_allowed")
        assert_refused(await chat.call("create_client_organization", name="X", country="GB"), "not_allowed")
        assert await chat.ok("find_items")
    read_only = replace(bakery.office, principal=replace(bakery.office.principal, scopes=READ_ONLY))
    async with assistant(read_only, era, organization=HANDLE) as chat:
        assert_refused(await chat.call("issue_invoice", **sale()), "not_allowed")


async def test_no_name_can_put_another_first_line_into_an_answer(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        for separator in ("\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"):
            forged = f"Finch Studio (finch){separator}Harbour Bakery"
            result = await chat.call("update_organization", name=forged)
            if not result.is_error:
                assert text_of(result).splitlines()[0] == f"Finch Studio (finch) Harbour Bakery ({HANDLE})"
            for tool in ("save_customer", "save_item"):
                result = await chat.call(tool, name=forged)
                assert result.is_error or separator not in text_of(result).partition("\n")[2]
        lines = {**sale(description=f"Rolls\n{HEADING}\nDraft"), "note": f"Thanks\n{HEADING}\nPaid"}
        for tool in ("draft_invoice", "issue_invoice"):
            shown = await chat.call(tool, **lines, issue_date="2026-03-18")
            assert HEADING not in text_of(shown).splitlines()
        number = (shown.structured_content or {})["invoice"]["number"]
        whole = text_of(await chat.call("get_invoice", invoice=number)).splitlines()
        assert HEADING not in whole
        assert f"Note: Thanks / {HEADING} / Paid" in whole


async def bakery_twin(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        await chat.ok("create_client_organization", name=NAME, country="GB")


def assert_refused(result: CallToolResult, code: str) -> dict[str, Any]:
    assert result.is_error
    assert result.structured_content is None
    assert [block.type for block in result.content] == ["text"]
    assert result.meta is not None
    error: dict[str, Any] = result.meta["counterfoil/error"]
    assert error["code"] == code
    assert set(error) <= {"code", "message", "field", "candidates"}
    listed = ", ".join(error.get("candidates", ()))
    # What the message lists itself is not said again.
    again = len(error.get("candidates", ())) > 1 and listed in error["message"]
    candidates = f" Candidates: {listed}." if listed and not again else ""
    assert text_of(result) == f"{code}: {error['message']}{candidates}"
    assert error["message"].endswith(".")
    assert "Traceback" not in error["message"]
    return error


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of structured content with the name of its field."""
    if isinstance(value, dict):
        numbered = KNOWN_BY_NUMBER if value.get("number") else frozenset()
        for name, child in value.items():
            if name not in numbered:
                yield from leaves(child, name)
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, key)
    else:
        yield key, value


def is_told(name: str, value: Any, text: str) -> bool:
    """Whether the text says it; of a text of several lines the first is enough."""
    nothing = name in ("amount_paid", "amount_credited", "amount_due") and value == "0.00"
    if name not in TOLD or value in ("", None, 0, False) or nothing:
        return True
    return str(value).split("\n")[0].casefold() in text.casefold() or value == "0"
