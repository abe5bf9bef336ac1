"""What the overview's columns, states and orders are called, and by which rule each number is made."""

from __future__ import annotations

from operations.clients_at_a_glance import NAME, WORST, Column, State
from server.pages.languages import gettext, of_language


@of_language
def column_word(column: str) -> str:
    words = {
        Column.STATE: gettext("State"),
        Column.DOCUMENTS: gettext("Documents"),
        Column.CUSTOMERS: gettext("Customers"),
        Column.OPEN: gettext("Still owed"),
        Column.OVERDUE: gettext("Overdue"),
        Column.DAYS_OVERDUE: gettext("Days overdue"),
        Column.OWED_TO_CUSTOMERS: gettext("Owed to customers"),
        Column.THIS_MONTH: gettext("This month"),
        Column.LAST_MONTH: gettext("Last month"),
        Column.THIS_YEAR: gettext("This year"),
        Column.LAST_YEAR: gettext("Last year"),
        Column.DRAFTS: gettext("Drafts"),
        Column.APPROVALS: gettext("Approvals"),
        Column.LAST_ACTIVITY: gettext("Last activity"),
        Column.VERIFIED: gettext("Verified"),
    }
    return words[Column(column)]


@of_language
def rule_of(column: str) -> str:
    """By which rule the column's numbers are made, in a sentence."""
    words = {
        Column.STATE: gettext("Whether the client can issue, and what keeps it from that."),
        Column.DOCUMENTS: gettext("How many invoices and credit notes were issued."),
        Column.CUSTOMERS: gettext("How many customers there are that are not archived."),
        Column.OPEN: gettext("What customers have not paid yet of what was issued, due or not."),
        Column.OVERDUE: gettext(
            "What of it was due before today, at the client's own place; each instalment by itself."
        ),
        Column.DAYS_OVERDUE: gettext("For how long the oldest overdue amount has been due."),
        Column.OWED_TO_CUSTOMERS: gettext("What customers have paid beyond what they owed; it is never set off."),
        Column.THIS_MONTH: gettext("All issued this month, with tax and less credit notes."),
        Column.LAST_MONTH: gettext("All issued last month, with tax and less credit notes."),
        Column.THIS_YEAR: gettext("All issued since 1 January, with tax and less credit notes."),
        Column.LAST_YEAR: gettext("All issued last year, with tax and less credit notes."),
        Column.DRAFTS: gettext("How many drafts there are, those that wait for approval among them."),
        Column.APPROVALS: gettext("How many documents wait for approval, credit notes among them."),
        Column.LAST_ACTIVITY: gettext("The day on which something was last done there."),
        Column.VERIFIED: gettext("The day on which the chains of the books were last checked and found in order."),
    }
    return words[Column(column)]


@of_language
def state_word(state: str) -> str:
    """Which clients are shown."""
    words = {
        State.ALL: gettext("All"),
        State.OWING: gettext("With something owed"),
        State.OVERDUE: gettext("With something overdue"),
        State.NOT_READY: gettext("Not ready to issue"),
        State.APPROVALS: gettext("With something to approve"),
        State.DRAFTS: gettext("With drafts"),
        State.READY: gettext("Ready to issue"),
        State.UNREADABLE: gettext("Not readable"),
    }
    return words[State(state)]


@of_language
def standing_word(onboarding: str) -> str:
    """How far a client has come."""
    words = {
        "live": gettext("Live"),
        "sandbox": gettext("Sandbox"),
        "not_ready": gettext("Not ready"),
        "unknown": gettext("Cannot be read"),
    }
    return words[onboarding]


@of_language
def order_word(order: str) -> str:
    words = {WORST: gettext("The worst first"), NAME: gettext("Name")}
    return words.get(order) or column_word(order)
