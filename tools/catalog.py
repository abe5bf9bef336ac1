"""The explicit list of all tools, in the order in which they are listed."""

from __future__ import annotations

from tools import (
    create_client_api_key,
    create_client_organization,
    draft_invoice,
    export_documents,
    find_customers,
    find_invoices,
    find_items,
    get_configuration,
    get_invoice,
    get_organization,
    get_report,
    go_live,
    import_records,
    issue_credit_note,
    issue_invoice,
    list_clients,
    list_organizations,
    record_payment,
    render_document,
    save_configuration,
    save_customer,
    save_item,
    switch_organization,
    update_organization,
)
from tools.description import Description, Scope

CATALOG: tuple[Description, ...] = (
    list_organizations.TOOL,
    switch_organization.TOOL,
    list_clients.TOOL,
    create_client_organization.TOOL,
    create_client_api_key.TOOL,
    go_live.TOOL,
    get_organization.TOOL,
    update_organization.TOOL,
    find_customers.TOOL,
    save_customer.TOOL,
    find_items.TOOL,
    save_item.TOOL,
    import_records.TOOL,
    draft_invoice.TOOL,
    issue_invoice.TOOL,
    find_invoices.TOOL,
    get_invoice.TOOL,
    issue_credit_note.TOOL,
    record_payment.TOOL,
    render_document.TOOL,
    get_report.TOOL,
    export_documents.TOOL,
    get_configuration.TOOL,
    save_configuration.TOOL,
)
DEDICATED_CATALOG = tuple(tool for tool in CATALOG if tool.scope is Scope.ORGANIZATION)
