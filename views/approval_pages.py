"""What waits, as a person is shown it on a page before signing: all that is final once it is issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from invoicing.approval.approvals import Approval
from invoicing.document.documents import Document, DocumentKind, Party
from invoicing.document.notices import Notice
from invoicing.money.amounts import money_text, plain
from invoicing.organizations import OrganizationRef
from operations.approval.showing import Shown
from views.approvals import decision_lines, who_decides
from views.documents import LineAnswer, line_answer, note_lines, total_lines
from views.remedies import for_assistant
from views.totals import adjustment_lines
from views.warnings import warning_lines


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """What waits, in a list: whose name stands on it was chosen by others, and is shown as such."""

    id: str
    what: str
    buyer: str
    total: str
    asked: str


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """A document as it will stand, in the words of its page. `act` is what a yes now does, and what the button says;
    `parties` and `facts` are each a label with what stands there.
    """

    act: str
    whose: str
    kind: str
    number: str
    parties: tuple[tuple[str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, str], ...]
    lines: tuple[LineAnswer, ...]
    currency: str
    totals: tuple[str, ...]
    warnings: tuple[str, ...]
    said: tuple[str, ...]
    waits_for: str
    obstacle: str
    nonce: str
    live: bool


def approval_page(organization: OrganizationRef, shown: Shown) -> ApprovalPage:
    """The page of what waits."""
    document, approval = shown.document, shown.approval
    kind = document.kind.value.replace("_", " ")
    name = shown.number if shown.issues else f"{kind} {shown.number}"
    return ApprovalPage(
        act=f"{'Issue' if shown.issues else 'Approve'} {name} for {organization.name}",
        whose=organization.name,
        kind=kind,
        number=shown.number,
        parties=(("Seller", _party(document.seller)), ("Buyer", _party(document.buyer))),
        facts=tuple((label, text) for label, text in _facts(document, approval) if text),
        lines=tuple(line_answer(line, document.currency) for line in document.lines),
        currency=document.currency,
        totals=(*adjustment_lines(document), *total_lines(document)),
        warnings=warnings_shown(shown.warnings),
        said=tuple(decision_lines(approval)),
        waits_for=who_decides(approval),
        obstacle=shown.obstacle,
        nonce=shown.nonce,
        live=document.environment.value == "live",
    )


def warnings_shown(warnings: Sequence[Notice]) -> tuple[str, ...]:
    """Each warning, to be ticked by itself."""
    return tuple(" ".join(warning_lines([one], for_assistant)) for one in warnings)


def waiting_line(approval: Approval) -> WaitingLine:
    document = approval.document
    kind = document.kind.value.replace("_", " ").capitalize()
    on = f" on {document.credits.number}" if document.credits else ""
    return WaitingLine(
        id=approval.id,
        what=f"{kind}{on}",
        buyer=document.buyer.name,
        total=f"{money_text(document.total_minor, document.currency)} {document.currency}",
        asked=f"{approval.asked_at:%Y-%m-%d %H:%M} UTC by {approval.asked_by}",
    )


def _party(party: Party) -> tuple[str, ...]:
    address = party.address
    place = " ".join(part for part in (address.postal_code, address.city, address.region) if part)
    numbers = (
        ("VAT number", party.tax_number),
        ("Registration number", party.registration_number),
        ("Tax office number", party.tax_office_number),
        ("E-mail", party.email),
    )
    told = (f"{label} {text}" for label, text in numbers if text)
    return tuple(part for part in (party.name, address.line1, address.line2, place, address.country, *told) if part)


def _facts(document: Document, approval: Approval) -> list[tuple[str, str]]:
    payment, exchange = document.payment, document.exchange
    until = f" to {document.supply_end}" if document.supply_end else ""
    rate = f"1 {document.currency} = {plain(exchange.rate)} {exchange.currency}, {exchange.source}" if exchange else ""
    takes_back = document.kind is DocumentKind.CREDIT_NOTE
    return [
        ("Takes back", document.credits.number if document.credits else ""),
        ("Reason", document.reason),
        ("Date of issue", str(document.issue_date)),
        ("Due", "" if takes_back else str(document.due_date)),
        ("Supplied", f"{document.supply_date}{until}"),
        ("Tax point", str(document.tax_point or "")),
        ("Payment terms", document.payment_terms),
        ("Paid to", " ".join(filter(None, (payment.account_holder, payment.iban or payment.account_number)))),
        ("Exchange rate", rate),
        ("Purchase order", document.purchase_order),
        ("Note", " ".join(note_lines(document.note))),
        ("Form in law", document.form_words or "The PDF is the invoice."),
        ("Asked for by", f"{approval.asked_by} on {approval.asked_at:%Y-%m-%d %H:%M} UTC"),
        ("Prepared by", ", ".join(dict.fromkeys(one.label for one in approval.preparers))),
    ]
