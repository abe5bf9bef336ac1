"""What reports and their figures are called to a reader, and what each says of itself."""

from __future__ import annotations

from invoicing.reports.figures import ReportName, SalesBy
from server.pages.languages import gettext, of_language
from server.pages.words import event_word


@of_language
def report_word(name: str) -> str:
    """What a report is called."""
    words = {
        ReportName.RECEIVABLES_AGING: gettext("Receivables by age"),
        ReportName.STATEMENT: gettext("Statement of a customer"),
        ReportName.SALES: gettext("Sales"),
        ReportName.TAX_SUMMARY: gettext("Tax summary"),
        ReportName.EC_SALES: gettext("EC sales list"),
        ReportName.TRIAL_BALANCE: gettext("Trial balance"),
        ReportName.AUDIT_TRAIL: gettext("Audit trail"),
        ReportName.VERIFICATION: gettext("Verification"),
    }
    return words[ReportName(name)]


@of_language
def question_word(name: str) -> str:
    """The question that a report answers."""
    words = {
        ReportName.RECEIVABLES_AGING: gettext("Who owes us what, and for how long?"),
        ReportName.STATEMENT: gettext("What was invoiced to a customer, what was paid, and what is left?"),
        ReportName.SALES: gettext("What was sold, to whom, of what and when?"),
        ReportName.TAX_SUMMARY: gettext("What goes into the tax return?"),
        ReportName.EC_SALES: gettext("What was supplied to businesses of other member states?"),
        ReportName.TRIAL_BALANCE: gettext("What does each account come to?"),
        ReportName.AUDIT_TRAIL: gettext("Who changed what, and when?"),
        ReportName.VERIFICATION: gettext("Is everything as it was recorded?"),
    }
    return words[ReportName(name)]


@of_language
def rule_word(name: str) -> str:
    """By which rule its figures come about."""
    words = {
        ReportName.RECEIVABLES_AGING: gettext(
            "Counted is what is open of each invoice, instalments each by its own due date, at the end of the day. What"
            " a customer is owed stands apart and makes up for nothing."
        ),
        ReportName.STATEMENT: gettext(
            "Invoices and credit notes count on their day of issue, payments on the day on which they were made; the"
            " balance is what the customer owes after each."
        ),
        ReportName.SALES: gettext("Invoices count on their day of issue; credit notes are taken off on theirs."),
        ReportName.TAX_SUMMARY: gettext(
            "Documents count by their tax point, under cash accounting by the day of payment; credit notes are taken"
            " off."
        ),
        ReportName.EC_SALES: gettext(
            "Supplies without tax to businesses with a VAT number of another member state, goods apart from services,"
            " by their tax point and in the currency of the books."
        ),
        ReportName.TRIAL_BALANCE: gettext(
            "What was posted counts on the day of its entry. Debits are more than zero; all balances together come to"
            " zero."
        ),
        ReportName.AUDIT_TRAIL: gettext(
            "Every change is an entry that names the one before it, so that none can be left out or altered later."
        ),
        ReportName.VERIFICATION: gettext(
            "Every document, number, entry, total and file is compared with what was recorded of it. That takes a while"
            " where there are many documents."
        ),
    }
    return words[ReportName(name)]


@of_language
def column_word(name: str) -> str:
    """What a figure is called."""
    words = {
        "owed": gettext("Owed"),
        "overdue": gettext("Overdue"),
        "not_due": gettext("Not due"),
        "days_1_to_30": gettext("1-30 days"),
        "days_31_to_60": gettext("31-60 days"),
        "days_61_to_90": gettext("61-90 days"),
        "days_over_90": gettext("Over 90 days"),
        "owed_to_customers": gettext("Owed to customers"),
        "open": gettext("Open"),
        "charged": gettext("Invoiced"),
        "settled": gettext("Settled"),
        "balance": gettext("Balance"),
        "taxable": gettext("Taxable"),
        "tax": gettext("Tax"),
        "net": gettext("Net"),
        "total": gettext("Total"),
        "opening": gettext("Balance before"),
        "debit": gettext("Debit"),
        "credit": gettext("Credit"),
        "closing": gettext("Balance at the end"),
        "amount": gettext("Amount"),
    }
    return words.get(name, name)


@of_language
def part_word(name: str) -> str:
    """What a column is called that says what a row is of."""
    words = {
        "day": gettext("Day"),
        "what": gettext("What"),
        "number": gettext("Document"),
        "name": gettext("Name"),
        "due": gettext("Due"),
    }
    return words[name]


@of_language
def name_word(report: str, by: str = "") -> str:
    """What the column is called that says whose or what a row of a report is."""
    if report == ReportName.SALES and by not in ("", SalesBy.CUSTOMER):
        return {SalesBy.ITEM.value: gettext("Item"), SalesBy.MONTH.value: gettext("Month")}.get(by, by)
    words = {
        ReportName.TAX_SUMMARY: gettext("Category and rate"),
        ReportName.EC_SALES: gettext("Business"),
        ReportName.TRIAL_BALANCE: gettext("Account"),
        ReportName.AUDIT_TRAIL: gettext("By whom"),
        ReportName.VERIFICATION: gettext("Result"),
    }
    return words.get(ReportName(report), gettext("Customer"))


@of_language
def by_word(by: str) -> str:
    """What sales are added up by; a dimension is called as the organization calls it."""
    words = {
        SalesBy.CUSTOMER.value: gettext("By customer"),
        SalesBy.ITEM.value: gettext("By item"),
        SalesBy.MONTH.value: gettext("By month"),
    }
    return words.get(by, by)


@of_language
def what_word(what: str) -> str:
    """What a row is, where it is a thing of a few kinds."""
    words = {
        "balance_before": gettext("Balance before"),
        "balance_after": gettext("Balance at the end"),
        "no_item": gettext("Without an item"),
        "no_value": gettext("Without a value"),
        "adjustments": gettext("Discounts and charges of whole documents"),
        "former": gettext("Former system"),
        "invoice": gettext("Invoice"),
        "credit_note": gettext("Credit note"),
        "refund": gettext("Paid back"),
        "reversal": gettext("Taken back"),
        "former_invoice": gettext("Invoice of the former system"),
        "former_credit_note": gettext("Credit note of the former system"),
    }
    return words.get(what) or event_word(what).replace("_", " ")
