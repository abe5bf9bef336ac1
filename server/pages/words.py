"""What the words of the program are called to a reader, in the reader's language."""

from __future__ import annotations

from server.pages.languages import gettext, of_language


@of_language
def status_word(status: str, kind: str = "invoice") -> str:
    """The status of a document or draft, as `find_invoices` has it; nothing of a credit note waits for money."""
    if kind == "credit_note" and status == "issued":
        return gettext("Issued")
    words = {
        "issued": gettext("Open"),
        "partially_paid": gettext("Partly paid"),
        "paid": gettext("Paid"),
        "overdue": gettext("Overdue"),
        "credited": gettext("Credited"),
        "draft": gettext("Draft"),
        "awaiting_approval": gettext("Waiting for approval"),
        "former": gettext("Former system"),
    }
    return words.get(status, status)


@of_language
def event_word(what: str) -> str:
    """What happened to a document: the kind of a settlement, or that it was issued or credited."""
    words = {
        "payment": gettext("Paid"),
        "paid_back": gettext("Paid back"),
        "credit": gettext("Credit applied"),
        "credit_used": gettext("Credit used on another invoice"),
        "write_off": gettext("Written off"),
        "charges": gettext("Bank charges"),
        "withheld_tax": gettext("Tax withheld"),
        "certificate": gettext("Certificate of withheld tax"),
        "discount": gettext("Discount taken"),
        "reversed": gettext("Taken back"),
        "credited": gettext("Credited"),
        "issued": gettext("Issued"),
    }
    return words.get(what, what)


def done_word(what: str, number: str) -> str:
    """What was just done to a document, for the page that it leads to; empty where nothing is known of it."""
    words = {
        "issued": gettext("%(number)s is issued."),
        "paid": gettext("It is recorded of %(number)s."),
        "reversed": gettext("It is taken back of %(number)s."),
    }
    return words[what] % {"number": number} if what in words else ""


def settling_word(kind: str, *, refund: bool = False) -> str:
    """A way to settle a document, as one chooses it."""
    words = {
        "payment": gettext("Refund paid out") if refund else gettext("Payment received"),
        "paid_back": gettext("Paid back to the customer"),
        "credit": gettext("Credit that the customer has elsewhere"),
        "write_off": gettext("Difference to write off"),
        "charges": gettext("Bank charges taken off"),
        "withheld_tax": gettext("Tax that the customer withheld"),
        "discount": gettext("Discount that the customer took"),
    }
    return words[kind]


@of_language
def kind_word(kind: str) -> str:
    """What a document is."""
    return gettext("Credit note") if kind == "credit_note" else gettext("Invoice")


def field_word(name: str) -> str:
    """A field of a customer or an item, as its page and its form name it."""
    words = {
        "address": gettext("Address"),
        "tax_number": gettext("VAT number"),
        "registration_number": gettext("Registration number"),
        "tax_office_number": gettext("Tax number"),
        "email": gettext("E-mail"),
        "phone": gettext("Phone"),
        "contact": gettext("Contact"),
        "payment_terms": gettext("Terms of payment"),
        "currency": gettext("Currency"),
        "language": gettext("Language"),
        "customer_number": gettext("Customer number"),
        "identifier": gettext("Identifier"),
        "buyer_reference": gettext("Buyer reference"),
        "accounting_reference": gettext("Accounting reference"),
        "e_invoice_address": gettext("Address for e-invoices"),
        "trading_name": gettext("Trading name"),
        "delivery_addresses": gettext("Places of delivery"),
        "note": gettext("Note"),
        "unit_price": gettext("Price"),
        "sku": gettext("Number"),
        "unit": gettext("Unit"),
        "tax_code": gettext("Tax code"),
        "revenue_account": gettext("Account of income"),
        "gtin": gettext("GTIN"),
        "origin": gettext("Origin"),
        "description": gettext("Description"),
        "classifications": gettext("Classifications"),
    }
    return words[name]


def export_word(file_format: str) -> str:
    """A format of exports."""
    words = {
        "csv": gettext("Documents as CSV"),
        "csv_semicolon": gettext("Documents as CSV with decimal comma"),
        "xlsx": gettext("Documents as Excel workbook (XLSX)"),
        "json": gettext("Documents as JSON, whole"),
        "pdf": gettext("PDFs of the documents (ZIP)"),
        "journal_csv": gettext("Journal as CSV"),
        "beancount": gettext("Journal for Beancount"),
        "datev": gettext("Journal for DATEV, with the PDFs (ZIP)"),
        "fec": gettext("Journal as FEC"),
        "saft": gettext("Journal as SAF-T"),
        "xero": gettext("Sales for Xero"),
        "quickbooks": gettext("Sales for QuickBooks"),
    }
    return words[file_format]


def standing_word(standing: str) -> str:
    """How an export stands."""
    words = {
        "waiting": gettext("Waits for its turn"),
        "running": gettext("Is being made"),
        "done": gettext("Made"),
        "failed": gettext("Could not be made"),
    }
    return words[standing]


def import_kind_word(kind: str) -> str:
    """What a file has that is imported."""
    words = {
        "customers": gettext("Customers"),
        "items": gettext("Items"),
        "open_items": gettext("Documents of a former system"),
    }
    return words[kind]


def import_field_word(name: str) -> str:
    """What a column of a file can be; a field that few files have is called as the documentation calls it."""
    words = {
        "name": gettext("Name"),
        "first_name": gettext("First name"),
        "last_name": gettext("Last name"),
        "country": gettext("Country"),
        "line1": gettext("Street and number"),
        "house_number": gettext("House number"),
        "line2": gettext("Further line"),
        "postal_code": gettext("Postal code"),
        "city": gettext("City"),
        "region": gettext("Region"),
        "address_text": gettext("Whole address"),
        "tax_number": gettext("VAT number"),
        "registration_number": gettext("Registration number"),
        "email": gettext("E-mail"),
        "phone": gettext("Phone"),
        "contact": gettext("Contact"),
        "payment_terms": gettext("Terms of payment"),
        "currency": gettext("Currency"),
        "language": gettext("Language"),
        "note": gettext("Note"),
        "sku": gettext("Number"),
        "number": gettext("Number"),
        "description": gettext("Description"),
        "unit": gettext("Unit"),
        "unit_price": gettext("Price"),
        "tax_code": gettext("Tax code"),
        "customer": gettext("Customer"),
        "issue_date": gettext("Issued"),
        "due_date": gettext("Due"),
        "total": gettext("Total"),
        "open": gettext("Still owed"),
        "paid": gettext("Paid"),
    }
    return words.get(name, name)


def outcome_word(outcome: str) -> str:
    """What becomes of a row."""
    words = {
        "created": gettext("New"),
        "updated": gettext("Changed"),
        "unchanged": gettext("The same"),
        "refused": gettext("Refused"),
    }
    return words[outcome]


def environment_word(environment: str) -> str:
    """Whether an organization is a live or a sandbox one."""
    return gettext("sandbox") if environment == "sandbox" else gettext("live")


@of_language
def page_word(name: str) -> str:
    """A page of an organization, by the name that its address has."""
    words = {
        "clients": gettext("Clients"),
        "summary": gettext("Summary"),
        "overview": gettext("Overview"),
        "work": gettext("To do"),
        "invoices": gettext("Invoices"),
        "customers": gettext("Customers"),
        "items": gettext("Items"),
        "approvals": gettext("Approvals"),
        "push": gettext("Push settings"),
        "settings": gettext("Settings"),
        "import": gettext("Import"),
        "exports": gettext("Exports"),
        "reports": gettext("Reports"),
        "start": gettext("First steps"),
        "journal": gettext("Journal"),
        "connections": gettext("Connections"),
        "people": gettext("People"),
        "activity": gettext("Activity"),
    }
    return words[name]


def act_word(act: str) -> str:
    """An act that can be started from anywhere, by where it begins."""
    words = {
        "invoices/drafts/new": gettext("New invoice"),
        "clients/new": gettext("Create client organization"),
        "customers/new": gettext("New customer"),
        "items/new": gettext("New item"),
    }
    return words[act]


@of_language
def group_word(name: str) -> str:
    """A group of pages."""
    words = {
        "practice": gettext("Practice"),
        "work": gettext("Work"),
        "books": gettext("Books"),
        "set-up": gettext("Set up"),
    }
    return words[name]


@of_language
def door_word(door: str) -> str:
    """Where somebody came in."""
    words = {
        "mcp": gettext("AI client or program"),
        "page": gettext("page"),
        "oauth": gettext("connecting a client"),
        "local": gettext("on the server's machine"),
    }
    return words.get(door, door)


@of_language
def result_word(result: str) -> str:
    """What came of an act: that it was done, or the code of what refused it."""
    words = {
        "ok": gettext("done"),
        "asked": gettext("asked back"),
        "failed": gettext("failed"),
        "cancelled": gettext("not waited for"),
        "not_found": gettext("not found"),
        "not_allowed": gettext("not allowed"),
        "invalid_input": gettext("invalid input"),
        "conflict": gettext("conflict"),
        "limit_exceeded": gettext("limit exceeded"),
        "unavailable": gettext("not available"),
    }
    return words.get(result, result.replace("_", " "))
