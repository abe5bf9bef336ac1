"""What the separation suite would not try: tools, arguments and resources without an entry in its probes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from mcp_types import ResourceTemplate, Tool

from tests.support.twins import Known
from tests.tools.probes import RESOURCES, TOOLS, WITHIN_ONE, Arguments
from tools.catalog import CATALOG

HARMLESS = frozenset(
    "name country environment copy_entity_configuration accounting_standard chart_of_accounts tax_system currency"
    " dry_run legal_name address tax_number registration_number email phone website account_holder bank_name iban bic"
    " account_number routing_number footer locale time_zone prices_include_tax future_days named_writes limit consumer"
    " payment_terms note archived description unit unit_price tax_code supply revenue_account quantity discount_percent"
    " line1 line2 postal_code city region issue_date due_date read_only expires_in_days"
    " discount_amount charge_amount adjustments percent withholding series rounding small_business"
    " logo brand_color second_language payment_qr exchange_rate exchange_date exchange_source"
    " vat_registration tax_office_number order_line"
    " supply_date supply_end purchase_order delete status issued_from issued_to kind format reason position amount"
    " paid_on method reference accept_overpayment acknowledge clear connections owner_email"
    " report period by annual_turnover mandates public_body demands_e_invoice part code handed_in withdraw"
    " month source organization_layer mode field value client_may write_off_limit tax_due human_approval"
    " decision comment map options update trading_name contact identifier e_invoice_address".split()
)
"""Arguments that name nothing that another organization could have."""

STATED = frozenset({("save_item", "sku"), ("save_customer", "details"), ("save_item", "details")})
"""A stock number is only ever compared within the books, and what records say in details is only kept."""

UNLISTED: Mapping[str, frozenset[str]] = defaultdict(frozenset, {tool.name: tool.unlisted for tool in CATALOG})


def unprobed(tools: Iterable[Tool], templates: Iterable[ResourceTemplate], sample: Known) -> list[str]:
    """What the separation suite would not try, one clear sentence each."""
    found = []
    for tool in tools:
        if tool.name not in TOOLS:
            found.append(f"the tool {tool.name} has no entry in tests/tools/probes.py")
            continue
        tried = {"organization"}.union(*(_names(arguments) for arguments in TOOLS[tool.name].foreign(sample)))
        tried |= {"session"} if tool.name in WITHIN_ONE else set()
        found += [
            f"the argument {name} of {tool.name} is neither tried in tests/tools/probes.py nor known to be harmless"
            for name in sorted((_properties(tool.input_schema) | UNLISTED[tool.name]) - tried - HARMLESS)
            if (tool.name, name) not in STATED
        ]
    found += [
        f"the resource {template.uri_template} has no entry in tests/tools/probes.py"
        for template in templates
        if template.uri_template not in RESOURCES
    ]
    return found


def _names(arguments: Arguments) -> set[str]:
    inner = [one for name in ("lines", "documents") for one in arguments.get(name, []) if isinstance(one, dict)]
    return set(arguments).union(*inner)


def _properties(schema: Mapping[str, Any]) -> set[str]:
    names: set[str] = set()
    for name, child in schema.get("properties", {}).items():
        names |= {name} | _properties(child.get("items", child))
    return names
