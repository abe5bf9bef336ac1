"""The words of what waits for a person's decision."""

from __future__ import annotations

from server.pages.languages import gettext
from views.approval_pages import ApprovalPage


def title_of(page: ApprovalPage) -> str:
    """What the page of a document asks."""
    of_credit = page.kind == "credit_note"
    if page.yes == "draft":
        return (
            gettext("Make this credit note a draft again?")
            if of_credit
            else gettext("Make this invoice a draft again?")
        )
    if page.yes == "issue":
        said = gettext("Issue credit note %(number)s?") if of_credit else gettext("Issue invoice %(number)s?")
    else:
        said = gettext("Approve credit note %(number)s?") if of_credit else gettext("Approve invoice %(number)s?")
    return said % {"number": page.number}


def act_of(page: ApprovalPage) -> str:
    """What the button of a yes says."""
    words = {
        "draft": gettext("Make it a draft of %(name)s again"),
        "issue": gettext("Issue %(number)s for %(name)s"),
        "approve": gettext("Approve %(number)s for %(name)s"),
    }
    return words[page.yes] % {"number": page.number, "name": page.whose}


def part_word(label: str) -> str:
    """What a part of a document is called; what a tax is called is the organization's own word."""
    words = {
        "Seller": gettext("Seller"),
        "Buyer": gettext("Buyer"),
        "Takes back": gettext("Takes back"),
        "Reason": gettext("Reason"),
        "Date of issue": gettext("Date of issue"),
        "Due": gettext("Due"),
        "Supplied": gettext("Supplied"),
        "Tax point": gettext("Tax point"),
        "Payment terms": gettext("Terms of payment"),
        "Paid to": gettext("Paid to"),
        "Exchange rate": gettext("Exchange rate"),
        "Purchase order": gettext("Purchase order"),
        "Note": gettext("Note"),
        "Form in law": gettext("Form in law"),
        "Asked for by": gettext("Asked for by"),
        "Prepared by": gettext("Prepared by"),
        "Net": gettext("Net"),
    }
    return words.get(label, label)
