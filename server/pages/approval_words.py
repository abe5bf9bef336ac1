"""What the page of a document that waits for a person says, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.pages.languages import gettext
from server.pages.words import kind_word
from views.approval_pages import ApprovalPage, WaitingLine


@dataclass(frozen=True, slots=True)
class ApprovalWords:
    """`title` asks what a yes now does, and `act` is what the button says."""

    title: str
    act: str
    kind: str

    @classmethod
    def of_page(cls, page: ApprovalPage) -> ApprovalWords:
        said = {"number": page.number, "whose": page.whose}
        match page.yes:
            case "draft":
                title = gettext("Make this a draft again?")
                act = gettext("Make %(number)s of %(whose)s a draft again", **said)
            case "issue":
                title = gettext("Issue %(number)s?", number=page.number)
                act = gettext("Issue %(number)s for %(whose)s", **said)
            case "approve":
                title = gettext("Approve %(number)s?", number=page.number)
                act = gettext("Approve %(number)s for %(whose)s", **said)
        return cls(title, act, kind_word(page.kind))

    @staticmethod
    def of(label: str) -> str:
        """A label of what stands on the page; what is none of ours, such as the rate of a tax, stays as it is."""
        words = {
            "Seller": gettext("Seller"),
            "Buyer": gettext("Buyer"),
            "Net": gettext("Net"),
            "Takes back": gettext("Takes back"),
            "Reason": gettext("Reason"),
            "Date of issue": gettext("Date of issue"),
            "Due": gettext("Due"),
            "Supplied": gettext("Supplied"),
            "Tax point": gettext("Tax point"),
            "Payment terms": gettext("Payment terms"),
            "Paid to": gettext("Paid to"),
            "Exchange rate": gettext("Exchange rate"),
            "Purchase order": gettext("Purchase order"),
            "Note": gettext("Note"),
            "Form in law": gettext("Form in law"),
            "Asked for by": gettext("Asked for by"),
            "Prepared by": gettext("Prepared by"),
        }
        return words.get(label, label)


def waiting_shown(one: WaitingLine) -> dict[str, Any]:
    """What waits, in a list."""
    on = gettext("%(kind)s on %(number)s", kind=kind_word(one.kind), number=one.credits)
    return {
        "id": one.id,
        "what": on if one.credits else kind_word(one.kind),
        "buyer": one.buyer,
        "total": one.total,
        "date": one.date,
        "asked": gettext("%(moment)s by %(who)s", moment=one.asked_at, who=one.asked_by),
    }
