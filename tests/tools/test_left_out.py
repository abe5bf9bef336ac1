"""What is left out changes nothing, in whichever form a client leaves it out: a strict one sends every argument."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from storage.books.pool import BOOKS_FILE
from tests.support.assistant import ERAS, Era
from tests.support.raw import raw
from tests.tools.bakery import HANDLE, Arguments, Bakery
from tools.catalog import CATALOG
from tools.description import Description

SCHEMAS = {tool.name: tool.for_practice().parameters for tool in CATALOG}

# An ordinary call of each tool: what it needs, and nothing that it does not.
CALLS: dict[str, Arguments] = {
    "list_organizations": {},
    "switch_organization": {"organization": HANDLE},
    "list_clients": {},
    "get_practice_overview": {},
    "create_client_organization": {"name": "Finch Studio", "country": "DE"},
    "push_configuration": {"parts": ["payment_terms"]},
    "create_client_api_key": {"organization": HANDLE, "name": "Till"},
    "go_live": {"organization": HANDLE, "dry_run": True},
    "draft_for_clients": {"month": "2026-04", "source": "previous_all", "clients": [HANDLE]},
    "issue_for_clients": {"documents": [{"organization": HANDLE, "draft": "drf_0"}]},
    "get_organization": {},
    "update_organization": {"name": "Harbour Bakery 2"},
    "get_configuration": {"part": "mandates"},
    "save_configuration": {"part": "mandates", "code": "buyer-vat-number", "handed_in": "By hand", "draft": "{draft}"},
    "find_customers": {},
    "save_customer": {"id": "{customer}", "phone": "2"},
    "find_items": {},
    "save_item": {"id": "{item}", "sku": "CR-2"},
    "import_records": {"kind": "customers", "file": "customers.csv"},
    "draft_invoice": {
        "customer": "Hotel Bristol",
        "lines": [{"quantity": "2", "item": "Croissants"}],
        "issue_date": "2026-03-18",
    },
    "issue_invoice": {
        "customer": "Hotel Bristol",
        "lines": [{"quantity": "2", "item": "Croissants"}],
        "issue_date": "2026-03-18",
    },
    "decide_approval": {"document": "{waiting}", "decision": "reject"},
    "find_invoices": {},
    "get_invoice": {"invoice": "{number}"},
    "issue_credit_note": {"invoice": "{number}", "reason": "Returned", "lines": [{"position": 1}]},
    "record_payment": {"invoice": "{number}", "amount": "1"},
    "render_document": {"document": "{number}"},
    "get_report": {"report": "sales", "period": "2026"},
    "export_documents": {"format": "csv"},
}


def test_every_tool_is_called() -> None:
    assert set(CALLS) >= {tool.name for tool in CATALOG}


@pytest.mark.parametrize("tool", CATALOG, ids=lambda tool: tool.name)
def test_each_optional_argument_has_a_value_that_leaves_it_out(tool: Description) -> None:
    for where, schema, required in properties(SCHEMAS[tool.name], tool.name):
        assert isinstance(schema.get("type"), str), f"{where}: one type, never null"
        assert required or "enum" not in schema, f"{where}: a strict client would have to choose"
        if not required and schema["type"] == "boolean":
            name = where.rpartition(".")[2]
            assert tool.for_practice().fn_metadata.arg_model.model_fields[name].default is False, where
        if not required and schema["type"] in ("integer", "number"):
            assert where.rpartition(".")[2] in ("limit", "expires_in_days"), f"{where}: 0 is what leaves it out"


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("tool", SCHEMAS)
async def test_a_strict_client_that_sends_every_argument_does_what_one_does_that_sends_what_it_means(
    bakery: Bakery, tool: str, era: Era
) -> None:
    from openai.lib._pydantic import _ensure_strict_json_schema

    strict = _ensure_strict_json_schema(copy.deepcopy(SCHEMAS[tool]), path=(), root=SCHEMAS[tool])
    meant = filled_in(CALLS[tool], bakery)
    everything = with_neutral_values(
        strict, {"organization": HANDLE} | meant if "session" in strict["properties"] else meant
    )
    assert set(everything) == set(strict["required"])
    before = rows_of(bakery)
    async with bakery.chat(era, dedicated=False) as chat:
        assert not (result := await chat.call(tool, **everything)).is_error, result
    changed = differences(before, rows_of(bakery))
    assert changed <= CHANGED.get(tool, set()), changed


TOTALS = frozenset(
    f"{table}_totals.{column}"
    for table, columns in {
        "account": ("debit_minor", "credit_minor", "accounting_minor"),
        "customer": ("documents", "net_minor", "tax_minor", "total_minor", "accounting_net_minor"),
        "item": ("documents", "net_minor"),
        "tax": ("documents", "taxable_minor", "tax_minor", "accounting_taxable_minor", "accounting_tax_minor"),
    }.items()
    for column in columns
)
"""What is added up when something is issued or paid."""

CHANGED: dict[str, set[str]] = {
    "update_organization": {"profile.name", "change_marks.mark"},
    "save_configuration": {"change_marks.mark"},
    "save_customer": {"customers.phone"},
    "save_item": {"items.sku", "items.search_key"},
    "issue_invoice": {"series_periods.next_sequence", *TOTALS},
    "issue_credit_note": {
        "series_periods.next_sequence",
        "receivables.open_minor",
        "receivables.wanted_minor",
        *TOTALS,
    },
    "decide_approval": {"approvals.state", "approvals.content"},
    "record_payment": {"receivables.open_minor", "receivables.wanted_minor", *TOTALS},
}
"""The columns of rows that were there before in which a call may make a difference."""


@pytest.mark.parametrize("nothing", [None, "", " ", [], {}], ids=repr)
async def test_nothing_in_any_form_and_at_any_depth_is_left_out(bakery: Bakery, nothing: Any) -> None:
    line = {"description": "Rolls", "quantity": "1", "unit_price": "1"}
    empty_line = dict.fromkeys(("item", "unit", "tax_code", "supply", "discount_percent", "discount_amount"), nothing)
    left_out = dict.fromkeys(
        ("issue_date", "currency", "adjustments", "prices_include_tax", "note", "exchange_rate"), nothing
    )
    async with bakery.chat() as chat:
        plain = await chat.ok("draft_invoice", customer="Hotel Bristol", lines=[line])
        full = await chat.ok("draft_invoice", customer="Hotel Bristol", lines=[line | empty_line], **left_out)
        assert {**full, "draft": ""} == {**plain, "draft": ""}
        kept = (await chat.ok("find_customers", query="Bristol"))["customers"][0]
        address = dict.fromkeys(("line1", "city", "region"), nothing)
        fields = dict.fromkeys(("country", "consumer", "email", "note", "archived"), nothing)
        saved = await chat.ok("save_customer", id=kept["id"], address=address, clear=nothing, **fields)
        assert saved["customer"] == kept


async def test_a_part_of_a_list_that_says_nothing_is_missed_and_not_dropped(bakery: Bakery) -> None:
    """A credit note of an empty line must not become one of all that remains."""
    async with bakery.chat() as chat:
        empty: tuple[list[Any], ...] = ([{}], [None], [{"position": None}])
        for lines in empty:
            error = await chat.refused("issue_credit_note", invoice=bakery.made.number, reason="x", lines=lines)
            assert error["code"] == "invalid_input"
            assert error["field"].startswith("lines[0]")


async def test_what_is_to_be_emptied_is_named(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        customer = (await chat.ok("save_customer", id=bakery.made.customer, clear=["note", "line1", "phone"]))[
            "customer"
        ]
        assert (customer["note"], customer["line1"], customer["phone"], customer["city"]) == ("", "", "", "Bristol")
        item = (await chat.ok("save_item", id=bakery.made.item, clear=["unit_price", "description"]))["item"]
        assert (item["unit_price"], item["description"], item["sku"]) == ("", "", "CR-1")
        await chat.ok("update_organization", clear=["footer"])
        profile = (await chat.ok("get_organization"))["profile"]
        assert (profile["footer"], profile["legal_name"]) == ("", "Harbour Bakery Ltd")


@pytest.mark.parametrize(
    "form",
    [
        lambda field, text: {field: text},
        lambda field, text: [{"field": field, "value": text}],
        lambda field, text: json.dumps({field: text}),
    ],
    ids=["object", "list", "text"],
)
async def test_a_field_of_a_configuration_is_emptied_by_an_empty_text(
    bakery: Bakery, form: Callable[[str, Any], Any]
) -> None:
    # An incident: a second language that was set once could not be taken out of the branding again.
    async def branding(**said: Any) -> dict[str, str]:
        saved = await chat.ok("save_configuration", part="branding", **said)
        values: dict[str, str] = saved["entries"][0]["values"]
        return values

    async with bakery.chat() as chat:
        for field, text in (("second_language", "de"), ("brand_color", "#CC0000"), ("footer", "Thanks")):
            assert (await branding(values=form(field, text)))[field] == text
            assert (await branding(values=form(field, "")))[field] == ""
        await branding(values=form("second_language", "fr"))
        nothing = await chat.refused("save_configuration", part="branding", values={"second_language": None})
        assert nothing["code"] == "invalid_input"
        account = {"iban": "GB33BUKB20201555555555", "purpose": "foreign"}
        await chat.ok("save_configuration", part="bank_accounts", code="SPARE", values=account)
        saved = await chat.ok("save_configuration", part="bank_accounts", code="SPARE", values=form("purpose", ""))
        found = {one["code"]: one["values"] for one in saved["entries"]}
        assert found["SPARE"]["purpose"] == ""


def properties(schema: dict[str, Any], where: str) -> list[tuple[str, dict[str, Any], bool]]:
    found = []
    for name, child in schema.get("properties", {}).items():
        found.append((f"{where}.{name}", child, name in schema.get("required", ())))
        found += properties(child.get("items", child), f"{where}.{name}")
    return found


def with_neutral_values(schema: dict[str, Any], meant: Arguments) -> Arguments:
    """All that the schema has: what is meant, and for the rest the value of its type that says nothing."""
    return {
        name: with_meaning(child, meant[name]) if name in meant else neutral(child)
        for name, child in schema["properties"].items()
    }


def with_meaning(schema: dict[str, Any], value: Any) -> Any:
    if schema["type"] == "array" and isinstance(value, list) and value and isinstance(value[0], dict):
        return [with_neutral_values(schema["items"], part) for part in value]
    return value


def neutral(schema: dict[str, Any]) -> Any:
    match schema["type"]:
        case "string":
            return ""
        case "array":
            return []
        case "boolean":
            return False
        case "integer":
            return 0
        case "object":
            return with_neutral_values(schema, {})
    raise AssertionError(schema)


def filled_in(arguments: Arguments, bakery: Bakery) -> Arguments:
    return {
        name: getattr(bakery.made, value[1:-1]) if isinstance(value, str) and value.startswith("{") else value
        for name, value in arguments.items()
    }


Rows = dict[tuple[str, Any], dict[str, Any]]
"""The rows of all tables, by their table and primary key."""


def rows_of(bakery: Bakery) -> Rows:
    folder = bakery.office.store.root / "organizations" / bakery.made.organization
    found: Rows = {}
    with raw(folder / BOOKS_FILE) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            names = [column[1] for column in columns]
            keys = [column[1] for column in columns if column[5]]
            for values in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - Our own table's name.
                row = dict(zip(names, values, strict=True))
                found[table, tuple(row[key] for key in keys)] = row
    return found


def differences(before: Rows, after: Rows) -> set[str]:
    """Table and column of each value that is another in a row that was there before; when it was changed apart."""
    return {
        f"{table}.{name}"
        for (table, key), row in before.items()
        for name, value in row.items()
        if name not in ("updated_at", "updated_by") and after.get((table, key), row)[name] != value
    }
